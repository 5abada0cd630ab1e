"""Employees, units and posts."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

from competency.directory import Employee, Post, Unit
from store.port import Rejected
from store.sqlite.bodies import Bodies, bump, changed_values, mark_refreshed, refreshed, version
from store.sqlite.database import Database
from store.sqlite.rows import where_in

_VERSION = "directory"
_PUT_EMPLOYEE = """
INSERT INTO employee (id, nip, name, folded_name, body) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET
    nip = excluded.nip, name = excluded.name, folded_name = excluded.folded_name, body = excluded.body
"""
_BY_IDENTIFIER = """
SELECT i.agent_key, e.body FROM employee_identifier i JOIN employee e ON e.id = i.employee_id WHERE i.agent_key
"""


class SqliteDirectoryStore:
    """`store.port.DirectoryStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._units = Bodies("unit", Unit)
        self._posts = Bodies("post", Post)
        self._employees = Bodies("employee", Employee)

    def put_units(self, units: Sequence[Unit]) -> bool:
        with self._database.write() as connection:
            if changed := self._units.put(connection, units):
                bump(connection, _VERSION)
        return changed

    def put_posts(self, posts: Sequence[Post]) -> bool:
        with self._database.write() as connection:
            if changed := self._posts.put(connection, posts):
                bump(connection, _VERSION)
        return changed

    def put_employees(self, employees: Sequence[Employee]) -> bool:
        with self._database.write() as connection:
            changed = list(changed_values(connection, self._employees, employees).values())
            if not changed:
                return False
            connection.executemany(_PUT_EMPLOYEE, map(self._row, changed))
            # All old ones first: an identifier may go from one employee of this call to another.
            connection.executemany("DELETE FROM employee_identifier WHERE employee_id = ?", [(one.id,) for one in changed])
            self._link(connection, changed)
            bump(connection, _VERSION)
        return True

    def version(self) -> int:
        with self._database.read() as connection:
            return version(connection, _VERSION)

    def refreshed(self) -> int | None:
        with self._database.read() as connection:
            return refreshed(connection, _VERSION)

    def mark_refreshed(self, version: int) -> None:
        with self._database.write() as connection:
            mark_refreshed(connection, _VERSION, version)

    def units(self) -> list[Unit]:
        with self._database.read() as connection:
            return self._units.all(connection)

    def posts(self) -> list[Post]:
        with self._database.read() as connection:
            return self._posts.all(connection)

    def employee(self, employee_id: str) -> Employee | None:
        return self._one("SELECT body FROM employee WHERE id = ?", employee_id)

    def employees(self, *, after_id: str | None = None, limit: int = 1000) -> list[Employee]:
        with self._database.read() as connection:
            # No id is shorter than the empty one, so it stands for "from the start".
            rows = connection.execute("SELECT body FROM employee WHERE id > ? ORDER BY id LIMIT ?", (after_id or "", limit))
            return [self._employees.load(body) for (body,) in rows]

    def by_nip(self, nip: str) -> Employee | None:
        return self._one("SELECT body FROM employee WHERE nip = ? ORDER BY id LIMIT 1", nip)

    def by_identifiers(self, keys: Iterable[str]) -> dict[str, Employee]:
        with self._database.read() as connection:
            return {key: self._employees.load(body) for key, body in where_in(connection, _BY_IDENTIFIER, keys)}

    def search(self, words: str, *, limit: int = 20) -> list[Employee]:
        wanted = words.casefold().split()
        conditions = "".join(" AND instr(folded_name, ?)" for _ in wanted)
        with self._database.read() as connection:
            rows = connection.execute(
                f"SELECT body FROM employee WHERE 1{conditions} ORDER BY name, id LIMIT ?",  # noqa: S608
                (*wanted, limit),
            )
            return [self._employees.load(body) for (body,) in rows]

    def _row(self, employee: Employee) -> tuple[str, str, str, str, bytes]:
        return employee.id, employee.nip, employee.name, employee.name.casefold(), self._employees.dump(employee)

    @staticmethod
    def _link(connection: sqlite3.Connection, employees: Iterable[Employee]) -> None:
        for employee in employees:
            try:
                connection.executemany(
                    "INSERT INTO employee_identifier (agent_key, employee_id) VALUES (?, ?)",
                    [(key, employee.id) for key in dict.fromkeys(employee.identifiers)],
                )
            except sqlite3.IntegrityError as error:
                raise Rejected(f"an identifier of employee {employee.id} belongs to another employee") from error

    def _one(self, select: str, key: str) -> Employee | None:
        with self._database.read() as connection:
            row = connection.execute(select, (key,)).fetchone()
        return None if row is None else self._employees.load(row[0])
