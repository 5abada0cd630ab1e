"""The step to compressed profiles.

What is read of them without their text stands before it now: whatever stands behind a long value costs reading through it.
"""

from __future__ import annotations

import sqlite3

from store.port import digest_of
from store.profile_text import pack

_NEW = """
CREATE TABLE packed_profile (
    employee_id TEXT NOT NULL PRIMARY KEY,
    revision INTEGER NOT NULL,
    path TEXT,
    active INTEGER NOT NULL DEFAULT 0,
    next_change_on INTEGER NOT NULL DEFAULT 0,
    digest BLOB NOT NULL,
    figures BLOB,
    text BLOB NOT NULL
) STRICT
"""
_COPY = """
INSERT INTO packed_profile (employee_id, revision, path, active, next_change_on, digest, text)
SELECT employee_id, revision, path, active, next_change_on, digest_of(text), pack(text) FROM profile
"""


def pack_profiles(connection: sqlite3.Connection) -> None:
    connection.create_function("pack", 1, pack, deterministic=True)
    connection.create_function("digest_of", 1, digest_of, deterministic=True)
    connection.execute(_NEW)
    connection.execute(_COPY)
    connection.execute("DROP TABLE profile")
    connection.execute("ALTER TABLE packed_profile RENAME TO profile")
    connection.execute("CREATE INDEX profile_by_change ON profile (next_change_on, employee_id)")
