"""Employees, units and posts."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence

from competency.directory import Employee, Holding, Post, Unit, keeping_links
from store.port import EmployeeSearch, Order, Rejected, SearchAfter
from store.sqlite.bodies import Bodies, bump, changed_values, expect, next_versions, one_version, remember, version
from store.sqlite.database import Database
from store.sqlite.employee_rows import holding_of, identifier_rows, row_of, word_rows
from store.sqlite.employee_search import find
from store.sqlite.orders import place
from store.sqlite.rows import where_in

_VERSION = "directory"
_STRUCTURE_VERSION = "structure"
_PUT_EMPLOYEE = """
INSERT INTO employee (id, nip, name, words, unit_id, post_id, employment, left_on, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET
    nip = excluded.nip, name = excluded.name, words = excluded.words, unit_id = excluded.unit_id, post_id = excluded.post_id,
    employment = excluded.employment, left_on = excluded.left_on, body = excluded.body
"""
_BY_IDENTIFIER = """
SELECT DISTINCT i.agent_key, e.id, e.body FROM employee_identifier i JOIN employee e ON e.id = i.employee_id WHERE i.agent_key
"""
_HOLDERS = "SELECT agent_key, employee_id, valid_from, valid_through FROM employee_identifier WHERE agent_key"
_CLASHES = """
SELECT one.employee_id, other.employee_id FROM employee_identifier AS one JOIN employee_identifier AS other
ON other.agent_key = one.agent_key AND other.employee_id > one.employee_id
AND other.valid_from <= one.valid_through AND one.valid_from <= other.valid_through
WHERE one.agent_key
"""


class SqliteDirectoryStore:
    """`store.port.DirectoryStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._units = Bodies("unit", Unit)
        self._posts = Bodies("post", Post)
        self._employees = Bodies("employee", Employee)

    def put_units(self, units: Sequence[Unit], *, orders: Sequence[Order] = ()) -> bool:
        with self._database.write() as connection:
            changed = changed_values(connection, self._units, units)
            if not changed:
                return False
            self._units.put(connection, changed)
            bump(connection, _VERSION)
            bump(connection, _STRUCTURE_VERSION)
            place(connection, orders)
        return True

    def put_posts(self, posts: Sequence[Post], *, orders: Sequence[Order] = (), expected: Mapping[str, int] | None = None) -> bool:
        with self._database.write() as connection:
            expect(connection, self._posts, expected or {})
            changed = next_versions(connection, self._posts, posts)
            if not changed:
                return False
            remember(connection, self._posts, self._posts.get_many(connection, (one.id for one in changed)).values())
            self._posts.put(connection, changed)
            bump(connection, _VERSION)
            bump(connection, _STRUCTURE_VERSION)
            place(connection, orders)
        return True

    def put_employees(self, employees: Sequence[Employee], *, orders: Sequence[Order] = ()) -> bool:
        latest = {one.id: one for one in employees}
        with self._database.write() as connection:
            held = self._employees.get_many(connection, latest)
            whole = [keeping_links(one, held.get(one.id)) for one in latest.values()]
            return _replace(connection, held, whole, orders)

    def amend(self, employee_id: str, change: Callable[[Employee], Employee], *, orders: Sequence[Order] = ()) -> bool | None:
        with self._database.write() as connection:
            held = self._employees.get_many(connection, [employee_id])
            if not held:
                return None
            return _replace(connection, held, [change(held[employee_id])], orders)

    def version(self) -> int:
        with self._database.read_once() as connection:
            return version(connection, _VERSION)

    def structure_version(self) -> int:
        with self._database.read_once() as connection:
            return version(connection, _STRUCTURE_VERSION)

    def units(self) -> list[Unit]:
        with self._database.read() as connection:
            return self._units.all(connection)

    def posts(self) -> list[Post]:
        with self._database.read() as connection:
            return self._posts.all(connection)

    def post(self, post_id: str, version: int) -> Post | None:
        with self._database.read() as connection:
            newest = self._posts.get_many(connection, [post_id]).get(post_id)
            if newest is not None and newest.version == version:
                return newest
            return one_version(connection, self._posts, post_id, version)

    def employee(self, employee_id: str) -> Employee | None:
        return self._one("SELECT body FROM employee WHERE id = ?", employee_id)

    def get_many(self, employee_ids: Iterable[str]) -> dict[str, Employee]:
        with self._database.read() as connection:
            return self._employees.get_many(connection, employee_ids)

    def employees(self, *, after_id: str | None = None, limit: int = 1000) -> list[Employee]:
        with self._database.read() as connection:
            # No id is shorter than the empty one, so it stands for "from the start".
            rows = connection.execute("SELECT body FROM employee WHERE id > ? ORDER BY id LIMIT ?", (after_id or "", limit))
            return [self._employees.load(body) for (body,) in rows]

    def by_nip(self, nip: str) -> Employee | None:
        return self._one("SELECT body FROM employee WHERE nip = ? ORDER BY id LIMIT 1", nip)

    def by_identifiers(self, keys: Iterable[str]) -> dict[str, tuple[Employee, ...]]:
        bodies: dict[str, bytes] = {}
        holders: dict[str, list[str]] = {}
        with self._database.read() as connection:
            for key, employee_id, body in where_in(connection, _BY_IDENTIFIER, keys):
                bodies[employee_id] = body
                holders.setdefault(key, []).append(employee_id)
        people = {employee_id: self._employees.load(body) for employee_id, body in bodies.items()}
        return {key: tuple(people[one] for one in sorted(ids)) for key, ids in holders.items()}

    def holders(self, keys: Iterable[str]) -> dict[str, tuple[Holding, ...]]:
        found: dict[str, list[tuple[str, str, str]]] = {}
        with self._database.read() as connection:
            for key, *holding in where_in(connection, _HOLDERS, keys):
                found.setdefault(key, []).append((holding[0], holding[1], holding[2]))
        return {key: tuple(holding_of(*one) for one in sorted(its)) for key, its in found.items()}

    def search(self, wanted: EmployeeSearch, *, after: SearchAfter | None = None, limit: int = 20) -> list[Employee]:
        if limit < 1:
            return []
        with self._database.read() as connection:
            return [self._employees.load(body) for body in find(connection, wanted, after, limit)]

    def _one(self, select: str, key: str) -> Employee | None:
        with self._database.read() as connection:
            row = connection.execute(select, (key,)).fetchone()
        return None if row is None else self._employees.load(row[0])


def _replace(
    connection: sqlite3.Connection, held: Mapping[str, Employee], employees: Iterable[Employee], orders: Sequence[Order]
) -> bool:
    """Let `employees` stand, of whom `held` are there; whether that changed anything."""
    changed = [one for one in employees if held.get(one.id) != one]
    if not changed:
        return False
    before = [held[one.id] for one in changed if one.id in held]
    connection.executemany(_PUT_EMPLOYEE, map(row_of, changed))
    _name(connection, before, changed)
    _identify(connection, before, changed)
    bump(connection, _VERSION)
    place(connection, orders)
    return True


def _name(connection: sqlite3.Connection, before: Iterable[Employee], after: Iterable[Employee]) -> None:
    """Let the words of these employees' names be those of `after`."""
    gone, new = _difference((one for each in before for one in word_rows(each)), (one for each in after for one in word_rows(each)))
    connection.executemany("DELETE FROM employee_word WHERE word = ? AND name = ? AND employee_id = ?", gone)
    connection.executemany("INSERT INTO employee_word (word, name, employee_id) VALUES (?, ?, ?)", new)


def _identify(connection: sqlite3.Connection, before: Iterable[Employee], after: Iterable[Employee]) -> None:
    """Let the identifiers of these employees be those of `after`. Raises Rejected when one names two people on a day."""
    gone, new = _difference(
        (one for each in before for one in identifier_rows(each)), (one for each in after for one in identifier_rows(each))
    )
    # All old ones first: an identifier may go from one employee of this call to another.
    connection.executemany(
        "DELETE FROM employee_identifier WHERE agent_key = ? AND employee_id = ? AND valid_from = ? AND valid_through = ?", gone
    )
    connection.executemany(
        "INSERT INTO employee_identifier (agent_key, employee_id, valid_from, valid_through) VALUES (?, ?, ?, ?)", new
    )
    for one, other in where_in(connection, _CLASHES, [key for key, *_ in new]):
        raise Rejected(f"an identifier would name both employee {one} and employee {other} on the same day; nothing was written")


def _difference(
    before: Iterable[tuple[str, ...]], after: Iterable[tuple[str, ...]]
) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]]]:
    """Rows to delete, and rows to insert, in their order, for the sake of neighbouring pages."""
    old, new = set(before), set(after)
    return sorted(old - new), sorted(new - old)
