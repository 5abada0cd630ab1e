"""Activities that statements are about and the catalogue does not have."""

from __future__ import annotations

from marshmallow import fields

from schemas.hr.payload import Answered, Asked, Choice
from schemas.hr.sightings import SIGHTING_ID, SeenSchema, SightingStatus
from schemas.hr.units import NEXT


class UnmatchedActivitySchema(Answered):
    id = fields.String(required=True, metadata=SIGHTING_ID)
    activity_id = fields.String(
        required=True,
        metadata={
            "description": "The activity's id, for `activityIds` of an entry; a NIP in it is masked (match such ones by a pattern)",
            "examples": ["https://lms.example/courses/7"],
        },
    )
    name = fields.String(required=True, metadata={"description": "As the latest statement gives it; empty where none does"})
    type = fields.String(required=True, metadata={"description": "The type of its definition, an IRI; empty where there is none"})
    partner = fields.String(required=True, metadata={"description": "Who sent the latest statement"})
    status = Choice(SightingStatus, required=True)
    seen = fields.Nested(SeenSchema, required=True)


class UnmatchedActivitiesPageSchema(Answered):
    items = fields.List(
        fields.Nested(UnmatchedActivitySchema), required=True, metadata={"description": "About those named most often first"}
    )
    next = fields.String(required=True, allow_none=True, metadata=NEXT)


class ActivityRejectionSchema(Asked):
    """Nothing is to be said beside."""
