"""Years on the calendar. Pure."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from competency.durations import months_later


def months_after(day: date, months: int) -> date:
    """As `months_later`; the calendar's last day for what lies beyond it."""
    years, left = divmod(months, 12)
    return years_after(day, years) if left == 0 else months_later(day, months) or date.max


@lru_cache(maxsize=16_384)
def years_after(day: date, years: int) -> date:
    """The same day so many years later; 28 February for 29 February in a year without one."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return months_later(day, 12 * years) or date.max


def whole_years(day: date, on: date) -> int:
    """How many years are completed from `day` to `on`, which is not before it."""
    years = on.year - day.year
    if on.month > day.month or (on.month == day.month and on.day >= day.day):
        return years
    # 29 February is the only day whose anniversary may come on an earlier day of the month
    return years if day.day == 29 and years_after(day, years) <= on else years - 1


def first_of_next_year(day: date) -> date:
    """1 January after `day`; the calendar's last day where there is none."""
    return date.max if day.year == date.max.year else date(day.year + 1, 1, 1)
