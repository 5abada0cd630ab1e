"""An employee's competency profile as it is given out: the JSON that `competency.profile.render` wrote, described.

The text itself is never built from these schemas, it is handed on as it was computed; a test holds both together.
"""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import msgspec
from marshmallow import fields

from competency.directory import Employment, PostKind
from competency.frameworks import CompetencyKind
from competency.hours import Basis, Standing, Uncounted
from competency.regulation import Bound, Mark, Period
from competency.standards import GapFrom
from schemas.hr.payload import Answered, Choice

_RULE = {"description": "The rule behind the figure, with its version"}
_MARK = "Whether the rule's source was read, or still has to be checked"
_VERSION = {"description": "Grows by one with every change", "minimum": 1}
_LEVEL = {"description": "A level from 1 to 5", "minimum": 1, "maximum": 5}


class UnitPartSchema(Answered):
    id = fields.String(required=True)
    name = fields.String(required=True)


class PostPartSchema(Answered):
    id = fields.String(required=True)
    title = fields.String(required=True)
    kind = Choice(PostKind, required=True)
    tier = fields.String(required=True)
    version = fields.Integer(required=True, metadata=_VERSION)


class ObligationPartSchema(Answered):
    bound = Choice(Bound, required=True, description="A floor must be reached, a ceiling must not be passed")
    jp = fields.Float(required=True)
    standing = Choice(Standing, required=True)
    difference = fields.Float(required=True, metadata={"description": "JP beyond what is owed; negative when below it"})
    rule = fields.String(required=True, metadata=_RULE)
    source = fields.String(required=True, metadata={"description": "The regulation and article"})
    mark = Choice(Mark, required=True, description=_MARK)


class HourLinePartSchema(Answered):
    statement_ids = fields.List(
        fields.UUID(), required=True, metadata={"description": "All statements of this one occasion; the first says when and what"}
    )
    catalogue_id = fields.String(required=True)
    catalogue_version = fields.Integer(required=True, metadata=_VERSION)
    activity_id = fields.String(required=True)
    title = fields.String(required=True)
    kind_id = fields.String(required=True)
    kind = fields.String(required=True)
    provider = fields.String(required=True)
    basis = Choice(Basis, required=True, description="What said how many hours it has")
    duration_ms = fields.Integer(
        required=True, allow_none=True, metadata={"description": "By the clock: the longest that a statement says"}
    )
    full_jp = fields.Float(required=True, metadata={"description": "Its hours before caps and repeats"})
    jp = fields.Float(required=True, metadata={"description": "The hours that are in the total; 0 unless `counted`"})
    began_on = fields.Date(
        required=True,
        allow_none=True,
        metadata={"description": "Its first day as far as the statements tell it; null where they don't"},
    )
    finished_on = fields.Date(required=True)
    finished_by = fields.String(required=True, metadata={"description": "The rule that made it finished, with its version"})
    counted = fields.Boolean(required=True)
    uncounted = Choice(Uncounted, required=True, allow_none=True, description="Why it counts nothing; null where it counts")
    instead = fields.UUID(required=True, allow_none=True, metadata={"description": "The statement that counted in its place"})
    why = fields.String(required=True, metadata={"description": "Why it counts or does not"})
    rule = fields.String(required=True, metadata=_RULE)
    rules = fields.List(fields.String(), required=True, metadata={"description": "All rules that made the line"})


class HoursPartSchema(Answered):
    period = Choice(Period, required=True)
    year = fields.Integer(
        required=True, metadata={"description": "The calendar year, or the number of the contract year from 1 on"}
    )
    from_day = fields.Date(required=True)
    through_day = fields.Date(required=True)
    jp = fields.Float(required=True, metadata={"description": "Hours in jam pelajaran (JP) of 45 minutes"})
    statement_ids = fields.List(fields.UUID(), required=True, metadata={"description": "The statements that count"})
    rule = fields.String(required=True, metadata=_RULE)
    obligation = fields.Nested(ObligationPartSchema, required=True, allow_none=True)
    lines = fields.List(fields.Nested(HourLinePartSchema), required=True)


class EvidencePartSchema(Answered):
    statement_id = fields.UUID(required=True)
    catalogue_id = fields.String(required=True)
    catalogue_version = fields.Integer(required=True, metadata=_VERSION)
    title = fields.String(required=True)
    finished_on = fields.Date(required=True)
    level = fields.Integer(required=True, metadata=_LEVEL)
    weight = fields.Float(required=True, metadata={"description": "How much it proves, by the catalogue: more than 0, at most 1"})
    weight_now = fields.Float(required=True, metadata={"description": "What is left of the weight"})
    fades_on = fields.Date(
        required=True, allow_none=True, metadata={"description": "The next day on which less is left; null: never, or none is left"}
    )
    ends_on = fields.Date(
        required=True, allow_none=True, metadata={"description": "From this day on nothing is left; null: never, or none is left"}
    )
    counted = fields.Boolean(required=True, metadata={"description": "Whether it adds to the suggestion"})
    why = fields.String(required=True)


class SuggestedPartSchema(Answered):
    level = fields.Integer(required=True, metadata=_LEVEL)
    level_name = fields.String(required=True)
    weight = fields.Float(required=True, metadata={"description": "What the evidence at this level or above adds up to"})
    needed = fields.Float(required=True, metadata={"description": "What this level takes"})
    statement_ids = fields.List(fields.UUID(), required=True, metadata={"description": "The statements that add up to it"})
    rule = fields.String(required=True, metadata=_RULE)
    mark = Choice(Mark, required=True, description=_MARK)


class NextLevelPartSchema(Answered):
    level = fields.Integer(required=True, metadata=_LEVEL)
    level_name = fields.String(required=True)
    weight = fields.Float(required=True, metadata={"description": "What there is for it"})
    needed = fields.Float(required=True, metadata={"description": "What it takes"})


class AssessedPartSchema(Answered):
    level = fields.Integer(required=True, metadata=_LEVEL)
    level_name = fields.String(required=True)
    assessed_on = fields.Date(required=True)
    source = fields.String(required=True)
    rule = fields.String(required=True, metadata=_RULE)


class StandardPartSchema(Answered):
    level = fields.Integer(required=True, metadata=_LEVEL)
    level_name = fields.String(required=True)
    rule = fields.String(required=True, metadata=_RULE)
    mark = Choice(Mark, required=True, description=_MARK)


class CompetencyPartSchema(Answered):
    id = fields.String(required=True)
    name = fields.String(required=True)
    kind = Choice(CompetencyKind, required=True, allow_none=True, description="null where no imported framework has it")
    framework = fields.String(required=True, allow_none=True)
    suggested = fields.Nested(
        SuggestedPartSchema,
        required=True,
        allow_none=True,
        metadata={"description": "What learning suggests; no assessment"},
    )
    next_suggested = fields.Nested(
        NextLevelPartSchema,
        required=True,
        allow_none=True,
        metadata={"description": "The level above the suggested one; null at level 5 and without evidence"},
    )
    evidence = fields.List(
        fields.Nested(EvidencePartSchema),
        required=True,
        metadata={"description": "Everything learnt that is aligned to it, by time"},
    )
    assessed = fields.Nested(
        AssessedPartSchema, required=True, allow_none=True, metadata={"description": "What an assessment centre found"}
    )
    standard = fields.Nested(StandardPartSchema, required=True, allow_none=True, metadata={"description": "What the post demands"})
    gap = fields.Integer(required=True, allow_none=True, metadata={"description": "Level minus standard"})
    gap_from = Choice(GapFrom, required=True, allow_none=True, description="Which level the gap was computed from")
    rule = fields.String(required=True, metadata=_RULE)


class BandPartSchema(Answered):
    name = fields.String(required=True)
    step = fields.String(required=True)
    mark = Choice(Mark, required=True, description=_MARK)


class JobPersonMatchPartSchema(Answered):
    percent = fields.Float(required=True, metadata={"description": "Sum of levels by sum of standards, in per cent"})
    levels = fields.Integer(required=True)
    standards = fields.Integer(required=True)
    bands = fields.List(fields.Nested(BandPartSchema), required=True)
    rule = fields.String(required=True, metadata=_RULE)
    mark = Choice(Mark, required=True, description=_MARK)


class IndexLinePartSchema(Answered):
    statement_ids = fields.List(fields.UUID(), required=True)
    catalogue_id = fields.String(required=True)
    catalogue_version = fields.Integer(required=True, metadata=_VERSION)
    title = fields.String(required=True)
    kind_id = fields.String(required=True)
    kind = fields.String(required=True)
    finished_on = fields.Date(required=True)
    jp = fields.Float(required=True)
    leaves_on = fields.Date(
        required=True, allow_none=True, metadata={"description": "The first day on which it is too old to count; null: never"}
    )


class IndexComponentPartSchema(Answered):
    id = fields.String(required=True)
    name = fields.String(required=True)
    weight = fields.Float(required=True, metadata={"description": "The points it can give"})
    score = fields.Float(required=True, metadata={"description": "The whole weight where it is reached, else 0"})
    reached = fields.Boolean(required=True)
    months = fields.Integer(required=True, allow_none=True, metadata={"description": "How old it may be; null: however old"})
    needed_jp = fields.Float(required=True, allow_none=True, metadata={"description": "How many JP it takes; null: one item"})
    jp = fields.Float(required=True, metadata={"description": "The hours of its lines"})
    missing_jp = fields.Float(required=True, allow_none=True)
    missing = fields.String(required=True, allow_none=True, metadata={"description": "In words, what it takes; null where reached"})
    lapses_on = fields.Date(
        required=True, allow_none=True, metadata={"description": "It is lost on this day unless something is learnt until then"}
    )
    statement_ids = fields.List(fields.UUID(), required=True)
    lines = fields.List(fields.Nested(IndexLinePartSchema), required=True)


class IndexPartSchema(Answered):
    score = fields.Float(required=True)
    total = fields.Float(required=True)
    post_kind = Choice(PostKind, required=True)
    from_year = fields.Integer(required=True, metadata={"description": "The first year its table of weights holds for"})
    components = fields.List(fields.Nested(IndexComponentPartSchema), required=True)
    rule = fields.String(required=True, metadata=_RULE)
    source = fields.String(required=True)
    mark = Choice(Mark, required=True, description=_MARK)


class CertificatePartSchema(Answered):
    title = fields.String(required=True)
    provider = fields.String(required=True)
    number = fields.String(required=True, allow_none=True, metadata={"description": "As the statement gives it"})
    issued_on = fields.Date(required=True)
    expires_on = fields.Date(
        required=True, allow_none=True, metadata={"description": "The first day on which it is not valid; null: valid without end"}
    )
    valid = fields.Boolean(required=True)
    catalogue_id = fields.String(required=True)
    catalogue_version = fields.Integer(required=True, metadata=_VERSION)
    statement_ids = fields.List(fields.UUID(), required=True)


class FrameworkPartSchema(Answered):
    id = fields.String(required=True)
    version = fields.Integer(required=True, metadata=_VERSION)


class ComputedWithSchema(Answered):
    rules = fields.String(required=True, metadata={"description": "The version of the rules"})
    frameworks = fields.List(fields.Nested(FrameworkPartSchema), required=True)
    rule_names = fields.List(fields.String(), required=True)


class ProfileSchema(Answered):
    employee_id = fields.String(required=True)
    employment = Choice(Employment, required=True)
    contract_start = fields.Date(required=True, allow_none=True)
    unit = fields.List(fields.Nested(UnitPartSchema), required=True, metadata={"description": "From the agency down"})
    post = fields.Nested(PostPartSchema, required=True, allow_none=True)
    hours = fields.List(fields.Nested(HoursPartSchema), required=True, metadata={"description": "By calendar year"})
    contract_hours = fields.List(
        fields.Nested(HoursPartSchema), required=True, metadata={"description": "By contract year; only of a PPPK"}
    )
    competencies = fields.List(fields.Nested(CompetencyPartSchema), required=True)
    job_person_match = fields.Nested(JobPersonMatchPartSchema, required=True, allow_none=True)
    index = fields.Nested(
        IndexPartSchema,
        required=True,
        allow_none=True,
        metadata={"description": "The dimension kompetensi of the Indeks Profesionalitas ASN; null without a post"},
    )
    certificates = fields.List(fields.Nested(CertificatePartSchema), required=True, metadata={"description": "By time"})
    next_change_on = fields.Date(
        required=True,
        metadata={"description": "Until the day before, the profile stays as it is unless something new comes in"},
    )
    computed_with = fields.Nested(ComputedWithSchema, required=True)
    v = fields.Integer(required=True, metadata={"description": "The version of this format"})


class HeldProfileSchema(Answered):
    employee_id = fields.String(required=True, metadata={"examples": ["emp-0042"]})
    revision = fields.Integer(
        required=True,
        metadata={
            "description": "Grows by one with every change; 0 until the profile of a new employee is stored",
            "examples": [3],
        },
    )
    as_of = fields.Date(
        required=True, allow_none=True, metadata={"description": "The day that was asked for; null for the profile as it is kept"}
    )
    profile = fields.Nested(ProfileSchema, required=True)


EXAMPLE: dict[str, Any] = msgspec.json.decode(files("schemas").joinpath("hr", "examples", "profile.json").read_bytes())
"""A held profile as it is answered."""
