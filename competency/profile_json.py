"""The JSON of a competency profile: its types, and how it is written and read. Pure.

A profile has neither name nor NIP, only the internal id. Every figure names the statements and the rule, with its version,
behind it.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from competency.directory import Employment, PostKind
from competency.frameworks import CompetencyKind
from competency.hours import Basis, Standing, Uncounted
from competency.regulation import Bound, Mark, Period
from competency.standards import GapFrom


class UnitPart(msgspec.Struct, frozen=True, rename="camel", gc=False):
    """A unit on the way from the agency down to the employee's own."""

    id: str
    name: str


class PostPart(msgspec.Struct, frozen=True, rename="camel", gc=False):
    id: str
    kind: PostKind
    tier: str
    title: str
    version: int


class ObligationPart(msgspec.Struct, frozen=True, rename="camel", gc=False):
    """What is owed in a period: at least (`floor`) or at most (`ceiling`) so many JP. `difference` is JP minus that."""

    bound: Bound
    difference: Decimal
    jp: Decimal
    mark: Mark
    rule: str
    source: str
    standing: Standing


class HourLinePart(msgspec.Struct, frozen=True, rename="camel", gc=False):
    """One occasion of learning. `full_jp` are its hours by themselves, `jp` those that are in the total: 0 where `uncounted` says
    why not. `duration_ms` is how long it was by the clock; `began_on` is its first day, null where no statement tells it.
    `instead` is the statement that counted in place of a repeat. `why` says it in words; `rule` decided, `rules` are all that made
    the line."""

    activity_id: str
    basis: Basis
    began_on: date | None
    catalogue_id: str
    catalogue_version: int
    counted: bool
    duration_ms: int | None
    finished_by: str
    finished_on: date
    full_jp: Decimal
    instead: UUID | None
    jp: Decimal
    kind: str
    kind_id: str
    provider: str
    rule: str
    rules: tuple[str, ...]
    statement_ids: tuple[UUID, ...]
    title: str
    uncounted: Uncounted | None
    why: str


class HoursPart(msgspec.Struct, frozen=True, rename="camel", gc=False):
    """The hours of one period. `year` is the calendar year, or the number of the contract year, from 1 on."""

    from_day: date
    jp: Decimal
    lines: tuple[HourLinePart, ...]
    obligation: ObligationPart | None
    period: Period
    rule: str
    statement_ids: tuple[UUID, ...]
    through_day: date
    year: int


class EvidencePart(msgspec.Struct, frozen=True, rename="camel", gc=False):
    """A finished item aligned to a competency, and the level it is evidence for. `weight_now` is what is left of its weight; on
    `fades_on` it will be less, on `ends_on` nothing (null: never, or it has been). `counted`: it adds to the suggestion."""

    catalogue_id: str
    catalogue_version: int
    counted: bool
    ends_on: date | None
    fades_on: date | None
    finished_on: date
    level: int
    statement_id: UUID
    title: str
    weight: Decimal
    weight_now: Decimal
    why: str


class SuggestedPart(msgspec.Struct, frozen=True, rename="camel", gc=False):
    """The level that learning suggests: the weights of `statement_ids` add up to `weight`, and it takes `needed`."""

    level: int
    level_name: str
    mark: Mark
    needed: Decimal
    rule: str
    statement_ids: tuple[UUID, ...]
    weight: Decimal


class NextLevelPart(msgspec.Struct, frozen=True, rename="camel", gc=False):
    """The level above the suggested one: what there is for it, and what it takes."""

    level: int
    level_name: str
    needed: Decimal
    weight: Decimal


class AssessedPart(msgspec.Struct, frozen=True, rename="camel", gc=False):
    assessed_on: date
    level: int
    level_name: str
    rule: str
    source: str


class StandardPart(msgspec.Struct, frozen=True, rename="camel", gc=False):
    level: int
    level_name: str
    mark: Mark
    rule: str


class CompetencyPart(msgspec.Struct, frozen=True, rename="camel", gc=False):
    """One competency. `kind` and `framework` are null where no imported framework has it."""

    assessed: AssessedPart | None
    evidence: tuple[EvidencePart, ...]
    framework: str | None
    gap: int | None
    gap_from: GapFrom | None
    id: str
    kind: CompetencyKind | None
    name: str
    next_suggested: NextLevelPart | None
    rule: str
    standard: StandardPart | None
    suggested: SuggestedPart | None


class BandPart(msgspec.Struct, frozen=True, rename="camel", gc=False):
    mark: Mark
    name: str
    step: str


class JobPersonMatchPart(msgspec.Struct, frozen=True, rename="camel", gc=False):
    """Per cent, rounded to two places; the bands look at the unrounded figure."""

    bands: tuple[BandPart, ...]
    levels: int
    mark: Mark
    percent: Decimal
    rule: str
    standards: int


class IndexLinePart(msgspec.Struct, frozen=True, rename="camel", gc=False):
    """A finished item that counts for a component, until the day `leaves_on` (null: for ever)."""

    catalogue_id: str
    catalogue_version: int
    finished_on: date
    jp: Decimal
    kind: str
    kind_id: str
    leaves_on: date | None
    statement_ids: tuple[UUID, ...]
    title: str


class IndexComponentPart(msgspec.Struct, frozen=True, rename="camel", gc=False):
    """A component of the index: `score` is its whole `weight` or 0. What counts is at most `months` months old (null: however old);
    it takes `needed_jp` hours (null: one item). `missing` says what more it takes; on `lapses_on` it is lost again unless something
    is learnt until then."""

    id: str
    jp: Decimal
    lapses_on: date | None
    lines: tuple[IndexLinePart, ...]
    missing: str | None
    missing_jp: Decimal | None
    months: int | None
    name: str
    needed_jp: Decimal | None
    reached: bool
    score: Decimal
    statement_ids: tuple[UUID, ...]
    weight: Decimal


class IndexPart(msgspec.Struct, frozen=True, rename="camel", gc=False):
    """The dimension kompetensi of the Indeks Profesionalitas ASN, by the table for `post_kind` that holds from `from_year`."""

    components: tuple[IndexComponentPart, ...]
    from_year: int
    mark: Mark
    post_kind: PostKind
    rule: str
    score: Decimal
    source: str
    total: Decimal


class CertificatePart(msgspec.Struct, frozen=True, rename="camel", gc=False):
    """A certificate. It is valid until the day before `expires_on` (null: without end); `number` is null where none is told."""

    catalogue_id: str
    catalogue_version: int
    expires_on: date | None
    issued_on: date
    number: str | None
    provider: str
    statement_ids: tuple[UUID, ...]
    title: str
    valid: bool


class FrameworkPart(msgspec.Struct, frozen=True, rename="camel", gc=False):
    id: str
    version: int


class ComputedWith(msgspec.Struct, frozen=True, rename="camel", gc=False):
    """The version of the rules, the frameworks whose competencies appear, and the names of the rules that were applied."""

    frameworks: tuple[FrameworkPart, ...]
    rule_names: tuple[str, ...]
    rules: str


class Profile(msgspec.Struct, frozen=True, rename="camel", gc=False, kw_only=True):
    """`hours` are by calendar year, for everyone; `contract_hours` by contract year, which is what a PPPK's ceiling looks at.
    `unit` goes from the agency down; `post` and parts of `unit` that the directory does not have are left out. `index` is null
    without a post. Until the day before `next_change_on` the same facts give the same profile."""

    certificates: tuple[CertificatePart, ...]
    competencies: tuple[CompetencyPart, ...]
    computed_with: ComputedWith
    contract_hours: tuple[HoursPart, ...]
    contract_start: date | None
    employee_id: str
    employment: Employment
    hours: tuple[HoursPart, ...]
    index: IndexPart | None
    job_person_match: JobPersonMatchPart | None
    next_change_on: date
    post: PostPart | None
    unit: tuple[UnitPart, ...]
    v: int = 2


# Members stand in the order in which they are written: telling the encoder to sort them costs half as much again.
_encoder = msgspec.json.Encoder(decimal_format="number")
_decoder = msgspec.json.Decoder(Profile)


def render(profile: Profile) -> bytes:
    """The profile as JSON: members sorted, hours as numbers, no spaces."""
    return _encoder.encode(profile)


def read(text: bytes) -> Profile:
    """What `render` wrote, also that of a program before there was a `beganOn`. Raises `msgspec.MsgspecError` for anything else."""
    try:
        return _decoder.decode(text)
    except msgspec.ValidationError:
        return msgspec.convert(_with_first_days(msgspec.json.decode(text)), Profile)


def _with_first_days(profile: Any) -> Any:
    """The lines of an older profile with what they lack, as far as this is a profile."""
    if isinstance(profile, dict):
        for year in (*profile.get("hours", ()), *profile.get("contractHours", ())):
            for line in year["lines"]:
                line.setdefault("beganOn", None)
    return profile
