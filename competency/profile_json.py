"""The JSON of a competency profile: its types, and how it is written and read. Pure.

A profile has neither name nor NIP, only the internal id. Every figure names the statements and the rule, with its version,
behind it.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

import msgspec

from competency.directory import Employment, PostKind
from competency.frameworks import CompetencyKind
from competency.hours import Standing
from competency.regulation import Bound, Mark, Period
from competency.standards import GapFrom


class UnitPart(msgspec.Struct, frozen=True, rename="camel"):
    """A unit on the way from the agency down to the employee's own."""

    id: str
    name: str


class PostPart(msgspec.Struct, frozen=True, rename="camel"):
    id: str
    title: str
    kind: PostKind
    tier: str


class ObligationPart(msgspec.Struct, frozen=True, rename="camel"):
    """What is owed in a period: at least (`floor`) or at most (`ceiling`) so many JP. `difference` is JP minus that."""

    bound: Bound
    jp: Decimal
    standing: Standing
    difference: Decimal
    rule: str
    source: str
    mark: Mark


class HourLinePart(msgspec.Struct, frozen=True, rename="camel"):
    """One finished item. `jp` are the catalogue's hours; they are in the total only where `counted`; `why` says it in words."""

    statement_ids: tuple[UUID, ...]
    catalogue_id: str
    activity_id: str
    title: str
    kind_id: str
    kind: str
    provider: str
    jp: Decimal
    finished_on: date
    finished_by: str
    counted: bool
    why: str
    rule: str


class HoursPart(msgspec.Struct, frozen=True, rename="camel"):
    """The hours of one period. `year` is the calendar year, or the number of the contract year, from 1 on."""

    period: Period
    year: int
    from_day: date
    through_day: date
    jp: Decimal
    statement_ids: tuple[UUID, ...]
    rule: str
    obligation: ObligationPart | None
    lines: tuple[HourLinePart, ...]


class SuggestedEvidence(msgspec.Struct, frozen=True, rename="camel"):
    """A finished item aligned to the competency, and the level it is evidence for."""

    statement_id: UUID
    catalogue_id: str
    title: str
    finished_on: date
    level: int


class SuggestedPart(msgspec.Struct, frozen=True, rename="camel"):
    level: int
    level_name: str
    rule: str
    evidence: tuple[SuggestedEvidence, ...]


class AssessedPart(msgspec.Struct, frozen=True, rename="camel"):
    level: int
    level_name: str
    assessed_on: date
    source: str
    rule: str


class StandardPart(msgspec.Struct, frozen=True, rename="camel"):
    level: int
    level_name: str
    rule: str
    mark: Mark


class CompetencyPart(msgspec.Struct, frozen=True, rename="camel"):
    """One competency. `kind` and `framework` are null where no imported framework has it."""

    id: str
    name: str
    kind: CompetencyKind | None
    framework: str | None
    suggested: SuggestedPart | None
    assessed: AssessedPart | None
    standard: StandardPart | None
    gap: int | None
    gap_from: GapFrom | None
    rule: str


class BandPart(msgspec.Struct, frozen=True, rename="camel"):
    name: str
    step: str
    mark: Mark


class JobPersonMatchPart(msgspec.Struct, frozen=True, rename="camel"):
    """Per cent, rounded to two places; the bands look at the unrounded figure."""

    percent: Decimal
    levels: int
    standards: int
    bands: tuple[BandPart, ...]
    rule: str
    mark: Mark


class ComputedWith(msgspec.Struct, frozen=True, rename="camel"):
    """The version of the rules, the frameworks whose competencies appear, and the names of the rules that were applied."""

    rules: str
    frameworks: tuple[str, ...]
    rule_names: tuple[str, ...]


class Profile(msgspec.Struct, frozen=True, rename="camel"):
    """`hours` are by calendar year, for everyone; `contract_hours` by contract year, which is what a PPPK's ceiling looks at.
    `unit` goes from the agency down; `post` and parts of `unit` that the directory does not have are left out."""

    employee_id: str
    employment: Employment
    contract_start: date | None
    unit: tuple[UnitPart, ...]
    post: PostPart | None
    hours: tuple[HoursPart, ...]
    contract_hours: tuple[HoursPart, ...]
    competencies: tuple[CompetencyPart, ...]
    job_person_match: JobPersonMatchPart | None
    computed_with: ComputedWith
    v: int = 1


_encoder = msgspec.json.Encoder(order="sorted", decimal_format="number")
_decoder = msgspec.json.Decoder(Profile)


def render(profile: Profile) -> bytes:
    """The profile as JSON: members sorted, hours as numbers, no spaces."""
    return _encoder.encode(profile)


def read(text: bytes) -> Profile:
    """What `render` wrote. Raises `msgspec.MsgspecError` for anything else."""
    return _decoder.decode(text)
