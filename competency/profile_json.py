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
from competency.hours import Basis, Standing, Uncounted
from competency.regulation import Bound, Mark, Period
from competency.standards import GapFrom


class UnitPart(msgspec.Struct, frozen=True, rename="camel", gc=False):
    """A unit on the way from the agency down to the employee's own."""

    id: str
    name: str


class PostPart(msgspec.Struct, frozen=True, rename="camel", gc=False):
    id: str
    title: str
    kind: PostKind
    tier: str
    version: int


class ObligationPart(msgspec.Struct, frozen=True, rename="camel", gc=False):
    """What is owed in a period: at least (`floor`) or at most (`ceiling`) so many JP. `difference` is JP minus that."""

    bound: Bound
    jp: Decimal
    standing: Standing
    difference: Decimal
    rule: str
    source: str
    mark: Mark


class HourLinePart(msgspec.Struct, frozen=True, rename="camel", gc=False):
    """One occasion of learning. `full_jp` are its hours by themselves, `jp` those that are in the total: 0 where `uncounted` says
    why not. `duration_ms` is how long it was by the clock; `began_on` is its first day, null where no statement tells it.
    `instead` is the statement that counted in place of a repeat. `why` says it in words; `rule` decided, `rules` are all that made
    the line."""

    statement_ids: tuple[UUID, ...]
    catalogue_id: str
    catalogue_version: int
    activity_id: str
    title: str
    kind_id: str
    kind: str
    provider: str
    basis: Basis
    duration_ms: int | None
    full_jp: Decimal
    jp: Decimal
    finished_on: date
    finished_by: str
    counted: bool
    uncounted: Uncounted | None
    instead: UUID | None
    why: str
    rule: str
    rules: tuple[str, ...]
    began_on: date | None = None


class HoursPart(msgspec.Struct, frozen=True, rename="camel", gc=False):
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


class EvidencePart(msgspec.Struct, frozen=True, rename="camel", gc=False):
    """A finished item aligned to a competency, and the level it is evidence for. `weight_now` is what is left of its weight; on
    `fades_on` it will be less, on `ends_on` nothing (null: never, or it has been). `counted`: it adds to the suggestion."""

    statement_id: UUID
    catalogue_id: str
    catalogue_version: int
    title: str
    finished_on: date
    level: int
    weight: Decimal
    weight_now: Decimal
    fades_on: date | None
    ends_on: date | None
    counted: bool
    why: str


class SuggestedPart(msgspec.Struct, frozen=True, rename="camel", gc=False):
    """The level that learning suggests: the weights of `statement_ids` add up to `weight`, and it takes `needed`."""

    level: int
    level_name: str
    weight: Decimal
    needed: Decimal
    statement_ids: tuple[UUID, ...]
    rule: str
    mark: Mark


class NextLevelPart(msgspec.Struct, frozen=True, rename="camel", gc=False):
    """The level above the suggested one: what there is for it, and what it takes."""

    level: int
    level_name: str
    weight: Decimal
    needed: Decimal


class AssessedPart(msgspec.Struct, frozen=True, rename="camel", gc=False):
    level: int
    level_name: str
    assessed_on: date
    source: str
    rule: str


class StandardPart(msgspec.Struct, frozen=True, rename="camel", gc=False):
    level: int
    level_name: str
    rule: str
    mark: Mark


class CompetencyPart(msgspec.Struct, frozen=True, rename="camel", gc=False):
    """One competency. `kind` and `framework` are null where no imported framework has it."""

    id: str
    name: str
    kind: CompetencyKind | None
    framework: str | None
    suggested: SuggestedPart | None
    next_suggested: NextLevelPart | None
    evidence: tuple[EvidencePart, ...]
    assessed: AssessedPart | None
    standard: StandardPart | None
    gap: int | None
    gap_from: GapFrom | None
    rule: str


class BandPart(msgspec.Struct, frozen=True, rename="camel", gc=False):
    name: str
    step: str
    mark: Mark


class JobPersonMatchPart(msgspec.Struct, frozen=True, rename="camel", gc=False):
    """Per cent, rounded to two places; the bands look at the unrounded figure."""

    percent: Decimal
    levels: int
    standards: int
    bands: tuple[BandPart, ...]
    rule: str
    mark: Mark


class IndexLinePart(msgspec.Struct, frozen=True, rename="camel", gc=False):
    """A finished item that counts for a component, until the day `leaves_on` (null: for ever)."""

    statement_ids: tuple[UUID, ...]
    catalogue_id: str
    catalogue_version: int
    title: str
    kind_id: str
    kind: str
    finished_on: date
    jp: Decimal
    leaves_on: date | None


class IndexComponentPart(msgspec.Struct, frozen=True, rename="camel", gc=False):
    """A component of the index: `score` is its whole `weight` or 0. What counts is at most `months` months old (null: however old);
    it takes `needed_jp` hours (null: one item). `missing` says what more it takes; on `lapses_on` it is lost again unless something
    is learnt until then."""

    id: str
    name: str
    weight: Decimal
    score: Decimal
    reached: bool
    months: int | None
    needed_jp: Decimal | None
    jp: Decimal
    missing_jp: Decimal | None
    missing: str | None
    lapses_on: date | None
    statement_ids: tuple[UUID, ...]
    lines: tuple[IndexLinePart, ...]


class IndexPart(msgspec.Struct, frozen=True, rename="camel", gc=False):
    """The dimension kompetensi of the Indeks Profesionalitas ASN, by the table for `post_kind` that holds from `from_year`."""

    score: Decimal
    total: Decimal
    post_kind: PostKind
    from_year: int
    components: tuple[IndexComponentPart, ...]
    rule: str
    source: str
    mark: Mark


class CertificatePart(msgspec.Struct, frozen=True, rename="camel", gc=False):
    """A certificate. It is valid until the day before `expires_on` (null: without end); `number` is null where none is told."""

    title: str
    provider: str
    number: str | None
    issued_on: date
    expires_on: date | None
    valid: bool
    catalogue_id: str
    catalogue_version: int
    statement_ids: tuple[UUID, ...]


class FrameworkPart(msgspec.Struct, frozen=True, rename="camel", gc=False):
    id: str
    version: int


class ComputedWith(msgspec.Struct, frozen=True, rename="camel", gc=False):
    """The version of the rules, the frameworks whose competencies appear, and the names of the rules that were applied."""

    rules: str
    frameworks: tuple[FrameworkPart, ...]
    rule_names: tuple[str, ...]


class Profile(msgspec.Struct, frozen=True, rename="camel", gc=False):
    """`hours` are by calendar year, for everyone; `contract_hours` by contract year, which is what a PPPK's ceiling looks at.
    `unit` goes from the agency down; `post` and parts of `unit` that the directory does not have are left out. `index` is null
    without a post. Until the day before `next_change_on` the same facts give the same profile."""

    employee_id: str
    employment: Employment
    contract_start: date | None
    unit: tuple[UnitPart, ...]
    post: PostPart | None
    hours: tuple[HoursPart, ...]
    contract_hours: tuple[HoursPart, ...]
    competencies: tuple[CompetencyPart, ...]
    job_person_match: JobPersonMatchPart | None
    index: IndexPart | None
    certificates: tuple[CertificatePart, ...]
    next_change_on: date
    computed_with: ComputedWith
    v: int = 2


_encoder = msgspec.json.Encoder(order="sorted", decimal_format="number")
_decoder = msgspec.json.Decoder(Profile)


def render(profile: Profile) -> bytes:
    """The profile as JSON: members sorted, hours as numbers, no spaces."""
    return _encoder.encode(profile)


def read(text: bytes) -> Profile:
    """What `render` wrote. Raises `msgspec.MsgspecError` for anything else."""
    return _decoder.decode(text)
