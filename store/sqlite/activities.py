"""What the recorded statements say of activities, merged."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any

from store.sqlite.database import Database
from store.sqlite.rows import where_in
from xapi.activities import ActivityState, merge, observe
from xapi.query import StoredAt
from xapi.statement import Extract

_SELECT = "SELECT id, state FROM activity WHERE id"
_PUT = "INSERT INTO activity (id, state) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET state = excluded.state"


def merge_activities(connection: sqlite3.Connection, recorded: Iterable[tuple[Extract, int]]) -> None:
    """Add what statements, each with its `stored`, say of activities. Part of the recorder's transaction."""
    said = _latest_of_each(recorded)
    held = dict(where_in(connection, _SELECT, said))
    changed = []
    for activity_id, definitions in said.items():
        text = held.get(activity_id)
        if text is not None and not definitions:
            continue
        states = [ActivityState(activity_id, {}) if text is None else ActivityState.load(activity_id, text)]
        states += [observe(activity_id, definition, at) for definition, at in definitions]
        merged = merge(states).dump()
        if merged != text:
            changed.append((activity_id, merged))
    connection.executemany(_PUT, sorted(changed))


def _latest_of_each(recorded: Iterable[tuple[Extract, int]]) -> dict[str, list[tuple[Mapping[str, Any], StoredAt]]]:
    """Per activity its definitions with the last time each was given. Statements mostly repeat the same one."""
    said: dict[str, list[tuple[Mapping[str, Any], StoredAt]]] = {}
    for extract, stored_ms in recorded:
        at = StoredAt(stored_ms, extract.statement_id)
        for seen in extract.activities:
            definitions = said.setdefault(seen.activity_id, [])
            if not seen.definition:
                continue
            if definitions and definitions[-1][0] == seen.definition:
                definitions[-1] = (seen.definition, max(at, definitions[-1][1]))
            else:
                definitions.append((seen.definition, at))
    return said


class SqliteActivityQueries:
    """`store.port.ActivityQueries`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def activities(self, activity_ids: Iterable[str]) -> dict[str, ActivityState]:
        with self._database.read() as connection:
            rows = where_in(connection, _SELECT, activity_ids)
            return {activity_id: ActivityState.load(activity_id, text) for activity_id, text in rows}
