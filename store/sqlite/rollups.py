"""Rollups of units, and the marks that make them stale."""

from __future__ import annotations

from collections.abc import Iterable

from store.port import StaleRollup, StoredRollup
from store.sqlite.database import Database
from store.sqlite.rows import where_in

# `turn` numbers the stale ones in the order in which they became so; it is NULL for the others.
_NEXT_TURN = "(SELECT coalesce(max(turn), 0) + 1 FROM rollup)"
_MARK = f"""
INSERT INTO rollup (unit_id, seq, turn) VALUES (?, 1, {_NEXT_TURN})
ON CONFLICT (unit_id) DO UPDATE SET seq = seq + 1, turn = coalesce(turn, excluded.turn)
"""  # noqa: S608
_PUT = f"""
INSERT INTO rollup (unit_id, seq, computed_seq, text) VALUES (?1, ?2, ?2, ?3)
ON CONFLICT (unit_id) DO UPDATE SET
    text = excluded.text,
    computed_seq = excluded.computed_seq,
    turn = CASE WHEN rollup.seq > excluded.computed_seq THEN {_NEXT_TURN} END
WHERE rollup.computed_seq <= excluded.computed_seq
"""  # noqa: S608


class SqliteRollups:
    """`store.port.Rollups`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def mark(self, unit_ids: Iterable[str]) -> None:
        units = [(unit_id,) for unit_id in dict.fromkeys(unit_ids)]
        if units:
            with self._database.write() as connection:
                connection.executemany(_MARK, units)

    def stale(self, limit: int) -> list[StaleRollup]:
        with self._database.read() as connection:
            rows = connection.execute("SELECT unit_id, seq FROM rollup WHERE turn IS NOT NULL ORDER BY turn LIMIT ?", (limit,))
            return [StaleRollup(*row) for row in rows]

    def put(self, unit_id: str, text: bytes, seq: int) -> bool:
        with self._database.write() as connection:
            return connection.execute(_PUT, (unit_id, seq, text)).rowcount == 1

    def get_many(self, unit_ids: Iterable[str]) -> dict[str, StoredRollup]:
        select = "SELECT unit_id, text, turn IS NOT NULL FROM rollup WHERE text IS NOT NULL AND unit_id"
        with self._database.read() as connection:
            rows = where_in(connection, select, unit_ids)
            return {unit_id: StoredRollup(unit_id, text, bool(stale)) for unit_id, text, stale in rows}
