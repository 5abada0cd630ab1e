"""Exports: what is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from marshmallow import fields, post_load

from schemas.hr.payload import Asked
from schemas.hr.units import calendar_year


@dataclass(frozen=True, slots=True)
class ExportAsked:
    year: int | None = None
    direct: bool = False
    nip: str = "masked"


class ExportParametersSchema(Asked):
    year = calendar_year("Only this calendar year; all years where it is left out")
    direct = fields.Boolean(
        truthy={"true"},
        falsy={"false"},
        load_default=False,
        error_messages={"invalid": "must be true or false"},
        metadata={"description": "Only the people of the unit itself, not of the units below it"},
    )
    nip = fields.String(
        load_default="masked",
        validate=lambda value: value in ("masked", "clear"),
        error_messages={"validator_failed": "must be masked or clear"},
        metadata={
            "description": "How NIPs are written; `clear` needs the role `hr:nip`",
            "enum": ["masked", "clear"],
        },
    )

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> ExportAsked:
        return ExportAsked(**data)
