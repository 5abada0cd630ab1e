"""How many hours one occasion of learning has, looked at alone. Pure.

What may say so, the rounding and the cap per item are data by kind and year (`hours` in `competency/data/rules.json`).
"""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

import msgspec

from competency.hour_rules import HoursBasis, Rounding, RoundingMode
from competency.occasions import Occasion, longest_ms
from competency.regulation import RuleName, Rules

_MINUTE_MS = 60_000
_UNROUNDED = Decimal("0.01")
_ONLY_DURATION = HoursBasis.DURATION


class Basis(StrEnum):
    """What said how many hours an occasion has."""

    CATALOGUE = "catalogue"
    DURATION = "duration"
    NONE = "none"


class Uncounted(StrEnum):
    """Why an occasion counts nothing."""

    NO_HOURS = "no hours known"
    TOO_SHORT = "shorter than what counts"
    ALREADY_COUNTED = "already counted"
    COUNTED_EARLIER = "counted in an earlier year"
    OVER_CAP = "over the cap of the kind"


class Worth(msgspec.Struct, frozen=True):
    """`full_jp` before, `jp` after the cap per item. `words` say how they came about; `rules` made them, the deciding one first."""

    basis: Basis
    full_jp: Decimal
    jp: Decimal
    uncounted: Uncounted | None
    words: str
    rules: tuple[RuleName, ...]


def worth(occasion: Occasion, rules: Rules) -> Worth:
    piece = occasion[0]
    kind, year = rules.kind_name(piece.kind_id), piece.year
    rule = rules.hours_rule(piece.kind_id, year)
    if rule is None:
        return _nothing(RuleName.HOURS_UNRULED, f"no rule says how hours of the kind {kind} count in {year}")
    if piece.jp is not None and rule.basis is not _ONLY_DURATION:
        return _of_catalogue(piece.jp, kind, rule.rule, rule.cap_per_item)
    if rule.basis is HoursBasis.CATALOGUE:
        return _nothing(rule.rule, f"the catalogue gives it no hours, and the kind {kind} does not count by duration")
    duration_ms = longest_ms(occasion)
    if duration_ms is None:
        catalogue = "" if rule.basis is HoursBasis.DURATION else "the catalogue gives it no hours, and "
        return _nothing(rule.rule, f"{catalogue}no statement says how long it took")
    minutes_of_jp = rules.jp_minutes(year)
    if minutes_of_jp is None:
        return _nothing(rule.rule, f"no rule says how long a JP was in {year}")
    jp = rounded(duration_ms, minutes_of_jp, rule.rounding)
    words = f"{written(jp)} JP: {duration_ms // _MINUTE_MS} minutes at {minutes_of_jp} a JP{_rounding(rule.rounding)}"
    if jp == 0:
        return Worth(Basis.DURATION, jp, jp, Uncounted.TOO_SHORT, words, (RuleName.HOURS_DURATION, rule.rule))
    return _capped(Basis.DURATION, jp, words, RuleName.HOURS_DURATION, rule.rule, rule.cap_per_item, kind)


@lru_cache(maxsize=4096)
def _of_catalogue(jp: Decimal, kind: str, rule: RuleName, cap: Decimal | None) -> Worth:
    return _capped(Basis.CATALOGUE, jp, f"{written(jp)} JP of the catalogue", RuleName.HOURS_CATALOGUE, rule, cap, kind)


def rounded(duration_ms: int, jp_minutes: int, how: Rounding) -> Decimal:
    """The JP of a duration, as a multiple of `how.to`; unrounded they are cut to the hundredth."""
    to = _UNROUNDED if how.mode is RoundingMode.NONE else how.to
    over, under = to.as_integer_ratio()
    ms, step_ms = duration_ms * under, jp_minutes * _MINUTE_MS * over
    match how.mode:
        case RoundingMode.UP:
            steps = -(-ms // step_ms)
        case RoundingMode.HALF_UP:
            steps = (2 * ms + step_ms) // (2 * step_ms)
        case _:
            steps = ms // step_ms
    return steps * to


@lru_cache(maxsize=4096)
def written(jp: Decimal) -> str:
    """Hours as people write them: 20, never 20.0 or 2E+1."""
    return f"{jp.normalize():f}"


def _capped(basis: Basis, jp: Decimal, words: str, by: RuleName, rule: RuleName, cap: Decimal | None, kind: str) -> Worth:
    if cap is None or jp <= cap:
        return Worth(basis, jp, jp, None, words, (by, rule))
    capped = f"{words}; at most {written(cap)} JP of one item of the kind {kind} count"
    return Worth(basis, jp, cap, None, capped, (by, rule, RuleName.HOURS_CAP))


def _nothing(by: RuleName, words: str) -> Worth:
    return Worth(Basis.NONE, Decimal(0), Decimal(0), Uncounted.NO_HOURS, f"no hours known: {words}", (by,))


def _rounding(how: Rounding) -> str:
    if how.mode is RoundingMode.NONE:
        return ", not rounded"
    to = "whole JP" if how.to == 1 else f"{written(how.to)} JP"
    word = {RoundingMode.DOWN: "down", RoundingMode.UP: "up", RoundingMode.HALF_UP: "half up"}[how.mode]
    return f", rounded {word} to {to}"
