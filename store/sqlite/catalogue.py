"""The catalogue of learning activities, the frameworks and the rules, with all their versions."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence

from competency.catalogue import CatalogueEntry
from competency.frameworks import Framework
from store.port import Order, Outdated, Rejected
from store.sqlite.bodies import Bodies, bump, expect, keep_versions, next_versions, one_version, version
from store.sqlite.database import Database
from store.sqlite.orders import place

_VERSION = "catalogue"
_MATCH = "INSERT INTO catalogue_match (kind, value, entry_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
_OWNER = "SELECT entry_id FROM catalogue_match WHERE kind = ? AND value = ?"
_NEWEST_RULES = "SELECT number, text FROM rules_file ORDER BY number DESC LIMIT 1"


class SqliteCatalogueStore:
    """`store.port.CatalogueStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._entries = Bodies("catalogue_entry", CatalogueEntry)
        self._frameworks = Bodies("framework", Framework)

    def put_entries(
        self, entries: Sequence[CatalogueEntry], *, orders: Sequence[Order] = (), expected: Mapping[str, int] | None = None
    ) -> bool:
        with self._database.write() as connection:
            expect(connection, self._entries, expected or {})
            changed = next_versions(connection, self._entries, entries)
            if not changed:
                return False
            keep_versions(connection, self._entries, changed)
            _match(connection, changed)
            bump(connection, _VERSION)
            place(connection, orders)
        return True

    def entries(self) -> list[CatalogueEntry]:
        with self._database.read() as connection:
            return self._entries.all(connection)

    def entry(self, entry_id: str, version: int) -> CatalogueEntry | None:
        with self._database.read() as connection:
            return one_version(connection, self._entries, entry_id, version)

    def put_framework(self, framework: Framework, *, orders: Sequence[Order] = (), expected: int | None = None) -> bool:
        with self._database.write() as connection:
            expect(connection, self._frameworks, {} if expected is None else {framework.id: expected})
            changed = next_versions(connection, self._frameworks, [framework])
            if not changed:
                return False
            keep_versions(connection, self._frameworks, changed)
            bump(connection, _VERSION)
            place(connection, orders)
        return True

    def frameworks(self) -> list[Framework]:
        with self._database.read() as connection:
            return self._frameworks.all(connection)

    def framework(self, framework_id: str, version: int) -> Framework | None:
        with self._database.read() as connection:
            return one_version(connection, self._frameworks, framework_id, version)

    def put_rules(self, text: bytes, *, orders: Sequence[Order] = (), expected: int | None = None) -> int:
        with self._database.write() as connection:
            number, newest = connection.execute(_NEWEST_RULES).fetchone() or (0, None)
            if expected not in (None, number):
                raise Outdated(f"the rules are of number {number}, not {expected}")
            if newest == text:
                return int(number)
            connection.execute("INSERT INTO rules_file (number, text) VALUES (?, ?)", (number + 1, text))
            bump(connection, _VERSION)
            place(connection, orders)
        return int(number) + 1

    def rules(self) -> tuple[int, bytes] | None:
        with self._database.read() as connection:
            row = connection.execute(_NEWEST_RULES).fetchone()
        return None if row is None else (row[0], row[1])

    def rules_version(self, number: int) -> bytes | None:
        with self._database.read() as connection:
            row = connection.execute("SELECT text FROM rules_file WHERE number = ?", (number,)).fetchone()
        return None if row is None else bytes(row[0])

    def version(self) -> int:
        with self._database.read_once() as connection:
            return version(connection, _VERSION)


def _match(connection: sqlite3.Connection, entries: Iterable[CatalogueEntry]) -> None:
    """Let exactly their activity ids and patterns be these entries'. Raises Rejected when one is another's."""
    changed = list(entries)
    # All old ones first: an activity may go from one entry of this call to another.
    connection.executemany("DELETE FROM catalogue_match WHERE entry_id = ?", [(entry.id,) for entry in changed])
    for entry in changed:
        for kind, value in _matches(entry):
            if connection.execute(_MATCH, (kind, value, entry.id)).rowcount == 0:
                (owner,) = connection.execute(_OWNER, (kind, value)).fetchone()
                raise Rejected(f"catalogue entry {entry.id}: the {kind} {value} belongs to entry {owner}; nothing was written")


def _matches(entry: CatalogueEntry) -> Iterator[tuple[str, str]]:
    yield from (("activity id", one) for one in dict.fromkeys(entry.activity_ids))
    yield from (("pattern", one) for one in dict.fromkeys(entry.patterns))
