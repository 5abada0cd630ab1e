"""From marshmallow's nested messages to one refusal: where, what is wrong, what would be right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from schemas.objects import SCHEMA
from xapi.errors import InvalidRequest, echoed

Path = tuple[str | int, ...]


def pointer_to(path: Iterable[str | int]) -> str:
    """A JSON pointer (RFC 6901)."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


def refusal(messages: dict[Any, Any], pointer: str = "") -> InvalidRequest:
    """The first problem of ``messages`` (not empty), for a statement at ``pointer``, and how many others there are.

    What is wrong comes before what is missing: a misspelt property is both, and its name is the better hint.
    """
    problems = list(_leaves(messages, ()))
    path, message = min(problems, key=lambda problem: problem[1].startswith("is missing"))
    others = len(problems) - 1
    more = f" ({others} more problem{'s' if others > 1 else ''} in this statement)" if others else ""
    return InvalidRequest(f"{_subject(path)} {message}{more}", pointer + pointer_to(path))


def _leaves(messages: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(messages, dict):
        for key, inner in messages.items():
            if key == SCHEMA and not isinstance(inner, dict):
                yield from _leaves(inner, path)
            else:
                yield from _leaves(inner, (*path, key))
    else:
        for message in messages if isinstance(messages, list) else [messages]:
            yield path, str(message)


def _subject(path: Path) -> str:
    if not path:
        return "the statement"
    last = path[-1]
    return f"item {last} of the array" if isinstance(last, int) else f'"{echoed(last)}"'
