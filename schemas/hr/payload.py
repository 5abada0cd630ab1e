"""Bodies and query parameters of the JSON API: read strictly into frozen values, or refused with a pointer.

Strict means: nothing is converted that was not meant to be (`"5"` is no number in a body), and what is not known is refused,
because a misspelt filter that is ignored answers another question than the one that was asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

import jiter
import msgspec
from marshmallow import EXCLUDE, RAISE, Schema, ValidationError, fields


class InvalidPayload(Exception):
    """A body or a parameter breaks a rule. `pointer` is a JSON pointer (RFC 6901) into the body; for a parameter, `/name`."""

    def __init__(self, message: str, pointer: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.pointer = pointer


class _CamelCase(Schema):
    """Properties are snake case here and camel case outside."""

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        if field_obj.data_key is None:
            first, *rest = field_name.split("_")
            field_obj.data_key = first + "".join(part.title() for part in rest)


class Asked(_CamelCase):
    """What a caller sends: exactly these properties."""

    class Meta:
        unknown = RAISE


class Answered(_CamelCase):
    """What a caller is given. Properties may be added in later versions, so a client has to pass over those it does not know."""

    class Meta:
        unknown = EXCLUDE


class Choice(fields.Enum[Any]):
    """One of an enumeration's values, a string."""

    def __init__(
        self, enum: type[StrEnum], *, required: bool = False, allow_none: bool = False, description: str | None = None
    ) -> None:
        metadata = {"type": "string"} if description is None else {"type": "string", "description": description}
        super().__init__(enum, by_value=fields.String, required=required, allow_none=allow_none, metadata=metadata)


class WholeNumber(fields.Integer):
    """An integer of a query string: ASCII digits and nothing else."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:
        if not isinstance(value, str) or re.fullmatch(r"[0-9]{1,9}", value) is None:
            raise ValidationError("must be a whole number written in digits, for example 50")
        return int(value)


def parse_object(raw: bytes) -> dict[str, Any]:
    """The JSON object of a body; duplicate keys and NaN are refused. Raises InvalidPayload."""
    try:
        value = jiter.from_json(raw, catch_duplicate_keys=True, allow_inf_nan=False)
    except ValueError as error:
        raise InvalidPayload(f"the body is not valid JSON: {_without_values(str(error))}") from error
    if not isinstance(value, dict):
        raise InvalidPayload("the body must be a JSON object")
    return value


def load(schema: Schema, value: Mapping[str, Any]) -> Any:
    """What `schema` makes of a body. Raises InvalidPayload for the first thing that is wrong, with its pointer."""
    try:
        return schema.load(value)
    except ValidationError as error:
        pointer, message = _first(error.messages_dict)
        raise InvalidPayload(_with_names(message, schema), pointer) from error


def load_parameters(schema: Schema, pairs: Iterable[tuple[str, str]]) -> Any:
    """What `schema` makes of a query string; a parameter given twice is refused. Raises InvalidPayload."""
    values: dict[str, str] = {}
    for name, value in pairs:
        if name in values:
            raise InvalidPayload("is given twice; give it once", f"/{_escaped(name)}")
        values[name] = value
    return load(schema, values)


def dump(schema: Answered, value: Any) -> bytes:
    """The JSON of an answer: `value` (an object or a mapping, by the fields' names in snake case) as `schema` describes it."""
    return msgspec.json.encode(schema.dump(value))


def _first(messages: Mapping[Any, Any], pointer: str = "") -> tuple[str, str]:
    key, inner = next(iter(messages.items()))
    where = pointer if key == "_schema" else f"{pointer}/{_escaped(str(key))}"
    if isinstance(inner, Mapping):
        return _first(inner, where)
    return where, str(inner[0])


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def _with_names(message: str, schema: Schema) -> str:
    """An unknown property's refusal says what is known instead."""
    if message != "Unknown field.":
        return message
    known = ", ".join(str(field.data_key) for field in schema.fields.values())
    return f"is not known here; known are: {known}" if known else "is not known here; nothing is expected"


def _without_values(message: str) -> str:
    """jiter's message without the key it quotes, which may be personal data."""
    return re.sub(r'"[^"]*"', "…", message)
