"""What the compiled paths read of a statement is what Python reads, attribute by attribute; and they read what is ordinary."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.schemas.strategies import mutated, newer_statements, statements
from tests.unit.xapi.corpora import ordinary
from xapi.extraction import Extract
from xapi.keys import in_order
from xapi.reading import extract_in_python

compiled = pytest.importorskip("rekam_native")

ID = {"id": "AAAAAAAA-2222-4333-8444-555555555555"}
ATTRIBUTES = (*Extract.__struct_fields__, "key", "target_key", "is_voiding", "most_keys")


def same(text: bytes) -> bool:
    """Whether the compiled paths read it; then they read the same."""
    found = compiled.extract_text(text)
    if found is not None:
        expected = extract_in_python(text)
        assert {name: getattr(found, name) for name in ATTRIBUTES} == {name: getattr(expected, name) for name in ATTRIBUTES}
        assert len(in_order(expected.keys)) <= found.most_keys
    return found is not None


@given(statements() | newer_statements(), st.booleans())
def test_of_every_valid_statement(statement: dict[str, Any], escaped: bool) -> None:
    same(json.dumps(ID | statement, ensure_ascii=escaped).encode())


@given(mutated(statements().map(lambda statement: ID | statement)), st.sampled_from([None, 1]))
def test_of_what_is_nearly_a_statement(statement: Any, indent: int | None) -> None:
    same(json.dumps(statement, indent=indent).encode())


@given(st.binary(max_size=20), st.integers(0, 2_000), st.integers(0, 2))
def test_of_broken_texts(junk: bytes, at: int, taken: int) -> None:
    text = TEXTS[at % len(TEXTS)]
    place = at * 7 % len(text)
    same(text[:place] + junk + text[place + taken :])


TEXTS = [text for text in ordinary() if len(text) < 4_000][:300]


def test_what_is_ordinary_needs_no_python() -> None:
    read = [same(text) for text in ordinary()]
    assert len(read) > 500
    assert all(read)


def test_crowds() -> None:
    members = [{"mbox": f"mailto:A{number % 40}@Example.id"} for number in range(100)]
    said = ID | {
        "actor": {"objectType": "Group", "mbox": "mailto:group@Example.id", "member": members},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/voided"},
        "object": {"objectType": "StatementRef", "id": "bbbbbbbb-2222-4333-8444-555555555555"},
        "context": {"instructor": {"objectType": "Group", "member": [*members[:50], {"openid": "https://o.example/x"}]}},
    }
    assert same(json.dumps(said).encode())


@pytest.mark.parametrize(
    "change",
    [
        {"actor": {"mbox": "mailto:x@EXAMPLE.ÎD"}},
        {"actor": None},
        {"id": "not one"},
        {"context": {"contextActivities": {"parent": {"id": "https://example.id/one"}}}},
        {"object": {"objectType": "StatementRef"}},
        {"timestamp": 1},
    ],
)
def test_what_is_unusual_is_left_to_python(change: dict[str, Any]) -> None:
    plain = {
        "actor": {"mbox": "mailto:a@example.id"},
        "verb": {"id": "https://example.id/v"},
        "object": {"id": "https://example.id/a"},
    }
    assert same(json.dumps(ID | plain).encode())
    assert not same(json.dumps(ID | plain | change, ensure_ascii=False).encode())
