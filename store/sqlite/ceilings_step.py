"""The step to the question who has gone over a ceiling: profiles that are in the answers of other questions are computed anew, for
what is kept beside them doesn't tell it."""

from __future__ import annotations

import sqlite3

from store.profile_marks import MARKED_ANEW


def order_marks(connection: sqlite3.Connection) -> None:
    if connection.execute("SELECT 1 FROM profile_mark LIMIT 1").fetchone() is not None:
        connection.execute("INSERT INTO work_order (id, kind, keys, cursor) VALUES (?, 'everyone', '[]', '')", (MARKED_ANEW,))
