"""Attendance lists that wait to be confirmed."""

from __future__ import annotations

from store.mongodb.client import Connection, Document
from store.port import MAX_BODY_BYTES, ImportStatus, PendingImport, Rejected


class MongoPendingImports:
    """`store.port.PendingImports`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, pending: PendingImport) -> None:
        _check(pending.body)
        document: Document = {
            "_id": pending.id,
            "credential": pending.credential,
            "created_at_ms": pending.created_at_ms,
            "expires_at_ms": pending.expires_at_ms,
            "file_name": pending.file_name,
            "status": pending.status.value,
            "body": pending.body,
            "revision": pending.revision,
        }
        with self._connection.database() as database:
            database["pending_imports"].insert_one(document)

    def get(self, import_id: str) -> PendingImport | None:
        with self._connection.database() as database:
            found = database["pending_imports"].find_one({"_id": import_id})
        if found is None:
            return None
        return PendingImport(
            id=found["_id"],
            credential=found["credential"],
            created_at_ms=found["created_at_ms"],
            expires_at_ms=found["expires_at_ms"],
            file_name=found["file_name"],
            status=ImportStatus(found["status"]),
            body=found["body"],
            revision=found["revision"],
        )

    def change(self, import_id: str, status: ImportStatus, body: bytes, *, expected_revision: int) -> bool:
        _check(body)
        held = {"_id": import_id, "revision": expected_revision}
        written = {"$set": {"status": status.value, "body": body}, "$inc": {"revision": 1}}
        with self._connection.database() as database:
            return database["pending_imports"].update_one(held, written).matched_count == 1

    def expire(self, now_ms: int) -> int:
        past = {"expires_at_ms": {"$lte": now_ms}, "status": {"$ne": ImportStatus.EXPIRED.value}}
        emptied = {"$set": {"status": ImportStatus.EXPIRED.value, "body": b""}, "$inc": {"revision": 1}}
        with self._connection.database() as database:
            return database["pending_imports"].update_many(past, emptied).modified_count


def _check(body: bytes) -> None:
    if len(body) > MAX_BODY_BYTES:
        raise Rejected(f"the body of a pending import is larger than {MAX_BODY_BYTES} bytes")
