"""Dates as spreadsheets and people in Indonesia write them."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

EXPECTED = "2026-03-17, 17-03-2026, 17/03/2026 or 17 Maret 2026"

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "januari january jan",
            "februari february feb pebruari",
            "maret march mar",
            "april apr",
            "mei may",
            "juni june jun",
            "juli july jul",
            "agustus august agu ags agt aug",
            "september sep sept",
            "oktober october okt oct",
            "november nov nopember nop",
            "desember december des dec",
        ),
        start=1,
    )
    for name in names.split()
}
_ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[T ][0-9:.]+Z?)?")
_DAY_FIRST = re.compile(r"([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4})")
_IN_WORDS = re.compile(r"([0-9]{1,2})[- ]([A-Za-z]+)[- ]([0-9]{4})")

_EXCEL_EPOCH = date(1899, 12, 30)
_EXCEL_DAYS = range(10_000, 80_000)  # 1927 to 2119: a number outside is no date


def parse_date(value: object) -> date:
    """A date cell, a text in one of the spellings of `EXPECTED`, or the day number of a spreadsheet. Raises ValueError.

    17/03/2026 is day, month, year, as in Indonesia; never month first.
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        if value in _EXCEL_DAYS:
            return _EXCEL_EPOCH + timedelta(days=int(value))
        raise ValueError("a number that is no day of a spreadsheet's calendar")
    text = " ".join(str(value).split())
    if iso := _ISO.fullmatch(text):
        year, month, day = (int(part) for part in iso.groups())
    elif day_first := _DAY_FIRST.fullmatch(text):
        day, month, year = (int(part) for part in day_first.groups())
    elif in_words := _IN_WORDS.fullmatch(text):
        day, year = int(in_words[1]), int(in_words[3])
        month = _MONTHS.get(in_words[2].casefold(), 0)
    else:
        raise ValueError("not a date in a known spelling")
    return date(year, month, day)
