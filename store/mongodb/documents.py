"""Documents of the state and profile resources, changed by compare-and-set on their ETag.

`_id` is a hash of all that identifies a document, so that it is small whatever ids clients make up. The same stands beside it in
clear, "" for what there is none of: lists are read from that index alone, never from the contents.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import msgspec
from bson import Binary
from pymongo.errors import DuplicateKeyError

from store.mongodb.client import Connection
from store.mongodb.client import Document as Fields
from store.port import Document, DocumentScope, Rejected

_COLLECTION = "documents"
_MOST_BYTES = 15 * 1024 * 1024
"""One document of MongoDB takes 16 MiB, the rest of its fields included. More content is Rejected."""


class MongoDocuments:
    """`store.port.Documents`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, scope: DocumentScope, document_id: str) -> Document | None:
        with self._connection.database() as database:
            found = database[_COLLECTION].find_one({"_id": _key(scope, document_id)})
        if found is None:
            return None
        content_type, etag, updated_ms = found["content_type"], found["etag"], found["updated_ms"]
        return Document(scope, document_id, bytes(found["content"]), content_type, etag, updated_ms)

    def put(self, document: Document, *, expected_etag: str | None) -> bool:
        if len(document.content) > _MOST_BYTES:
            raise Rejected(f"a document has at most {_MOST_BYTES} bytes here, this one has {len(document.content)}")
        key = _key(document.scope, document.document_id)
        said = {"content": document.content, "content_type": document.content_type, "etag": document.etag}
        with self._connection.database() as database:
            if expected_etag is None:
                place = {**_scope(document.scope), "document_id": document.document_id}
                try:
                    database[_COLLECTION].insert_one({"_id": key, **place, **said, "updated_ms": document.updated_ms})
                except DuplicateKeyError:
                    return False
                return True
            # Literally: what clients send may begin with a dollar sign.
            changed: Fields = {name: {"$literal": value} for name, value in said.items()}
            changed["updated_ms"] = {"$max": [document.updated_ms, {"$add": ["$updated_ms", 1]}]}
            held = {"_id": key, "etag": expected_etag}
            return database[_COLLECTION].update_one(held, [{"$set": changed}]).matched_count == 1

    def delete(self, scope: DocumentScope, document_id: str, *, expected_etag: str) -> bool:
        with self._connection.database() as database:
            held = {"_id": _key(scope, document_id), "etag": expected_etag}
            return database[_COLLECTION].delete_one(held).deleted_count == 1

    def ids(self, scope: DocumentScope, *, since_ms: int | None = None, any_registration: bool = False) -> list[str]:
        wanted = _several(scope, any_registration)
        if since_ms is not None:
            wanted["updated_ms"] = {"$gt": since_ms}
        with self._connection.database() as database:
            found = database[_COLLECTION].find(wanted, {"_id": 0, "document_id": 1})
            return sorted({str(one["document_id"]) for one in found})

    def delete_all(self, scope: DocumentScope, *, any_registration: bool = False) -> int:
        with self._connection.database() as database:
            return database[_COLLECTION].delete_many(_several(scope, any_registration)).deleted_count


def _key(scope: DocumentScope, document_id: str) -> Binary:
    return Binary(sha256(msgspec.json.encode([*_scope(scope).values(), document_id])).digest())


def _scope(scope: DocumentScope) -> dict[str, str]:
    return {
        "owner": scope.owner,
        "kind": str(scope.kind),
        "activity_id": scope.activity_id or "",
        "agent": scope.agent or "",
        "registration": scope.registration.hex if scope.registration else "",
    }


def _several(scope: DocumentScope, any_registration: bool) -> dict[str, Any]:
    wanted: dict[str, Any] = dict(_scope(scope))
    if any_registration:
        del wanted["registration"]
    return wanted
