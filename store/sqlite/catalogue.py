"""The catalogue of learning activities, and the competencies."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from competency.catalogue import CatalogueEntry
from competency.frameworks import Competency
from store.port import Rejected
from store.sqlite.bodies import Bodies, bump, changed_values, mark_refreshed, refreshed, version
from store.sqlite.database import Database

_VERSION = "catalogue"


class SqliteCatalogueStore:
    """`store.port.CatalogueStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._entries = Bodies("catalogue_entry", CatalogueEntry)
        self._competencies = Bodies("competency", Competency)

    def put_entries(self, entries: Sequence[CatalogueEntry]) -> bool:
        with self._database.write() as connection:
            changed = changed_values(connection, self._entries, entries)
            if not changed:
                return False
            # All old ones first: an activity may go from one entry of this call to another.
            connection.executemany("DELETE FROM catalogue_entry WHERE id = ?", [(entry_id,) for entry_id in changed])
            for entry in changed.values():
                try:
                    connection.execute(
                        "INSERT INTO catalogue_entry (id, activity_id, body) VALUES (?, ?, ?)",
                        (entry.id, entry.activity_id, self._entries.dump(entry)),
                    )
                except sqlite3.IntegrityError as error:
                    raise Rejected(f"the activity of catalogue entry {entry.id} belongs to another entry") from error
            bump(connection, _VERSION)
        return True

    def version(self) -> int:
        with self._database.read() as connection:
            return version(connection, _VERSION)

    def refreshed(self) -> int | None:
        with self._database.read() as connection:
            return refreshed(connection, _VERSION)

    def mark_refreshed(self, version: int) -> None:
        with self._database.write() as connection:
            mark_refreshed(connection, _VERSION, version)

    def entries(self) -> list[CatalogueEntry]:
        with self._database.read() as connection:
            return self._entries.all(connection)

    def put_competencies(self, competencies: Sequence[Competency]) -> bool:
        with self._database.write() as connection:
            if changed := self._competencies.put(connection, competencies):
                bump(connection, _VERSION)
        return changed

    def competencies(self) -> list[Competency]:
        with self._database.read() as connection:
            return self._competencies.all(connection)
