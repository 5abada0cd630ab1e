"""How far each partition is recorded: what `X-Experience-API-Consistent-Through` is computed from."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

from store.port import AnotherLog, Position
from store.sqlite.database import Database

_CLAIM = """
INSERT INTO position (partition, next_offset, through_ms, claimed_until, log_id) VALUES (?, 0, 0, ?, ?)
ON CONFLICT (partition) DO UPDATE SET claimed_until = max(claimed_until, excluded.claimed_until)
WHERE log_id = excluded.log_id RETURNING through_ms
"""
_ADVANCE = """
INSERT INTO position (partition, next_offset, through_ms, claimed_until, log_id) VALUES (?, ?, ?, 0, ?)
ON CONFLICT (partition) DO UPDATE SET next_offset = excluded.next_offset, through_ms = max(through_ms, excluded.through_ms)
WHERE log_id = excluded.log_id AND excluded.next_offset > next_offset
"""
_CREATE = """
INSERT INTO position (partition, next_offset, through_ms, claimed_until, log_id) VALUES (?, 0, 0, 0, ?) ON CONFLICT DO NOTHING
"""
_RAISE = """
UPDATE position SET through_ms = ?
WHERE partition = ? AND log_id = ? AND next_offset = ? AND claimed_until <= next_offset AND through_ms < ?
"""
_ADOPT = """
UPDATE position SET log_id = :log_id, next_offset = :next_offset,
    claimed_until = CASE WHEN next_offset = :next_offset THEN claimed_until ELSE :next_offset + (claimed_until > next_offset) END
WHERE partition = :partition AND log_id = :seen_log_id AND next_offset = :seen_next_offset
"""


def claim(connection: sqlite3.Connection, partition: int, next_offset: int, log_id: str) -> int:
    """Keep others from raising the partition's `through_ms` until the position is at `next_offset` of this log, and return it.
    Part of the recorder's transaction. Raises AnotherLog."""
    row = connection.execute(_CLAIM, (partition, next_offset, log_id)).fetchone()
    if row is None:
        raise AnotherLog(f"partition {partition} is not recorded from the log {log_id} any more")
    through_ms: int = row[0]
    return through_ms


def _all(connection: sqlite3.Connection) -> dict[int, Position]:
    rows = connection.execute(
        "SELECT partition, next_offset, through_ms, claimed_until > next_offset, log_id FROM position ORDER BY partition"
    )
    return {row[0]: Position(row[0], row[1], row[2], bool(row[3]), row[4]) for row in rows}


class SqlitePositions:
    """`store.port.Positions`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def positions(self) -> dict[int, Position]:
        with self._database.read_once() as connection:
            return _all(connection)

    def advance(self, partition: int, next_offset: int, through_ms: int, *, log_id: str = "") -> None:
        with self._database.write() as connection:
            connection.execute(_ADVANCE, (partition, next_offset, through_ms, log_id))

    def raise_through(self, ends: Mapping[int, int], through_ms: int, *, log_id: str = "") -> dict[int, Position]:
        held = self.positions()
        # Most probes come while the recorder is behind or nothing is new: they need not queue with the writers.
        if not any(_may_change(held.get(partition), log_id, end, through_ms) for partition, end in ends.items()):
            return held
        with self._database.write() as connection:
            connection.executemany(_CREATE, [(partition, log_id) for partition in ends])
            connection.executemany(_RAISE, [(through_ms, partition, log_id, end, through_ms) for partition, end in ends.items()])
            return _all(connection)

    def adopt(self, seen: Position, log_id: str, next_offset: int) -> None:
        with self._database.write() as connection:
            connection.execute(_CREATE, (seen.partition, ""))
            values = {"partition": seen.partition, "log_id": log_id, "next_offset": next_offset}
            connection.execute(_ADOPT, values | {"seen_log_id": seen.log_id, "seen_next_offset": seen.next_offset})


def _may_change(position: Position | None, log_id: str, end: int, through_ms: int) -> bool:
    if position is None:
        return True
    stands_there = position.log_id == log_id and position.next_offset == end
    return stands_there and not position.claimed and position.through_ms < through_ms
