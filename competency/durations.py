"""ISO 8601 durations as time, and months on the calendar. Pure.

Source: xAPI 1.0.3, Data 4.6 (ISO 8601:2004, 4.4.3.2).
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

from xapi.values import DURATION

_SECONDS = {"Y": 365 * 86_400, "M": 30 * 86_400, "W": 7 * 86_400, "D": 86_400}
_TIME_SECONDS = {"H": 3_600, "M": 60, "S": 1}
_PARTS = re.compile(r"([0-9]+(?:[.,][0-9]+)?)([YMWDHS])")
_LONGEST_TEXT = 64
_POWERS = tuple(10**places for places in range(_LONGEST_TEXT + 1))
"""No number in a text of that length has more decimal places."""
_LONGEST_MS = 100 * 366 * 86_400_000


def duration_ms(text: str) -> int | None:
    """Milliseconds, rounded down. A year is 365 days and a month 30, as nobody says which; a day is 24 hours.

    None for what is no duration, and for what is longer than a hundred years: it tells nothing of how long anybody learnt.
    """
    if len(text) > _LONGEST_TEXT or not DURATION.matches(text):
        return None
    days, _, time = text[1:].partition("T")
    ms = (_seconds(days, _SECONDS) + _seconds(time, _TIME_SECONDS)) * 1000 // _POWERS[-1]
    return ms if ms <= _LONGEST_MS else None


def months_later(day: date, months: int) -> date | None:
    """The same day so many months later, or the last day of that month where it has no such day; None beyond the year 9999."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    if year > date.max.year:
        return None
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _seconds(text: str, units: dict[str, int]) -> int:
    """In the smallest part that a text can name, so that nothing is lost and nothing takes a fraction."""
    total = 0
    for number, unit in _PARTS.findall(text):
        whole, _, decimals = number.replace(",", ".").partition(".")
        total += int(whole + decimals) * units[unit] * _POWERS[_LONGEST_TEXT - len(decimals)]
    return total
