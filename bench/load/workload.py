"""Workloads are data: files in `workloads/`, one each."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "workloads"
KINDS = ("post", "get", "more", "sustained", "freshness")
_BY = ("id", "agent", "activity", "registration")


class NoWorkload(Exception):
    """There is none of that name, or its file says what cannot be; the message says what would be right."""


@dataclass(frozen=True, slots=True)
class Workload:
    """`connections` are steps: each is measured by itself. `statements` is how many a request brings, `limit` how many a page may
    have. `statements_per_second` 0 is as fast as it goes."""

    name: str
    title: str
    kind: str
    connections: tuple[int, ...]
    seconds: float
    statements: int = 0
    by: str = ""
    limit: int = 100
    repeats: int = 0
    statements_per_second: float = 0.0

    @property
    def writes(self) -> bool:
        return self.statements > 0


def workload(name: str) -> Workload:
    """Raises NoWorkload."""
    path = FOLDER / f"{name}.toml"
    if name not in names():
        raise NoWorkload(f"there is no workload {name}; there are {', '.join(names())}")
    return parsed(name, tomllib.loads(path.read_text()))


def names() -> list[str]:
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def every(wanted: Iterable[str]) -> list[Workload]:
    return [workload(name) for name in wanted]


def parsed(name: str, said: dict[str, Any]) -> Workload:
    """Raises NoWorkload."""
    connections = said.get("connections")
    steps = tuple(connections) if isinstance(connections, list) else (connections,)
    try:
        made = Workload(name, **{**said, "connections": steps})
    except TypeError as error:
        raise NoWorkload(f"{name}: {error}") from error
    problems = [
        (made.kind not in KINDS, f"kind is one of {', '.join(KINDS)}"),
        (not all(isinstance(one, int) and one > 0 for one in steps), "connections is a number, or a list of numbers, from 1"),
        (made.kind == "get" and made.by not in _BY, f"by is one of {', '.join(_BY)}"),
        (made.kind in ("post", "sustained", "freshness") and made.statements < 1, "statements is a number from 1"),
        (made.kind == "freshness" and made.statements_per_second <= 0, "statements_per_second is needed, and more than 0"),
        (made.seconds <= 0, "seconds is more than 0"),
    ]
    for wrong, right in problems:
        if wrong:
            raise NoWorkload(f"{name}: {right}")
    return made
