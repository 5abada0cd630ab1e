"""Rules about several properties of one object.

Each states itself twice, as code that explains and as JSON Schema. What JSON Schema cannot say (an order between two
numbers, ids that differ) is a keyword of our own, which the compiled schema calls only where such an object occurs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from marshmallow import ValidationError

from schemas.fields import JsonSchema, Refer
from schemas.objects import ListOf, Messages


@dataclass(frozen=True, slots=True)
class Exactly:
    """Exactly one of ``names`` is there; with ``otherwise``, that property may stand in for none of them."""

    names: tuple[str, ...]
    what: str
    example: str
    otherwise: str | None = None

    def check(self, value: Mapping[str, Any]) -> Messages | None:
        present = [name for name in self.names if name in value]
        if len(present) > 1:
            return [f"has {' and '.join(present)}; keep exactly one {self.what}"]
        if present or (self.otherwise and value.get(self.otherwise)):
            return None
        fallback = f', or a non-empty "{self.otherwise}"' if self.otherwise else ""
        return [f"needs exactly one {self.what} of {', '.join(self.names)}{fallback}; for example {self.example}"]

    def json_schema(self) -> JsonSchema:
        each: list[JsonSchema] = [{"required": [name]} for name in self.names]
        if not self.otherwise:
            return {"oneOf": each}
        none = {
            "properties": dict.fromkeys(self.names, False) | {self.otherwise: {"minItems": 1}},
            "required": [self.otherwise],
        }
        return {"oneOf": [*each, none]}


@dataclass(frozen=True, slots=True)
class OnlyWith:
    """The property ``name`` may be there only when ``other`` is there with one of ``values``."""

    name: str
    other: str
    values: tuple[str, ...]

    def check(self, value: Mapping[str, Any]) -> Messages | None:
        if self.name not in value or value.get(self.other) in self.values:
            return None
        allowed = " or ".join(f'"{word}"' for word in self.values)
        return {self.name: [f'may be used only when "{self.other}" is {allowed}']}

    def json_schema(self) -> JsonSchema:
        allowed = {"properties": {self.other: {"enum": list(self.values)}}, "required": [self.other]}
        return {"dependentSchemas": {self.name: allowed}}


@dataclass(frozen=True, slots=True)
class NotEmpty:
    """At least one property is there."""

    advice: str

    def check(self, value: Mapping[str, Any]) -> Messages | None:
        return None if value else [f"is empty; {self.advice}"]

    def json_schema(self) -> JsonSchema:
        return {"minProperties": 1}


@dataclass(frozen=True, slots=True)
class VoidingRefers:
    """A statement with the verb "voided" has a StatementRef as object (Data 2.3.2)."""

    verb: str

    def check(self, value: Mapping[str, Any]) -> Messages | None:
        if value["verb"]["id"] != self.verb or value["object"].get("objectType") == "StatementRef":
            return None
        return {"object": {"objectType": ['must be "StatementRef", because the verb says that this statement voids']}}

    def json_schema(self) -> JsonSchema:
        other_verb = {"properties": {"verb": {"properties": {"id": {"not": {"const": self.verb}}}}}}
        refers = {"properties": {"object": {"properties": {"objectType": {"const": "StatementRef"}}}}}
        refers["properties"]["object"]["required"] = ["objectType"]  # type: ignore[assignment]
        return {"anyOf": [other_verb, refers]}


@dataclass(frozen=True, slots=True)
class ContextNeedsActivity:
    """``context`` has these properties only when the object is an Activity (Data 2.4.6)."""

    names: tuple[str, ...]

    def check(self, value: Mapping[str, Any]) -> Messages | None:
        if value["object"].get("objectType", "Activity") == "Activity":
            return None
        present = [name for name in self.names if name in value.get("context", {})]
        if not present:
            return None
        return {"context": {name: ["may be used only when the object is an Activity"] for name in present}}

    def json_schema(self) -> JsonSchema:
        activity = {"properties": {"object": {"properties": {"objectType": {"const": "Activity"}}}}}
        without = {"properties": {"context": {"properties": dict.fromkeys(self.names, False)}}}
        return {"anyOf": [activity, without]}


@dataclass(frozen=True, slots=True)
class HasMemberWith:
    """At least one item of the array ``name`` has the property ``key``."""

    name: str
    key: str
    why: str

    def check(self, value: Mapping[str, Any]) -> Messages | None:
        if any(self.key in member for member in value[self.name]):
            return None
        return {self.name: [f'needs a member with "{self.key}": {self.why}']}

    def json_schema(self) -> JsonSchema:
        return {"properties": {self.name: {"contains": {"required": [self.key]}}}}


class Keyword:
    """A rule as the compiled schema calls it: made once per place, raises ``ValueError`` to refuse."""

    def __init__(self, parent: JsonSchema, value: Any, path: Sequence[str | int]) -> None:
        self.value = value

    def validate(self, instance: Any) -> None:
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class ScoreOrder:
    """``min`` < ``max``, and ``raw`` between them, each where it is there (Data 2.4.5.1)."""

    keyword: ClassVar[str] = "x-score-order"

    def check(self, value: Mapping[str, Any]) -> Messages | None:
        low, raw, high = value.get("min"), value.get("raw"), value.get("max")
        if low is not None and high is not None and low >= high:
            return {"min": ['must be less than "max"']}
        if raw is not None and low is not None and raw < low:
            return {"raw": ['must not be less than "min"']}
        if raw is not None and high is not None and raw > high:
            return {"raw": ['must not be greater than "max"']}
        return None

    def json_schema(self) -> JsonSchema:
        return {self.keyword: True}


class ScoreOrderKeyword(Keyword):
    def validate(self, instance: Any) -> None:
        try:
            messages = ScoreOrder().check(instance)
        except (AttributeError, TypeError):
            return  # a wrong type is for the other keywords to refuse
        if messages is not None:
            raise ValueError("min, raw and max are out of order")


class ComponentList(ListOf):
    """Interaction components: their ids differ (Data 2.4.4.1, Interaction Components)."""

    keyword: ClassVar[str] = "x-distinct-ids"

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        super()._deserialize(value, attr, data, **kwargs)
        first: dict[str, int] = {}
        for index, component in enumerate(value):
            earlier = first.setdefault(component["id"], index)
            if earlier != index:
                raise ValidationError({index: {"id": [f"must differ from the id of item {earlier} of this array"]}})
        return value

    def json_schema(self, refer: Refer) -> JsonSchema:
        return super().json_schema(refer) | {self.keyword: True}


class DistinctIdsKeyword(Keyword):
    def validate(self, instance: Any) -> None:
        try:
            distinct = len({component["id"] for component in instance}) == len(instance)
        except (KeyError, TypeError):
            return  # a wrong type is for the other keywords to refuse
        if not distinct:
            raise ValueError("two items have the same id")


KEYWORDS: dict[str, type[Keyword]] = {
    ScoreOrder.keyword: ScoreOrderKeyword,
    ComponentList.keyword: DistinctIdsKeyword,
}
