"""The step to identifiers with a validity, entries with many activities, frameworks, versions and orders.

It reads and writes bodies as JSON, not as the types of today: a step that was released never changes.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from typing import Any

from store import older_bodies
from store.names import words_of

_EVER_SINCE, _FOR_EVER = "0001-01-01", "9999-12-31"


def _convert_employees(connection: sqlite3.Connection) -> None:
    for _, text in connection.execute("SELECT id, body FROM old_employee ORDER BY id").fetchall():
        employee = older_bodies.employee(json.loads(text))
        words = words_of(employee["name"])
        connection.execute(
            "INSERT INTO employee (id, nip, name, words, unit_id, post_id, employment, left_on, body) VALUES (?,?,?,?,?,?,?,?,?)",
            (
                employee["id"],
                employee["nip"],
                employee["name"],
                "".join(f" {word}" for word in words),
                employee["unit_id"],
                employee["post_id"],
                employee["employment"],
                _FOR_EVER,
                _body(employee),
            ),
        )
        connection.executemany(
            "INSERT INTO employee_word (word, name, employee_id) VALUES (?, ?, ?)",
            [(word, employee["name"], employee["id"]) for word in dict.fromkeys(words)],
        )
        connection.executemany(
            "INSERT INTO employee_identifier (agent_key, employee_id, valid_from, valid_through) VALUES (?, ?, ?, ?)",
            [(key, employee["id"], _EVER_SINCE, _FOR_EVER) for key in older_bodies.keys(employee)],
        )


def _convert_entries(connection: sqlite3.Connection) -> None:
    for (text,) in connection.execute("SELECT body FROM old_catalogue_entry ORDER BY id").fetchall():
        entry = older_bodies.entry(json.loads(text))
        _keep(connection, "catalogue_entry", entry)
        connection.executemany(
            "INSERT INTO catalogue_match (kind, value, entry_id) VALUES ('activity id', ?, ?)",
            [(one, entry["id"]) for one in entry["activity_ids"]],
        )


def _convert_competencies(connection: sqlite3.Connection) -> None:
    rows = connection.execute("SELECT body FROM competency ORDER BY id").fetchall()
    for framework in older_bodies.frameworks(json.loads(text) for (text,) in rows):
        _keep(connection, "framework", framework)


def _order_rebuild(connection: sqlite3.Connection) -> None:
    """Let every employee be built anew: what is proved says more now than it did."""
    first, last = connection.execute("SELECT min(id), max(id) FROM employee").fetchone()
    if first is not None:
        connection.execute(
            "INSERT INTO work_order (id, kind, keys, cursor) VALUES (?, ?, ?, '')",
            (older_bodies.REBUILD, "rebuild", json.dumps([first, last])),
        )


def _keep(connection: sqlite3.Connection, table: str, value: dict[str, Any]) -> None:
    body = _body(value)
    connection.execute(f"INSERT INTO {table} (id, body) VALUES (?, ?)", (value["id"], body))  # noqa: S608
    connection.execute(f"INSERT INTO {table}_version (id, version, body) VALUES (?, 1, ?)", (value["id"], body))  # noqa: S608


def _body(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


_VERSIONED = """
CREATE TABLE {}_version (
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    body BLOB NOT NULL,
    UNIQUE (id, version)
) STRICT
"""

IDENTITIES: tuple[str | Callable[[sqlite3.Connection], None], ...] = (
    # Work that a change leaves, as it was placed.
    """
    CREATE TABLE work_order (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        kind TEXT NOT NULL,
        keys TEXT NOT NULL,
        cursor TEXT NOT NULL,
        lease_until_ms INTEGER NOT NULL DEFAULT -9223372036854775808
    ) STRICT
    """,
    "DROP TABLE employee_identifier",
    "DROP INDEX employee_by_nip",
    "DROP INDEX employee_by_name",
    "ALTER TABLE employee RENAME TO old_employee",
    # `words`: those of the name (store.names), each after a space. `left_on`: a day, 9999-12-31 for who has not left.
    """
    CREATE TABLE employee (
        id TEXT NOT NULL PRIMARY KEY,
        nip TEXT NOT NULL,
        name TEXT NOT NULL,
        words TEXT NOT NULL,
        unit_id TEXT NOT NULL,
        post_id TEXT NOT NULL,
        employment TEXT NOT NULL,
        left_on TEXT NOT NULL,
        body BLOB NOT NULL
    ) STRICT
    """,
    "CREATE INDEX employee_by_nip ON employee (nip)",
    # All that a search asks of an employee: a walk in order reads only those who are found.
    "CREATE INDEX employee_by_name ON employee (name, id, words, unit_id, post_id, employment, left_on)",
    "CREATE INDEX employee_by_unit ON employee (unit_id)",
    "CREATE INDEX employee_by_post ON employee (post_id)",
    """
    CREATE TABLE employee_word (
        word TEXT NOT NULL,
        name TEXT NOT NULL,
        employee_id TEXT NOT NULL,
        PRIMARY KEY (word, name, employee_id)
    ) STRICT, WITHOUT ROWID
    """,
    # Days as ISO dates; 0001-01-01 and 9999-12-31 where there is no bound.
    """
    CREATE TABLE employee_identifier (
        agent_key TEXT NOT NULL,
        employee_id TEXT NOT NULL,
        valid_from TEXT NOT NULL,
        valid_through TEXT NOT NULL,
        PRIMARY KEY (agent_key, employee_id, valid_from, valid_through)
    ) STRICT, WITHOUT ROWID
    """,
    _convert_employees,
    "DROP TABLE old_employee",
    "ALTER TABLE catalogue_entry RENAME TO old_catalogue_entry",
    "CREATE TABLE catalogue_entry (id TEXT NOT NULL PRIMARY KEY, body BLOB NOT NULL) STRICT",
    _VERSIONED.format("catalogue_entry"),
    # By what an entry matches: 'activity id' or 'pattern', as it is written.
    """
    CREATE TABLE catalogue_match (
        kind TEXT NOT NULL,
        value TEXT NOT NULL,
        entry_id TEXT NOT NULL,
        PRIMARY KEY (kind, value)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX catalogue_match_by_entry ON catalogue_match (entry_id)",
    _convert_entries,
    "DROP TABLE old_catalogue_entry",
    "CREATE TABLE framework (id TEXT NOT NULL PRIMARY KEY, body BLOB NOT NULL) STRICT",
    _VERSIONED.format("framework"),
    _convert_competencies,
    "DROP TABLE competency",
    "CREATE TABLE rules_file (number INTEGER PRIMARY KEY, text BLOB NOT NULL) STRICT",
    "DELETE FROM version WHERE of LIKE '% refreshed'",
    _order_rebuild,
)
