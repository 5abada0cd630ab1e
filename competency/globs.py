"""Patterns in which `*` stands for anything, also nothing: which of many a text meets. Pure.

No other character means anything but itself. A text meets a pattern as a whole, in time linear in its length.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Generic, TypeVar

V = TypeVar("V")


def literal_length(pattern: str) -> int:
    """How many characters of a pattern stand for themselves."""
    return len(pattern) - pattern.count("*")


class Globs(Generic[V]):
    """Finds the first of many patterns that a text meets.

    Patterns are looked up by what stands before their first `*`, so a search costs one dictionary look-up for each length such a
    beginning has, and only the patterns that begin like the text are tried.
    """

    def __init__(self, ranked: Iterable[tuple[str, V]]) -> None:
        """`ranked`: patterns with what to answer for each, the one that wins first."""
        buckets: dict[str, list[tuple[int, str, V]]] = {}
        self._whole: dict[str, tuple[int, V]] = {}
        for rank, (pattern, value) in enumerate(ranked):
            beginning, star, rest = pattern.partition("*")
            if star:
                buckets.setdefault(beginning, []).append((rank, star + rest, value))
            else:
                self._whole.setdefault(pattern, (rank, value))
        self._buckets = {beginning: _Bucket(members) for beginning, members in buckets.items()}
        self._lengths = sorted({len(beginning) for beginning in buckets})

    def find(self, text: str) -> V | None:
        best = self._whole.get(text)
        for length in self._lengths:
            if length > len(text):
                break
            bucket = self._buckets.get(text[:length])
            found = None if bucket is None else bucket.find(text, length)
            if found is not None and (best is None or found[0] < best[0]):
                best = found
        return None if best is None else best[1]


class _Bucket(Generic[V]):
    """Patterns with the same beginning, as one expression whose branches stand in the order in which they win."""

    def __init__(self, members: list[tuple[int, str, V]]) -> None:
        self._answers = [(rank, value) for rank, _, value in members]
        self._expression = re.compile("|".join(f"({_expression(rest)})" for _, rest, _ in members), re.DOTALL)

    def find(self, text: str, start: int) -> tuple[int, V] | None:
        found = self._expression.match(text, start)
        return None if found is None or found.lastindex is None else self._answers[found.lastindex - 1]


def _expression(rest: str) -> str:
    """What follows a beginning, from its first `*` on. Atomic groups keep a text that almost meets many stars from costing more
    than one pass: the leftmost place of each literal is always good enough."""
    *middle, last = [re.escape(part) for part in re.split(r"\*+", rest)[1:]]
    return "".join(f"(?>.*?{part})" for part in middle) + (f".*{last}\\Z" if last else "")
