"""Days of an event as Indonesian lists write them: one day, or a first and a last."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from schemas.imports.dates import parse_date

EXPECTED = "2026-03-17, 17/03/2026, 17 Maret 2026, or 17 s.d. 19 Maret 2026"


@dataclass(frozen=True, slots=True)
class Days:
    """From `first` through `last`."""

    first: date
    last: date

    def __str__(self) -> str:
        return self.first.isoformat() if self.first == self.last else f"{self.first.isoformat()}/{self.last.isoformat()}"


_LONGEST_DAYS = 400
"""A latsar or a study period lasts months; what spans more than a year is a slip of the pen."""

_WEEKDAY = r"(?:senin|selasa|rabu|kamis|jum[’'`]?at|sabtu|minggu|ahad|monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
_WEEKDAYS = re.compile(
    rf"\b{_WEEKDAY}\b[\s,/&–—-]*(?:(?:s\.?\s*/?\s*d\.?|sampai(?: dengan)?|dan)\s+(?={_WEEKDAY}))?", re.IGNORECASE
)
_LABEL = re.compile(r"^(?:hari\s*[/,&]?\s*)?(?:tanggal|tgl\.?)\s*(?:pelaksanaan)?\s*[:.]?\s*", re.IGNORECASE)
_TO = r"\s*(?:s\.?\s*/?\s*d\.?(?=[\s0-9])|sampai(?:\s+dengan)?|hingga|until|to|dan|&|[-–—/])\s*"
_MONTH = r"[A-Za-z]{3,9}"
_DAY = r"[0-9]{1,2}"
_YEAR = r"[0-9]{4}"
_SAME_MONTH = re.compile(rf"({_DAY}){_TO}({_DAY})\s+({_MONTH})\.?,?\s+({_YEAR})", re.IGNORECASE)
_SEVERAL = re.compile(rf"({_DAY})(?:\s*,\s*{_DAY})+\s*,?\s*(?:dan|&|and)\s*({_DAY})\s+({_MONTH})\.?,?\s+({_YEAR})", re.IGNORECASE)
"""`12, 13, dan 14 Maret 2026`: from the first to the last of them."""
_SAME_YEAR = re.compile(rf"({_DAY})\s+({_MONTH})\.?{_TO}({_DAY})\s+({_MONTH})\.?,?\s+({_YEAR})", re.IGNORECASE)
_ONE = rf"(?:{_DAY}[ -]{_MONTH}\.?,?[ -]{_YEAR}|{_YEAR}-[0-9]{{1,2}}-[0-9]{{1,2}}|{_DAY}[-/.][0-9]{{1,2}}[-/.]{_YEAR})"
_SINGLE = re.compile(_ONE)
_PATTERNS = (_SAME_YEAR, _SEVERAL, _SAME_MONTH)
_CLOCK = r"[0-9]{1,2}[.:][0-9]{2}"
_ASIDE = re.compile(
    rf"\((?:(?![0-9]{{4}})[^()])*\)|,?\s*\b(?:pukul|pkl|jam)\b[\s.:]*{_CLOCK}(?:{_TO}(?:{_CLOCK}|selesai))?(?:\s*wi[bt]a?)?"
    r"|\s*[-–—]\s*selesai\s*$",
    re.IGNORECASE,
)
"""What stands beside a date: how many days, from what hour."""
_SHORT_YEAR = re.compile(rf"({_DAY})([-/.])([0-9]{{1,2}})\2([0-9]{{2}})")
_YEAR_FIRST = re.compile(rf"({_YEAR})[/.]([0-9]{{1,2}})[/.]([0-9]{{1,2}})")
_MONTH_WORD = re.compile(r"\bbulan\s+", re.IGNORECASE)
_BOTH = re.compile(rf"({_ONE}){_TO}({_ONE})", re.IGNORECASE)


def parse_days(value: object) -> Days:
    """A date cell, the day number of a spreadsheet, or a text that is one day or several. Raises ValueError."""
    if not isinstance(value, str):
        day = parse_date(value)
        return Days(day, day)
    text = _LABEL.sub("", _plain(value))
    text = _SHORT_YEAR.sub(r"\1/\3/20\4", text) if _SHORT_YEAR.fullmatch(text) else text
    for pattern in (*_PATTERNS, _BOTH, _SINGLE):
        if found := pattern.fullmatch(text):
            return _days(found)
    return Days(day := parse_date(text), day)


def find_days(text: str) -> Days | None:
    """The first days that a line of text names, if any."""
    plain = _plain(text)
    for pattern in (*_PATTERNS, _BOTH, _SINGLE):
        if found := pattern.search(plain):
            try:
                return _days(found)
            except ValueError:
                continue
    return None


def _plain(text: str) -> str:
    text = _ASIDE.sub(" ", text).replace("(", " ").replace(")", " ")
    text = _MONTH_WORD.sub("", _WEEKDAYS.sub(" ", text))
    text = _YEAR_FIRST.sub(r"\1-\2-\3", text)
    return " ".join(text.split()).strip(" ,.;:–—-")


def _days(found: re.Match[str]) -> Days:
    parts = found.groups()
    if found.re is _SINGLE:
        first = last = _one(found[0])
    elif found.re is _BOTH:
        first, last = _one(parts[0]), _one(parts[1])
    elif found.re in (_SAME_MONTH, _SEVERAL):
        first, last = _one(f"{parts[0]} {parts[2]} {parts[3]}"), _one(f"{parts[1]} {parts[2]} {parts[3]}")
    else:
        last = _one(f"{parts[2]} {parts[3]} {parts[4]}")
        first = _one(f"{parts[0]} {parts[1]} {parts[4]}")
        if first > last:  # 30 Desember s.d. 2 Januari 2027
            first = first.replace(year=first.year - 1)
    if first > last:
        raise ValueError("the last day is before the first")
    if (last - first).days > _LONGEST_DAYS:
        raise ValueError("more than a year from the first day to the last")
    return Days(first, last)


def _one(text: str) -> date:
    in_words = any(char.isalpha() for char in text)
    return parse_date(" ".join(text.replace(".", " ").replace(",", " ").split()) if in_words else text)
