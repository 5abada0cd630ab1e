"""Tables that keep a value as JSON beside the columns it is looked up by."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from typing import Generic, TypeVar

import msgspec

from competency.catalogue import CatalogueEntry
from competency.directory import Employee, Post, Unit
from competency.frameworks import Framework
from store.sqlite.rows import where_in
from store.versioning import Versioned, refuse_outdated, successor

T = TypeVar("T", Unit, Post, Employee, CatalogueEntry, Framework)


class Bodies(Generic[T]):
    """The values of one type in one table with the columns `id` and `body`."""

    def __init__(self, table: str, kind: type[T]) -> None:
        self.table = table
        self._decoder: msgspec.json.Decoder[T] = msgspec.json.Decoder(kind)

    def all(self, connection: sqlite3.Connection) -> list[T]:
        return [self.load(body) for (body,) in connection.execute(f"SELECT body FROM {self.table} ORDER BY id")]  # noqa: S608

    def get_many(self, connection: sqlite3.Connection, ids: Iterable[str]) -> dict[str, T]:
        """By id, those that are there."""
        rows = where_in(connection, f"SELECT id, body FROM {self.table} WHERE id", ids)  # noqa: S608
        return {value_id: self.load(body) for value_id, body in rows}

    def put(self, connection: sqlite3.Connection, values: Iterable[T]) -> None:
        """Insert or replace by id."""
        connection.executemany(
            f"INSERT INTO {self.table} (id, body) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body",  # noqa: S608
            [(value.id, self.dump(value)) for value in values],
        )

    def load(self, body: bytes) -> T:
        return self._decoder.decode(body)

    @staticmethod
    def dump(value: T) -> bytes:
        return msgspec.json.encode(value)


def changed_values(connection: sqlite3.Connection, bodies: Bodies[T], values: Iterable[T]) -> list[T]:
    """Those of `values` that are not held as they are; of several with one id the last."""
    latest = {value.id: value for value in values}
    held = bodies.get_many(connection, latest)
    return [value for value_id, value in latest.items() if held.get(value_id) != value]


def next_versions(connection: sqlite3.Connection, bodies: Bodies[Versioned], values: Iterable[Versioned]) -> list[Versioned]:
    """As `changed_values`, with the version that each gets."""
    latest = {value.id: value for value in values}
    held = bodies.get_many(connection, latest)
    following = (successor(value, held.get(value_id)) for value_id, value in latest.items())
    return [value for value in following if value is not None]


def expect(connection: sqlite3.Connection, bodies: Bodies[Versioned], expected: Mapping[str, int]) -> None:
    """Raises Outdated unless of each id this version is there, 0 for none."""
    refuse_outdated(bodies.get_many(connection, expected), expected)


def keep_versions(connection: sqlite3.Connection, bodies: Bodies[Versioned], values: Iterable[Versioned]) -> None:
    """Let `values` stand, each also in the table of all versions, `…_version`."""
    kept = list(values)
    bodies.put(connection, kept)
    remember(connection, bodies, kept)


def remember(connection: sqlite3.Connection, bodies: Bodies[Versioned], values: Iterable[Versioned]) -> None:
    """Keep these versions for good, in the table of versions."""
    connection.executemany(
        f"INSERT INTO {bodies.table}_version (id, version, body) VALUES (?, ?, ?)",  # noqa: S608
        [(value.id, value.version, bodies.dump(value)) for value in values],
    )


def one_version(connection: sqlite3.Connection, bodies: Bodies[Versioned], value_id: str, version: int) -> Versioned | None:
    row = connection.execute(
        f"SELECT body FROM {bodies.table}_version WHERE id = ? AND version = ?",  # noqa: S608
        (value_id, version),
    ).fetchone()
    return None if row is None else bodies.load(row[0])


def bump(connection: sqlite3.Connection, of: str) -> None:
    """Let the version of an aggregate grow."""
    connection.execute(
        "INSERT INTO version (of, number) VALUES (?, 1) ON CONFLICT (of) DO UPDATE SET number = number + 1",
        (of,),
    )


def version(connection: sqlite3.Connection, of: str) -> int:
    row = connection.execute("SELECT number FROM version WHERE of = ?", (of,)).fetchone()
    return 0 if row is None else int(row[0])
