"""Orders, in a table in which they stand as they were placed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

import msgspec

from store.port import Order, OrderKind
from store.sqlite.database import Database

_COLUMNS = "id, kind, keys, cursor"
_PLACE = f"INSERT INTO work_order ({_COLUMNS}) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO NOTHING"  # noqa: S608
_keys = msgspec.json.Decoder(tuple[str, ...])


def place(connection: sqlite3.Connection, orders: Iterable[Order]) -> None:
    """In the transaction of `connection`; one whose id is there already stays as it is."""
    connection.executemany(_PLACE, [(one.id, one.kind.value, msgspec.json.encode(one.keys).decode(), one.cursor) for one in orders])


class SqliteOrders:
    """`store.port.Orders`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def place(self, orders: Sequence[Order]) -> None:
        if not orders:
            return
        with self._database.write() as connection:
            place(connection, orders)

    def take(self, now_ms: int, lease_ms: int, kinds: frozenset[OrderKind] | None = None) -> Order | None:
        wanted = [kind.value for kind in (OrderKind if kinds is None else kinds)]
        free = (
            f"SELECT seq, {_COLUMNS} FROM work_order WHERE lease_until_ms <= ?"  # noqa: S608
            f" AND kind IN ({','.join('?' * len(wanted))}) ORDER BY seq LIMIT 1"
        )
        # Mostly there is none: finding that out need not queue with the writers.
        with self._database.read() as connection:
            if connection.execute(free, (now_ms, *wanted)).fetchone() is None:
                return None
        with self._database.write() as connection:
            row = connection.execute(free, (now_ms, *wanted)).fetchone()
            if row is None:
                return None
            connection.execute("UPDATE work_order SET lease_until_ms = ? WHERE seq = ?", (now_ms + lease_ms, row[0]))
        return _order(row[1:])

    def progress(self, order_id: str, cursor: str, lease_until_ms: int) -> bool:
        with self._database.write() as connection:
            done = connection.execute(
                "UPDATE work_order SET cursor = ?, lease_until_ms = ? WHERE id = ?", (cursor, lease_until_ms, order_id)
            )
            return done.rowcount == 1

    def done(self, order_id: str) -> None:
        with self._database.write() as connection:
            connection.execute("DELETE FROM work_order WHERE id = ?", (order_id,))

    def waiting(self) -> int:
        with self._database.read() as connection:
            return int(connection.execute("SELECT count(*) FROM work_order").fetchone()[0])

    def of_kind(self, kind: OrderKind) -> list[Order]:
        with self._database.read() as connection:
            rows = connection.execute(f"SELECT {_COLUMNS} FROM work_order WHERE kind = ? ORDER BY seq", (kind.value,))  # noqa: S608
            return [_order(row) for row in rows]


def _order(row: Sequence[object]) -> Order:
    order_id, kind, keys, cursor = row
    return Order(str(order_id), OrderKind(str(kind)), _keys.decode(str(keys)), str(cursor))
