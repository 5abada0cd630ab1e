"""ISO 8601 durations, as spans of the clock and as time of learning, and months on the calendar. Pure.

Source: xAPI 1.0.3, Data 4.6 (ISO 8601:2004, 4.4.3.2).
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from functools import lru_cache

from xapi.values import DURATION

_DAY_MS = 86_400_000
_SPAN_MS = {"Y": 365 * _DAY_MS, "M": 30 * _DAY_MS, "W": 7 * _DAY_MS, "D": _DAY_MS}
_TIME_MS = {"H": 3_600_000, "M": 60_000, "S": 1_000}
_PARTS = re.compile(r"([0-9]+(?:[.,][0-9]+)?)([YMWDHS])")
_LONGEST_TEXT = 64
_POWERS: tuple[int, ...] = tuple(10**places for places in range(_LONGEST_TEXT + 1))
"""No number in a text of that length has more decimal places."""
_LONGEST_MS = 100 * 366 * 86_400_000


def duration_ms(text: str) -> int | None:
    """How long it was by the clock, in milliseconds, rounded down. A year is 365 days and a month 30, as nobody says which; a day
    is 24 hours.

    None for what is no duration, and for what is longer than a hundred years: it tells nothing of how long anybody learnt.
    """
    if not is_duration(text):
        return None
    days, time = _halves(text)
    ms = (_sum(days, _SPAN_MS) + _sum(time, _TIME_MS)) // _POWERS[-1]
    return ms if ms <= _LONGEST_MS else None


@lru_cache(maxsize=4096)
def learnt_ms(text: str, day_ms: int, days_of_week: int) -> int | None:
    """How much learning a duration says, in milliseconds, rounded down: a day of it has `day_ms`, a week `days_of_week` such days;
    hours, minutes and seconds are what they are.

    None for what is no duration, and for one that names years or months: nobody learns on each of their days.
    """
    if not is_duration(text) or names_months(text):
        return None
    days, time = _halves(text)
    return (_sum(days, {"W": days_of_week * day_ms, "D": day_ms}) + _sum(time, _TIME_MS)) // _POWERS[-1]


def is_duration(text: str) -> bool:
    """Whether it is one, and not longer than a text that anybody writes."""
    return len(text) <= _LONGEST_TEXT and DURATION.matches(text)


def names_months(text: str) -> bool:
    """Whether a duration names years or months, of which nobody says how long they were; `P0Y` names none."""
    return any(unit in "YM" and number.strip("0.,") for number, unit in _PARTS.findall(_halves(text)[0]))


def months_later(day: date, months: int) -> date | None:
    """The same day so many months later, or the last day of that month where it has no such day; None beyond the year 9999."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    if year > date.max.year:
        return None
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _halves(text: str) -> tuple[str, str]:
    """What stands before the T, and after it: an M is a month here and a minute there."""
    days, _, time = text[1:].partition("T")
    return days, time


def _sum(text: str, units_ms: dict[str, int]) -> int:
    """In the smallest part of a millisecond that a text can name, so that nothing is lost and nothing takes a fraction. What is
    zero need not be one of the units."""
    total = 0
    for number, unit in _PARTS.findall(text):
        whole, _, decimals = number.replace(",", ".").partition(".")
        total += int(whole + decimals) * units_ms.get(unit, 0) * _POWERS[_LONGEST_TEXT - len(decimals)]
    return total
