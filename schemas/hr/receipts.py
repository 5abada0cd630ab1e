"""Receipts: what became of a statement that was sent."""

from __future__ import annotations

from enum import StrEnum

from marshmallow import fields

from competency.regulation import Period
from schemas.hr.payload import Answered, Choice


class ReceiptState(StrEnum):
    ACCEPTED = "accepted"
    """Durable in the log, not yet recorded."""
    STORED = "stored"
    DEAD_LETTERED = "dead-lettered"


class ProfileState(StrEnum):
    PROFILED = "profiled"
    PENDING = "pending"
    """Profiles will change and have not yet."""
    NOT_RELEVANT = "not relevant"


class HoursEffectSchema(Answered):
    """What the statement is for the hours of one period."""

    period = Choice(Period, required=True)
    year = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "The calendar year, or the number of the contract year; null before the contract began"},
    )
    jp = fields.Float(required=True, metadata={"description": "What its line counts, in JP; 0 when it counts nothing"})
    counted = fields.Boolean(required=True)
    why = fields.String(required=True, metadata={"examples": ["7.5 JP of the catalogue"]})
    together_with = fields.List(
        fields.UUID(), required=True, metadata={"description": "Other statements of the same occasion, which counts once"}
    )


class CompetencyEffectSchema(Answered):
    """What the statement is for the suggested level of one competency."""

    id = fields.String(required=True, metadata={"examples": ["komunikasi"]})
    level = fields.Integer(required=True, metadata={"description": "The level it is evidence for"})
    counted = fields.Boolean(required=True)
    why = fields.String(required=True)


class CountedSchema(Answered):
    """One employee's profile that the statement changed; shown to HR only."""

    employee_id = fields.String(required=True, metadata={"examples": ["emp-0042"]})
    catalogue_id = fields.String(required=True, metadata={"examples": ["cat-0007"]})
    rule = fields.String(
        required=True,
        metadata={"description": "The rule that made it evidence, with its version", "examples": ["finish-completed/1"]},
    )
    profile = fields.String(
        required=True, metadata={"description": "Where the profile is", "examples": ["/api/v1/employees/emp-0042/profile"]}
    )
    catalogue_version = fields.Integer(required=True, metadata={"description": "Of the catalogue entry it was derived with"})
    hours = fields.List(fields.Nested(HoursEffectSchema), required=True)
    competencies = fields.List(fields.Nested(CompetencyEffectSchema), required=True)
    later = fields.Date(
        required=True,
        allow_none=True,
        metadata={"description": "It was finished on this day, which is still to come, and counts from then on; else null"},
    )


class IrrelevantSchema(Answered):
    reason = fields.String(required=True, metadata={"examples": ["no catalogue entry"]})
    detail = fields.String(
        required=True, metadata={"examples": ["no catalogue entry covers https://lms.example.ac.id/courses/101"]}
    )


class ProfilePartSchema(Answered):
    state = Choice(ProfileState, required=True)
    why = fields.Nested(IrrelevantSchema, metadata={"description": "Why it changes no profile; only if it is not relevant"})
    reasons = fields.List(
        fields.Nested(IrrelevantSchema),
        metadata={
            "description": "All reasons why it changes no profile, as far as they can be told; `why` is the first of them. Only if "
            "it is not relevant"
        },
    )
    credited = fields.Integer(
        metadata={"description": "How many employees it is evidence of; only of a group, and not while it is pending"}
    )
    waiting = fields.Integer(
        metadata={
            "description": "How many members of the group wait as unlinked actors: linking them credits them, too. Only of a "
            "group, and not while it is pending"
        }
    )
    counted = fields.List(
        fields.Nested(CountedSchema),
        metadata={"description": "Whose evidence it is now; only for readers with the role `hr`"},
    )


class BuriedSchema(Answered):
    id = fields.String(required=True, metadata={"examples": ["statements.accepted:3:1042:0"]})
    reason = fields.String(required=True, metadata={"examples": ["conflict"]})
    detail = fields.String(required=True, metadata={"examples": ["the id was used before, for other content or by another sender"]})
    advice = fields.String(required=True, metadata={"description": "What to do", "examples": ["Send it with a new id."]})
    resubmitted_at = fields.String(
        required=True, allow_none=True, metadata={"format": "date-time", "description": "null if it never was"}
    )


class ReceiptSchema(Answered):
    statement_id = fields.UUID(required=True, metadata={"examples": ["7c9e6679-7425-40de-944b-e07fc1f90ae7"]})
    state = Choice(
        ReceiptState,
        required=True,
        description="accepted: durable, waiting to be recorded; stored: recorded; dead-lettered: could not be recorded",
    )
    accepted_at = fields.String(
        metadata={"format": "date-time", "description": "When it was accepted; only while it waits to be recorded"}
    )
    stored_at = fields.String(metadata={"format": "date-time", "description": "Its `stored`; only when it is recorded"})
    voided = fields.Boolean(metadata={"description": "Whether another statement voids it; only when it is recorded"})
    tolerated = fields.List(
        fields.String(),
        metadata={
            "description": "The tolerances without which it would have been refused, in the order in which they were applied; "
            "only if it needed some",
            "examples": [["language-tags"]],
        },
    )
    received = fields.String(
        metadata={
            "description": "The text as it was sent, before the tolerances; only if it needed some, and only for readers who may "
            "read the statement itself"
        }
    )
    profile = fields.Nested(ProfilePartSchema, metadata={"description": "What it does to profiles; only when it is recorded"})
    dead_letters = fields.List(
        fields.Nested(BuriedSchema),
        required=True,
        metadata={"description": "Attempts to send this id that could not be recorded"},
    )
    consistent_through = fields.String(
        required=True,
        metadata={"format": "date-time", "description": "Everything stored before this moment was taken into account"},
    )
