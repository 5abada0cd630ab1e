"""JSON Schema of answers that are written by msgspec as they are, for the OpenAPI document."""

from __future__ import annotations

from typing import Any

import msgspec


def described(kind: type[msgspec.Struct]) -> dict[str, Any]:
    """The JSON Schema of a type whose parts do not contain themselves, without references; decimals are JSON numbers."""
    schemas, parts = msgspec.json.schema_components((kind,), ref_template="{name}")
    whole: dict[str, Any] = _inlined(schemas[0], parts)
    return whole


def _inlined(value: Any, parts: dict[str, Any]) -> Any:
    if isinstance(value, list):
        return [_inlined(one, parts) for one in value]
    if not isinstance(value, dict):
        return value
    if "$ref" in value:
        return _inlined(parts[value["$ref"]], parts)
    if value.get("format") == "decimal":
        return {"type": "number"}
    return {name: _inlined(one, parts) for name, one in value.items()}
