"""Identity: actors nobody is linked to, suggestions whose they are, and the identifiers of an employee."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from competency.directory import IdentifierSource
from schemas.hr.dated import Day
from schemas.hr.employees import EmployeeCardSchema
from schemas.hr.payload import Answered, Asked, Choice
from schemas.hr.sightings import SIGHTING_ID, SeenSchema, SightingStatus
from schemas.hr.units import NEXT


class ActorKind(StrEnum):
    """The kind of identifier (xAPI 1.0.3, Data 2.4.2.3)."""

    ACCOUNT = "account"
    MBOX = "mbox"
    MBOX_SHA1SUM = "mbox_sha1sum"
    OPENID = "openid"


class SuggestionReason(StrEnum):
    SAME_NIP = "same NIP"
    SAME_EMAIL = "same e-mail address"
    FORMERLY = "the identifier was this employee's at another time"
    SIMILAR_NAME_SAME_UNIT = "similar name, in a unit whose people took part in the same activities"
    SIMILAR_NAME = "similar name"


class SuggestionSchema(Answered):
    employee = fields.Nested(EmployeeCardSchema, required=True)
    reason = Choice(SuggestionReason, required=True)
    likeness = fields.Float(required=True, metadata={"description": "Of the names, 0 to 1; 1 where an identifier is the same"})


class UnlinkedActorSchema(Answered):
    id = fields.String(required=True, metadata=SIGHTING_ID)
    kind = Choice(ActorKind, required=True)
    home_page = fields.String(required=True, allow_none=True, metadata={"description": "Of an account"})
    identifier = fields.String(
        required=True,
        metadata={
            "description": "The account's name, address, sum or IRI; a NIP is masked, also one within it",
            "examples": ["budi.s"],
        },
    )
    name = fields.String(required=True, metadata={"description": "As the latest statement gives it; empty where none does"})
    partner = fields.String(required=True, metadata={"description": "Who sent the latest statement"})
    status = Choice(SightingStatus, required=True)
    seen = fields.Nested(SeenSchema, required=True)


class ShownActorSchema(UnlinkedActorSchema):
    suggestions = fields.List(
        fields.Nested(SuggestionSchema), required=True, metadata={"description": "Best first; an officer decides"}
    )


class UnlinkedActorsPageSchema(Answered):
    items = fields.List(
        fields.Nested(UnlinkedActorSchema), required=True, metadata={"description": "About those named most often first"}
    )
    next = fields.String(required=True, allow_none=True, metadata=NEXT)


@dataclass(frozen=True, slots=True)
class LinkAsked:
    employee_id: str
    valid_from: date | None = None
    valid_through: date | None = None


def _employee_id(description: str, *, required: bool) -> fields.String:
    return fields.String(
        required=required,
        error_messages={"required": "is missing: say whose it is", "invalid": "must be a string", "null": "must be a string"},
        validate=validate.Length(min=1, max=200, error="must be the internal id of an employee"),
        metadata={"description": description, "examples": ["emp-0042"]},
    )


def _day(description: str) -> Day:
    return Day(load_default=None, allow_none=True, metadata={"description": description, "examples": ["2026-03-17"]})


class LinkSchema(Asked):
    employee_id = _employee_id("Whose it is", required=True)
    valid_from = _day("The first day on which it is; without end where it is left out")
    valid_through = _day("The last day on which it is; without end where it is left out")

    @validates_schema(skip_on_field_errors=True)
    def _in_order(self, data: dict[str, Any], **_: Any) -> None:
        first, last = data.get("valid_from"), data.get("valid_through")
        if first is not None and last is not None and last < first:
            raise ValidationError("must not be before validFrom", "validThrough")

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> LinkAsked:
        return LinkAsked(**data)


class RejectionSchema(Asked):
    employee_id = _employee_id("Whose it is not; leave it out when it is nobody's here at all", required=False)


class IdentifierSchema(Answered):
    id = fields.String(required=True, metadata=SIGHTING_ID)
    kind = Choice(ActorKind, required=True)
    home_page = fields.String(required=True, allow_none=True, metadata={"description": "Of an account"})
    identifier = fields.String(required=True, metadata={"description": "A NIP is masked, also one within it"})
    valid_from = fields.Date(required=True, allow_none=True)
    valid_through = fields.Date(required=True, allow_none=True)
    source = Choice(IdentifierSource, required=True, description="The directory says so, or an officer linked it")


class IdentifiersSchema(Answered):
    employee_id = fields.String(required=True)
    identifiers = fields.List(fields.Nested(IdentifierSchema), required=True)


class ChangeSchema(Answered):
    changed = fields.Boolean(
        required=True, metadata={"description": "False when it was so already; what follows is computed within moments"}
    )
