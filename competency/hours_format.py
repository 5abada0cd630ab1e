"""The parts of a rules file that say how hours count: `hours` and `same_occasion`. Strict, like the rest of it."""

from __future__ import annotations

from collections.abc import Container, Sequence
from decimal import Decimal
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from competency.hour_rules import HoursBasis, HoursRule, Rounding, RoundingMode, SameOccasion
from competency.regulation import RuleName
from competency.rules_format import Dated, RulesFileError, Sourced, Text, refuse_repeats


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


class SameOccasionItem(Sourced, frozen=True, forbid_unknown_fields=True):
    gap_minutes: Annotated[int, Meta(ge=0, le=1440)]


def hours_rules(items: Sequence[HoursItem], kinds: Container[str]) -> tuple[HoursRule, ...]:
    """Raises RulesFileError."""
    refuse_repeats("hours", [(kind, item.from_year) for item in items for kind in item.kinds])
    return tuple(_hours_rule(f"hours[{place}]", item, kinds) for place, item in enumerate(items))


def same_occasion(item: SameOccasionItem) -> SameOccasion:
    return SameOccasion(item.gap_minutes, item.source, item.mark)


def _hours_rule(where: str, item: HoursItem, kinds: Container[str]) -> HoursRule:
    unknown = [] if item.kinds == "*" else [kind for kind in item.kinds if kind not in kinds]
    if unknown:
        raise RulesFileError(f'{where}.kinds: {", ".join(unknown)}: no such jenis diklat; write its codes, or "*"')
    if not (item.rounding.to.is_finite() and 0 < item.rounding.to <= 1):
        raise RulesFileError(f"{where}.rounding.to: {item.rounding.to} JP; write more than 0 and at most 1, like 0.5")
    for name, cap in (("cap_per_item", item.cap_per_item), ("cap_per_year", item.cap_per_year)):
        if cap is not None and not (cap.is_finite() and cap > 0):
            raise RulesFileError(f"{where}.{name}: {cap} JP; write a number above 0, or null for no cap")
    return HoursRule(
        from_year=item.from_year,
        kinds=None if item.kinds == "*" else frozenset(item.kinds),
        basis=item.basis,
        rounding=Rounding(item.rounding.to, item.rounding.mode),
        cap_per_item=item.cap_per_item,
        cap_per_year=item.cap_per_year,
        rule=item.rule,
        source=item.source,
        mark=item.mark,
    )
