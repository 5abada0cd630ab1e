"""The audit trail: who read what of whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from marshmallow import fields, post_load, validate

from schemas.hr.payload import Answered, Asked, WholeNumber


@dataclass(frozen=True, slots=True)
class AuditAsked:
    limit: int
    subject: str | None = None


class AuditParametersSchema(Asked):
    subject = fields.String(metadata={"description": "Only readings of this internal employee id", "examples": ["emp-0042"]})
    limit = WholeNumber(
        load_default=100,
        validate=validate.Range(min=1, max=1000, error="must be from 1 to 1000"),
        metadata={"description": "How many at most"},
    )

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> AuditAsked:
        return AuditAsked(**data)


class AuditEntrySchema(Answered):
    at = fields.String(required=True, metadata={"format": "date-time", "examples": ["2026-01-31T07:15:00.000Z"]})
    credential = fields.String(required=True, metadata={"description": "The key that read", "examples": ["biro-sdm-1f2e3d4c"]})
    action = fields.String(required=True, metadata={"examples": ["profile.read"]})
    subject = fields.String(
        required=True,
        metadata={"description": "An internal employee id, or in neutral words what was searched for", "examples": ["emp-0042"]},
    )
    request_id = fields.String(required=True)


class AuditTrailSchema(Answered):
    entries = fields.List(fields.Nested(AuditEntrySchema), required=True, metadata={"description": "Newest first"})
