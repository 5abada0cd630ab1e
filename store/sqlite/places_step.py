"""The step to keys with places: rows of four integers in the place of ids (store.sqlite.places), and none that every statement
has."""

from __future__ import annotations

import sqlite3

_EVERY = 3271834028546213860
"""The key that every statement had."""

_ID_BITS = 20

_NEW = """
CREATE TABLE placed_key (
    key INTEGER NOT NULL,
    place INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    via INTEGER NOT NULL,
    PRIMARY KEY (key, place, seq, via)
) STRICT, WITHOUT ROWID
"""
_COPY = """
INSERT INTO placed_key (key, place, seq, via)
SELECT k.key, place_of(k.stored_ms, k.id), s.seq, coalesce(source.seq, 0)
FROM statement_key k CROSS JOIN statement s ON s.id = k.id LEFT JOIN statement source ON source.id = k.via
WHERE k.key <> ?
"""


def place_keys(connection: sqlite3.Connection) -> None:
    connection.create_function("place_of", 2, _place_of, deterministic=True)
    connection.execute(_NEW)
    connection.execute(_COPY, (_EVERY,))
    connection.execute("DROP TABLE statement_key")
    connection.execute("ALTER TABLE placed_key RENAME TO statement_key")
    connection.execute("CREATE INDEX statement_by_time ON statement (stored_ms, id) WHERE voided = 0")


def _place_of(stored_ms: int, statement_id: bytes) -> int:
    return stored_ms << _ID_BITS | int.from_bytes(statement_id) >> 8 * len(statement_id) - _ID_BITS
