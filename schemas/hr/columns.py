"""Columns of imports as properties of a body: read by the column itself, so that what a file may say and what the API takes never
differ."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields

from schemas.hr.payload import InvalidPayload
from schemas.imports.columns import Column, Table
from schemas.imports.outcome import CellRefused


class ColumnField(fields.Field[Any]):
    """The column `name` of a table, as its import reads JSON. `shape` is the JSON Schema of the value."""

    def __init__(self, table: Table[Any], name: str, shape: Mapping[str, Any], *, required: bool | None = None) -> None:
        self.column = column_of(table, name)
        needed = self.column.required if required is None else required
        super().__init__(
            required=needed,
            allow_none=not needed,
            error_messages={"required": f"is missing; right would be: {self.column.kind.expected}", "null": "is null"},
            metadata={"description": self.column.says, **shape},
        )

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        try:
            return self.column.kind.from_json(value)
        except CellRefused as refusal:
            raise ValidationError(advice(refusal)) from refusal


def column_of(table: Table[Any], name: str) -> Column:
    return next(column for column in table.columns if column.name == name)


def read_id(table: Table[Any], text: str, pointer: str) -> str:
    """The id of a row, as it stands in a path. Raises InvalidPayload."""
    try:
        found: str = column_of(table, "id").kind.from_json(text)
    except CellRefused as refusal:
        raise InvalidPayload(advice(refusal), pointer) from refusal
    return found


def advice(refusal: CellRefused) -> str:
    return f"{refusal.message}; right would be: {refusal.would_be_right}" if refusal.would_be_right else refusal.message
