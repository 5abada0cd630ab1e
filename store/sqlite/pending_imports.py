"""Attendance lists that wait to be confirmed."""

from __future__ import annotations

from store.port import MAX_BODY_BYTES, ImportStatus, PendingImport, Rejected
from store.sqlite.database import Database

_COLUMNS = "id, credential, created_at_ms, expires_at_ms, file_name, status, body, revision"


class SqlitePendingImports:
    """`store.port.PendingImports`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, pending: PendingImport) -> None:
        _check(pending.body)
        with self._database.write() as connection:
            connection.execute(
                f"INSERT INTO pending_import ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
                (
                    pending.id,
                    pending.credential,
                    pending.created_at_ms,
                    pending.expires_at_ms,
                    pending.file_name,
                    pending.status.value,
                    pending.body,
                    pending.revision,
                ),
            )

    def get(self, import_id: str) -> PendingImport | None:
        with self._database.read() as connection:
            row = connection.execute(f"SELECT {_COLUMNS} FROM pending_import WHERE id = ?", (import_id,)).fetchone()  # noqa: S608
        if row is None:
            return None
        return PendingImport(row[0], row[1], row[2], row[3], row[4], ImportStatus(row[5]), row[6], row[7])

    def change(self, import_id: str, status: ImportStatus, body: bytes, *, expected_revision: int) -> bool:
        _check(body)
        with self._database.write() as connection:
            done = connection.execute(
                "UPDATE pending_import SET status = ?, body = ?, revision = revision + 1 WHERE id = ? AND revision = ?",
                (status.value, body, import_id, expected_revision),
            )
            return done.rowcount == 1

    def expire(self, now_ms: int) -> int:
        with self._database.write() as connection:
            done = connection.execute(
                "UPDATE pending_import SET status = 'expired', body = x'', revision = revision + 1"
                " WHERE expires_at_ms <= ? AND status <> 'expired'",
                (now_ms,),
            )
            return done.rowcount


def _check(body: bytes) -> None:
    if len(body) > MAX_BODY_BYTES:
        raise Rejected(f"the body of a pending import is larger than {MAX_BODY_BYTES} bytes")
