from __future__ import annotations

from datetime import date

import pytest

from competency.durations import duration_ms, learnt_ms, months_later

HOUR = 3_600_000
DAY_MS = 8 * HOUR


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("PT1H30M", 90 * 60_000),
        ("PT45M", 45 * 60_000),
        ("PT2700S", 45 * 60_000),
        ("PT0.5H", HOUR // 2),
        ("PT0,5H", HOUR // 2),
        ("PT1.2345S", 1_234),
        ("PT0S", 0),
        ("P2W", 14 * 24 * HOUR),
        ("P1DT2H", 26 * HOUR),
        ("P1M", 30 * 24 * HOUR),
        ("PT1M", 60_000),
        ("P1Y2M3DT4H5M6S", ((365 + 60 + 3) * 24 + 4) * HOUR + 306_000),
    ],
)
def test_a_duration_is_time_by_the_clock(text: str, ms: int) -> None:
    assert duration_ms(text) == ms


@pytest.mark.parametrize("text", ["", "P", "PT", "1h", "PT-5M", "P1W2D", "P101Y", "P" + "9" * 5_000 + "Y"])
def test_what_tells_no_time_of_learning_is_none(text: str) -> None:
    assert duration_ms(text) is None


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("PT1H30M", 1.5),
        ("P1D", 8),
        ("P2D", 16),
        ("P2DT3H", 19),
        ("P0.5D", 4),
        ("P1W", 40),
        ("P1,5W", 60),
        ("PT48H", 48),
        ("P0Y0M1DT0H", 8),
        ("PT0S", 0),
    ],
)
def test_a_day_of_learning_has_eight_hours_and_a_week_five_days(text: str, hours: float) -> None:
    assert learnt_ms(text, DAY_MS, 5) == hours * HOUR


def test_how_long_a_day_of_learning_is_can_be_said() -> None:
    assert learnt_ms("P1W", 27_000_000, 6) == 45 * HOUR


@pytest.mark.parametrize("text", ["", "2 days", "P1Y", "P1M", "P1Y2M", "P0.1Y", "P1M2DT3H", "P" + "9" * 70 + "D"])
def test_nobody_learns_on_each_day_of_months_and_years(text: str) -> None:
    assert learnt_ms(text, DAY_MS, 5) is None


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2025, 1, 15), 1, date(2025, 2, 15)),
        (date(2025, 1, 31), 1, date(2025, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2025, 12, 31), 6, date(2026, 6, 30)),
        (date(2025, 11, 30), 1, date(2025, 12, 30)),
        (date(9999, 12, 1), 1, None),
    ],
)
def test_months_end_where_the_month_ends(day: date, months: int, later: date | None) -> None:
    assert months_later(day, months) == later
