"""Strict objects: schemas that know their JSON Schema, and the fields that hold objects, arrays and maps of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, NoReturn, Protocol

from marshmallow import RAISE, Schema, ValidationError, fields, validates_schema

from schemas.fields import JsonSchema, Refer, StrictField, whole
from xapi.values import Format

SCHEMA = "_schema"
"""Where marshmallow keeps messages about an object as a whole."""

ENOUGH = 20
"""Wrong items of one array or map that are told; explaining all of a hostile one could take minutes."""

Messages = list[str] | dict[Any, Any]


class Rule(Protocol):
    """A rule about several properties of one object. It may trust that each property by itself is right."""

    def check(self, value: Mapping[str, Any]) -> Messages | None:
        """What is wrong: messages for the object as a whole, or for its properties; ``None`` if nothing is."""

    def json_schema(self) -> JsonSchema: ...


class StrictSchema(Schema):
    """An object with these properties and no other, under ``rules``.

    Properties are written in snake case here and in camel case outside. Every property is a ``StrictField``.
    """

    name: ClassVar[str]
    rules: ClassVar[tuple[Rule, ...]] = ()

    class Meta:
        unknown = RAISE

    error_messages = {"unknown": "has a property that is not allowed here"}  # noqa: RUF012  (marshmallow's own way)

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        if field_obj.data_key is None:
            first, *rest = field_name.split("_")
            field_obj.data_key = first + "".join(part.title() for part in rest)

    @property
    def properties(self) -> dict[str, StrictField]:
        return {str(field.data_key): field for field in self.fields.values() if isinstance(field, StrictField)}

    @validates_schema(pass_original=True)
    def check_rules(self, data: Any, original: Mapping[str, Any], **kwargs: Any) -> None:
        for rule in self.rules:
            messages = rule.check(original)
            if messages is not None:
                raise ValidationError(messages)

    def handle_error(self, error: ValidationError, data: Any, *, many: bool, **kwargs: Any) -> NoReturn:
        """Say which property an unknown one was probably meant to be; known ones first, in the order declared."""
        if isinstance(error.messages, dict):
            known = self.properties
            unknown = sorted(key for key in error.messages if key not in known and key != SCHEMA)
            told = {key: messages for key, messages in error.messages.items() if key not in unknown}
            error.messages = told | {key: [self._unknown(key, known)] for key in unknown}
        raise error

    def _unknown(self, key: object, known: Mapping[str, StrictField]) -> str:
        for name in known:
            if isinstance(key, str) and name.lower() == key.lower():
                return f'is not a property here; write "{name}" (upper and lower case matter)'
        return f"is not a property here; allowed are {', '.join(known)}"

    def json_schema(self, refer: Refer) -> JsonSchema:
        properties = self.properties
        schema: JsonSchema = {
            "type": "object",
            "properties": {key: field.json_schema(refer) for key, field in properties.items()},
            "required": [key for key, field in properties.items() if field.required],
            "additionalProperties": False,
        }
        parts = [rule.json_schema() for rule in self.rules]
        if parts:
            schema["allOf"] = parts
        return schema


class ObjectOf(StrictField):
    """An object described by one schema."""

    def __init__(self, schema: StrictSchema, *, required: bool = False, data_key: str | None = None) -> None:
        self.schema = schema
        self.expected = f"an object with {_mention(schema)}"
        super().__init__(required=required, data_key=data_key)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if not isinstance(value, dict):
            raise self._refuse(value)
        errors = self.schema.validate(value)
        if errors:
            raise ValidationError(errors)
        return value

    def json_schema(self, refer: Refer) -> JsonSchema:
        return refer(self.schema.name, self.schema.json_schema)


class ByObjectType(StrictField):
    """An object described by the schema that its ``objectType`` names.

    ``default`` is the type of an object without one. The branches exclude each other: each states its ``objectType``.
    """

    def __init__(
        self,
        branches: Mapping[str, StrictSchema],
        *,
        default: str | None = None,
        required: bool = False,
        data_key: str | None = None,
    ) -> None:
        self.branches = branches
        self.default = default
        self.expected = f"an object of the type {' or '.join(branches)}"
        super().__init__(required=required, data_key=data_key)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if not isinstance(value, dict):
            raise self._refuse(value)
        object_type = value.get("objectType", self.default)
        branch = self.branches.get(object_type) if isinstance(object_type, str) else None
        if branch is None:
            allowed = " or ".join(f'"{name}"' for name in self.branches)
            raise ValidationError({"objectType": [f"must be {allowed} (upper and lower case matter)"]})
        errors = branch.validate(value)
        if errors:
            raise ValidationError(self._forgotten_type(value, branch) or errors)
        return value

    def _forgotten_type(self, value: dict[str, Any], taken_as: StrictSchema) -> Messages | None:
        """An object without ``objectType`` that has a property of another type was meant to be of that type."""
        if "objectType" in value:
            return None
        for key in value:
            meant = [name for name, branch in self.branches.items() if key in branch.properties]
            if meant and key not in taken_as.properties:
                types = " or ".join(f'"{name}"' for name in meant)
                return {"objectType": [f'is missing; without it this is {taken_as.name}, and "{key}" belongs to {types}']}
        return None

    def json_schema(self, refer: Refer) -> JsonSchema:
        branches = [refer(branch.name, branch.json_schema) for branch in self.branches.values()]
        return branches[0] if len(branches) == 1 else {"anyOf": branches}


class ListOf(StrictField):
    """An array whose items all follow ``item``."""

    def __init__(
        self,
        item: StrictField,
        *,
        at_least: int = 0,
        at_most: int | None = None,
        required: bool = False,
        data_key: str | None = None,
    ) -> None:
        self.item = item
        self.at_least = at_least
        self.at_most = at_most
        self.expected = f"an array; each item must be {item.expected}"
        super().__init__(required=required, data_key=data_key)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if not isinstance(value, list):
            raise self._refuse(value)
        if len(value) < self.at_least or (self.at_most is not None and len(value) > self.at_most):
            bound = f"exactly {self.at_least}" if self.at_least == self.at_most else f"at least {self.at_least}"
            raise ValidationError(f"must have {bound} items, not {len(value)}")
        _collect(enumerate(value), self.item)
        return value

    def json_schema(self, refer: Refer) -> JsonSchema:
        schema: JsonSchema = {"type": "array", "items": self.item.json_schema(refer)}
        if self.at_least:
            schema["minItems"] = self.at_least
        if self.at_most is not None:
            schema["maxItems"] = self.at_most
        return schema


class OneOrMany(StrictField):
    """One ``item``, or an array of them."""

    def __init__(self, item: StrictField, *, required: bool = False, data_key: str | None = None) -> None:
        self.item = item
        self.many = ListOf(item)
        self.expected = f"{item.expected}, or an array of them"
        super().__init__(required=required, data_key=data_key)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if isinstance(value, list):
            return self.many.deserialize(value)
        if not isinstance(value, dict):
            raise self._refuse(value)
        return self.item.deserialize(value)

    def json_schema(self, refer: Refer) -> JsonSchema:
        return {"anyOf": [self.many.json_schema(refer), self.item.json_schema(refer)]}


class MapOf(StrictField):
    """An object used as a map: every key follows a format, every value follows ``item``."""

    def __init__(self, key: Format, item: StrictField, *, required: bool = False, data_key: str | None = None) -> None:
        self.key = key
        self.item = item
        self.expected = f'an object whose keys are each {key.name}, for example "{key.example}"'
        super().__init__(required=required, data_key=data_key)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if not isinstance(value, dict):
            raise self._refuse(value)
        wrong = {
            key: [f'is a key that must be {self.key.name}, for example "{self.key.example}"']
            for key in value
            if not self.key.matches(key)
        }
        if wrong:
            raise ValidationError(wrong)
        _collect(value.items(), self.item)
        return value

    def json_schema(self, refer: Refer) -> JsonSchema:
        return {
            "type": "object",
            "propertyNames": {"pattern": whole(self.key)},
            "additionalProperties": self.item.json_schema(refer),
        }


def _collect(items: Iterable[tuple[Any, Any]], field: StrictField) -> None:
    """Refuse what ``field`` refuses, up to a number of items that a reader could still want to see."""
    errors: dict[Any, Any] = {}
    for key, value in items:
        try:
            field.deserialize(value)
        except ValidationError as error:
            errors[key] = error.messages
            if len(errors) == ENOUGH:
                break
    if errors:
        raise ValidationError(errors)


def _mention(schema: StrictSchema) -> str:
    required = [key for key, field in schema.properties.items() if field.required]
    return ", ".join(f'"{key}"' for key in required or schema.properties)
