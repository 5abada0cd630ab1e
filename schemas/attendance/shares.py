"""Presence in one cell for all days together: `2 dari 3 hari`, `2/3`, `67%`, or a number of days under `Jumlah Kehadiran`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time

from schemas.attendance.headings import plain

Share = tuple[int, int]
"""Present, and of how many; of 100 where it is a percentage."""
PERCENT = 100

_OF = re.compile(
    r"(?:hadir\s*:?\s*)?([0-9]{1,3})\s*(?:hari|hr|sesi|kali|x)?\s*(?:/|dari|of)\s*([0-9]{1,3})\s*(?:hari|hr|sesi|pertemuan|kali|x|jp)?",
    re.IGNORECASE,
)
_PER_CENT = re.compile(r"(?:hadir\s*:?\s*)?([0-9]{1,3})(?:[.,]([0-9]{1,2}))?\s*%", re.IGNORECASE)
_DAYS = re.compile(r"([0-9]{1,3})\s*(?:hari|hr|sesi|pertemuan|kali|x)?", re.IGNORECASE)
_COUNTS = re.compile(r"\b(?:jumlah|jml|jlh|total)\b|\bhari\b")
_PER_CENT_HEADING = re.compile(r"\b(?:persen|persentase|prosentase|percent)\b")


def share_in(cell: object) -> Share | None:
    """What a text says by itself, as `2/3` and `67 %` do; more than all counts as all."""
    if not isinstance(cell, str):
        return None
    if (found := _OF.fullmatch(cell.strip(" .()"))) is not None and int(found[2]):
        return min(int(found[1]), int(found[2])), int(found[2])
    if (found := _PER_CENT.fullmatch(cell.strip(" .()"))) is not None:
        return min(int(found[1]), PERCENT), PERCENT
    return None


def written(share: Share) -> str:
    """As `share_in` reads it again."""
    present, of = share
    return f"{present} %" if of == PERCENT else f"{present} dari {of}"


class Shares:
    """The numbers of one column, where they say how much of it all people were there."""

    def __init__(self, heading: str, cells: Sequence[object]) -> None:
        """`cells` are those of the people. A number of days is one of the most that anybody has: who was there all the time is
        nearly always in the list."""
        words = plain(heading)
        numbers = [number for cell in cells if (number := _number(cell)) is not None]
        self._of = 0.0
        if not numbers or max(numbers) <= 0:
            return
        most = max(numbers)
        fractions = most <= 1 and any(number != int(number) for number in numbers)
        percentages = "%" in heading or _PER_CENT_HEADING.search(words) is not None
        if fractions or (percentages and most <= 1):
            self._of = 1.0
        elif percentages and most <= PERCENT:
            self._of = PERCENT
        elif _COUNTS.search(words) is not None and all(number == int(number) for number in numbers):
            self._of = most
        self._percent = percentages or fractions

    def of(self, cell: object) -> Share | None:
        number = _number(cell) if self._of else None
        if number is None or number < 0:
            return None
        if self._percent:
            return min(PERCENT, int(number / self._of * PERCENT + 0.5)), PERCENT
        return min(int(number), int(self._of)), int(self._of)


def _number(cell: object) -> float | None:
    if isinstance(cell, bool | date | datetime | time):
        return None
    if isinstance(cell, int | float):
        return float(cell) if abs(cell) <= 1000 else None
    if isinstance(cell, str) and (found := _DAYS.fullmatch(cell.strip(" .()"))) is not None:
        return float(found[1])
    return 0.0 if isinstance(cell, str) and cell in ("-", "–", "—") else None
