"""Asking for a profile as of a day, for what differs between two, and for the reason of a figure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from schemas.hr.payload import Asked

_WRITTEN = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


_WRONG: Final[dict[str, str | list[Any] | dict[Any, Any]]] = {
    "invalid": "must be a date that exists, like 2025-12-31",
    "required": "is missing: a date like 2025-12-31",
    "null": "must be a date like 2025-12-31",
}


class Day(fields.Date):
    """A date as RFC 3339 writes it; ISO 8601 knows more ways, which the document does not promise."""

    def __init__(self, **more: Any) -> None:
        super().__init__(format="iso", error_messages=_WRONG, **more)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> date:
        if not isinstance(value, str) or _WRITTEN.fullmatch(value) is None:
            raise self.make_error("invalid")
        return super()._deserialize(value, attr, data, **kwargs)


def _day(description: str, *, required: bool = False) -> Day:
    return Day(
        required=required,
        metadata={"description": description, "examples": ["2025-12-31"]},
    )


@dataclass(frozen=True, slots=True)
class ProfileAsked:
    as_of: date | None = None


class ProfileParametersSchema(Asked):
    as_of = _day("As of this day, in the time zone of the rules: from what had happened by then; today where it is left out")

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> ProfileAsked:
        return ProfileAsked(**data)


@dataclass(frozen=True, slots=True)
class DifferenceAsked:
    from_day: date
    through_day: date | None = None


class DifferenceParametersSchema(Asked):
    from_day = _day("The earlier day", required=True)
    through_day = _day("The later day; today where it is left out")

    @validates_schema(skip_on_field_errors=True)
    def _in_order(self, data: dict[str, Any], **_: Any) -> None:
        through = data.get("through_day")
        if through is not None and through < data["from_day"]:
            raise ValidationError("must not be before fromDay", "throughDay")

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> DifferenceAsked:
        return DifferenceAsked(**data)


@dataclass(frozen=True, slots=True)
class ExplanationAsked:
    figure: str
    as_of: date | None = None


class ExplanationParametersSchema(Asked):
    figure = fields.String(
        required=True,
        error_messages={"required": "is missing: name a figure, like hours/2026"},
        validate=validate.Length(min=1, max=300, error="must be the name of a figure, like hours/2026"),
        metadata={
            "description": "`hours/{year}`, `contract-hours/{number}`, `competencies/{id}/suggested`, `…/assessed`, `…/standard`, "
            "`…/gap`, `job-person-match`, `index` or `index/{component}`; a name that is none of the profile's is answered with "
            "those there are",
            "examples": ["hours/2026"],
        },
    )
    as_of = _day("As of this day; today where it is left out")

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> ExplanationAsked:
        return ExplanationAsked(**data)
