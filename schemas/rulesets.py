"""The versions of xAPI whose statements are understood, each as one frozen object: what a statement must be, said twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import jsonschema_rs

from schemas.fields import JsonSchema
from schemas.json_schema import compile_schema, derive
from schemas.objects import StrictSchema
from schemas.statement_v1_0_3 import StatementSchema


@dataclass(frozen=True, slots=True, eq=False)
class RuleSet:
    """The data model of one version.

    ``schema`` states and explains the rules, ``document`` is the JSON Schema derived from it, and ``is_valid`` that
    document compiled; both give the same verdict on every value that JSON can express.
    """

    version: str
    schema: StrictSchema
    document: JsonSchema
    is_valid: Callable[[Any], bool]
    iter_errors: Callable[[Any], Iterator[jsonschema_rs.ValidationError]]


def _rule_set(version: str, schema: StrictSchema) -> RuleSet:
    document = derive(schema)
    compiled = compile_schema(document)
    return RuleSet(version, schema, document, compiled.is_valid, compiled.iter_errors)


V1_0_3 = _rule_set("1.0.3", StatementSchema())
