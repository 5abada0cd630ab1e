"""Dead letters: what was accepted and could not be recorded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from marshmallow import fields, post_load, validate

from schemas.hr.payload import Answered, Asked, WholeNumber


@dataclass(frozen=True, slots=True)
class DeadLettersAsked:
    limit: int
    reason: str | None = None
    after: str | None = None


class DeadLetterParametersSchema(Asked):
    reason = fields.String(metadata={"description": "Only those buried for this reason", "examples": ["conflict"]})
    limit = WholeNumber(
        load_default=50,
        validate=validate.Range(min=1, max=200, error="must be from 1 to 200"),
        metadata={"description": "How many at most"},
    )
    after = fields.String(metadata={"description": "From the `next` link of an earlier answer"})

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> DeadLettersAsked:
        return DeadLettersAsked(**data)


class LogPlaceSchema(Answered):
    topic = fields.String(required=True, metadata={"examples": ["statements.accepted"]})
    partition = fields.Integer(required=True, metadata={"examples": [3]})
    offset = fields.Integer(required=True, metadata={"examples": [1042]})
    index = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "Which statement of the record; null for the record as a whole", "examples": [0]},
    )


class DeadLetterSchema(Answered):
    id = fields.String(required=True)
    reason = fields.String(required=True, metadata={"examples": ["conflict"]})
    detail = fields.String(required=True, metadata={"examples": ["another statement with this id was recorded first"]})
    advice = fields.String(
        required=True, metadata={"description": "What to do", "examples": ["Send the statement again with a new id."]}
    )
    place = fields.Nested(LogPlaceSchema, required=True, metadata={"description": "Where it stands in the log"})
    statement_id = fields.UUID(required=True, allow_none=True)
    partner = fields.String(required=True, allow_none=True, metadata={"examples": ["universitas-contoh"]})
    created_at = fields.String(required=True, metadata={"format": "date-time", "examples": ["2026-01-31T07:15:00.000Z"]})
    resubmitted_at = fields.String(
        required=True,
        allow_none=True,
        metadata={"format": "date-time", "description": "null if it never was", "examples": ["2026-02-01T01:00:00.000Z"]},
    )


class ShownDeadLetterSchema(DeadLetterSchema):
    payload = fields.String(
        required=True,
        metadata={
            "description": "What was accepted, as text: the statement, or the record it stood in; "
            "bytes that are no UTF-8 are written as \\xNN"
        },
    )


class DeadLetterPageSchema(Answered):
    items = fields.List(fields.Nested(DeadLetterSchema), required=True)
    next = fields.String(
        required=True,
        allow_none=True,
        metadata={
            "description": "Relative link to the following page; null on the last one",
            "examples": ["/api/v1/dead-letters?limit=50&after=…"],
        },
    )
