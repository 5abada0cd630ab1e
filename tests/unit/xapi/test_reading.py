"""A text says what its parsed JSON says, whatever it is."""

from __future__ import annotations

import json
from typing import Any

import jiter
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.schemas.strategies import mutated, newer_statements, statements
from xapi.extraction import Extract, extract
from xapi.reading import extract_in_python, extract_text

ID = "11111111-2222-4333-8444-555555555555"
PLAIN = {
    "id": ID,
    "actor": {"mbox": "mailto:a@example.id"},
    "verb": {"id": "https://example.id/v"},
    "object": {"id": "https://example.id/a", "definition": {"name": {"id": "Satu é"}}},
}


def verdict(read: Any, text: bytes) -> Any:
    try:
        found: Extract = read(text)
    except (ValueError, KeyError, TypeError, AttributeError):
        return "refused"
    seen = [(one.activity_id, one.definition or None) for one in found.activities]
    return [getattr(found, name) for name in Extract.__struct_fields__ if name != "activities"], seen


def by_parsing(text: bytes) -> Extract:
    return extract(jiter.from_json(text))


def same_verdict(text: bytes) -> None:
    assert verdict(extract_text, text) == verdict(extract_in_python, text) == verdict(by_parsing, text)


@given(statements() | newer_statements(), st.booleans())
def test_of_every_valid_statement(statement: dict[str, Any], escaped: bool) -> None:
    text = json.dumps({"id": ID} | statement, ensure_ascii=escaped).encode()
    same_verdict(text)
    assert verdict(extract_text, text) != "refused"


@given(mutated(statements().map(lambda statement: {"id": ID} | statement)))
def test_of_what_is_nearly_a_statement(statement: Any) -> None:
    same_verdict(json.dumps(statement).encode())


@pytest.mark.parametrize(
    "value",
    [
        b'"\xff"',
        b'"\xed\xa0\x80"',
        b'"\\ud800"',
        b'"\\x"',
        b'"\x01"',
        b"01",
        b"NaN",
        b"1" * 5_000,
        b"1e999",
        b"[" * 300 + b"]" * 300,
        b"[1,]",
        b"1 2",
        b'{"\xff":1}',
        b'"' + b"x" * 10_000 + b'"',
    ],
)
def test_of_what_stands_where_nobody_looks(value: bytes) -> None:
    text = json.dumps(PLAIN | {"result": {"extensions": {"http://x.example/n": 0}}}).encode()
    same_verdict(text.replace(b": 0}", b": " + value + b"}"))


@pytest.mark.parametrize("definition", [b"{ }", b"{}", b'{ "name" : {} }', b'{"type":"http://x.example/t","n":1.10}'])
def test_a_definition_is_kept_as_it_is_written(definition: bytes) -> None:
    text = json.dumps(PLAIN).encode().replace(b'{"name": {"id": "Satu \\u00e9"}}', definition)
    same_verdict(text)
    for read in (extract_text, extract_in_python):
        (seen,) = read(text).activities
        assert seen.text == (None if definition == b"{}" else definition)


def test_a_definition_of_a_long_text_too() -> None:
    definition = b'{ "description": {"id": "' + b"panjang " * 1_000 + b'"}}'
    text = json.dumps(PLAIN).encode().replace(b'{"name": {"id": "Satu \\u00e9"}}', definition)
    same_verdict(text)
    assert extract_text(text).activities == extract_in_python(text).activities
    assert extract_text(text).activities[0].text == definition


def test_of_two_members_of_a_name_the_last_counts() -> None:
    text = json.dumps(PLAIN).encode()
    same_verdict(text[:-1] + b',"verb":{"id":"https://example.id/w"}}')
    same_verdict(text[:-1] + b',"object":{"id":"https://example.id/b","id":"https://example.id/c"}}')
