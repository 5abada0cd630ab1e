"""Activities that statements are about and the catalogue does not have."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from marshmallow import fields, post_load

from schemas.hr.cursors import CursorField
from schemas.hr.identity import SeenSchema
from schemas.hr.payload import Answered, Asked, Choice
from schemas.hr.units import NEXT, page_limit

ActivityPlace = tuple[int, str]
"""Weight and id of the last one of a page."""


class ActivityStatus(StrEnum):
    WAITING = "waiting"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class ActivitiesAsked:
    limit: int
    status: ActivityStatus = ActivityStatus.WAITING
    after: ActivityPlace | None = None


class UnmatchedActivitiesParametersSchema(Asked):
    status = fields.Enum(
        ActivityStatus,
        by_value=fields.String,
        load_default=ActivityStatus.WAITING,
        error_messages={"unknown": "must be waiting or rejected"},
        metadata={"type": "string", "description": "Those that wait, or those that were rejected as no training"},
    )
    limit = page_limit()
    after = CursorField(ActivityPlace)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> ActivitiesAsked:
        return ActivitiesAsked(**data)


class UnmatchedActivitySchema(Answered):
    id = fields.String(required=True, metadata={"description": "Opaque", "examples": ["5f0c1c9f7b3e4c2f8a6d"]})
    activity_id = fields.String(
        required=True,
        metadata={"description": "The activity's id, for `activityIds` of an entry", "examples": ["https://lms.example/courses/7"]},
    )
    name = fields.String(required=True, metadata={"description": "As the latest statement gives it; empty where none does"})
    type = fields.String(required=True, metadata={"description": "The type of its definition, an IRI; empty where there is none"})
    partner = fields.String(required=True, metadata={"description": "Who sent the latest statement"})
    status = Choice(ActivityStatus, required=True)
    seen = fields.Nested(SeenSchema, required=True)


class UnmatchedActivitiesPageSchema(Answered):
    items = fields.List(
        fields.Nested(UnmatchedActivitySchema), required=True, metadata={"description": "About those named most often first"}
    )
    next = fields.String(required=True, allow_none=True, metadata=NEXT)


class ActivityRejectionSchema(Asked):
    """Nothing is to be said beside."""
