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
            "description": "The current NIP or NI PPPK: 18 digits; spaces between them are allowed",
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


LOOKUP_BY_NIP = LookupByNipSchema()
LOOKUP_BY_NAME = LookupByNameSchema()


def load_lookup(value: dict[str, Any]) -> ByNip | ByName:
    """Either kind of lookup. Raises InvalidPayload."""
    if ("nip" in value) == ("name" in value):
        raise InvalidPayload('give either "nip" or "name"')
    lookup: ByNip | ByName = load(LOOKUP_BY_NIP if "nip" in value else LOOKUP_BY_NAME, value)
    return lookup


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
