"""Attendance lists: what may be said with one, and how its preview is shown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import ValidationError, fields, post_load, validate

from schemas.attendance.dates import EXPECTED as DATE_EXPECTED
from schemas.attendance.dates import Days, parse_days
from schemas.attendance.facts import HOURS_EXPECTED, MAX_TEXT, Facts, Taken, parse_hours
from schemas.attendance.headings import Role
from schemas.attendance.layout import Wishes, index_of
from schemas.attendance.verdicts import Verdict
from schemas.hr.payload import Answered, Asked, Choice, WholeNumber
from xapi.values import IRI

_ROLES = ", ".join(role.value for role in Role)


@dataclass(frozen=True, slots=True)
class ListAsked:
    """What is said of a list beside the list itself."""

    said: Facts
    wishes: Wishes
    file_name: str | None


class _DaysField(fields.String):
    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        try:
            return parse_days(super()._deserialize(value, attr, data, **kwargs))
        except (ValueError, OverflowError):
            raise ValidationError(f"must be the day or days of the event, for example {DATE_EXPECTED}") from None


class _HoursField(fields.String):
    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        hours = parse_hours(super()._deserialize(value, attr, data, **kwargs))
        if hours is None:
            raise ValidationError(f"must be {HOURS_EXPECTED}")
        return hours


class _IriField(fields.String):
    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        if not IRI.matches(text) or len(text) > MAX_TEXT:
            raise ValidationError(f"must be {IRI.name}, for example {IRI.example}")
        return text


class _ColumnsField(fields.String):
    """`nip=C,name=B`: what columns hold, by their letters."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        found: dict[Role, int] = {}
        for part in str(super()._deserialize(value, attr, data, **kwargs)).split(","):
            name, _, letters = (one.strip() for one in part.partition("="))
            index = index_of(letters)
            if name not in tuple(Role) or index is None or index >= 200 or Role(name) in found or index in found.values():
                raise ValidationError(f"must be roles with the letters of their columns, like nip=C,name=B; roles are {_ROLES}")
            found[Role(name)] = index
        return found


def _text() -> validate.Length:
    return validate.Length(1, MAX_TEXT, error=f"must be 1 to {MAX_TEXT} characters long")


class ListParametersSchema(Asked):
    title = fields.String(
        validate=_text(), metadata={"description": "What the event is called", "examples": ["Bimtek Manajemen Risiko"]}
    )
    date = _DaysField(metadata={"description": "Its day or days, in Indonesian or ISO", "examples": ["17 s.d. 19 Maret 2026"]})
    jp = _HoursField(metadata={"description": "Its hours in jam pelajaran, for rows without their own", "examples": ["8"]})
    provider = fields.String(validate=_text(), metadata={"description": "Who held it", "examples": ["Pusat Pengembangan SDM"]})
    place = fields.String(validate=_text(), metadata={"description": "Where it was", "examples": ["Aula Lantai 3"]})
    activity = _IriField(
        metadata={"description": "The IRI of its activity in the catalogue", "examples": ["https://lms.example/bimtek/1"]}
    )
    verb = fields.String(
        validate=validate.OneOf([taken.value for taken in Taken], error="must be attended or completed"),
        metadata={"description": "What the statements say that people did; attended by default", "examples": ["attended"]},
    )
    sheet = fields.String(metadata={"description": "The sheet's name, where the guess is wrong", "examples": ["Daftar Hadir"]})
    header_row = WholeNumber(
        validate=validate.Range(min=1, max=1_048_576, error="must be the number of a row"),
        metadata={"description": "The (first) row of the header, where the guess is wrong", "type": "integer", "examples": [7]},
    )
    columns = _ColumnsField(
        metadata={
            "description": f"What columns hold, by letter, where the guess is wrong. Roles are {_ROLES}",
            "examples": ["nip=C,name=B"],
        }
    )
    file_name = fields.String(
        validate=validate.Length(1, 200, error="must be 1 to 200 characters long"),
        metadata={"description": "The file's name, where the body has none", "examples": ["daftar-hadir.xlsx"]},
    )

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> ListAsked:
        days: Days | None = data.get("date")
        return ListAsked(
            said=Facts(
                title=data.get("title"),
                days=days,
                hours=data.get("jp"),
                provider=data.get("provider"),
                place=data.get("place"),
                instructor=data.get("instructor"),
                activity=data.get("activity"),
                taken=Taken(data["verb"]) if "verb" in data else None,
            ),
            wishes=Wishes(data.get("sheet"), data.get("header_row"), data.get("columns", {})),
            file_name=data.get("file_name"),
        )


class ListFormSchema(ListParametersSchema):
    """The same beside the file in a form, and what names a person, which no URL may hold."""

    instructor = fields.String(
        validate=_text(),
        metadata={"description": "Who taught: a NIP, an e-mail address or a name", "examples": ["Dr. Contoh"]},
    )


def form_document() -> dict[str, Any]:
    """JSON Schema of the form: the file and the parameters as fields."""
    properties: dict[str, Any] = {"file": {"type": "string", "contentMediaType": "application/octet-stream"}}
    for field in ListFormSchema().fields.values():
        properties[str(field.data_key)] = {"type": "string", "description": field.metadata["description"]}
    return {"type": "object", "required": ["file"], "properties": properties, "additionalProperties": False}


# ── confirming ──


def _rows(description: str) -> fields.List[int]:
    return fields.List(
        fields.Integer(strict=True, validate=validate.Range(min=1, max=100_000, error="must be the number of a row")),
        metadata={"description": description, "examples": [[12, 15]]},
    )


class ConfirmSchema(Asked):
    accept = _rows("Rows whose question is answered with yes (or of unknown people who are taken), by number")
    leave_out = _rows("Rows that are not sent, by number")
    take_unknown = fields.Boolean(
        truthy={True},
        falsy={False},
        metadata={
            "description": "Send those of people whom the directory does not know; they wait as unlinked",
            "examples": [False],
        },
    )


# ── shown ──


class EventSchema(Answered):
    title = fields.String(required=True, allow_none=True)
    first_day = fields.String(required=True, allow_none=True, metadata={"format": "date", "examples": ["2026-03-17"]})
    last_day = fields.String(required=True, allow_none=True, metadata={"format": "date", "examples": ["2026-03-19"]})
    jp = fields.Float(required=True, allow_none=True, metadata={"description": "Of rows without hours of their own"})
    provider = fields.String(required=True, allow_none=True)
    place = fields.String(required=True, allow_none=True)
    instructor = fields.String(required=True, allow_none=True)
    activity = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "What the statements are about; null where title or date is missing: then nothing can be sent"},
    )
    catalogued = fields.Boolean(required=True, metadata={"description": "Whether the catalogue knows it; else nothing counts"})
    verb = fields.String(required=True, metadata={"examples": ["attended"]})


class ColumnGuessSchema(Answered):
    column = fields.String(required=True, metadata={"examples": ["C"]})
    heading = fields.String(required=True, metadata={"examples": ["NIP/NRP"]})
    role = Choice(Role, required=True, allow_none=True, description="null: it is not used")
    confidence = fields.Float(required=True, metadata={"description": "From 0 to 1", "examples": [0.9]})


class RemarkSchema(Answered):
    message = fields.String(required=True)
    would_be_right = fields.String(required=True, metadata={"description": "Empty where there is nothing to put right"})
    column = fields.String(required=True, metadata={"description": "The heading; empty for the row as a whole"})


class ListedRowSchema(Answered):
    row = fields.Integer(required=True, metadata={"description": "Its number in the preview, from 1", "examples": [1]})
    line = fields.Integer(required=True, metadata={"description": "Its row in the file", "examples": [9]})
    verdict = Choice(
        Verdict,
        required=True,
        description="ok and warning are sent; question only when accepted; unknown only when unknown people are taken; bad never",
    )
    remarks = fields.List(fields.Nested(RemarkSchema), required=True)
    name = fields.String(required=True, allow_none=True, metadata={"description": "As listed"})
    employee_id = fields.String(required=True, allow_none=True)
    known_name = fields.String(required=True, allow_none=True, metadata={"description": "As in the directory"})
    likeness = fields.Float(required=True, allow_none=True, metadata={"description": "Of the two names, from 0 to 1"})
    nip_masked = fields.String(required=True, allow_none=True, metadata={"examples": ["19860926******1001"]})
    email = fields.String(required=True, allow_none=True)
    first_day = fields.String(required=True, allow_none=True, metadata={"format": "date"})
    last_day = fields.String(required=True, allow_none=True, metadata={"format": "date"})
    jp = fields.Float(
        required=True,
        allow_none=True,
        metadata={
            "description": "Its own, else those that durationMinutes make, else the event's; what counts is for the catalogue"
        },
    )
    jp_counted = fields.Float(
        required=True,
        allow_none=True,
        metadata={
            "description": "What its statement alone would count as, by the catalogue and the rules as they are; null where the "
            "catalogue does not know the event, or the row nobody"
        },
    )
    duration_minutes = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "By the clock, where no JP is listed; null where the JP are", "examples": [90]},
    )
    certificate = fields.String(required=True, allow_none=True)
    result = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "After confirming: sent, duplicate, refused or left; null before", "examples": ["sent"]},
    )


class SkippedSchema(Answered):
    line = fields.Integer(required=True)
    why = fields.String(required=True, metadata={"examples": ["it numbers the columns"]})


class VerdictCountsSchema(Answered):
    ok = fields.Integer(required=True)
    warning = fields.Integer(required=True)
    question = fields.Integer(required=True)
    unknown_people = fields.Integer(required=True, data_key="unknown")
    bad = fields.Integer(required=True)


class RefusedRowSchema(Answered):
    row = fields.Integer(required=True)
    message = fields.String(required=True)


class SentSchema(Answered):
    sent = fields.Integer(required=True, metadata={"description": "New statements"})
    duplicates = fields.Integer(required=True, metadata={"description": "Had been imported before; nothing was added"})
    refused = fields.List(fields.Nested(RefusedRowSchema), required=True)
    left = fields.Integer(required=True, metadata={"description": "Rows that were not to be sent"})


class ImportSchema(Answered):
    id = fields.String(required=True)
    status = fields.String(required=True, metadata={"description": "previewed, confirmed, done or expired"})
    file_name = fields.String(required=True)
    created_at = fields.String(required=True, metadata={"format": "date-time"})
    expires_at = fields.String(required=True, metadata={"format": "date-time", "description": "From then on only the head is left"})
    event = fields.Nested(EventSchema, required=True, allow_none=True)
    sheet = fields.String(required=True, allow_none=True)
    other_sheets = fields.List(fields.String(), required=True)
    header_row = fields.Integer(required=True, allow_none=True)
    columns = fields.List(fields.Nested(ColumnGuessSchema), required=True)
    counts = fields.Nested(VerdictCountsSchema, required=True, allow_none=True)
    rows = fields.List(fields.Nested(ListedRowSchema), required=True)
    skipped = fields.List(fields.Nested(SkippedSchema), required=True, metadata={"description": "Rows that are no people"})
    result = fields.Nested(SentSchema, required=True, allow_none=True, metadata={"description": "null before it is confirmed"})


def clean_name(text: str | None) -> str:
    """A file's name without folders and control characters; never empty."""
    name = re.sub(r"[\x00-\x1f\x7f\ud800-\udfff]", "", text or "").replace("\\", "/").rpartition("/")[2].strip()
    return name[:200] or "attendance list"
