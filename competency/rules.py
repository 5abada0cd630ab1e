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
from competency.frameworks import Competency, CompetencyKind
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

__all__ = ["Rules", "RulesFileError", "core_competencies", "load_rules", "parse_framework", "parse_kinds", "parse_rules"]

CORE_FRAMEWORK = "permenpan-rb-38-2017"

_Level = Annotated[int, Meta(ge=1, le=5)]
_Year = Annotated[int, Meta(ge=1945, le=9999)]
_Text = Annotated[str, Meta(min_length=1)]
_T = TypeVar("_T")


class RulesFileError(ValueError):
    """A file of rules is not what it has to be."""


class _Sourced(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    source: _Text
    mark: Mark


class _Zone(_Sourced, frozen=True, forbid_unknown_fields=True):
    value: _Text


class _Dated(_Sourced, frozen=True, forbid_unknown_fields=True):
    from_year: _Year = msgspec.field(name="from")


class _JpMinutes(_Dated, frozen=True, forbid_unknown_fields=True):
    value: Annotated[int, Meta(ge=1, le=1440)]


class _Obligation(_Dated, frozen=True, forbid_unknown_fields=True):
    employment: Employment
    bound: Bound
    jp: Annotated[int, Meta(ge=1)]
    period: Period
    rule: RuleName


class _Levels(_Dated, frozen=True, forbid_unknown_fields=True):
    names: dict[_Level, _Text]


class _Tier(_Dated, frozen=True, forbid_unknown_fields=True):
    tier: _Text
    name: _Text
    level: _Level


class _Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    at_least: Annotated[int, Meta(ge=0)]
    name: _Text


class _Band(_Sourced, frozen=True, forbid_unknown_fields=True):
    name: _Text
    steps: Annotated[list[_Step], Meta(min_length=1)]


class _Rule(_Sourced, frozen=True, forbid_unknown_fields=True):
    says: _Text


class _RulesFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: _Text
    zone: _Zone
    jp_minutes: list[_JpMinutes]
    obligations: list[_Obligation]
    levels: Annotated[list[_Levels], Meta(min_length=1)]
    tiers: list[_Tier]
    bands: list[_Band]
    rules: dict[RuleName, _Rule]
    about: str = ""


class _Kind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: _Text
    name: _Text
    certificate: Annotated[str, Meta(pattern="^[TFP]$")]


class _KindsFile(msgspec.Struct, frozen=True):
    source: _Text
    licence: _Text
    kinds: list[_Kind]


class _FrameworkCompetency(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: _Text
    name: _Text
    kind: CompetencyKind
    description: str = ""


class _FrameworkFile(msgspec.Struct, frozen=True):
    id: _Text
    source: _Text
    mark: Mark
    competencies: list[_FrameworkCompetency]


def parse_rules(text: bytes, kinds_text: bytes) -> Rules:
    """Rules from the text of a rules file and of a file of kinds. Raises RulesFileError."""
    read = _decode(text, _RulesFile)
    missing = sorted(set(RuleName) - set(read.rules))
    if missing:
        raise RulesFileError(f"rules: {', '.join(missing)} missing; every rule the code applies has to be described")
    try:
        zone = ZoneInfo(read.zone.value)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise RulesFileError(f"zone: {read.zone.value!r} is no time zone; write one like Asia/Jakarta") from error
    _refuse_repeats("obligations", [(item.employment, item.from_year) for item in read.obligations])
    _refuse_repeats("tiers", [(item.tier, item.from_year) for item in read.tiers])
    _refuse_repeats("levels", [item.from_year for item in read.levels])
    _refuse_repeats("jp_minutes", [item.from_year for item in read.jp_minutes])
    return Rules(
        version=read.version,
        zone=zone,
        jp_lengths=tuple(JpLength(item.from_year, item.value, item.source, item.mark) for item in read.jp_minutes),
        obligations=tuple(_obligation(item) for item in read.obligations),
        level_names=tuple(LevelNames(item.from_year, item.names, item.source, item.mark) for item in read.levels),
        tiers=tuple(TierStandard(item.from_year, item.tier, item.name, item.level, item.source, item.mark) for item in read.tiers),
        bands=tuple(_band(item) for item in read.bands),
        texts={name: RuleText(name, rule.says, rule.source, rule.mark) for name, rule in read.rules.items()},
        kinds=parse_kinds(kinds_text),
    )


def parse_kinds(text: bytes) -> Mapping[str, ActivityKind]:
    """Kinds by their code. Raises RulesFileError."""
    read = _decode(text, _KindsFile)
    _refuse_repeats("kinds", [kind.id for kind in read.kinds])
    return {kind.id: ActivityKind(kind.id, kind.name, kind.certificate) for kind in read.kinds}


def parse_framework(text: bytes) -> tuple[Competency, ...]:
    """The competencies of a framework file, in its order. Raises RulesFileError."""
    read = _decode(text, _FrameworkFile)
    _refuse_repeats("competencies", [item.id for item in read.competencies])
    return tuple(Competency(item.id, item.name, item.kind, read.id, item.description) for item in read.competencies)


def load_rules(*, time_zone: ZoneInfo | None = None) -> Rules:
    """The rules that come with Rekam; `time_zone` overrules the zone that years and dates are told in."""
    rules = _builtin_rules()
    return rules if time_zone is None else replace(rules, zone=time_zone)


@cache
def _builtin_rules() -> Rules:
    return parse_rules(_data("rules.json"), _data("jenis-diklat.json"))


@cache
def core_competencies() -> tuple[Competency, ...]:
    """The nine competencies of Permenpan-RB 38/2017: eight managerial and one socio-cultural."""
    return parse_framework(_data(f"frameworks/{CORE_FRAMEWORK}.json"))


def _data(name: str) -> bytes:
    return files("competency").joinpath("data", name).read_bytes()


def _decode(text: bytes, wanted: type[_T]) -> _T:
    try:
        return msgspec.json.decode(text, type=wanted)
    except msgspec.MsgspecError as error:
        raise RulesFileError(str(error)) from error


def _refuse_repeats(where: str, keys: list[_T]) -> None:
    for place, key in enumerate(keys):
        if key in keys[:place]:
            raise RulesFileError(f"{where}[{place}]: {key} is there already; say each once")


def _obligation(item: _Obligation) -> Obligation:
    return Obligation(item.from_year, item.employment, item.bound, Decimal(item.jp), item.period, item.rule, item.source, item.mark)


def _band(item: _Band) -> Band:
    steps = tuple((Decimal(step.at_least), step.name) for step in item.steps)
    if list(steps) != sorted(steps, key=lambda step: -step[0]) or steps[-1][0] != 0:
        raise RulesFileError(f"bands: the steps of {item.name!r} must fall and end at 0")
    return Band(item.name, steps, item.source, item.mark)
