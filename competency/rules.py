"""Reads and checks the files under `competency/data`. Strict: an unknown key, a missing rule or a doubtful number is refused.

RulesFileError   the file is not what it has to be; the message says where and what would be right
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Annotated, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from msgspec import Meta

from competency.directory import Employment
from competency.frameworks import Competency, CompetencyKind, Framework
from competency.hour_rules import DurationRule
from competency.hours_format import DurationsItem, HoursItem, SameOccasionItem, duration_rules, hours_rules, same_occasion
from competency.regulation import (
    ActivityKind,
    Band,
    Bound,
    JpLength,
    LevelNames,
    Mark,
    Obligation,
    Period,
    RuleName,
    Rules,
    RuleText,
    TierStandard,
)
from competency.rules_format import Dated, Level, RulesFileError, Sourced, Text, refuse_repeats
from competency.scales_format import IndexItem, SuggestedItem, index_tables, suggested_scales

__all__ = [
    "Rules",
    "RulesFileError",
    "core_competencies",
    "core_framework",
    "load_rules",
    "parse_framework",
    "parse_kinds",
    "parse_rules",
    "read_rules",
    "rules_text",
]

CORE_FRAMEWORK = "permenpan-rb-38-2017"
_BEFORE_DURATIONS = "hours-duration/1"
"""A rule that a file describes which was written before files said how much learning a duration is."""

_T = TypeVar("_T")


class _Zone(Sourced, frozen=True, forbid_unknown_fields=True):
    value: Text


class _JpMinutes(Dated, frozen=True, forbid_unknown_fields=True):
    value: Annotated[int, Meta(ge=1, le=1440)]


class _Obligation(Dated, frozen=True, forbid_unknown_fields=True):
    employment: Employment
    bound: Bound
    jp: Annotated[int, Meta(ge=1)]
    period: Period
    rule: RuleName


class _Levels(Dated, frozen=True, forbid_unknown_fields=True):
    names: dict[Level, Text]


class _Tier(Dated, frozen=True, forbid_unknown_fields=True):
    tier: Text
    name: Text
    level: Level


class _Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    at_least: Annotated[int, Meta(ge=0)]
    name: Text


class _Band(Sourced, frozen=True, forbid_unknown_fields=True):
    name: Text
    steps: Annotated[list[_Step], Meta(min_length=1)]


class _Rule(Sourced, frozen=True, forbid_unknown_fields=True):
    says: Text


class _YearsShown(Sourced, frozen=True, forbid_unknown_fields=True):
    value: Annotated[int, Meta(ge=1, le=50)]


class _RulesFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: Text
    zone: _Zone
    jp_minutes: list[_JpMinutes]
    obligations: list[_Obligation]
    hours: list[HoursItem]
    years_shown: _YearsShown
    same_occasion: SameOccasionItem
    suggested: list[SuggestedItem]
    index: list[IndexItem]
    levels: Annotated[list[_Levels], Meta(min_length=1)]
    tiers: list[_Tier]
    bands: list[_Band]
    rules: dict[Text, _Rule]
    durations: list[DurationsItem] | None = None
    about: str = ""


class _Kind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: Text
    name: Text
    certificate: Annotated[str, Meta(pattern="^[TFP]$")]


class _KindsFile(msgspec.Struct, frozen=True):
    source: Text
    licence: Text
    kinds: list[_Kind]


class _FrameworkCompetency(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: Text
    name: Text
    kind: CompetencyKind
    description: str = ""
    levels: dict[Level, Text] = {}


class _FrameworkFile(msgspec.Struct, frozen=True):
    id: Text
    name: Text
    source: Text
    mark: Mark
    competencies: list[_FrameworkCompetency]
    publisher: str = ""
    edition: str = ""
    language: str = "id"


def parse_rules(text: bytes, kinds_text: bytes) -> Rules:
    """Rules from the text of a rules file and of a file of kinds. Raises RulesFileError.

    A file that was written before there were `durations` has those that come with Rekam: what is in force stays readable.
    """
    read = _decode(text, _RulesFile)
    texts = _texts(read.rules)
    try:
        zone = ZoneInfo(read.zone.value)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise RulesFileError(f"zone: {read.zone.value!r} is no time zone; write one like Asia/Jakarta") from error
    refuse_repeats("obligations", [(item.employment, item.from_year) for item in read.obligations])
    refuse_repeats("tiers", [(item.tier, item.from_year) for item in read.tiers])
    refuse_repeats("levels", [item.from_year for item in read.levels])
    refuse_repeats("jp_minutes", [item.from_year for item in read.jp_minutes])
    kinds = parse_kinds(kinds_text)
    return Rules(
        version=read.version,
        zone=zone,
        jp_lengths=tuple(JpLength(item.from_year, item.value, item.source, item.mark) for item in read.jp_minutes),
        obligations=tuple(_obligation(item) for item in read.obligations),
        hours_rules=hours_rules(read.hours, kinds),
        duration_rules=_durations(read, kinds),
        years_shown=read.years_shown.value,
        same_occasion=same_occasion(read.same_occasion),
        suggested_scales=suggested_scales(read.suggested),
        index_tables=index_tables(read.index, kinds),
        level_names=tuple(LevelNames(item.from_year, item.names, item.source, item.mark) for item in read.levels),
        tiers=tuple(TierStandard(item.from_year, item.tier, item.name, item.level, item.source, item.mark) for item in read.tiers),
        bands=tuple(_band(item) for item in read.bands),
        texts=texts,
        kinds=kinds,
    )


def _texts(described: Mapping[str, _Rule]) -> dict[RuleName, RuleText]:
    known = {name.value: name for name in RuleName}
    unknown = sorted(set(described) - set(known) - {_BEFORE_DURATIONS})
    if unknown:
        raise RulesFileError(f"rules: {', '.join(unknown)}: no such rule; describe {', '.join(known)}")
    texts = {
        known[name]: RuleText(known[name], rule.says, rule.source, rule.mark) for name, rule in described.items() if name in known
    }
    if _BEFORE_DURATIONS in described:
        texts.setdefault(RuleName.HOURS_DURATION, _builtin_rules().texts[RuleName.HOURS_DURATION])
    missing = sorted(set(RuleName) - set(texts))
    if missing:
        raise RulesFileError(f"rules: {', '.join(missing)} missing; every rule the code applies has to be described")
    return texts


def _durations(read: _RulesFile, kinds: Mapping[str, ActivityKind]) -> tuple[DurationRule, ...]:
    if read.durations is not None:
        return duration_rules(read.durations, kinds)
    if _BEFORE_DURATIONS not in read.rules:
        raise RulesFileError("durations: missing; say how much learning a duration is, as the file that comes with Rekam does")
    return _builtin_rules().duration_rules


def parse_kinds(text: bytes) -> Mapping[str, ActivityKind]:
    """Kinds by their code. Raises RulesFileError."""
    read = _decode(text, _KindsFile)
    refuse_repeats("kinds", [kind.id for kind in read.kinds])
    return {kind.id: ActivityKind(kind.id, kind.name, kind.certificate) for kind in read.kinds}


def parse_framework(text: bytes) -> Framework:
    """The framework of a file. Raises RulesFileError."""
    read = _decode(text, _FrameworkFile)
    refuse_repeats("competencies", [item.id for item in read.competencies])
    competencies = (
        Competency(item.id, item.name, item.kind, read.id, item.description, dict(sorted(item.levels.items())))
        for item in sorted(read.competencies, key=lambda item: item.id)
    )
    return Framework(read.id, read.name, tuple(competencies), read.publisher, read.language, read.source, read.edition)


def read_rules(text: bytes) -> Rules:
    """Rules from the text of a rules file, with the kinds that come with Rekam. Raises RulesFileError."""
    return parse_rules(text, _data("jenis-diklat.json"))


def rules_text() -> bytes:
    """The rules file that comes with Rekam."""
    return _data("rules.json")


def load_rules(*, time_zone: ZoneInfo | None = None) -> Rules:
    """The rules that come with Rekam; `time_zone` overrules the zone that years and dates are told in."""
    rules = _builtin_rules()
    return rules if time_zone is None else replace(rules, zone=time_zone)


@cache
def _builtin_rules() -> Rules:
    return read_rules(rules_text())


@cache
def core_framework() -> Framework:
    """Permenpan-RB 38/2017: eight managerial competencies and one socio-cultural."""
    return parse_framework(_data(f"frameworks/{CORE_FRAMEWORK}.json"))


def core_competencies() -> tuple[Competency, ...]:
    """The nine competencies of Permenpan-RB 38/2017."""
    return core_framework().competencies


def _data(name: str) -> bytes:
    return files("competency").joinpath("data", name).read_bytes()


def _decode(text: bytes, wanted: type[_T]) -> _T:
    try:
        return msgspec.json.decode(text, type=wanted)
    except msgspec.MsgspecError as error:
        raise RulesFileError(str(error)) from error


def _obligation(item: _Obligation) -> Obligation:
    return Obligation(item.from_year, item.employment, item.bound, Decimal(item.jp), item.period, item.rule, item.source, item.mark)


def _band(item: _Band) -> Band:
    steps = tuple((Decimal(step.at_least), step.name) for step in item.steps)
    if list(steps) != sorted(steps, key=lambda step: -step[0]) or steps[-1][0] != 0:
        raise RulesFileError(f"bands: the steps of {item.name!r} must fall and end at 0")
    return Band(item.name, steps, item.source, item.mark)
