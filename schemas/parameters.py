"""Query parameters as fields: text from a URL, taken exactly as the specification writes it, made into the value it stands for.

Source: xAPI 1.0.3, Communication 2.1.3.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

import jiter
from marshmallow import ValidationError

from schemas.core.actors import ACTOR_BRANCHES
from schemas.fields import Formatted, JsonSchema, Refer, StrictField, Text, Word
from schemas.objects import ByObjectType
from xapi import values
from xapi.agents import agent_key
from xapi.query import Format
from xapi.values import parse_timestamp


class UuidParameter(Formatted):
    def __init__(self, *, required: bool = False, data_key: str | None = None) -> None:
        super().__init__(values.UUID, required=required, data_key=data_key)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        return UUID(super()._deserialize(value, attr, data, **kwargs))


class IriParameter(Formatted):
    def __init__(self, *, required: bool = False, data_key: str | None = None) -> None:
        super().__init__(values.IRI, required=required, data_key=data_key)


class IdParameter(Text):
    """The id of a document: any text but the empty one."""

    expected = "a text of at least one character"

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        if not value:
            raise ValidationError(f"must be {self.expected}")
        return super()._deserialize(value, attr, data, **kwargs)

    def json_schema(self, refer: Refer) -> JsonSchema:
        return {"type": "string", "minLength": 1}


class TimestampParameter(Formatted):
    """A point in time, as milliseconds since the epoch."""

    def __init__(self) -> None:
        super().__init__(values.TIMESTAMP)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if " " in value and self.rule.matches(value.replace(" ", "+")):
            raise ValidationError('has a space where its zone has a "+": write %2B for "+" in a query string')
        return parse_timestamp(super()._deserialize(value, attr, data, **kwargs))


class BooleanParameter(Word):
    """`true` or `false`. `True` and `False`, as a client in Python writes what it was given, can mean nothing else."""

    _true: ClassVar[tuple[str, ...]] = ("true", "True")

    def __init__(self) -> None:
        super().__init__(*self._true, "false", "False")
        self.expected = '"true" or "false"'

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        return super()._deserialize(value, attr, data, **kwargs) in self._true


class FormatParameter(Word):
    def __init__(self) -> None:
        super().__init__(*(str(choice) for choice in Format))

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        return Format(super()._deserialize(value, attr, data, **kwargs))


class LimitParameter(StrictField):
    """How many statements at most; 0 asks for as many as the server gives."""

    expected = "a whole number, zero or more, in digits, for example 50"
    _digits = re.compile("[0-9]{1,18}")

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if self._digits.fullmatch(value) is None:
            raise ValidationError(f"must be {self.expected}")
        return int(value)

    def json_schema(self, refer: Refer) -> JsonSchema:
        return {"type": "integer", "minimum": 0}


class AgentParameter(StrictField):
    """An Agent or an identified Group, as JSON; becomes the key by which it is found."""

    expected = 'an Agent or an identified Group as JSON, for example {"mbox":"mailto:learner@example.com"}'
    _actor: ClassVar[ByObjectType] = ByObjectType(ACTOR_BRANCHES, default="Agent")

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        key = agent_key(self._actor.deserialize(_parsed(value, self.expected)))
        if key is None:
            raise ValidationError("must have an identifier: an anonymous Group can't be asked for")
        return key

    def json_schema(self, refer: Refer) -> JsonSchema:
        return self._actor.json_schema(refer)


class OneAgentParameter(StrictField):
    """An Agent, no Group, as JSON; becomes what the JSON says."""

    expected = 'an Agent as JSON, for example {"mbox":"mailto:learner@example.com"}'
    _agent: ClassVar[ByObjectType] = ByObjectType({"Agent": ACTOR_BRANCHES["Agent"]}, default="Agent")

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        agent = _parsed(value, self.expected)
        self._agent.deserialize(agent)
        return agent

    def json_schema(self, refer: Refer) -> JsonSchema:
        return self._agent.json_schema(refer)


def _parsed(value: str, expected: str) -> Any:
    try:
        return jiter.from_json(value.encode(), allow_inf_nan=False, catch_duplicate_keys=True, cache_mode="none")
    except ValueError:
        raise ValidationError(f"is not valid JSON; it must be {expected}") from None


class TokenParameter(StrictField):
    """A token made by this server."""

    expected = 'the value of "more" that a list of statements came with'

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if not value:
            raise ValidationError(f"must be {self.expected}")
        return value

    def json_schema(self, refer: Refer) -> JsonSchema:
        return {"type": "string", "minLength": 1}
