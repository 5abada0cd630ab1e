"""The people of a list: which rows are people, and what each row says, its cells read one by one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from schemas.attendance import dates
from schemas.attendance.facts import HOURS_EXPECTED, MAX_TEXT, parse_clock, parse_hours
from schemas.attendance.grids import GridRow
from schemas.attendance.headings import Role
from schemas.attendance.layout import Layout
from schemas.attendance.numbers import Number, read_number, within, without_number
from schemas.attendance.presence import Doubt, Presence, Seen
from schemas.attendance.rows import Skipped, beside, first_of, people
from schemas.attendance.shares import Share
from xapi.values import MAILTO


@dataclass(frozen=True, slots=True)
class Trouble:
    """A cell that can't be taken. Neither text repeats what stood there."""

    column: str
    message: str
    would_be_right: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One row. `cells` as they stood there, marks of presence so that they say the same without the other rows. `score` is of 100.
    `present` is None where presence is not marked, else (days, of how many); `doubts` are marks that may mean either."""

    line: int
    cells: tuple[object, ...]
    name: str | None
    number: Number | None
    email: str | None
    days: dates.Days | None
    hours: Decimal | None
    duration_minutes: int | None
    certificate: str | None
    score: Decimal | None
    present: Share | None
    doubts: tuple[Doubt, ...]
    troubles: tuple[Trouble, ...]
    unit: str | None = None
    hidden: bool = False
    """Whether the workbook does not show the row."""


_HOURS_AND_MINUTES = re.compile(r"([0-9]{1,3})[:.]([0-5][0-9])(?::[0-5][0-9])?")
_MINUTES = re.compile(r"menit|minute", re.IGNORECASE)
_UNIT = re.compile(r"\s*(?:jam|hours?|menit|minutes?)\.?$", re.IGNORECASE)


def read_entries(layout: Layout) -> tuple[tuple[Entry, ...], tuple[Skipped, ...]]:
    """Every row below the header is a person or is skipped with a reason."""
    entries: list[Entry] = []
    skipped: list[Skipped] = list(beside(layout))
    rows = people(layout)
    reading = _Reading(layout, Presence(layout, [row for row, why in rows if why is None]))
    for row, why in rows:
        if why is None:
            entries.append(reading.entry(row))
        else:
            skipped.append(Skipped(row.line, why))
    return tuple(entries), tuple(skipped)


class _Reading:
    """Reads the rows of one list."""

    def __init__(self, layout: Layout, presence: Presence) -> None:
        self._layout = layout
        self._presence = presence

    def entry(self, row: GridRow) -> Entry:
        troubles: list[Trouble] = []
        name_cell = self._cell(row, Role.NAME)
        number = read_number(self._cell(row, Role.NIP))
        name = _text(name_cell)
        if name is not None and self._layout.first(Role.NIP) is None and (digits := within(name)) is not None:
            number, name = read_number(digits), without_number(name) or None
        seen = self._presence.of(row)
        return Entry(
            line=row.line,
            cells=_alone(row.cells, seen),
            name=name,
            number=number,
            email=self._email(row, troubles),
            days=self._days(row, troubles),
            hours=self._hours(row, troubles),
            duration_minutes=self._duration(row),
            certificate=_text(self._cell(row, Role.CERTIFICATE)),
            score=self._score(row),
            present=seen.days,
            doubts=seen.doubts,
            troubles=tuple(troubles),
            unit=_text(self._cell(row, Role.UNIT)),
            hidden=row.line in self._layout.hidden,
        )

    def _cell(self, row: GridRow, role: Role) -> object:
        return first_of(self._layout, row, role)

    def _heading(self, role: Role) -> str:
        column = self._layout.first(role)
        return "" if column is None else column.heading or column.letter

    def _email(self, row: GridRow, troubles: list[Trouble]) -> str | None:
        text = _text(self._cell(row, Role.EMAIL))
        if text is None or text.strip("-") == "":
            return None
        address = _address_in(text)
        if address is None:
            troubles.append(
                Trouble(self._heading(Role.EMAIL), "it is not an e-mail address", "an address like budi@kementerian.example")
            )
            return None
        local, _, domain = address.rpartition("@")
        return f"{local}@{domain.lower()}"

    def _days(self, row: GridRow, troubles: list[Trouble]) -> dates.Days | None:
        found: list[dates.Days] = []
        for role in (Role.DATE, Role.LAST_DATE):
            cell = self._cell(row, role)
            if cell is None or (isinstance(cell, str) and not cell.strip("-–. ")):
                continue
            try:
                found.append(dates.parse_days(cell))
            except (ValueError, OverflowError):
                troubles.append(Trouble(self._heading(role), "it is not a date that exists", dates.EXPECTED))
                return None
        if not found:
            return None
        if found[-1].last < found[0].first:
            troubles.append(Trouble(self._heading(Role.LAST_DATE), "it is before the first day", "the last day of the event"))
            return None
        return dates.Days(found[0].first, found[-1].last)

    def _hours(self, row: GridRow, troubles: list[Trouble]) -> Decimal | None:
        cell = self._cell(row, Role.HOURS)
        if cell is None or (isinstance(cell, str) and not cell.strip("-–. ")):
            return None
        hours = None if isinstance(cell, datetime | date) else parse_hours(cell)
        if hours is None:
            troubles.append(Trouble(self._heading(Role.HOURS), "it is no number of jam pelajaran", HOURS_EXPECTED))
        return hours

    def _duration(self, row: GridRow) -> int | None:
        """In minutes: where the heading says so (`Durasi (menit)`), or as hours, as hours and minutes (`1:30`), or from when
        to when (`08.00 s.d. 16.00`)."""
        cell = self._cell(row, Role.DURATION)
        if isinstance(cell, timedelta):
            return round(cell.total_seconds() / 60) or None
        if isinstance(cell, time):
            return cell.hour * 60 + cell.minute or None
        if isinstance(cell, str):
            if (clock := parse_clock(cell)) is not None:
                return clock[1] - clock[0]
            if found := _HOURS_AND_MINUTES.fullmatch(cell):
                return int(found[1]) * 60 + int(found[2]) or None
            cell = _UNIT.sub("", cell)
        amount = parse_hours(cell) if isinstance(cell, int | float | str) else None
        if amount is None or amount > 1000:
            return None
        in_minutes = _MINUTES.search(self._heading(Role.DURATION)) is not None
        return int(amount if in_minutes else amount * 60) or None

    def _score(self, row: GridRow) -> Decimal | None:
        cell = self._cell(row, Role.SCORE)
        score = parse_hours(cell) if isinstance(cell, int | float | str) else None
        return score if score is not None and score <= 100 else None


def _address_in(text: str) -> str | None:
    """The first address of a cell: alone, behind a name as `Siti <siti@…>`, or with others behind it."""
    bracketed = re.search(r"<([^<>]+)>", text)
    for part in re.split(r"[;,|]|\s/\s|\sdan\s", bracketed[1] if bracketed else text):
        address = part.strip(" .<>").removeprefix("mailto:").replace(" ", "")
        if MAILTO.matches(f"mailto:{address}") and "." in address.rpartition("@")[2]:
            return address
    return None


def _alone(cells: tuple[object, ...], seen: Seen) -> tuple[object, ...]:
    if not seen.alone:
        return cells
    width = max(len(cells), *(index + 1 for index, _ in seen.alone))
    own: list[object] = [*cells, *[None] * (width - len(cells))]
    for index, text in seen.alone:
        own[index] = text
    return tuple(own)


def _text(cell: object) -> str | None:
    if cell is None or isinstance(cell, bool):
        return None
    if isinstance(cell, datetime):
        cell = cell.date().isoformat()
    text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
    return text.strip()[:MAX_TEXT].strip() or None
