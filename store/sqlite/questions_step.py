"""The step to questions over all employees: profiles by what they are asked for, rollups of units, what statements name."""

from __future__ import annotations

QUESTIONS = (
    # What questions over all profiles are answered from. A profile of before has no path and no marks, and is due at once (0 is a
    # day before all others), so that it is written anew with them.
    "ALTER TABLE profile ADD COLUMN path TEXT",
    "ALTER TABLE profile ADD COLUMN active INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE profile ADD COLUMN next_change_on INTEGER NOT NULL DEFAULT 0",
    "CREATE INDEX profile_by_change ON profile (next_change_on, employee_id)",
    """
    CREATE TABLE profile_mark (
        mark TEXT NOT NULL,
        path TEXT NOT NULL,
        employee_id TEXT NOT NULL,
        PRIMARY KEY (mark, path, employee_id)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX profile_mark_by_employee ON profile_mark (employee_id)",
    """
    CREATE TABLE rollup (
        unit_id TEXT NOT NULL PRIMARY KEY,
        seq INTEGER NOT NULL,
        computed_seq INTEGER NOT NULL DEFAULT 0,
        turn INTEGER,
        text BLOB
    ) STRICT
    """,
    "CREATE INDEX rollup_stale ON rollup (turn) WHERE turn IS NOT NULL",
    """
    CREATE TABLE sighting (
        id TEXT NOT NULL PRIMARY KEY,
        kind TEXT NOT NULL,
        key TEXT NOT NULL,
        partner TEXT NOT NULL,
        label TEXT NOT NULL,
        detail TEXT NOT NULL,
        matched INTEGER NOT NULL,
        weight INTEGER NOT NULL,
        rejected_at_ms INTEGER,
        rejected_employees TEXT NOT NULL DEFAULT '[]',
        rejected INTEGER NOT NULL AS (rejected_at_ms IS NOT NULL) VIRTUAL,
        minus_weight INTEGER NOT NULL AS (-weight) VIRTUAL,
        UNIQUE (kind, key)
    ) STRICT
    """,
    "CREATE INDEX sighting_by_weight ON sighting (kind, matched, rejected, minus_weight, id)",
    "ALTER TABLE evidence ADD COLUMN activity_id TEXT NOT NULL DEFAULT ''",
    "UPDATE evidence SET activity_id = json_extract(CAST(body AS TEXT), '$.activity_id')",
    "CREATE INDEX evidence_by_activity ON evidence (activity_id, finished_at_ms, statement_id)",
)
