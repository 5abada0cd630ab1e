"""Figures of a unit's subtree: hours, gaps, needs, the trend of years; and which training closes a gap."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from marshmallow import fields, post_load, validate

from competency.standards import GapFrom
from schemas.hr.payload import Answered, Asked, Choice, WholeNumber
from schemas.hr.units import UNIT_ID, calendar_year

_STALE = {
    "description": "Profiles have changed since the figures were added up; they follow within moments, sooner than you ask again"
}
_EMPLOYEES = {"description": "How many employees, without those who have left"}


class YearParametersSchema(Asked):
    year = calendar_year("The calendar year; this year where it is left out")


@dataclass(frozen=True, slots=True)
class NeedsAsked:
    limit: int


class NeedsParametersSchema(Asked):
    limit = WholeNumber(
        load_default=10,
        validate=validate.Range(min=1, max=100, error="must be from 1 to 100"),
        metadata={"description": "How many competencies at most"},
    )

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> NeedsAsked:
        return NeedsAsked(**data)


class _FiguresSchema(Answered):
    unit_id = fields.String(required=True, metadata=UNIT_ID)
    employees = fields.Integer(required=True, metadata=_EMPLOYEES)
    stale = fields.Boolean(required=True, metadata=_STALE)


class BandSchema(Answered):
    band = fields.String(required=True, metadata={"description": "Hours in JP: nothing, below so many, or at least so many"})
    employees = fields.Integer(required=True)


class StandingsSchema(Answered):
    met = fields.Integer(required=True)
    missing = fields.Integer(required=True)
    exceeded = fields.Integer(required=True)
    none = fields.Integer(required=True, metadata={"description": "Owe nothing in a calendar year"})


class ShareSchema(Answered):
    name = fields.String(required=True)
    jp = fields.Float(required=True)
    items = fields.Integer(required=True, metadata={"description": "Finished items"})


class PartSchema(Answered):
    unit_id = fields.String(required=True, metadata=UNIT_ID)
    name = fields.String(required=True)
    employees = fields.Integer(required=True)
    jp = fields.Float(required=True)
    average_jp = fields.Float(required=True)
    standing = fields.Nested(StandingsSchema, required=True)


class HoursFiguresSchema(_FiguresSchema):
    year = fields.Integer(required=True)
    jp = fields.Float(required=True, metadata={"description": "Hours of all, in jam pelajaran (JP)"})
    average_jp = fields.Float(required=True)
    standing = fields.Nested(StandingsSchema, required=True)
    bands = fields.List(fields.Nested(BandSchema), required=True, metadata={"description": "The distribution, least hours first"})
    providers = fields.List(fields.Nested(ShareSchema), required=True, metadata={"description": "Most hours first"})
    kinds = fields.List(fields.Nested(ShareSchema), required=True, metadata={"description": "By BKN's jenis diklat"})
    units = fields.List(
        fields.Nested(PartSchema),
        required=True,
        metadata={"description": "The unit's own people and each unit directly below with its subtree"},
    )


class GapCellSchema(Answered):
    competency = fields.String(required=True)
    with_standard = fields.Integer(required=True, metadata={"description": "Whose post demands it"})
    below_standard = fields.Integer(required=True)
    missing_levels = fields.Integer(required=True, metadata={"description": "What they lack, added up"})
    level_unknown = fields.Integer(
        required=True, metadata={"description": "Whose post demands it and of whom no level is known, assessed or suggested"}
    )
    average_gap = fields.Float(
        required=True, allow_none=True, metadata={"description": "Of those whose gap is known; null where there is none"}
    )
    assessed = fields.Integer(required=True, metadata={"description": "Of those whose gap is known, how many were assessed"})


class GapRowSchema(Answered):
    unit_id = fields.String(required=True, metadata=UNIT_ID)
    name = fields.String(required=True)
    employees = fields.Integer(required=True)
    cells = fields.List(fields.Nested(GapCellSchema), required=True, metadata={"description": "In the order of `competencies`"})


class CompetencyNameSchema(Answered):
    id = fields.String(required=True)
    name = fields.String(required=True)


class HeatMapSchema(_FiguresSchema):
    competencies = fields.List(fields.Nested(CompetencyNameSchema), required=True)
    total = fields.Nested(GapRowSchema, required=True)
    rows = fields.List(
        fields.Nested(GapRowSchema),
        required=True,
        metadata={"description": "The unit's own people and each unit directly below with its subtree"},
    )


class TrainingSchema(Answered):
    catalogue_id = fields.String(required=True)
    title = fields.String(required=True)
    provider = fields.String(required=True)
    kind = fields.String(required=True)
    jp = fields.Float(required=True, allow_none=True)
    level = fields.Integer(required=True, metadata={"description": "The level it is evidence for"})
    weight = fields.Float(required=True)
    reaches_standard = fields.Boolean(required=True)
    finished = fields.Boolean(required=True, metadata={"description": "Finished before, and counts no more"})


class NeedSchema(Answered):
    competency = fields.String(required=True)
    name = fields.String(required=True)
    below_standard = fields.Integer(required=True)
    missing_levels = fields.Integer(required=True)
    level_unknown = fields.Integer(required=True)
    standard = fields.Integer(
        required=True, metadata={"description": "The level that most of those below the standard would need; trainings look at it"}
    )
    trainings = fields.List(
        fields.Nested(TrainingSchema), required=True, metadata={"description": "Of the catalogue, this year, at most five"}
    )


class NeedsSchema(_FiguresSchema):
    needs = fields.List(fields.Nested(NeedSchema), required=True, metadata={"description": "Most people below the standard first"})


class YearFiguresSchema(Answered):
    year = fields.Integer(required=True)
    jp = fields.Float(required=True)
    employees = fields.Integer(required=True, metadata={"description": "Whose profile has the year"})
    average_jp = fields.Float(required=True)
    standing = fields.Nested(StandingsSchema, required=True)
    providers = fields.List(fields.Nested(ShareSchema), required=True, metadata={"description": "Most hours first"})


class TrendSchema(_FiguresSchema):
    years = fields.List(fields.Nested(YearFiguresSchema), required=True, metadata={"description": "The earliest first"})


class GapClosingSchema(Answered):
    competency = fields.String(required=True)
    name = fields.String(required=True)
    standard = fields.Integer(required=True)
    level = fields.Integer(required=True, allow_none=True, metadata={"description": "null where none is known"})
    level_from = Choice(GapFrom, required=True, allow_none=True)
    trainings = fields.List(fields.Nested(TrainingSchema), required=True, metadata={"description": "Best first, at most ten"})


class ClosingSchema(Answered):
    employee_id = fields.String(required=True)
    gaps = fields.List(fields.Nested(GapClosingSchema), required=True, metadata={"description": "The largest gap first"})
