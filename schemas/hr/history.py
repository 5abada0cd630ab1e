"""The learning history of one employee: what they finished, newest first, in pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

import msgspec
from marshmallow import fields, post_load, validate

from schemas.hr.cursors import CursorField
from schemas.hr.payload import Answered, Asked, WholeNumber

_Moment = Annotated[int, msgspec.Meta(ge=-62_135_596_800_000, le=253_402_300_799_999)]
"""Milliseconds since the epoch within the years 1 to 9999, which every store can compare."""
Place = tuple[_Moment, UUID]
"""When the last item of a page was finished, and its statement."""


@dataclass(frozen=True, slots=True)
class HistoryAsked:
    limit: int
    kind: str | None = None
    year: int | None = None
    provider: str | None = None
    after: Place | None = None


class HistoryParametersSchema(Asked):
    kind = fields.String(metadata={"description": "Only this kind: an id of BKN's jenis diklat", "examples": ["9"]})
    year = WholeNumber(
        validate=validate.Range(min=1900, max=9999, error="must be a calendar year, for example 2026"),
        metadata={"description": "Only what was finished in this calendar year", "examples": [2026]},
    )
    provider = fields.String(
        metadata={"description": "Only what this provider gave, written as in the catalogue", "examples": ["Universitas Contoh"]},
    )
    limit = WholeNumber(
        load_default=50,
        validate=validate.Range(min=1, max=200, error="must be from 1 to 200"),
        metadata={"description": "How many items at most"},
    )
    after = CursorField(Place)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> HistoryAsked:
        return HistoryAsked(**data)


class KindSchema(Answered):
    id = fields.String(required=True, metadata={"examples": ["9"]})
    name = fields.String(
        required=True,
        metadata={"description": "BKN's name; the id itself for a code that is not on its list", "examples": ["Seminar"]},
    )


class HistoryLinksSchema(Answered):
    statement = fields.String(
        required=True, metadata={"examples": ["/xapi/statements?statementId=7c9e6679-7425-40de-944b-e07fc1f90ae7"]}
    )
    receipt = fields.String(required=True, metadata={"examples": ["/api/v1/receipts/7c9e6679-7425-40de-944b-e07fc1f90ae7"]})


class HistoryItemSchema(Answered):
    statement_id = fields.UUID(
        required=True,
        metadata={"description": "The statement that proves it", "examples": ["7c9e6679-7425-40de-944b-e07fc1f90ae7"]},
    )
    catalogue_id = fields.String(required=True, metadata={"examples": ["cat-0007"]})
    activity_id = fields.String(required=True, metadata={"examples": ["https://lms.example.ac.id/courses/101"]})
    title = fields.String(required=True, metadata={"examples": ["Seminar Nasional Reformasi Birokrasi"]})
    kind = fields.Nested(KindSchema, required=True)
    provider = fields.String(required=True, metadata={"examples": ["Universitas Contoh"]})
    jp = fields.Float(
        required=True,
        allow_none=True,
        metadata={
            "description": "The catalogue's hours in jam pelajaran (JP) of 45 minutes; null where only a duration says them",
            "examples": [7.5],
        },
    )
    year = fields.Integer(
        required=True,
        metadata={
            "description": "The calendar year it belongs to: that of the first statement of the same occasion",
            "examples": [2026],
        },
    )
    counted = fields.Boolean(required=True, metadata={"description": "Whether it counts for that year"})
    counted_jp = fields.Float(
        required=True,
        metadata={
            "description": "What it adds to the hours of that year, in JP: 0 where it counts nothing, and where another statement "
            "of the same occasion has them",
            "examples": [7.5],
        },
    )
    why = fields.String(
        required=True,
        allow_none=True,
        metadata={
            "description": "Why nothing or less than its hours count; null where all of them do",
            "examples": [
                "already counted in 2026, by statement 7c9e6679-7425-40de-944b-e07fc1f90ae7",
                "pending: the profile will change and has not yet",
            ],
        },
    )
    finished_on = fields.Date(required=True, metadata={"examples": ["2026-01-31"]})
    rule = fields.String(
        required=True, metadata={"description": "The rule that made it count, with its version", "examples": ["finish-completed/1"]}
    )
    links = fields.Nested(HistoryLinksSchema, required=True)


class HistoryPageSchema(Answered):
    items = fields.List(fields.Nested(HistoryItemSchema), required=True, metadata={"description": "Newest first"})
    next = fields.String(
        required=True,
        allow_none=True,
        metadata={
            "description": "Relative link to the following page; null on the last one",
            "examples": ["/api/v1/employees/emp-0042/history?year=2026&limit=50&after=WzE3Njk4NDM3MDAwMDBd"],
        },
    )
