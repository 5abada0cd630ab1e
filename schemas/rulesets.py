"""The versions of xAPI whose statements are understood, each as one frozen object: what a statement must be, said twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import jsonschema_rs

from schemas.fields import JsonSchema
from schemas.json_schema import compile_schema, derive
from schemas.objects import StrictSchema
from schemas.v1_0_3.statement import StatementSchema as StatementSchema103
from schemas.v2_0.statement import StatementSchema as StatementSchema20


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

    @classmethod
    def of(cls, version: str, schema: StrictSchema) -> RuleSet:
        """Derive and compile; a few milliseconds, so once per process."""
        document = derive(schema)
        compiled = compile_schema(document)
        return cls(version, schema, document, compiled.is_valid, compiled.iter_errors)


V1_0_3 = RuleSet.of("1.0.3", StatementSchema103())
V2_0 = RuleSet.of("2.0.0", StatementSchema20())
