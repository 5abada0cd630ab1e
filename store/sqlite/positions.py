"""How far each partition is recorded: what `X-Experience-API-Consistent-Through` is computed from."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

from store.port import Position
from store.sqlite.database import Database

_CLAIM = """
INSERT INTO position (partition, next_offset, through_ms, claimed_until) VALUES (?, 0, 0, ?)
ON CONFLICT (partition) DO UPDATE SET claimed_until = max(claimed_until, excluded.claimed_until) RETURNING through_ms
"""
_ADVANCE = """
INSERT INTO position (partition, next_offset, through_ms, claimed_until) VALUES (?, ?, ?, 0)
ON CONFLICT (partition) DO UPDATE SET next_offset = excluded.next_offset, through_ms = max(through_ms, excluded.through_ms)
WHERE excluded.next_offset > next_offset
"""
_CREATE = "INSERT INTO position (partition, next_offset, through_ms, claimed_until) VALUES (?, 0, 0, 0) ON CONFLICT DO NOTHING"
_RAISE = (
    "UPDATE position SET through_ms = ? WHERE partition = ? AND next_offset = ? AND claimed_until <= next_offset AND through_ms < ?"
)


def claim(connection: sqlite3.Connection, partition: int, next_offset: int) -> int:
    """Keep others from raising the partition's `through_ms` until the position is at `next_offset`, and return it. Part of the
    recorder's transaction."""
    through_ms: int = connection.execute(_CLAIM, (partition, next_offset)).fetchone()[0]
    return through_ms


def _all(connection: sqlite3.Connection) -> dict[int, Position]:
    rows = connection.execute(
        "SELECT partition, next_offset, through_ms, claimed_until > next_offset FROM position ORDER BY partition"
    )
    return {row[0]: Position(row[0], row[1], row[2], bool(row[3])) for row in rows}


class SqlitePositions:
    """`store.port.Positions`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def positions(self) -> dict[int, Position]:
        with self._database.read() as connection:
            return _all(connection)

    def advance(self, partition: int, next_offset: int, through_ms: int) -> None:
        with self._database.write() as connection:
            connection.execute(_ADVANCE, (partition, next_offset, through_ms))

    def raise_through(self, ends: Mapping[int, int], through_ms: int) -> dict[int, Position]:
        held = self.positions()
        # Most probes come while the recorder is behind or nothing is new: they need not queue with the writers.
        if not any(_may_change(held.get(partition), end, through_ms) for partition, end in ends.items()):
            return held
        with self._database.write() as connection:
            connection.executemany(_CREATE, [(partition,) for partition in ends])
            connection.executemany(_RAISE, [(through_ms, partition, end, through_ms) for partition, end in ends.items()])
            return _all(connection)


def _may_change(position: Position | None, end: int, through_ms: int) -> bool:
    if position is None:
        return True
    return position.next_offset == end and not position.claimed and position.through_ms < through_ms
