"""The parts of a rules file that say how hours count: `hours`, `durations` and `same_occasion`. Strict, like the rest of it."""

from __future__ import annotations

from collections.abc import Container, Sequence
from decimal import Decimal
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from competency.hour_rules import DurationRule, HoursBasis, HoursRule, Rounding, RoundingMode, SameOccasion
from competency.regulation import RuleName
from competency.rules_format import Dated, RulesFileError, Sourced, Text, refuse_repeats

_HOURS_OF_DAY = 24


class RoundingItem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    to: Decimal
    mode: RoundingMode


class HoursItem(Dated, frozen=True, forbid_unknown_fields=True):
    kinds: Annotated[list[Text], Meta(min_length=1)] | Literal["*"]
    basis: HoursBasis
    rounding: RoundingItem
    cap_per_item: Decimal | None
    cap_per_year: Decimal | None
    rule: RuleName


class DurationsItem(Dated, frozen=True, forbid_unknown_fields=True):
    kinds: Annotated[list[Text], Meta(min_length=1)] | Literal["*"]
    hours_per_day: Decimal
    days_per_week: Annotated[int, Meta(ge=1, le=7)]
    longest_minutes: Annotated[int, Meta(ge=1)] | None


class SameOccasionItem(Sourced, frozen=True, forbid_unknown_fields=True):
    gap_minutes: Annotated[int, Meta(ge=0, le=1440)]


def hours_rules(items: Sequence[HoursItem], kinds: Container[str]) -> tuple[HoursRule, ...]:
    """Raises RulesFileError."""
    refuse_repeats("hours", [(kind, item.from_year) for item in items for kind in item.kinds])
    return tuple(_hours_rule(f"hours[{place}]", item, kinds) for place, item in enumerate(items))


def duration_rules(items: Sequence[DurationsItem], kinds: Container[str]) -> tuple[DurationRule, ...]:
    """Raises RulesFileError."""
    refuse_repeats("durations", [(kind, item.from_year) for item in items for kind in item.kinds])
    return tuple(_duration_rule(f"durations[{place}]", item, kinds) for place, item in enumerate(items))


def same_occasion(item: SameOccasionItem) -> SameOccasion:
    return SameOccasion(item.gap_minutes, item.source, item.mark)


def _duration_rule(where: str, item: DurationsItem, kinds: Container[str]) -> DurationRule:
    if not (item.hours_per_day.is_finite() and 0 < item.hours_per_day <= _HOURS_OF_DAY):
        raise RulesFileError(f"{where}.hours_per_day: {item.hours_per_day} hours; write more than 0 and at most 24, like 8 or 7.5")
    return DurationRule(
        from_year=item.from_year,
        kinds=_kinds(where, item.kinds, kinds),
        hours_per_day=item.hours_per_day,
        days_per_week=item.days_per_week,
        longest_minutes=item.longest_minutes,
        source=item.source,
        mark=item.mark,
    )


def _kinds(where: str, named: list[Text] | Literal["*"], kinds: Container[str]) -> frozenset[str] | None:
    """None for every kind that no other item names."""
    if named == "*":
        return None
    unknown = [kind for kind in named if kind not in kinds]
    if unknown:
        raise RulesFileError(f'{where}.kinds: {", ".join(unknown)}: no such jenis diklat; write its codes, or "*"')
    return frozenset(named)


def _hours_rule(where: str, item: HoursItem, kinds: Container[str]) -> HoursRule:
    of_kinds = _kinds(where, item.kinds, kinds)
    if not (item.rounding.to.is_finite() and 0 < item.rounding.to <= 1):
        raise RulesFileError(f"{where}.rounding.to: {item.rounding.to} JP; write more than 0 and at most 1, like 0.5")
    for name, cap in (("cap_per_item", item.cap_per_item), ("cap_per_year", item.cap_per_year)):
        if cap is not None and not (cap.is_finite() and cap > 0):
            raise RulesFileError(f"{where}.{name}: {cap} JP; write a number above 0, or null for no cap")
    return HoursRule(
        from_year=item.from_year,
        kinds=of_kinds,
        basis=item.basis,
        rounding=Rounding(item.rounding.to, item.rounding.mode),
        cap_per_item=item.cap_per_item,
        cap_per_year=item.cap_per_year,
        rule=item.rule,
        source=item.source,
        mark=item.mark,
    )
