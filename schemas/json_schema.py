"""The JSON Schema of a strict schema, derived from it, and compiled for the accepting path."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jsonschema_rs

from schemas.fields import JsonSchema, Refer
from schemas.objects import StrictSchema
from schemas.rules import KEYWORDS

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def derive(schema: StrictSchema) -> JsonSchema:
    """A JSON Schema (2020-12) that says what ``schema`` says.

    Its keywords ``x-score-order`` and ``x-distinct-ids`` are ours; a validator that does not know them accepts a little
    more. Nested schemas are definitions, named by their ``name``.
    """
    definitions: dict[str, JsonSchema] = {}

    def refer(name: str, build: Callable[[Refer], JsonSchema]) -> JsonSchema:
        if name not in definitions:
            definitions[name] = {}  # before it is built: a definition may refer to itself
            definitions[name] = build(refer)
        return {"$ref": f"#/$defs/{name}"}

    root = schema.json_schema(refer)
    return {"$schema": DIALECT, "title": schema.name, **root, "$defs": definitions}


def compile_schema(document: JsonSchema) -> jsonschema_rs.Draft202012Validator:
    """A validator with linear regular expressions and the keywords that JSON Schema lacks."""
    keywords: dict[str, Any] = dict(KEYWORDS)
    return jsonschema_rs.Draft202012Validator(
        document, pattern_options=jsonschema_rs.RegexOptions(), keywords=keywords, offline=True
    )
