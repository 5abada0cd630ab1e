"""Profiles as computed, changed by compare-and-set, and the questions over all of them.

A profile has a row in `profile_mark` for each question that it is in the answer of (`store.profile_marks`); the primary key has
them in the order of the answer.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from competency.facts import ProfileFacts
from competency.hours import Standing
from store import profile_marks, unit_paths
from store.port import ProfileAfter, ProfilePut, StoredProfile
from store.sqlite.database import Database
from store.sqlite.rows import where_in

_PAGE = 500
_SELECT = "SELECT employee_id, revision, text, path, active FROM profile WHERE employee_id"
_LAST_PATH = chr(0x10FFFF)
_INSERT = """
INSERT INTO profile (employee_id, revision, text, path, active, next_change_on) VALUES (?, 1, ?, ?, ?, ?) ON CONFLICT DO NOTHING
"""
_UPDATE = """
UPDATE profile SET revision = revision + 1, text = ?, path = ?, active = ?, next_change_on = ?
WHERE employee_id = ? AND revision = ?
"""
_ADD_MARK = "INSERT INTO profile_mark (mark, path, employee_id) VALUES (?, ?, ?)"
_REMOVE_MARK = "DELETE FROM profile_mark WHERE mark = ? AND path = ? AND employee_id = ?"
ANSWER = """
SELECT p.employee_id, p.revision, p.text, p.path, p.active FROM profile_mark m CROSS JOIN profile p ON p.employee_id = m.employee_id
WHERE m.mark = ? AND (m.path, m.employee_id) > (?, ?) AND (m.path, m.employee_id) < (?, '')
ORDER BY m.path, m.employee_id LIMIT ?
"""
NEXT_DAY = "SELECT min(next_change_on) FROM profile WHERE next_change_on > ? AND next_change_on <= ?"
DUE = "SELECT employee_id FROM profile WHERE next_change_on = ? AND employee_id > ? ORDER BY employee_id LIMIT ?"


class SqliteProfileStore:
    """`store.port.ProfileStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, employee_id: str) -> StoredProfile | None:
        return self.get_many([employee_id]).get(employee_id)

    def get_many(self, employee_ids: Iterable[str]) -> dict[str, StoredProfile]:
        with self._database.read() as connection:
            rows = where_in(connection, _SELECT, employee_ids)
            return {row[0]: _profile(row) for row in rows}

    def put(self, employee_id: str, text: bytes, facts: ProfileFacts, *, expected_revision: int) -> bool:
        return bool(self.put_many([ProfilePut(employee_id, text, facts, expected_revision)]))

    def put_many(self, puts: Sequence[ProfilePut]) -> frozenset[str]:
        if not puts:
            return frozenset()
        with self._database.write() as connection:
            return frozenset(one.employee_id for one in puts if _put(connection, one))

    def all(self) -> Iterator[StoredProfile]:
        after = ""
        while True:
            with self._database.read() as connection:
                rows = connection.execute(f"{_SELECT} > ? ORDER BY employee_id LIMIT ?", (after, _PAGE)).fetchall()
            yield from map(_profile, rows)
            if len(rows) < _PAGE:
                return
            after = rows[-1][0]

    def due(self, on: date, *, after_id: str | None, limit: int) -> list[str]:
        # Day by day, of which few are due at once: so a page is read from the index in order, however many are due.
        found: list[str] = []
        with self._database.read() as connection:
            day = -1
            while True:
                (day,) = connection.execute(NEXT_DAY, (day, on.toordinal())).fetchone()
                if day is None:
                    return sorted(found)[:limit]
                found += [employee_id for (employee_id,) in connection.execute(DUE, (day, after_id or "", limit))]


class SqliteProfileQueries:
    """`store.port.ProfileQueries`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def in_unit(
        self,
        prefix: tuple[str, ...] | None,
        *,
        direct: bool = False,
        include_left: bool = False,
        after: ProfileAfter | None,
        limit: int,
    ) -> list[StoredProfile]:
        mark = profile_marks.EVERYBODY if include_left else profile_marks.HERE
        return self._answer(mark, prefix, after, limit, direct=direct)

    def of_standing(
        self, prefix: tuple[str, ...] | None, year: int, standing: Standing, *, after: ProfileAfter | None, limit: int
    ) -> list[StoredProfile]:
        return self._answer(profile_marks.of_standing(year, standing), prefix, after, limit)

    def below_standard(
        self, prefix: tuple[str, ...] | None, competency_id: str, *, after: ProfileAfter | None, limit: int
    ) -> list[StoredProfile]:
        return self._answer(profile_marks.below_standard(competency_id), prefix, after, limit)

    def over_ceiling(self, prefix: tuple[str, ...] | None, *, after: ProfileAfter | None, limit: int) -> list[StoredProfile]:
        return self._answer(profile_marks.OVER_CEILING, prefix, after, limit)

    def _answer(
        self, mark: str, prefix: tuple[str, ...] | None, after: ProfileAfter | None, limit: int, *, direct: bool = False
    ) -> list[StoredProfile]:
        first = unit_paths.to_text(prefix or ())
        end = f"{first}\0" if direct else unit_paths.end_of_subtree(first) or _LAST_PATH
        beyond = (first, "")
        if after is not None:
            beyond = max(beyond, (unit_paths.to_text(after.unit_path), after.employee_id))
        with self._database.read() as connection:
            return [_profile(row) for row in connection.execute(ANSWER, (mark, *beyond, end, limit))]


def _profile(row: Sequence[Any]) -> StoredProfile:
    employee_id, revision, text, path, active = row
    return StoredProfile(employee_id, revision, text, unit_paths.of_text(path or ""), bool(active))


def _put(connection: sqlite3.Connection, one: ProfilePut) -> bool:
    facts = one.facts
    path = unit_paths.to_text(facts.unit_path)
    row = (one.text, path, facts.active, facts.next_change_on.toordinal())
    if one.expected_revision == 0:
        done = connection.execute(_INSERT, (one.employee_id, *row))
    else:
        done = connection.execute(_UPDATE, (*row, one.employee_id, one.expected_revision))
    if done.rowcount != 1:
        return False
    _mark(connection, one.employee_id, {(mark, path) for mark in profile_marks.marks_of(facts)})
    return True


def _mark(connection: sqlite3.Connection, employee_id: str, wanted: set[tuple[str, str]]) -> None:
    """Let exactly these (mark, path) be the employee's. Nearly always nothing changes, or one does."""
    held = set(connection.execute("SELECT mark, path FROM profile_mark WHERE employee_id = ?", (employee_id,)))
    connection.executemany(_REMOVE_MARK, [(*one, employee_id) for one in sorted(held - wanted)])
    connection.executemany(_ADD_MARK, [(*one, employee_id) for one in sorted(wanted - held)])
