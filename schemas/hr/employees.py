"""Employees: how they are looked up, and the card that is shown of one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from marshmallow import fields, post_load, validate

from competency.directory import Employment, PostKind
from schemas.hr.payload import Answered, Asked, Choice, InvalidPayload, load

MAX_FOUND = 50


@dataclass(frozen=True, slots=True)
class ByNip:
    nip: str
    """As it was written; not yet checked."""


@dataclass(frozen=True, slots=True)
class ByName:
    name: str
    limit: int


class LookupByNipSchema(Asked):
    nip = fields.String(
        required=True,
        error_messages={"invalid": "must be a string of 18 digits", "null": "must be a string of 18 digits"},
        validate=validate.Length(min=1, max=60, error="must be 18 digits; spaces between them are allowed"),
        metadata={
            "description": "A NIP or NI PPPK, of now or of another time: 18 digits; spaces between them are allowed",
            "examples": ["19860926 201505 1 001"],
        },
    )

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> ByNip:
        return ByNip(**data)


class LookupByNameSchema(Asked):
    name = fields.String(
        required=True,
        error_messages={"invalid": "must be a string", "null": "must be a string"},
        validate=[
            validate.Length(min=2, max=200, error="must have 2 to 200 characters"),
            validate.Regexp(r"^\s*\S\s*\S", error="must have at least two characters that are not spaces"),
        ],
        metadata={"description": "Words that the name contains, each of them, in any case", "examples": ["siti rahma"]},
    )
    limit = fields.Integer(
        strict=True,
        error_messages={"invalid": f"must be a whole number from 1 to {MAX_FOUND}", "null": "must not be null; leave it out"},
        load_default=10,
        validate=validate.Range(min=1, max=MAX_FOUND, error=f"must be from 1 to {MAX_FOUND}"),
        metadata={"description": "How many employees at most, ordered by name"},
    )

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> ByName:
        return ByName(**data)


def _an_id(description: str, example: str) -> fields.String:
    return fields.String(
        load_default=None,
        error_messages={"invalid": "must be a string", "null": "must not be null; leave it out"},
        validate=validate.Length(min=1, max=200, error="must be an id of 1 to 200 characters"),
        metadata={"description": description, "examples": [example]},
    )


LOOKUP_BY_NIP = LookupByNipSchema()
LOOKUP_BY_NAME = LookupByNameSchema()


def load_lookup(value: dict[str, Any]) -> ByNip | ByName:
    """Either kind of lookup. Raises InvalidPayload."""
    if ("nip" in value) == ("name" in value):
        raise InvalidPayload('give either "nip" or "name"')
    lookup: ByNip | ByName = load(LOOKUP_BY_NIP if "nip" in value else LOOKUP_BY_NAME, value)
    return lookup


@dataclass(frozen=True, slots=True)
class EmployeesAsked:
    """A search; everything that is given must hold. `after` is the (name, id) of the last one of a page: it names a person, so it
    travels in bodies only."""

    name: str
    unit_id: str | None
    post_id: str | None
    employment: Employment | None
    include_left: bool
    limit: int
    after: tuple[str, str] | None


class SearchEmployeesSchema(Asked):
    name = fields.String(
        load_default="",
        error_messages={"invalid": "must be a string", "null": "must be a string; leave it out"},
        validate=validate.Length(max=200, error="must have at most 200 characters"),
        metadata={"description": "Words; each is the beginning of a word of the name, in any case", "examples": ["siti rahma"]},
    )
    unit_id = _an_id("Only people of this unit and the units below it", "setjen")
    post_id = _an_id("Only people with this post", "analis-sdm-muda")
    employment = fields.Enum(
        Employment,
        by_value=fields.String,
        load_default=None,
        error_messages={"unknown": "must be PNS or PPPK"},
        metadata={"type": "string", "description": "Only PNS, or only PPPK"},
    )
    include_left = fields.Boolean(
        truthy={True},
        falsy={False},
        load_default=False,
        error_messages={"invalid": "must be true or false"},
        metadata={"description": "Those who have left too"},
    )
    limit = fields.Integer(
        strict=True,
        error_messages={"invalid": "must be a whole number from 1 to 200", "null": "must not be null; leave it out"},
        load_default=50,
        validate=validate.Range(min=1, max=200, error="must be from 1 to 200"),
        metadata={"description": "How many employees at most, ordered by name"},
    )
    after = fields.List(
        fields.String(error_messages={"invalid": "must be a string"}),
        load_default=None,
        validate=validate.Length(equal=2, error="must be what `next` of an answer says"),
        error_messages={"invalid": "must be what `next` of an answer says", "null": "must not be null; leave it out"},
        metadata={"description": "`next` of the page before"},
    )

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> EmployeesAsked:
        after = data.pop("after")
        return EmployeesAsked(**data, after=None if after is None else (after[0], after[1]))


class UnitCardSchema(Answered):
    id = fields.String(required=True, metadata={"examples": ["unit-0101"]})
    name = fields.String(required=True, metadata={"examples": ["Bagian Kepegawaian"]})
    path = fields.List(
        fields.String(),
        required=True,
        metadata={
            "description": "Names from the agency down to the unit itself",
            "examples": [["Kementerian Contoh", "Sekretariat Jenderal", "Bagian Kepegawaian"]],
        },
    )


class PostCardSchema(Answered):
    id = fields.String(required=True, metadata={"examples": ["post-17"]})
    title = fields.String(required=True, metadata={"examples": ["Analis SDM Aparatur Ahli Muda"]})
    kind = Choice(PostKind, required=True)
    tier = fields.String(required=True, metadata={"examples": ["pengawas"]})


class EmployeeCardSchema(Answered):
    id = fields.String(
        required=True, metadata={"description": "The internal id, the only one that stands in URLs", "examples": ["emp-0042"]}
    )
    name = fields.String(required=True, metadata={"examples": ["Siti Rahmawati"]})
    nip_masked = fields.String(
        required=True,
        metadata={"description": "The NIP without what tells appointment and sex", "examples": ["19860926******1001"]},
    )
    employment = Choice(Employment, required=True)
    left_on = fields.Date(
        required=True,
        allow_none=True,
        metadata={"description": "The first day on which the person is no employee here any more; null while here"},
    )
    unit = fields.Nested(
        UnitCardSchema, required=True, allow_none=True, metadata={"description": "null if the directory lacks the unit"}
    )
    post = fields.Nested(
        PostCardSchema, required=True, allow_none=True, metadata={"description": "null if the directory lacks the post"}
    )


class FoundEmployeesSchema(Answered):
    employees = fields.List(
        fields.Nested(EmployeeCardSchema), required=True, metadata={"description": "Empty when nobody was found"}
    )


class EmployeesPageSchema(Answered):
    employees = fields.List(fields.Nested(EmployeeCardSchema), required=True, metadata={"description": "Ordered by name"})
    next = fields.List(
        fields.String(),
        required=True,
        allow_none=True,
        metadata={"description": "Send it as `after` for the following page; null on the last one. It names a person"},
    )
