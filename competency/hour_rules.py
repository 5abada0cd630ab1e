"""How hours of learning count, as data by kind and year. Pure values.

`competency.worth` and `competency.ledger` apply them; `competency/data/rules.json` holds them under `hours`, `durations` and
`same_occasion`.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from competency.regulation import Mark, RuleName

_HOUR_MS = 3_600_000


class HoursBasis(StrEnum):
    """What may say how many JP an item of a kind has: the catalogue, the statement's `result.duration`, or the catalogue and,
    where it says none, the duration."""

    CATALOGUE = "catalogue"
    DURATION = "duration"
    CATALOGUE_ELSE_DURATION = "catalogue-else-duration"


class RoundingMode(StrEnum):
    DOWN = "down"
    HALF_UP = "half-up"
    UP = "up"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Rounding:
    """How the JP of a duration are rounded: to a multiple of `to`. NONE keeps them, cut to the hundredth."""

    to: Decimal
    mode: RoundingMode


@dataclass(frozen=True, slots=True)
class HoursRule:
    """How hours of some kinds count in `from_year` and later. `kinds` are codes of BKN's jenis diklat, None: every kind that no
    other rule names. The caps are in JP, for one item and for all items of one kind in a year; None: none."""

    from_year: int
    kinds: frozenset[str] | None
    basis: HoursBasis
    rounding: Rounding
    cap_per_item: Decimal | None
    cap_per_year: Decimal | None
    rule: RuleName
    source: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class DurationRule:
    """How much learning a duration is, for some kinds, in `from_year` and later: a day of it has `hours_per_day`, a week
    `days_per_week` such days, and a duration of more than `longest_minutes` (None: however long) says nothing of how long anybody
    learnt. `kinds` as in `HoursRule`."""

    from_year: int
    kinds: frozenset[str] | None
    hours_per_day: Decimal
    days_per_week: int
    longest_minutes: int | None
    source: str
    mark: Mark

    @property
    def day_ms(self) -> int:
        return int(self.hours_per_day * _HOUR_MS)


@dataclass(frozen=True, slots=True)
class SameOccasion:
    """What one employee finished of the same thing is one occasion where the times overlap or at most `gap_minutes` lie between."""

    gap_minutes: int
    source: str
    mark: Mark
