"""Cells that say from when through when a number was somebody's: `197804172003121002 (2003-12-01..2019-02-28)`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from competency.nip import NipError, normalise
from schemas.imports import dates
from schemas.imports.cells import NIP, NIP_EXPECTED, several
from schemas.imports.columns import Kind, json_text
from schemas.imports.outcome import CellRefused

EXPECTED = "a number, with its days in brackets where it has them: 197804172003121002 (2003-12-01..2019-02-28)"

_DATED = re.compile(r"([^()]*)\(([^()]*)\)")
_BETWEEN = re.compile(r"\.\.|…|\bs\.?d\.?(?=\s|$)|\bs/d\b|\bsampai(?: dengan)?\b")


@dataclass(frozen=True, slots=True)
class DatedNip:
    """A number and the days it was valid; None where it has no bound."""

    digits: str
    valid_from: date | None = None
    valid_through: date | None = None


def parse_period(text: str) -> tuple[date | None, date | None]:
    """`2003-12-01..2019-02-28`, `..2019-02-28`, `1 Maret 2023 s.d. 28 Februari 2024`. Raises CellRefused."""
    parts = _BETWEEN.split(text.strip())
    if len(parts) != 2 or not any(part.strip() for part in parts):
        raise CellRefused("what stands in brackets is no first and last day", EXPECTED)
    try:
        first, last = (dates.parse_date(part.strip()) if part.strip() else None for part in parts)
    except ValueError:
        raise CellRefused("what stands in brackets is no date that exists", EXPECTED) from None
    if first is not None and last is not None and last < first:
        raise CellRefused("it ends before it begins", EXPECTED)
    return first, last


def _dated_nip(text: str) -> DatedNip:
    dated = _DATED.fullmatch(text.strip())
    number, period = (dated[1], parse_period(dated[2])) if dated else (text, (None, None))
    try:
        return DatedNip(normalise(number.strip()), *period)
    except NipError as error:
        raise CellRefused(str(error), NIP_EXPECTED) from error


def _cell(cell: object) -> DatedNip:
    return _dated_nip(cell) if isinstance(cell, str) else DatedNip(NIP.parse(cell))


def _once(numbers: tuple[DatedNip, ...]) -> tuple[DatedNip, ...]:
    if len({one.digits for one in numbers}) < len(numbers):
        raise CellRefused("it names a number twice", "each number once; the table identifiers takes several periods of one")
    return numbers


def _all_once(kind: Kind[tuple[DatedNip, ...]]) -> Kind[tuple[DatedNip, ...]]:
    return Kind(kind.says, kind.expected, lambda cell: _once(kind.parse(cell)), lambda value: _once(kind.from_json(value)))


def _from_json(value: Any) -> DatedNip:
    return _dated_nip(json_text(value))


DATED_NIPS = _all_once(
    several(Kind("", "", _cell, _from_json), "NIPs, each with its days in brackets where they are known", EXPECTED)
)
