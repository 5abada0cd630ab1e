"""The step to durations that are kept as they were said: who has evidence is built anew, for what is kept doesn't tell it."""

from __future__ import annotations

import json
import sqlite3

from store import older_bodies


def order_rebuild(connection: sqlite3.Connection) -> None:
    """Unless an earlier step of this very upgrade has everybody built anew."""
    if connection.execute("SELECT 1 FROM evidence LIMIT 1").fetchone() is None:
        return
    unbegun = "SELECT 1 FROM work_order WHERE id = ? AND cursor = ''"
    if connection.execute(unbegun, (older_bodies.REBUILD,)).fetchone() is not None:
        return
    first, last = connection.execute("SELECT min(id), max(id) FROM employee").fetchone()
    if first is not None:
        connection.execute(
            "INSERT INTO work_order (id, kind, keys, cursor) VALUES (?, ?, ?, '')",
            (older_bodies.REBUILD_DURATIONS, "rebuild", json.dumps([first, last])),
        )
