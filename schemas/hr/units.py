"""Units: the tree, and the questions about the people of a unit's subtree that are answered with a list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from marshmallow import fields, post_load, validate

from competency.standards import GapFrom
from schemas.hr.cursors import CursorField
from schemas.hr.employees import EmployeeCardSchema
from schemas.hr.payload import Answered, Asked, Choice, WholeNumber

MAX_PAGE = 200
UNIT_ID = {"description": "The unit's id in the directory", "examples": ["setjen"]}
NEXT = {"description": "Relative link to the following page; null on the last one", "examples": [None]}
_EMPLOYEE_LIMIT = {"description": "How many employees at most"}


def page_limit(default: int = 50) -> WholeNumber:
    return WholeNumber(
        load_default=default,
        validate=validate.Range(min=1, max=MAX_PAGE, error=f"must be from 1 to {MAX_PAGE}"),
        metadata=_EMPLOYEE_LIMIT,
    )


def calendar_year(description: str) -> WholeNumber:
    return WholeNumber(
        validate=validate.Range(min=1945, max=9999, error="must be a calendar year, for example 2026"),
        metadata={"description": description, "examples": [2026]},
    )


Place = tuple[tuple[str, ...], str]
"""Unit path and employee id of the last one of a page."""


@dataclass(frozen=True, slots=True)
class MembersAsked:
    limit: int
    after: Place | None = None
    direct: bool = False
    year: int | None = None
    competency: str | None = None


class _MembersParametersSchema(Asked):
    limit = page_limit()
    after = CursorField(Place)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> MembersAsked:
        return MembersAsked(**data)


class UnitEmployeesParametersSchema(_MembersParametersSchema):
    direct = fields.Boolean(
        truthy={"true"},
        falsy={"false"},
        load_default=False,
        error_messages={"invalid": "must be true or false"},
        metadata={"description": "Only the people of the unit itself, not of the units below it"},
    )


class MissingHoursParametersSchema(_MembersParametersSchema):
    year = calendar_year("The calendar year; this year where it is left out")


class OverCeilingParametersSchema(_MembersParametersSchema):
    """Which contract year is meant needs no parameter: for each the one that runs."""


class BelowStandardParametersSchema(_MembersParametersSchema):
    competency = fields.String(
        required=True,
        error_messages={"required": "is missing; GET /api/v1/frameworks lists the competencies"},
        validate=validate.Length(min=1, max=100, error="must be the id of a competency"),
        metadata={"description": "The competency's id", "examples": ["komunikasi"]},
    )


class UnitsParametersSchema(Asked):
    parent = fields.String(
        metadata={"description": "Only the units directly below this one; without it the agencies", "examples": ["kpn"]}
    )


class UnitSchema(Answered):
    id = fields.String(required=True, metadata=UNIT_ID)
    name = fields.String(required=True, metadata={"examples": ["Sekretariat Jenderal"]})
    parent_id = fields.String(required=True, allow_none=True, metadata={"description": "null for an agency (instansi)"})
    path = fields.List(fields.String(), required=True, metadata={"description": "Names from the agency down to the unit itself"})
    units_below = fields.Integer(required=True, metadata={"description": "How many units are directly below it"})


class UnitListSchema(Answered):
    units = fields.List(fields.Nested(UnitSchema), required=True, metadata={"description": "By name"})


class UnitEmployeeSchema(Answered):
    employee = fields.Nested(EmployeeCardSchema, required=True)
    revision = fields.Integer(required=True, metadata={"description": "Of the profile"})


class MissingHoursItemSchema(UnitEmployeeSchema):
    jp = fields.Float(required=True, metadata={"description": "Hours reached in the year, in jam pelajaran (JP)"})
    required_jp = fields.Float(required=True, metadata={"description": "What is owed in the year, in JP"})
    missing_jp = fields.Float(required=True)
    rule = fields.String(required=True, metadata={"examples": ["obligation-pns/1"]})
    source = fields.String(required=True, metadata={"description": "Where the obligation stands"})


class OverCeilingItemSchema(UnitEmployeeSchema):
    contract_year = fields.Integer(required=True, metadata={"description": "The number of the contract year that runs, from 1 on"})
    from_day = fields.Date(required=True)
    through_day = fields.Date(required=True)
    jp = fields.Float(required=True, metadata={"description": "Hours reached in the contract year, in jam pelajaran (JP)"})
    allowed_jp = fields.Float(required=True, metadata={"description": "What the contract year allows, in JP"})
    over_jp = fields.Float(required=True)
    rule = fields.String(required=True, metadata={"examples": ["obligation-pppk/1"]})
    source = fields.String(required=True, metadata={"description": "Where the ceiling stands"})


class BelowStandardItemSchema(UnitEmployeeSchema):
    level = fields.Integer(required=True, metadata={"description": "The level the gap was computed from"})
    level_from = Choice(GapFrom, required=True, description="Whether that level was assessed or only suggested by learning")
    standard = fields.Integer(required=True)
    gap = fields.Integer(required=True, metadata={"description": "Level minus standard, less than 0"})


class _PageSchema(Answered):
    unit_id = fields.String(required=True, metadata=UNIT_ID)
    next = fields.String(required=True, allow_none=True, metadata=NEXT)


class UnitEmployeesPageSchema(_PageSchema):
    items = fields.List(fields.Nested(UnitEmployeeSchema), required=True, metadata={"description": "By unit, then employee id"})


class MissingHoursPageSchema(_PageSchema):
    year = fields.Integer(required=True)
    items = fields.List(fields.Nested(MissingHoursItemSchema), required=True, metadata={"description": "By unit, then employee id"})


class OverCeilingPageSchema(_PageSchema):
    items = fields.List(fields.Nested(OverCeilingItemSchema), required=True, metadata={"description": "By unit, then employee id"})


class BelowStandardPageSchema(_PageSchema):
    competency = fields.String(required=True)
    items = fields.List(
        fields.Nested(BelowStandardItemSchema), required=True, metadata={"description": "By unit, then employee id"}
    )
