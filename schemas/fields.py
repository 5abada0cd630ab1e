"""Strict fields: they refuse what is not exactly right instead of converting it, and each knows its own JSON Schema.

A field states one rule twice, once as ``_deserialize`` (which explains a refusal) and once as ``json_schema`` (which is
compiled for the accepting path). Both stand side by side here so that they can be read together; that they agree is a
property test. Nothing here echoes the value that was sent: it may be personal, and the pointer says where it is.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from marshmallow import ValidationError, fields

from xapi.values import Format

JsonSchema = dict[str, Any]


class Refer(Protocol):
    """Puts a definition into the document being derived, once, and returns a reference to it."""

    def __call__(self, name: str, build: Callable[[Refer], JsonSchema]) -> JsonSchema: ...


MAX_NUMBER = sys.float_info.max


def kind_of(value: object) -> str:
    """What a JSON value is, in words."""
    match value:
        case None:
            return "null"
        case bool():
            return "a boolean"
        case int() | float():
            return "a number"
        case str():
            return "a string"
        case list():
            return "an array"
        case dict():
            return "an object"
    return f"a {type(value).__name__}"


def is_number(value: object) -> bool:
    """A JSON number; in Python a boolean is an ``int``, in JSON it is not one."""
    return isinstance(value, int | float) and not isinstance(value, bool)


class StrictField(fields.Field[Any]):
    """A field that takes a value as it is or refuses it.

    ``expected`` completes the sentence "must be …".
    """

    expected = "a value"

    def __init__(self, *, required: bool = False, data_key: str | None = None) -> None:
        super().__init__(required=required, data_key=data_key, allow_none=False)
        # An own dictionary: marshmallow merges those of the classes, and these depend on the instance. It formats them, too.
        expected = self.expected.replace("{", "{{").replace("}", "}}")
        self.error_messages = {
            "required": f"is missing; it must be {expected}",
            "null": f"must not be null; leave the property out, or give {expected}",
            "validator_failed": f"must be {expected}",
        }

    def json_schema(self, refer: Refer) -> JsonSchema:
        raise NotImplementedError

    def _refuse(self, value: object) -> ValidationError:
        return ValidationError(f"must be {self.expected}, not {kind_of(value)}")


class Text(StrictField):
    """Any string, the empty one included."""

    expected = "a string"

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise self._refuse(value)
        return value

    def json_schema(self, refer: Refer) -> JsonSchema:
        return {"type": "string"}


class Formatted(StrictField):
    """A string that follows a format of ``xapi.values``."""

    def __init__(self, rule: Format, *, required: bool = False, data_key: str | None = None) -> None:
        self.rule = rule
        self.expected = f'{rule.name}, for example "{rule.example}"'
        super().__init__(required=required, data_key=data_key)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise self._refuse(value)
        if not self.rule.matches(value):
            raise ValidationError(f"must be {self.expected}")
        return value

    def json_schema(self, refer: Refer) -> JsonSchema:
        return {"type": "string", "pattern": whole(self.rule)}


class Word(StrictField):
    """One of a few strings, in exactly this case."""

    def __init__(self, *words: str, required: bool = False, data_key: str | None = None) -> None:
        self.words = words
        quoted = [f'"{word}"' for word in words]
        self.expected = quoted[0] if len(quoted) == 1 else f"one of {', '.join(quoted)}"
        super().__init__(required=required, data_key=data_key)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise self._refuse(value)
        if value not in self.words:
            raise ValidationError(f"must be {self.expected} (upper and lower case matter)")
        return value

    def json_schema(self, refer: Refer) -> JsonSchema:
        return {"const": self.words[0]} if len(self.words) == 1 else {"enum": list(self.words)}


class Boolean(StrictField):
    expected = "true or false"

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self._refuse(value)
        return value

    def json_schema(self, refer: Refer) -> JsonSchema:
        return {"type": "boolean"}


class Number(StrictField):
    """A number within bounds (inclusive), by default those of a 64-bit float."""

    def __init__(
        self,
        *,
        at_least: float = -MAX_NUMBER,
        at_most: float = MAX_NUMBER,
        required: bool = False,
        data_key: str | None = None,
    ) -> None:
        self.at_least = at_least
        self.at_most = at_most
        bounded = at_least != -MAX_NUMBER or at_most != MAX_NUMBER
        self.expected = f"a number from {at_least} to {at_most}" if bounded else "a number in the range of a 64-bit float"
        super().__init__(required=required, data_key=data_key)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> float:
        if not is_number(value):
            raise self._refuse(value)
        if not self.at_least <= value <= self.at_most:
            raise ValidationError(f"must be {self.expected}")
        return value  # type: ignore[no-any-return]

    def json_schema(self, refer: Refer) -> JsonSchema:
        return {"type": "number", "minimum": self.at_least, "maximum": self.at_most}


class Count(StrictField):
    """A whole number, zero or more. ``27.0`` is the same number as ``27`` in JSON and is one too."""

    expected = "a whole number, zero or more, for example 27"

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:
        if not is_number(value):
            raise self._refuse(value)
        if not 0 <= value <= MAX_NUMBER or value != int(value):
            raise ValidationError(f"must be {self.expected}")
        return int(value)

    def json_schema(self, refer: Refer) -> JsonSchema:
        return {"type": "integer", "minimum": 0, "maximum": MAX_NUMBER}


class AnyValue(StrictField):
    """Whatever JSON can say, null included."""

    expected = "a JSON value"

    def __init__(self, *, required: bool = False, data_key: str | None = None) -> None:
        super().__init__(required=required, data_key=data_key)
        self.allow_none = True

    def json_schema(self, refer: Refer) -> JsonSchema:
        return {}


def whole(rule: Format) -> str:
    """The pattern of a format, anchored for JSON Schema, where an unanchored one may match anywhere."""
    return f"^(?:{rule.pattern})$"
