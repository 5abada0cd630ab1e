"""How many hours one occasion of learning has, looked at alone. Pure.

What may say so, the rounding, the cap per item and how much learning a duration is are data by kind and year (`hours` and
`durations` in `competency/data/rules.json`).
"""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

import msgspec

from competency.durations import learnt_ms
from competency.evidence import Evidence
from competency.hour_rules import DurationRule, HoursBasis, HoursRule, Rounding, RoundingMode
from competency.occasions import Occasion
from competency.regulation import RuleName, Rules

_MINUTE_MS = 60_000
_UNROUNDED = Decimal("0.01")
_ONLY_DURATION = HoursBasis.DURATION
_NO_JP = Decimal(0)


class Basis(StrEnum):
    """What said how many hours an occasion has."""

    CATALOGUE = "catalogue"
    DURATION = "duration"
    NONE = "none"


class Uncounted(StrEnum):
    """Why an occasion counts nothing."""

    NO_HOURS = "no hours known"
    TOO_SHORT = "shorter than what counts"
    TOO_LONG = "longer than what is plausible"
    ALREADY_COUNTED = "already counted"
    COUNTED_EARLIER = "counted in an earlier year"
    OVER_CAP = "over the cap of the kind"


class Worth(msgspec.Struct, frozen=True, gc=False):
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
    told = [one for one in occasion if one.duration or one.duration_ms is not None]
    if not told:
        catalogue = "" if rule.basis is HoursBasis.DURATION else "the catalogue gives it no hours, and "
        return _nothing(rule.rule, f"{catalogue}no statement says how long it took")
    minutes_of_jp, durations = rules.jp_minutes(year), rules.duration_rule(piece.kind_id, year)
    if minutes_of_jp is None:
        return _nothing(rule.rule, f"no rule says how long a JP was in {year}")
    if durations is None:
        return _nothing(rule.rule, f"no rule says how much learning a duration of the kind {kind} was in {year}")
    return _of_durations(told, durations, minutes_of_jp, rule, kind)


def _of_durations(told: list[Evidence], durations: DurationRule, minutes_of_jp: int, rule: HoursRule, kind: str) -> Worth:
    """The longest that is plausible says how much it was."""
    plausible = [(ms, one.duration) for one in told if (ms := _plausible_ms(one, durations)) is not None]
    by = (RuleName.HOURS_DURATION, rule.rule)
    if not plausible:
        return Worth(Basis.DURATION, _NO_JP, _NO_JP, Uncounted.TOO_LONG, _too_long(told, durations, kind), by)
    ms, text = max(plausible)
    jp = rounded(ms, minutes_of_jp, rule.rounding)
    words = f"{written(jp)} JP: {_minutes(ms, text, durations)} at {minutes_of_jp} a JP{_rounding(rule.rounding)}"
    if len(plausible) < len(told):
        words = f"{words}; another statement says longer than what is plausible"
    if jp == 0:
        return Worth(Basis.DURATION, jp, jp, Uncounted.TOO_SHORT, words, by)
    return _capped(Basis.DURATION, jp, words, *by, rule.cap_per_item, kind)


def _plausible_ms(piece: Evidence, durations: DurationRule) -> int | None:
    """How much learning it says; None where nobody learns so long at one thing."""
    ms = learnt_ms(piece.duration, durations.day_ms, durations.days_per_week) if piece.duration else piece.duration_ms
    too_long = ms is None or (durations.longest_minutes is not None and ms > durations.longest_minutes * _MINUTE_MS)
    return None if too_long else ms


def _minutes(ms: int, text: str, durations: DurationRule) -> str:
    days = text.partition("T")[0] not in ("", "P")
    return f"{ms // _MINUTE_MS} minutes{f' ({text}, {_of_day(durations)})' if days else ''}"


def _of_day(durations: DurationRule) -> str:
    return f"a day being {written(durations.hours_per_day)} hours of learning and a week {durations.days_per_week} days"


def _too_long(told: list[Evidence], durations: DurationRule, kind: str) -> str:
    says = ", ".join(dict.fromkeys(one.duration or f"{(one.duration_ms or 0) // _MINUTE_MS} minutes" for one in told))
    most = "" if durations.longest_minutes is None else f"at most {durations.longest_minutes} minutes of one item and "
    return f"{Uncounted.TOO_LONG}: {says}; of the kind {kind} {most}no years or months count by duration, {_of_day(durations)}"


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
    return Worth(Basis.NONE, _NO_JP, _NO_JP, Uncounted.NO_HOURS, f"no hours known: {words}", (by,))


def _rounding(how: Rounding) -> str:
    if how.mode is RoundingMode.NONE:
        return ", not rounded"
    to = "whole JP" if how.to == 1 else f"{written(how.to)} JP"
    word = {RoundingMode.DOWN: "down", RoundingMode.UP: "up", RoundingMode.HALF_UP: "half up"}[how.mode]
    return f", rounded {word} to {to}"
