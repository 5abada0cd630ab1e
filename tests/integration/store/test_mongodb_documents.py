"""Lists of documents are read from their index alone; whatever does not fit into a document of MongoDB is refused."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from pymongo.database import Database

from store.mongodb import MongoStore
from store.port import Document, DocumentScope, Rejected
from xapi.documents import DocumentKind, etag

STATE = DocumentScope("univ-a", DocumentKind.STATE, "http://example.com/course", "mbox|mailto:ani@example.com")
MIB = 1024 * 1024


def put(store: MongoStore, scope: DocumentScope, document_id: str, content: bytes = b"{}", at_ms: int = 1_000) -> None:
    assert store.documents.put(Document(scope, document_id, content, "text/plain", etag(content), at_ms), expected_etag=None)


def test_ids_are_read_from_the_index_alone(mongo_store: MongoStore, behind: Database[dict[str, Any]]) -> None:
    registered = DocumentScope(STATE.owner, STATE.kind, STATE.activity_id, STATE.agent, UUID(int=7))
    for number in range(30):
        put(mongo_store, STATE, f"s{number}", at_ms=number)
        put(mongo_store, registered, f"r{number}", at_ms=number)
    behind.command("profile", 2)
    try:
        assert len(mongo_store.documents.ids(STATE)) == 30
        assert len(mongo_store.documents.ids(STATE, any_registration=True)) == 60
        assert len(mongo_store.documents.ids(STATE, since_ms=19, any_registration=True)) == 20
    finally:
        behind.command("profile", 0)
    seen = list(behind["system.profile"].find({"ns": f"{behind.name}.documents", "op": "query"}))
    assert len(seen) == 3
    assert [one["docsExamined"] for one in seen] == [0, 0, 0]


def test_what_no_document_of_mongodb_can_hold_is_rejected(mongo_store: MongoStore) -> None:
    first, second, large = b"1" * (15 * MIB), b"2" * (15 * MIB), b"3" * (15 * MIB + 1)
    put(mongo_store, STATE, "fits", first)
    replaced = Document(STATE, "fits", second, "text/plain", etag(second), 1_000)
    assert mongo_store.documents.put(replaced, expected_etag=etag(first))
    with pytest.raises(Rejected):
        put(mongo_store, STATE, "large", large)
    with pytest.raises(Rejected):
        mongo_store.documents.put(Document(STATE, "fits", large, "text/plain", etag(large), 1_000), expected_etag=etag(second))
    held = mongo_store.documents.get(STATE, "fits")
    assert held is not None
    assert held.content == second
    assert mongo_store.documents.ids(STATE) == ["fits"]
