"""Tables that keep a value as JSON beside the columns it is looked up by."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Generic, TypeVar

import msgspec

from competency.catalogue import CatalogueEntry
from competency.directory import Employee, Post, Unit
from competency.frameworks import Competency

T = TypeVar("T", Unit, Post, Employee, CatalogueEntry, Competency)


class Bodies(Generic[T]):
    """The values of one type in one table with the columns `id` and `body`."""

    def __init__(self, table: str, kind: type[T]) -> None:
        self.table = table
        self._decoder: msgspec.json.Decoder[T] = msgspec.json.Decoder(kind)

    def all(self, connection: sqlite3.Connection) -> list[T]:
        return [self.load(body) for (body,) in connection.execute(f"SELECT body FROM {self.table} ORDER BY id")]  # noqa: S608

    def put(self, connection: sqlite3.Connection, values: Iterable[T]) -> bool:
        """Insert or replace by id; whether anything changed."""
        before = connection.total_changes
        connection.executemany(
            f"""
            INSERT INTO {self.table} (id, body) VALUES (?, ?)
            ON CONFLICT (id) DO UPDATE SET body = excluded.body WHERE body != excluded.body
            """,  # noqa: S608
            [(value.id, self.dump(value)) for value in values],
        )
        return connection.total_changes != before

    def load(self, body: bytes) -> T:
        return self._decoder.decode(body)

    @staticmethod
    def dump(value: T) -> bytes:
        return msgspec.json.encode(value)


def changed_values(connection: sqlite3.Connection, bodies: Bodies[T], values: Iterable[T]) -> dict[str, T]:
    """By id those of `values` that are not held as they are; of several with one id the last."""
    latest = {value.id: value for value in values}
    held = {}
    for value_id in latest:
        row = connection.execute(f"SELECT body FROM {bodies.table} WHERE id = ?", (value_id,)).fetchone()  # noqa: S608
        if row is not None:
            held[value_id] = row[0]
    return {value_id: value for value_id, value in latest.items() if held.get(value_id) != bodies.dump(value)}


def bump(connection: sqlite3.Connection, of: str) -> None:
    """Let the version of an aggregate grow."""
    connection.execute(
        "INSERT INTO version (of, number) VALUES (?, 1) ON CONFLICT (of) DO UPDATE SET number = number + 1",
        (of,),
    )


def version(connection: sqlite3.Connection, of: str) -> int:
    return _number(connection, of) or 0


def refreshed(connection: sqlite3.Connection, of: str) -> int | None:
    """The version of an aggregate that profiles have followed."""
    return _number(connection, f"{of} refreshed")


def mark_refreshed(connection: sqlite3.Connection, of: str, number: int) -> None:
    connection.execute(
        "INSERT INTO version (of, number) VALUES (?, ?) ON CONFLICT (of) DO UPDATE SET number = max(number, excluded.number)",
        (f"{of} refreshed", number),
    )


def _number(connection: sqlite3.Connection, row_id: str) -> int | None:
    row = connection.execute("SELECT number FROM version WHERE of = ?", (row_id,)).fetchone()
    return None if row is None else int(row[0])
