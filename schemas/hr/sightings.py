"""What waits for HR: actors and activities that statements name and nobody has placed yet."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from marshmallow import fields, post_load

from schemas.hr.cursors import CursorField
from schemas.hr.payload import Answered, Asked
from schemas.hr.units import page_limit

SightingPlace = tuple[int, str]
"""Weight and id of the last one of a page."""
SIGHTING_ID = {"description": "Opaque; says nothing of what it is", "examples": ["5f0c1c9f7b3e4c2f8a6d"]}


class SightingStatus(StrEnum):
    WAITING = "waiting"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class SightingsAsked:
    limit: int
    status: SightingStatus = SightingStatus.WAITING
    after: SightingPlace | None = None


class SightingsParametersSchema(Asked):
    status = fields.Enum(
        SightingStatus,
        by_value=fields.String,
        load_default=SightingStatus.WAITING,
        error_messages={"unknown": "must be waiting or rejected"},
        metadata={"type": "string", "description": "Those that wait, or those that were rejected"},
    )
    limit = page_limit()
    after = CursorField(SightingPlace)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> SightingsAsked:
        return SightingsAsked(**data)


class SeenSchema(Answered):
    statements = fields.Integer(required=True, metadata={"description": "How many statements name it"})
    at_least = fields.Boolean(required=True, metadata={"description": "There are more than that; they are not counted further"})
    first = fields.String(required=True, allow_none=True, metadata={"format": "date-time", "description": "First stored"})
    last = fields.String(required=True, allow_none=True, metadata={"format": "date-time", "description": "Last stored"})
