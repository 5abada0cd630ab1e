"""The JSON Schema of answers that are written as they are."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

import jsonschema
import msgspec
import pytest

from competency.difference import Difference
from competency.explanation import Explanation
from schemas.hr.described import described


class Colour(StrEnum):
    RED = "red"


class Part(msgspec.Struct, frozen=True, rename="camel"):
    so_many: Decimal
    colour: Colour


class Whole(msgspec.Struct, frozen=True, rename="camel"):
    id: UUID
    day: date | None
    value: Decimal | None
    parts: tuple[Part, ...]
    v: int = 1


def written(value: Any) -> Any:
    return json.loads(msgspec.json.Encoder(decimal_format="number").encode(value))


WHOLE = Whole(UUID(int=1), None, Decimal("1.5"), (Part(Decimal(3), Colour.RED),))


def test_what_is_written_is_what_is_described() -> None:
    jsonschema.Draft202012Validator(described(Whole)).validate(written(WHOLE))


@pytest.mark.parametrize(
    ("where", "wrong"), [("value", "1.5"), ("parts", [{"soMany": 3, "colour": "blue"}]), ("parts", [{"colour": "red"}]), ("v", "x")]
)
def test_anything_else_is_not(where: str, wrong: Any) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(described(Whole)).validate({**written(WHOLE), where: wrong})


def test_names_are_those_of_the_json() -> None:
    assert list(described(Whole)["properties"]["parts"]["items"]["properties"]) == ["soMany", "colour"]


@pytest.mark.parametrize("kind", [Whole, Explanation, Difference])
def test_the_schema_stands_alone_and_is_one(kind: type[msgspec.Struct]) -> None:
    schema = described(kind)
    assert "$ref" not in json.dumps(schema)
    assert '"decimal"' not in json.dumps(schema)
    jsonschema.Draft202012Validator.check_schema(schema)
