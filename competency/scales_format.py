"""The parts of a rules file that weigh learning: `suggested` and `index`. Strict, like the rest of it."""

from __future__ import annotations

from collections.abc import Container, Sequence
from decimal import Decimal
from typing import Annotated

import msgspec
from msgspec import Meta

from competency.directory import PostKind
from competency.regulation import RuleName
from competency.rules_format import Dated, Level, RulesFileError, Text, refuse_repeats
from competency.scales import IndexComponent, IndexTable, SuggestedScale

_LEVELS = range(1, 6)


class SuggestedItem(Dated, frozen=True, forbid_unknown_fields=True):
    needed: dict[Level, Decimal]
    full_years: Annotated[int, Meta(ge=0, le=100)]
    fading_per_year: Decimal
    expires_after_years: Annotated[int, Meta(ge=1, le=100)] | None


class ComponentItem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: Annotated[str, Meta(pattern="^[a-z][a-z-]*$")]
    name: Text
    weight: Decimal
    kinds: Annotated[list[Text], Meta(min_length=1)]
    months: Annotated[int, Meta(ge=1, le=1200)] | None
    min_jp: Decimal | None


class IndexItem(Dated, frozen=True, forbid_unknown_fields=True):
    rule: RuleName
    total: Decimal
    posts: dict[PostKind, Annotated[list[ComponentItem], Meta(min_length=1)]]


def suggested_scales(items: Sequence[SuggestedItem]) -> tuple[SuggestedScale, ...]:
    """Raises RulesFileError."""
    refuse_repeats("suggested", [item.from_year for item in items])
    return tuple(_scale(f"suggested[{place}]", item) for place, item in enumerate(items))


def index_tables(items: Sequence[IndexItem], kinds: Container[str]) -> tuple[IndexTable, ...]:
    """One table for each kind of post of each item; `kinds` are the codes there are. Raises RulesFileError."""
    refuse_repeats("index", [item.from_year for item in items])
    return tuple(
        IndexTable(
            item.from_year,
            kind,
            item.total,
            _components(f"index[{place}].posts.{kind}", components, item.total, kinds),
            item.rule,
            item.source,
            item.mark,
        )
        for place, item in enumerate(items)
        for kind, components in item.posts.items()
    )


def _scale(where: str, item: SuggestedItem) -> SuggestedScale:
    missing = [str(level) for level in _LEVELS if level not in item.needed]
    if missing:
        raise RulesFileError(
            f"{where}.needed: level {', '.join(missing)} missing; say the weight that each of the levels 1–5 needs"
        )
    weights = [item.needed[level] for level in _LEVELS]
    if not all(weight.is_finite() and weight > 0 for weight in weights) or weights != sorted(weights):
        raise RulesFileError(f"{where}.needed: {', '.join(map(str, weights))}; write weights above 0 that never fall")
    if not 0 <= item.fading_per_year <= 1:
        raise RulesFileError(f"{where}.fading_per_year: {item.fading_per_year}; write a share from 0 to 1, like 0.25")
    return SuggestedScale(
        item.from_year,
        dict(zip(_LEVELS, weights, strict=True)),
        item.full_years,
        item.fading_per_year,
        item.expires_after_years,
        item.source,
        item.mark,
    )


def _components(where: str, items: Sequence[ComponentItem], total: Decimal, kinds: Container[str]) -> tuple[IndexComponent, ...]:
    refuse_repeats(where, [item.id for item in items])
    for item in items:
        unknown = sorted(kind for kind in set(item.kinds) if kind not in kinds)
        if unknown:
            raise RulesFileError(f"{where}.{item.id}.kinds: {', '.join(unknown)}: no such jenis diklat; write its codes")
        if not (item.weight.is_finite() and item.weight > 0):
            raise RulesFileError(f"{where}.{item.id}.weight: {item.weight}; write a number above 0")
        if item.min_jp is not None and not (item.min_jp.is_finite() and item.min_jp > 0):
            raise RulesFileError(f"{where}.{item.id}.min_jp: {item.min_jp} JP; write a number above 0, or null for one item")
    weights = sum((item.weight for item in items), Decimal(0))
    if weights != total:
        raise RulesFileError(f"{where}: the weights add up to {weights}; they have to be the total, {total}")
    return tuple(IndexComponent(item.id, item.name, item.weight, frozenset(item.kinds), item.months, item.min_jp) for item in items)
