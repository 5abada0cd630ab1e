"""Query strings: which parameters a resource takes, and their values.

Strict: names are case-sensitive, unknown and repeated ones are refused, values are taken exactly as the specification writes them.
Source: xAPI 1.0.3, Communication 3.2 (400 for what is not recognised).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from marshmallow import RAISE, Schema, ValidationError, missing

from schemas.explanation import refusal
from xapi.errors import InvalidRequest, echoed_pointer

_MAX_PARAMETERS = 50
_SHOWN = 60


class Parameters(Schema):
    """Query parameters and no others."""

    class Meta:
        unknown = RAISE

    def __init__(self) -> None:
        super().__init__()
        self.plan = tuple((attribute, field.data_key or attribute, field) for attribute, field in self.fields.items())
        self.names = tuple(name for _, name, _ in self.plan)


def given_in(query: bytes) -> dict[str, str]:
    """Each parameter once, percent-decoded (a `+` is a space, as in forms). Raises InvalidRequest."""
    try:
        pairs = parse_qsl(
            query.decode(), keep_blank_values=True, strict_parsing=False, errors="strict", max_num_fields=_MAX_PARAMETERS
        )
    except UnicodeDecodeError:
        raise InvalidRequest("the query string is not valid UTF-8; percent-encode parameter values as UTF-8") from None
    except ValueError:
        raise InvalidRequest(f"the query string has more than {_MAX_PARAMETERS} parameters") from None
    given: dict[str, str] = {}
    for name, value in pairs:
        if name in given:
            raise InvalidRequest(f'the query parameter "{name[:_SHOWN]}" is given twice; give it once')
        given[name] = value
    return given


def load(schema: Parameters, given: Mapping[str, str]) -> dict[str, Any]:
    """The values of the parameters, by the names of the schema's fields. Raises InvalidRequest, naming the parameter."""
    for name in given:
        if name not in schema.names:
            raise InvalidRequest(_unknown(name, schema.names))
    loaded: dict[str, Any] = {}
    # Field by field, in their order: a schema's own `load` looks for each of them in its general way, which is most of what it
    # costs to read a short query.
    for attribute, name, field in schema.plan:
        value = given.get(name, missing)
        if value is not missing or field.required:
            try:
                loaded[attribute] = field.deserialize(value, name, given)
            except ValidationError as error:
                raise InvalidRequest(f'the query parameter "{name}" {_sentence(error.messages)}') from None
    return loaded


def _sentence(messages: Any) -> str:
    """A field's own message, or, for JSON inside a parameter, what is wrong and where in it."""
    if isinstance(messages, dict):
        inner = refusal(messages)
        return f"is wrong{' at ' + echoed_pointer(inner.pointer) if inner.pointer else ''}: {inner.message}"
    return str(messages[0])


def _unknown(name: str, known: tuple[str, ...]) -> str:
    for meant in known:
        if meant.lower() == name.lower():
            return f'unknown query parameter "{name[:_SHOWN]}": write "{meant}" (upper and lower case matter)'
    return f'unknown query parameter "{name[:_SHOWN]}": allowed are {", ".join(known) or "none"}'
