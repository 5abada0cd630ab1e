"""The tables of the embedded event log, and the steps that lead an older file to them."""

from __future__ import annotations

from typing import Final

SCHEMA_VERSION: Final = 2
_IDENTITY: Final = """
CREATE TABLE log (identity TEXT NOT NULL);
INSERT INTO log (identity) VALUES (lower(hex(randomblob(16))))
"""
"""What tells this log from one made in its place, for as long as the file or a copy of it exists. Since version 2."""

_SCHEMA: Final = """
CREATE TABLE topics (
    topic TEXT PRIMARY KEY,
    partitions INTEGER NOT NULL,
    retention_ms INTEGER NOT NULL,
    max_record_bytes INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE partitions (
    id INTEGER PRIMARY KEY,
    topic TEXT NOT NULL,
    partition INTEGER NOT NULL,
    next_offset INTEGER NOT NULL DEFAULT 0,
    last_appended_at_ms INTEGER NOT NULL DEFAULT 0,
    UNIQUE (topic, partition)
);
CREATE TABLE records (
    id INTEGER PRIMARY KEY,
    appended_at_ms INTEGER NOT NULL,
    key BLOB,
    value BLOB NOT NULL
);
CREATE TABLE group_offsets (
    topic TEXT NOT NULL,
    grp TEXT NOT NULL,
    partition INTEGER NOT NULL,
    next_offset INTEGER NOT NULL,
    PRIMARY KEY (topic, grp, partition)
) WITHOUT ROWID;
CREATE TABLE group_members (
    topic TEXT NOT NULL,
    grp TEXT NOT NULL,
    member TEXT NOT NULL,
    lease_ms INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL,
    PRIMARY KEY (topic, grp, member)
) WITHOUT ROWID;
CREATE TABLE group_claims (
    topic TEXT NOT NULL,
    grp TEXT NOT NULL,
    partition INTEGER NOT NULL,
    member TEXT NOT NULL,
    PRIMARY KEY (topic, grp, partition)
) WITHOUT ROWID
"""

STEPS: Final = ((0, _SCHEMA), (1, _IDENTITY))
"""What leads a file of a version to the next one."""
