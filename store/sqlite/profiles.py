"""Profiles as computed, changed by compare-and-set."""

from __future__ import annotations

from collections.abc import Iterator

from store.port import StoredProfile
from store.sqlite.database import Database

_PAGE = 500


class SqliteProfileStore:
    """`store.port.ProfileStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, employee_id: str) -> StoredProfile | None:
        with self._database.read() as connection:
            row = connection.execute(
                "SELECT employee_id, revision, text FROM profile WHERE employee_id = ?", (employee_id,)
            ).fetchone()
        return None if row is None else StoredProfile(*row)

    def put(self, employee_id: str, text: bytes, *, expected_revision: int) -> bool:
        with self._database.write() as connection:
            if expected_revision == 0:
                done = connection.execute(
                    "INSERT INTO profile (employee_id, revision, text) VALUES (?, 1, ?) ON CONFLICT DO NOTHING",
                    (employee_id, text),
                )
            else:
                done = connection.execute(
                    "UPDATE profile SET revision = revision + 1, text = ? WHERE employee_id = ? AND revision = ?",
                    (text, employee_id, expected_revision),
                )
            return done.rowcount == 1

    def all(self) -> Iterator[StoredProfile]:
        after = ""
        while True:
            with self._database.read() as connection:
                rows = connection.execute(
                    "SELECT employee_id, revision, text FROM profile WHERE employee_id > ? ORDER BY employee_id LIMIT ?",
                    (after, _PAGE),
                ).fetchall()
            for row in rows:
                yield StoredProfile(*row)
            if len(rows) < _PAGE:
                return
            after = rows[-1][0]
