"""An employee's competency profile as it is given out: the JSON that `competency.profile.render` wrote, described.

The text itself is never built from these schemas, it is handed on as it was computed; a test holds both together.
"""

from __future__ import annotations

from marshmallow import fields

from competency.directory import Employment, PostKind
from competency.frameworks import CompetencyKind
from competency.hours import Standing
from competency.regulation import Bound, Mark, Period
from competency.standards import GapFrom
from schemas.hr.payload import Answered, Choice

_RULE = {"description": "The rule behind the figure, with its version"}
_MARK = "Whether the rule's source was read, or still has to be checked"
_LEVEL = {"description": "A level from 1 to 5", "minimum": 1, "maximum": 5}


class UnitPartSchema(Answered):
    id = fields.String(required=True)
    name = fields.String(required=True)


class PostPartSchema(Answered):
    id = fields.String(required=True)
    title = fields.String(required=True)
    kind = Choice(PostKind, required=True)
    tier = fields.String(required=True)


class ObligationPartSchema(Answered):
    bound = Choice(Bound, required=True, description="A floor must be reached, a ceiling must not be passed")
    jp = fields.Float(required=True)
    standing = Choice(Standing, required=True)
    difference = fields.Float(required=True, metadata={"description": "JP beyond what is owed; negative when below it"})
    rule = fields.String(required=True, metadata=_RULE)
    source = fields.String(required=True, metadata={"description": "The regulation and article"})
    mark = Choice(Mark, required=True, description=_MARK)


class HourLinePartSchema(Answered):
    statement_ids = fields.List(fields.UUID(), required=True)
    catalogue_id = fields.String(required=True)
    activity_id = fields.String(required=True)
    title = fields.String(required=True)
    kind_id = fields.String(required=True)
    kind = fields.String(required=True)
    provider = fields.String(required=True)
    jp = fields.Float(required=True, metadata={"description": "The catalogue's hours; in the total only if `counted`"})
    finished_on = fields.Date(required=True)
    finished_by = fields.String(required=True, metadata={"description": "The rule that made it finished, with its version"})
    counted = fields.Boolean(required=True)
    why = fields.String(required=True, metadata={"description": "Why it counts or does not"})
    rule = fields.String(required=True, metadata=_RULE)


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


class SuggestedEvidenceSchema(Answered):
    statement_id = fields.UUID(required=True)
    catalogue_id = fields.String(required=True)
    title = fields.String(required=True)
    finished_on = fields.Date(required=True)
    level = fields.Integer(required=True, metadata=_LEVEL)


class SuggestedPartSchema(Answered):
    level = fields.Integer(required=True, metadata=_LEVEL)
    level_name = fields.String(required=True)
    rule = fields.String(required=True, metadata=_RULE)
    evidence = fields.List(fields.Nested(SuggestedEvidenceSchema), required=True)


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
        metadata={"description": "What learning is evidence for; no assessment"},
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


class ComputedWithSchema(Answered):
    rules = fields.String(required=True, metadata={"description": "The version of the rules"})
    frameworks = fields.List(fields.String(), required=True)
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
    computed_with = fields.Nested(ComputedWithSchema, required=True)
    v = fields.Integer(required=True, metadata={"description": "The version of this format"})


class HeldProfileSchema(Answered):
    employee_id = fields.String(required=True, metadata={"examples": ["emp-0042"]})
    revision = fields.Integer(
        required=True,
        metadata={"description": "Grows by one with every change; 0 as long as there is no evidence", "examples": [3]},
    )
    profile = fields.Nested(ProfileSchema, required=True)
