"""Going through the text of a statement along its schema, and changing single places of it.

The schema says what stands where, so a tolerance names kinds of fields and never paths, and nothing inside extensions, which may
look like anything, is ever mistaken for a part of the statement.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from schemas.fields import AnyValue, StrictField
from schemas.objects import ByObjectType, ListOf, MapOf, ObjectOf, OneOrMany
from schemas.rulesets import RuleSet
from schemas.tolerances.texts import array_of, members_of_array, members_of_object, object_of


@dataclass(frozen=True, slots=True)
class Place:
    """One value that the schema knows: its field, the way to it, its text, and the JSON it says. What is inside of it has been
    gone through already."""

    field: StrictField
    path: tuple[str | int, ...]
    text: bytes
    value: Any


Change = Callable[[Place], bytes | None]
"""What is to stand in the place: its `text` as it is, another one, or nothing (None: the property or item is left out)."""


def changed(text: bytes, value: Mapping[str, Any], rules: RuleSet, change: Change) -> bytes:
    """`text`, which says `value`, with `change` applied to every place that is in the schema of `rules`."""
    found, _ = _object(rules.schema.properties, (), text.strip(), value, change)
    return found


def said(value: object) -> bytes:
    """The text of a value that a change made."""
    return msgspec.json.encode(value)


def _change_at(
    field: StrictField, path: tuple[str | int, ...], text: bytes, value: Any, change: Change
) -> tuple[bytes | None, Any]:
    """The text and the value after the change, the inner places first."""
    if isinstance(value, dict):
        inner_fields = _properties(field, value)
        if inner_fields:
            text, value = _object(inner_fields, path, text, value, change)
    elif isinstance(value, list):
        item = _item(field)
        if item is not None:
            text, value = _array(item, path, text, value, change)
    made = change(Place(field, path, text, value))
    if made is None or made is text or made == text:
        return made, value
    return made, msgspec.json.decode(made)


def _object(
    fields: Mapping[str, StrictField], path: tuple[str | int, ...], text: bytes, value: Mapping[str, Any], change: Change
) -> tuple[bytes, Mapping[str, Any]]:
    members = members_of_object(text)
    values = dict(value)
    touched = False
    for name, field in fields.items():
        if name not in values:
            continue
        member = members[name]
        made, values[name] = _change_at(field, (*path, name), member.value, values[name], change)
        if made is None:
            del members[name], values[name]
        elif made != member.value:
            members[name] = replace(member, value=made)
        touched = touched or made != member.value
    return (object_of(members.values()), values) if touched else (text, value)


def _array(
    field: StrictField, path: tuple[str | int, ...], text: bytes, value: list[Any], change: Change
) -> tuple[bytes, list[Any]]:
    kept, values = [], []
    touched = False
    for index, member in enumerate(members_of_array(text)):
        made, new_value = _change_at(field, (*path, index), member.value, value[index], change)
        touched = touched or made != member.value
        if made is not None:
            kept.append(replace(member, value=made))
            values.append(new_value)
    return (array_of(kept), values) if touched else (text, value)


def _properties(field: StrictField, value: Mapping[str, Any]) -> Mapping[str, StrictField]:
    """What a value of this field may have inside; nothing where that is anybody's guess."""
    match field:
        case ObjectOf():
            return field.schema.properties
        case ByObjectType():
            named = value.get("objectType")
            branch = field.branches.get(named if isinstance(named, str) else field.default or "")
            return {} if branch is None else branch.properties
        case OneOrMany():
            return _properties(field.item, value)
        case MapOf() if not isinstance(field.item, AnyValue):
            return dict.fromkeys(value, field.item)
    return {}


def _item(field: StrictField) -> StrictField | None:
    return field.item if isinstance(field, ListOf | OneOrMany) else None
