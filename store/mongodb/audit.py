"""The trail of who read what of whom."""

from __future__ import annotations

from collections.abc import Sequence

from store.mongodb.client import Connection, Document
from store.port import AuditEntry


class MongoAudit:
    """`store.port.Audit`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def note(self, entry: AuditEntry) -> None:
        self.note_many([entry])

    def note_many(self, entries: Sequence[AuditEntry]) -> None:
        if not entries:
            return
        with self._connection.database() as database:
            database["audit"].insert_many([_document(one) for one in entries])

    def entries(self, *, subject: str | None = None, limit: int = 100) -> list[AuditEntry]:
        conditions = {} if subject is None else {"subject": subject}
        with self._connection.database() as database:
            found = database["audit"].find(conditions, limit=limit).sort([("at_ms", -1), ("_id", -1)])
            return [AuditEntry(one["at_ms"], one["credential"], one["action"], one["subject"], one["request_id"]) for one in found]


def _document(entry: AuditEntry) -> Document:
    return {
        "at_ms": entry.at_ms,
        "credential": entry.credential,
        "action": entry.action,
        "subject": entry.subject,
        "request_id": entry.request_id,
    }
