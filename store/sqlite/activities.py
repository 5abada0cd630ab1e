"""What the recorded statements say of activities, merged for each partner whose statements they are."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any

from store.sqlite.database import Database
from store.sqlite.rows import where_in
from xapi.activities import ActivityState, merge, observe
from xapi.query import StoredAt
from xapi.statement import Extract

_SELECT = "SELECT id, state FROM activity_definition WHERE id"
_SELECT_OWN = "SELECT id, state FROM activity_definition WHERE owner = ? AND id"
_PUT = """
INSERT INTO activity_definition (id, owner, state) VALUES (?, ?, ?) ON CONFLICT (id, owner) DO UPDATE SET state = excluded.state
"""

_Said = dict[str, list[tuple[Mapping[str, Any], StoredAt]]]


def merge_activities(connection: sqlite3.Connection, recorded: Iterable[tuple[str, Extract, int]]) -> None:
    """Add what statements, each with its partner and its `stored`, say of activities. Part of the recorder's transaction."""
    changed: list[tuple[str, str, str]] = []
    for owner, said in _latest_of_each(recorded).items():
        held = dict(where_in(connection, _SELECT_OWN, said, given=[owner]))
        for activity_id, definitions in said.items():
            text = held.get(activity_id)
            if text is not None and not definitions:
                continue
            states = [ActivityState(activity_id, {}) if text is None else ActivityState.load(activity_id, text)]
            states += [observe(activity_id, definition, at) for definition, at in definitions]
            merged = merge(states).dump()
            if merged != text:
                changed.append((activity_id, owner, merged))
    connection.executemany(_PUT, sorted(changed))


def _latest_of_each(recorded: Iterable[tuple[str, Extract, int]]) -> dict[str, _Said]:
    """Per partner and activity its definitions with the last time each was given. Statements mostly repeat the same one."""
    said: dict[str, _Said] = {}
    for owner, extract, stored_ms in recorded:
        at = StoredAt(stored_ms, extract.statement_id)
        of_owner = said.setdefault(owner, {})
        for seen in extract.activities:
            definitions = of_owner.setdefault(seen.activity_id, [])
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

    def activities(self, activity_ids: Iterable[str], *, owner: str | None) -> dict[str, ActivityState]:
        select, given = (_SELECT, []) if owner is None else (_SELECT_OWN, [owner])
        found: dict[str, ActivityState] = {}
        with self._database.read() as connection:
            for activity_id, text in where_in(connection, select, activity_ids, given=given):
                state = ActivityState.load(activity_id, text)
                held = found.get(activity_id)
                found[activity_id] = state if held is None else merge([held, state])
        return found
