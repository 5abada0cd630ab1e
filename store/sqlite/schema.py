"""The tables, and the steps that lead an older file to them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from store.port import Unavailable
from store.sqlite.ceilings_step import order_marks
from store.sqlite.database import Database
from store.sqlite.durations_step import order_rebuild
from store.sqlite.identities_step import IDENTITIES
from store.sqlite.packed_step import pack_profiles
from store.sqlite.places_step import place_keys
from store.sqlite.questions_step import QUESTIONS

_FIRST = (
    # A rowid table: texts are appended one after the other, and only the small index on the id is written at random places.
    # As one tree ordered by id, recording took 1.6 times as long and the file was 2.8 times as large.
    """
    CREATE TABLE statement (
        seq INTEGER PRIMARY KEY,
        id BLOB NOT NULL UNIQUE,
        stored_ms INTEGER NOT NULL,
        partner TEXT NOT NULL,
        timestamped INTEGER NOT NULL,
        voided INTEGER NOT NULL DEFAULT 0,
        voiding INTEGER NOT NULL,
        may_void_any INTEGER NOT NULL,
        refers_to BLOB,
        text BLOB NOT NULL
    ) STRICT
    """,
    "CREATE INDEX statement_by_target ON statement (refers_to) WHERE refers_to IS NOT NULL",
    # By what a statement is found (store.sqlite.keys). `via` is empty for its own keys, else the id of the statement it targets
    # whose keys these are. Voided statements have no rows here.
    """
    CREATE TABLE statement_key (
        key INTEGER NOT NULL,
        stored_ms INTEGER NOT NULL,
        id BLOB NOT NULL,
        via BLOB NOT NULL,
        PRIMARY KEY (key, stored_ms, id, via)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE TABLE activity (id TEXT PRIMARY KEY, state TEXT NOT NULL) STRICT, WITHOUT ROWID",
    """
    CREATE TABLE position (
        partition INTEGER PRIMARY KEY,
        next_offset INTEGER NOT NULL,
        through_ms INTEGER NOT NULL,
        claimed_until INTEGER NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE dead_letter (
        id TEXT NOT NULL PRIMARY KEY,
        reason TEXT NOT NULL,
        detail TEXT NOT NULL,
        payload BLOB NOT NULL,
        topic TEXT NOT NULL,
        partition INTEGER NOT NULL,
        "offset" INTEGER NOT NULL,
        "index" INTEGER,
        statement_id BLOB,
        partner TEXT,
        created_at_ms INTEGER NOT NULL,
        resubmitted_at_ms INTEGER
    ) STRICT
    """,
    "CREATE INDEX dead_letter_by_reason ON dead_letter (reason, id)",
    "CREATE INDEX dead_letter_by_statement ON dead_letter (statement_id, id) WHERE statement_id IS NOT NULL",
    "CREATE INDEX dead_letter_waiting ON dead_letter (id) WHERE resubmitted_at_ms IS NULL",
    "CREATE TABLE credential (key TEXT PRIMARY KEY, body BLOB NOT NULL) STRICT, WITHOUT ROWID",
    "CREATE TABLE secret (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID",
    """
    CREATE TABLE audit (
        seq INTEGER PRIMARY KEY,
        at_ms INTEGER NOT NULL,
        credential TEXT NOT NULL,
        action TEXT NOT NULL,
        subject TEXT NOT NULL,
        request_id TEXT NOT NULL
    ) STRICT
    """,
    "CREATE INDEX audit_by_time ON audit (at_ms)",
    "CREATE INDEX audit_by_subject ON audit (subject, at_ms)",
    "CREATE TABLE version (of TEXT PRIMARY KEY, number INTEGER NOT NULL) STRICT, WITHOUT ROWID",
    "CREATE TABLE unit (id TEXT PRIMARY KEY, body BLOB NOT NULL) STRICT, WITHOUT ROWID",
    "CREATE TABLE post (id TEXT PRIMARY KEY, body BLOB NOT NULL) STRICT, WITHOUT ROWID",
    """
    CREATE TABLE employee (
        id TEXT NOT NULL PRIMARY KEY,
        nip TEXT NOT NULL,
        name TEXT NOT NULL,
        folded_name TEXT NOT NULL,
        body BLOB NOT NULL
    ) STRICT
    """,
    "CREATE INDEX employee_by_nip ON employee (nip)",
    "CREATE INDEX employee_by_name ON employee (name, id, folded_name)",
    """
    CREATE TABLE employee_identifier (
        agent_key TEXT PRIMARY KEY,
        employee_id TEXT NOT NULL REFERENCES employee (id) ON DELETE CASCADE
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX employee_identifier_by_employee ON employee_identifier (employee_id)",
    "CREATE TABLE catalogue_entry (id TEXT NOT NULL PRIMARY KEY, activity_id TEXT NOT NULL UNIQUE, body BLOB NOT NULL) STRICT",
    "CREATE TABLE competency (id TEXT PRIMARY KEY, body BLOB NOT NULL) STRICT, WITHOUT ROWID",
    """
    CREATE TABLE evidence (
        seq INTEGER PRIMARY KEY,
        statement_id BLOB NOT NULL,
        employee_id TEXT NOT NULL,
        finished_at_ms INTEGER NOT NULL,
        kind_id TEXT NOT NULL,
        year INTEGER NOT NULL,
        provider TEXT NOT NULL,
        body BLOB NOT NULL
    ) STRICT
    """,
    "CREATE INDEX evidence_by_statement ON evidence (statement_id)",
    # Who ever had evidence of a statement; rows are only added.
    """
    CREATE TABLE evidence_holder (
        statement_id BLOB NOT NULL,
        employee_id TEXT NOT NULL,
        PRIMARY KEY (statement_id, employee_id)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX evidence_by_employee ON evidence (employee_id, finished_at_ms, statement_id)",
    """
    CREATE TABLE profile (
        employee_id TEXT NOT NULL PRIMARY KEY,
        revision INTEGER NOT NULL,
        text BLOB NOT NULL
    ) STRICT
    """,
)

_ATTACHMENTS = (
    # Whole contents only, and what they are made of. A piece is far larger than a page, so the key is an index of its own.
    """
    CREATE TABLE attachment (
        owner TEXT NOT NULL,
        sha2 TEXT NOT NULL,
        length INTEGER NOT NULL,
        PRIMARY KEY (owner, sha2)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE attachment_piece (
        owner TEXT NOT NULL,
        sha2 TEXT NOT NULL,
        number INTEGER NOT NULL,
        data BLOB NOT NULL,
        UNIQUE (owner, sha2, number)
    ) STRICT
    """,
)

_DOCUMENTS = (
    # What a scope does not have is empty. The content stands last, so that a list reads none of it.
    """
    CREATE TABLE document (
        seq INTEGER PRIMARY KEY,
        owner TEXT NOT NULL,
        kind TEXT NOT NULL,
        activity_id TEXT NOT NULL,
        agent TEXT NOT NULL,
        registration BLOB NOT NULL,
        id TEXT NOT NULL,
        updated_ms INTEGER NOT NULL,
        etag TEXT NOT NULL,
        content_type TEXT NOT NULL,
        content BLOB NOT NULL,
        UNIQUE (owner, kind, activity_id, agent, registration, id)
    ) STRICT
    """,
)

_TOLERANCES = (
    # Names apart by spaces, and the text as it was sent. Nearly every statement has neither: a byte each, read without the text.
    "ALTER TABLE statement ADD COLUMN tolerated TEXT",
    "ALTER TABLE statement ADD COLUMN received BLOB",
)

_DEFINITIONS = (
    # What each partner's statements say of an activity. What had been merged over all is the partner's whose statement said it.
    """
    CREATE TABLE activity_definition (
        id TEXT NOT NULL,
        owner TEXT NOT NULL,
        state TEXT NOT NULL,
        PRIMARY KEY (id, owner)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE TEMP TABLE sender AS SELECT lower(hex(id)) AS id, partner FROM statement",
    """
    INSERT INTO activity_definition (id, owner, state)
    SELECT activity.id, sender.partner, json_group_object(leaf.key, json(leaf.value))
    FROM (SELECT id, state FROM activity WHERE json_valid(state)) AS activity, json_each(activity.state) AS leaf
    JOIN temp.sender AS sender ON sender.id = replace(json_extract(leaf.value, '$[1]'), '-', '')
    GROUP BY activity.id, sender.partner
    """,
    "DROP TABLE temp.sender",
    "DROP TABLE activity",
)

_LOGS = (
    # Which log an offset is one of. Empty where nobody has said so yet.
    "ALTER TABLE position ADD COLUMN log_id TEXT NOT NULL DEFAULT ''",
)

_WEBHOOKS = (
    "CREATE TABLE webhook (id TEXT PRIMARY KEY, created_at_ms INTEGER NOT NULL, body BLOB NOT NULL) STRICT, WITHOUT ROWID",
    """
    CREATE TABLE webhook_delivery (
        seq INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        webhook_id TEXT NOT NULL,
        event TEXT NOT NULL,
        body BLOB NOT NULL,
        created_at_ms INTEGER NOT NULL,
        due_ms INTEGER NOT NULL,
        keep_until_ms INTEGER NOT NULL,
        state TEXT NOT NULL,
        attempts INTEGER NOT NULL,
        takes INTEGER NOT NULL,
        last_attempt_ms INTEGER,
        last_status INTEGER,
        trouble TEXT NOT NULL
    ) STRICT
    """,
    "CREATE INDEX webhook_delivery_due ON webhook_delivery (webhook_id, due_ms, id) WHERE state = 'waiting'",
    "CREATE INDEX webhook_delivery_by_webhook ON webhook_delivery (webhook_id, created_at_ms, id)",
    "CREATE INDEX webhook_delivery_by_state ON webhook_delivery (webhook_id, state, created_at_ms, id)",
    "CREATE INDEX webhook_delivery_kept ON webhook_delivery (keep_until_ms)",
    # Work that one process does for all, such as the pass of a day.
    """
    CREATE TABLE webhook_turn (
        name TEXT PRIMARY KEY,
        turn TEXT NOT NULL,
        until_ms INTEGER NOT NULL,
        done INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
)

_PENDING_IMPORTS = (
    """
    CREATE TABLE pending_import (
        id TEXT NOT NULL PRIMARY KEY,
        credential TEXT NOT NULL,
        created_at_ms INTEGER NOT NULL,
        expires_at_ms INTEGER NOT NULL,
        file_name TEXT NOT NULL,
        status TEXT NOT NULL,
        revision INTEGER NOT NULL,
        body BLOB NOT NULL
    ) STRICT
    """,
    "CREATE INDEX pending_import_by_expiry ON pending_import (expires_at_ms) WHERE status <> 'expired'",
)

_POST_VERSIONS = (
    # What posts were; the newest version of each is in `post` alone.
    """
    CREATE TABLE post_version (
        id TEXT NOT NULL,
        version INTEGER NOT NULL,
        body BLOB NOT NULL,
        UNIQUE (id, version)
    ) STRICT
    """,
)

_SAYINGS = (
    # Each text that defines an activity once, and when it was last said (store.sqlite.activities). A digest is of the activity, the
    # partner and the text. The second table is all that is written when a text is said again: it is kept narrow.
    """
    CREATE TABLE definition_text (
        id TEXT NOT NULL,
        owner TEXT NOT NULL,
        digest BLOB NOT NULL,
        text BLOB NOT NULL,
        PRIMARY KEY (id, owner, digest)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE definition_said (
        digest BLOB PRIMARY KEY,
        stored_ms INTEGER NOT NULL,
        statement_id BLOB NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
)

Step = tuple[str | Callable[[sqlite3.Connection], None], ...]
"""Commands, and what SQL alone can't do."""

MIGRATIONS: tuple[Step, ...] = (
    _FIRST,
    _DOCUMENTS,
    _ATTACHMENTS,
    _TOLERANCES,
    _DEFINITIONS,
    _LOGS,
    _WEBHOOKS,
    QUESTIONS,
    IDENTITIES,
    _PENDING_IMPORTS,
    (order_rebuild,),
    _POST_VERSIONS,
    (order_marks,),
    (pack_profiles,),
    _SAYINGS,
    (place_keys,),
)
"""Step n leads from version n to n + 1. Steps that were released never change; new ones are appended."""


def migrate(database: Database, steps: tuple[Step, ...] = MIGRATIONS) -> None:
    """Bring the file to the version of this program, in one transaction. Raises Unavailable for a file of a newer program."""
    with database.read() as connection:
        version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if version == len(steps):
        return
    with database.write() as connection:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version > len(steps):
            raise Unavailable(f"the store has schema version {version}, this program knows {len(steps)}: use a newer program")
        for step in steps[version:]:
            for command in step:
                if isinstance(command, str):
                    connection.execute(command)
                else:
                    command(connection)
        connection.execute(f"PRAGMA user_version = {len(steps)}")
