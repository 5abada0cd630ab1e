"""Who may call, what is kept secret, and who read what."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

import msgspec

from access.credentials import Credential
from store.port import AuditEntry
from store.sqlite.database import Database

_SECRET_BYTES = 32


class SqliteCredentials:
    """`store.port.Credentials`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._decoder = msgspec.json.Decoder(Credential)

    def put(self, credential: Credential) -> None:
        with self._database.write() as connection:
            connection.execute(
                "INSERT INTO credential (key, body) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET body = excluded.body",
                (credential.key, msgspec.json.encode(credential)),
            )

    def get(self, key: str) -> Credential | None:
        with self._database.read() as connection:
            row = connection.execute("SELECT body FROM credential WHERE key = ?", (key,)).fetchone()
        return None if row is None else self._decoder.decode(row[0])

    def all(self) -> list[Credential]:
        with self._database.read() as connection:
            rows = connection.execute("SELECT body FROM credential ORDER BY key")
            return [self._decoder.decode(body) for (body,) in rows]


class SqliteSecrets:
    """`store.port.Secrets`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def secret(self, name: str) -> bytes:
        with self._database.read() as connection:
            row = connection.execute("SELECT value FROM secret WHERE name = ?", (name,)).fetchone()
        if row is None:
            with self._database.write() as connection:
                connection.execute(
                    "INSERT INTO secret (name, value) VALUES (?, ?) ON CONFLICT DO NOTHING",
                    (name, secrets.token_bytes(_SECRET_BYTES)),
                )
                row = connection.execute("SELECT value FROM secret WHERE name = ?", (name,)).fetchone()
        value: bytes = row[0]
        return value


class SqliteAudit:
    """`store.port.Audit`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, entry: AuditEntry) -> None:
        self.note_many([entry])

    def note_many(self, entries: Sequence[AuditEntry]) -> None:
        if not entries:
            return
        with self._database.write() as connection:
            connection.executemany(
                "INSERT INTO audit (at_ms, credential, action, subject, request_id) VALUES (?, ?, ?, ?, ?)",
                [(one.at_ms, one.credential, one.action, one.subject, one.request_id) for one in entries],
            )

    def entries(self, *, subject: str | None = None, limit: int = 100) -> list[AuditEntry]:
        where, values = ("", ()) if subject is None else ("WHERE subject = ?", (subject,))
        with self._database.read() as connection:
            rows = connection.execute(
                f"SELECT at_ms, credential, action, subject, request_id FROM audit {where}"  # noqa: S608
                " ORDER BY at_ms DESC, seq DESC LIMIT ?",
                (*values, limit),
            )
            return [AuditEntry(*row) for row in rows]
