"""Profiles as computed, changed by compare-and-set, and the questions over all of them.

A profile has a row in `profile_mark` for each question that it is in the answer of (`store.profile_marks`); the primary key has
them in the order of the answer.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from competency.facts import ProfileFacts
from competency.hours import Standing
from store import profile_marks, unit_paths
from store.port import ProfileAfter, ProfileFigures, ProfileHead, ProfilePut, StoredProfile, digest_of
from store.profile_text import pack, unpack
from store.sqlite.database import Database
from store.sqlite.rows import where_in

_PAGE = 500
_SELECT = "SELECT employee_id, revision, text, path, active FROM profile WHERE employee_id"
_LAST_PATH = chr(0x10FFFF)
_HEAD = "SELECT employee_id, revision, digest, path, active FROM profile WHERE employee_id"
_REVISION = "SELECT employee_id, revision FROM profile WHERE employee_id"
_PUT = """
INSERT INTO profile (employee_id, revision, path, active, next_change_on, digest, figures, text) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (employee_id) DO UPDATE SET revision = excluded.revision, path = excluded.path, active = excluded.active,
    next_change_on = excluded.next_change_on, digest = excluded.digest, figures = excluded.figures, text = excluded.text
"""
_ADD_FIGURES = "UPDATE profile SET figures = ? WHERE employee_id = ? AND revision = ? AND figures IS NULL"
_MARKS = "SELECT employee_id, mark, path FROM profile_mark WHERE employee_id"
_ADD_MARK = "INSERT INTO profile_mark (employee_id, mark, path) VALUES (?, ?, ?)"
_REMOVE_MARK = "DELETE FROM profile_mark WHERE employee_id = ? AND mark = ? AND path = ?"
ANSWER = """
SELECT p.employee_id, p.revision, p.text, p.path, p.active FROM profile_mark m CROSS JOIN profile p ON p.employee_id = m.employee_id
WHERE m.mark = ? AND (m.path, m.employee_id) > (?, ?) AND (m.path, m.employee_id) < (?, '')
ORDER BY m.path, m.employee_id LIMIT ?
"""
FIGURES = ANSWER.replace("p.revision, p.text, p.path, p.active", "p.path, p.figures")
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

    def heads(self, employee_ids: Iterable[str]) -> dict[str, ProfileHead]:
        with self._database.read_once() as connection:
            rows = where_in(connection, _HEAD, employee_ids)
            return {
                employee_id: ProfileHead(employee_id, revision, digest, unit_paths.of_text(path or ""), bool(active))
                for employee_id, revision, digest, path, active in rows
            }

    def put(self, employee_id: str, text: bytes, facts: ProfileFacts, *, expected_revision: int) -> bool:
        return bool(self.put_many([ProfilePut(employee_id, text, facts, expected_revision)]))

    def put_many(self, puts: Sequence[ProfilePut]) -> frozenset[str]:
        if not puts:
            return frozenset()
        rows = {one.employee_id: _row(one) for one in puts}  # compressed before other writers have to wait
        with self._database.write() as connection:
            held = dict(where_in(connection, _REVISION, rows))
            written = {one.employee_id: one.facts for one in puts if held.get(one.employee_id, 0) == one.expected_revision}
            connection.executemany(_PUT, [rows[name] for name in written])
            _mark(connection, written)
        return frozenset(written)

    def add_figures(self, figures: Mapping[str, tuple[int, bytes]]) -> None:
        with self._database.write() as connection:
            connection.executemany(_ADD_FIGURES, [(of_it, name, revision) for name, (revision, of_it) in figures.items()])

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

    def figures_in_unit(self, prefix: tuple[str, ...], *, after: ProfileAfter | None, limit: int) -> list[ProfileFigures]:
        wanted = (profile_marks.HERE, *_range(prefix, after, direct=True), limit)
        with self._database.read() as connection:
            rows = connection.execute(FIGURES, wanted)
            return [ProfileFigures(employee_id, unit_paths.of_text(path), figures) for employee_id, path, figures in rows]

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
        with self._database.read() as connection:
            return [_profile(row) for row in connection.execute(ANSWER, (mark, *_range(prefix or (), after, direct), limit))]


def _range(prefix: tuple[str, ...], after: ProfileAfter | None, direct: bool) -> tuple[str, str, str]:
    """From which (path, employee id) on, exclusive, and before which path the answer is."""
    first = unit_paths.to_text(prefix)
    end = f"{first}\0" if direct else unit_paths.end_of_subtree(first) or _LAST_PATH
    beyond = (first, "")
    if after is not None:
        beyond = max(beyond, (unit_paths.to_text(after.unit_path), after.employee_id))
    return (*beyond, end)


def _profile(row: Sequence[Any]) -> StoredProfile:
    employee_id, revision, text, path, active = row
    return StoredProfile(employee_id, revision, unpack(text), unit_paths.of_text(path or ""), bool(active))


def _row(one: ProfilePut) -> tuple[Any, ...]:
    facts = one.facts
    path, day = unit_paths.to_text(facts.unit_path), facts.next_change_on.toordinal()
    digest = one.digest or digest_of(one.text)
    return (one.employee_id, one.expected_revision + 1, path, facts.active, day, digest, facts.figures, pack(one.text))


def _mark(connection: sqlite3.Connection, written: Mapping[str, ProfileFacts]) -> None:
    """Let each of these have exactly the marks of its facts. Nearly always nothing changes, or one does."""
    held = set(where_in(connection, _MARKS, written))
    wanted: set[tuple[Any, ...]] = set()
    for name, facts in written.items():
        path = unit_paths.to_text(facts.unit_path)
        wanted.update([(name, mark, path) for mark in profile_marks.marks_of(facts)])
    connection.executemany(_REMOVE_MARK, sorted(held - wanted))
    connection.executemany(_ADD_MARK, sorted(wanted - held))
