"""The compiled paths make the documents of statements that Python makes and the driver writes, byte by byte."""

from __future__ import annotations

import json
from uuid import UUID

import bson
import pytest
from bson.binary import UuidRepresentation
from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument
from hypothesis import given
from hypothesis import strategies as st

from store.mongodb.statement_document import document_in_python, one_of, to_document
from store.port import Recordable
from tests.unit.schemas.strategies import newer_statements, statements
from tests.unit.xapi.corpora import ordinary
from tests.unit.xapi.test_native_reading import ID
from xapi.extraction import VOIDED
from xapi.reading import extract_in_python, extract_text

pytest.importorskip("rekam_native")

CODEC: CodecOptions[dict[str, object]] = CodecOptions(uuid_representation=UuidRepresentation.STANDARD)


def same(text: bytes, *, stored_ms: int = 1_780_000_000_000, partner: str = "univ-a", may_void_any: bool = False) -> bool:
    """Whether there is a document of the compiled paths; then it is the same."""
    document = to_document(Recordable(text, extract_text(text), partner, may_void_any, 0, 0, 0), stored_ms)
    if isinstance(document, RawBSONDocument):
        expected = document_in_python(Recordable(text, extract_in_python(text), partner, may_void_any, 0, 0, 0), stored_ms)
        assert document.raw == bson.encode(expected, codec_options=CODEC)
        return True
    return False


@given(
    (statements() | newer_statements()).map(lambda statement: json.dumps(ID | statement).encode()),
    st.integers(0, 1 << 43),
    st.text(max_size=9),
)
def test_of_every_valid_statement(text: bytes, stored_ms: int, partner: str) -> None:
    same(text, stored_ms=stored_ms, partner=partner)


def test_of_ordinary_ones() -> None:
    assert all(same(text) for text in ordinary())


@pytest.mark.parametrize("may_void_any", [False, True])
@pytest.mark.parametrize("verb", [VOIDED, "https://example.id/v"])
def test_of_those_that_target_others(verb: str, may_void_any: bool) -> None:
    target = {"objectType": "StatementRef", "id": "bbbbbbbb-2222-4333-8444-555555555555"}
    said = ID | {"actor": {"mbox": "mailto:a@example.id"}, "verb": {"id": verb}, "object": target}
    assert same(json.dumps(said).encode(), may_void_any=may_void_any)


@pytest.mark.parametrize(("length", "plain"), [(256, True), (257, False)])
def test_a_long_value_is_left_to_python(length: int, plain: bool) -> None:
    verb = "https://example.id/" + "é" * (length - 19)
    said = ID | {"actor": {"mbox": "mailto:a@example.id"}, "verb": {"id": verb}, "object": {"id": "https://example.id/a"}}
    assert same(json.dumps(said).encode()) == plain


def test_one_with_very_many_keys_is_left_to_python() -> None:
    actor = {"objectType": "Group", "member": [{"mbox": f"mailto:{number}@example.id"} for number in range(8_000)]}
    said = ID | {"actor": actor, "verb": {"id": "https://example.id/v"}, "object": {"id": "https://example.id/a"}}
    assert not same(json.dumps(said).encode())


@pytest.mark.parametrize("count", [0, 1, 11, 2_000])
def test_ids_as_the_driver_writes_them(count: int) -> None:
    ids = [UUID(int=number << 90) for number in range(count)]
    assert one_of(ids).raw == bson.encode({"$in": ids}, codec_options=CODEC)
