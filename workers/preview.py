"""What an import changes, row by row, before it is written or after: what HR looks at to decide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any, Final

from schemas.imports.outcome import Problem

NOT_KNOWN_YET: Final = "new"
"""In place of an id: that of somebody new is made when it is written, and shown before it would be another one then."""


class Verdict(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Change:
    """One row that changes something: the id of what it is about (NOT_KNOWN_YET of a person whom the directory
    gets by it), for a person the NIP masked, and of what changes the columns."""

    verdict: Verdict
    id: str
    masked_nip: str = ""
    columns: tuple[str, ...] = ()


@dataclass(slots=True)
class Tally:
    """The rows of one table: those that were new or changed something, who has left, and how many said what was known."""

    changes: list[Change] = field(default_factory=list)
    unchanged: int = 0

    @property
    def new(self) -> int:
        return self._count(Verdict.NEW)

    @property
    def changed(self) -> int:
        return self._count(Verdict.CHANGED)

    @property
    def left(self) -> int:
        return self._count(Verdict.LEFT)

    def compare(self, name: str, held: Any, now: Any, masked_nip: str = "") -> None:
        """Count a row that makes `now` of what was `held` (None: nothing)."""
        if held is None:
            self.changes.append(Change(Verdict.NEW, name, masked_nip))
        elif held != now:
            self.changes.append(Change(Verdict.CHANGED, name, masked_nip, changed_columns(held, now)))
        else:
            self.unchanged += 1

    def leave(self, name: str, masked_nip: str) -> None:
        self.changes.append(Change(Verdict.LEFT, name, masked_nip))

    def _count(self, verdict: Verdict) -> int:
        return sum(change.verdict is verdict for change in self.changes)


@dataclass(slots=True)
class Taken:
    """What becomes of one package: its rows, table by table, and those that can't be taken."""

    tallies: dict[str, Tally] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def tally(self, table: str) -> Tally:
        return self.tallies.setdefault(table, Tally())


@dataclass(frozen=True, slots=True)
class Preview:
    """What an import would do, and nothing of it done. `left` are those whom a complete directory does not name any more; they are
    of no package, and there are none when `withheld` says why not."""

    packages: tuple[Taken, ...]
    left: Tally
    withheld: str = ""
    here: int = 0
    """How many there are, before, who have not left; 0 unless the directory was said to be complete."""

    @property
    def tables(self) -> Mapping[str, Tally]:
        """The tallies of all packages together, by table; who has left stands among the employees."""
        total: dict[str, Tally] = {}
        for taken in self.packages:
            for name, tally in taken.tallies.items():
                one = total.setdefault(name, Tally())
                one.changes.extend(tally.changes)
                one.unchanged += tally.unchanged
        if self.left.changes:
            total.setdefault("employees", Tally()).changes.extend(self.left.changes)
        return total


def changed_columns(held: Any, now: Any) -> tuple[str, ...]:
    """The members in which two values of one type differ, without the version, which is the store's; empty for plain values."""
    names = [one.name for one in fields(now) if one.compare] if hasattr(now, "__dataclass_fields__") else []
    return tuple(name for name in names if name != "version" and getattr(held, name) != getattr(now, name))
