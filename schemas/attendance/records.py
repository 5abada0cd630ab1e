"""A list that was read, with its verdicts, as it is kept until somebody confirms it: JSON, compressed."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time

import msgspec

from schemas.attendance.facts import Facts
from schemas.attendance.layout import Column
from schemas.attendance.rows import Skipped
from schemas.attendance.verdicts import Judged, Verdict


class Moment(msgspec.Struct, frozen=True):
    """A cell that holds a date or a time."""

    iso: str


Cell = str | int | float | bool | Moment | None


@dataclass(frozen=True, slots=True)
class Refused:
    """A row whose statement was not taken."""

    row: int
    message: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the rows that were to be sent: by their numbers. `duplicates` had been imported before."""

    sent: tuple[int, ...] = ()
    duplicates: tuple[int, ...] = ()
    refused: tuple[Refused, ...] = ()


@dataclass(frozen=True, slots=True)
class Listed:
    """The list as understood. `activity` is the IRI of what its statements are about, None where nothing names the event;
    `catalogued`: the catalogue knows it. `cells` and `rows` stand side by side."""

    facts: Facts
    activity: str | None
    catalogued: bool
    sheet: str
    other_sheets: tuple[str, ...]
    header_line: int
    columns: tuple[Column, ...]
    rows: tuple[Judged, ...]
    cells: tuple[tuple[Cell, ...], ...]
    skipped: tuple[Skipped, ...]
    outcome: Outcome | None = None

    def rejected(self) -> tuple[tuple[int, str], ...]:
        """Place and reason of each row that is not sent: before the confirmation those that would not be by themselves."""
        if self.outcome is None:
            return tuple(
                (place, _reason(row)) for place, row in enumerate(self.rows) if row.verdict not in (Verdict.OK, Verdict.WARNING)
            )
        done = {*self.outcome.sent, *self.outcome.duplicates}
        messages = {refused.row: refused.message for refused in self.outcome.refused}
        return tuple(
            (place, messages.get(row.number) or _reason(row) or "left out")
            for place, row in enumerate(self.rows)
            if row.number not in done
        )


def _reason(row: Judged) -> str:
    """In one cell: what is wrong, where, and what would be right."""
    return "; ".join(
        f"{f'{remark.column}: ' if remark.column else ''}{remark.message}"
        f"{f' (right would be: {remark.would_be_right})' if remark.would_be_right else ''}"
        for remark in row.remarks
    )


_decoder = msgspec.json.Decoder(Listed)
_encoder = msgspec.json.Encoder()


def encode(listed: Listed) -> bytes:
    return zlib.compress(_encoder.encode(listed), 6)


def decode(body: bytes) -> Listed:
    return _decoder.decode(zlib.decompress(body))


def kept_cells(cells: Iterable[object]) -> tuple[Cell, ...]:
    """Cells as they can be kept; what is neither text, number nor time is kept as its text."""
    return tuple(_kept(cell) for cell in cells)


def _kept(cell: object) -> Cell:
    if isinstance(cell, datetime | date | time):
        return Moment(cell.isoformat())
    if isinstance(cell, bool) or cell is None or isinstance(cell, str):
        return cell
    if isinstance(cell, int):
        return cell if abs(cell) < 1 << 53 else float(cell) if abs(cell) < 1 << 1000 else str(cell)[:100]
    if isinstance(cell, float):
        return cell if abs(cell) < 1e300 else None
    return str(cell)
