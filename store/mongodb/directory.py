"""The directory of employees, units and posts. Each import is one transaction: written whole, or not at all.

posts            the newest version of each: {_id, body}
post_versions    what they were before: {_id: {id, version}, body}
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from pymongo.client_session import ClientSession
from pymongo.database import Database

from competency.directory import Employee, Holding, Post, Unit, keeping_links
from store.mongodb.client import Connection, Document
from store.mongodb.employee_documents import conditions, places, to_document, to_employee
from store.mongodb.identifiers import holders, identify
from store.mongodb.orders import place
from store.mongodb.values import (
    all_of,
    bump,
    held_by_id,
    keep_versions,
    one_version,
    put_versions,
    to_body,
    version_of,
    write,
)
from store.port import EmployeeSearch, Order, SearchAfter
from store.versioning import refuse_outdated

_VERSION = "directory"
_STRUCTURE_VERSION = "structure"
_KEYS_AT_ONCE = 1_000
_IN_ORDER = [("name", 1), ("_id", 1)]


class MongoDirectoryStore:
    """`store.port.DirectoryStore`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put_units(self, units: Sequence[Unit], *, orders: Sequence[Order] = ()) -> bool:
        latest = {one.id: one for one in units}

        def put(database: Database[Document], session: ClientSession) -> bool:
            held = held_by_id(database, "units", latest, Unit, session)
            changed = [one for one in latest.values() if held.get(one.id) != one]
            write(database, session, "units", ({"_id": one.id, "body": to_body(one)} for one in changed), held)
            return _finish(database, session, orders, changed, _VERSION, _STRUCTURE_VERSION)

        return bool(latest) and self._connection.transaction(put)

    def put_posts(self, posts: Sequence[Post], *, orders: Sequence[Order] = (), expected: Mapping[str, int] | None = None) -> bool:
        wanted = {**dict.fromkeys(one.id for one in posts), **(expected or {})}

        def put(database: Database[Document], session: ClientSession) -> bool:
            held = held_by_id(database, "posts", wanted, Post, session)
            refuse_outdated(held, expected or {})
            changed = put_versions(database, session, "posts", posts, Post)
            keep_versions(database, session, "post_versions", [held[one.id] for one in changed if one.id in held])
            return _finish(database, session, orders, changed, _VERSION, _STRUCTURE_VERSION)

        return bool(posts) and self._connection.transaction(put)

    def put_employees(self, employees: Sequence[Employee], *, orders: Sequence[Order] = ()) -> bool:
        latest = {one.id: one for one in employees}

        def put(database: Database[Document], session: ClientSession) -> bool:
            held = held_by_id(database, "employees", latest, Employee, session)
            whole = [keeping_links(one, held.get(one.id)) for one in latest.values()]
            return _replace(database, session, held, whole, orders)

        return bool(latest) and self._connection.transaction(put)

    def amend(self, employee_id: str, change: Callable[[Employee], Employee], *, orders: Sequence[Order] = ()) -> bool | None:
        def amend(database: Database[Document], session: ClientSession) -> bool | None:
            held = held_by_id(database, "employees", [employee_id], Employee, session)
            if not held:
                return None
            return _replace(database, session, held, [change(held[employee_id])], orders)

        return self._connection.transaction(amend)

    def version(self) -> int:
        with self._connection.database() as database:
            return version_of(database, _VERSION)

    def structure_version(self) -> int:
        with self._connection.database() as database:
            return version_of(database, _STRUCTURE_VERSION)

    def units(self) -> list[Unit]:
        with self._connection.database() as database:
            return all_of(database, "units", Unit)

    def posts(self) -> list[Post]:
        with self._connection.database() as database:
            return all_of(database, "posts", Post)

    def post(self, post_id: str, version: int) -> Post | None:
        with self._connection.database() as database:
            newest = held_by_id(database, "posts", [post_id], Post).get(post_id)
            if newest is not None and newest.version == version:
                return newest
            return one_version(database, "post_versions", post_id, version, Post)

    def employee(self, employee_id: str) -> Employee | None:
        return self._one({"_id": employee_id})

    def get_many(self, employee_ids: Iterable[str]) -> dict[str, Employee]:
        with self._connection.database() as database:
            return held_by_id(database, "employees", employee_ids, Employee)

    def employees(self, *, after_id: str | None = None, limit: int = 1000) -> list[Employee]:
        if limit < 1:
            return []
        beyond = {} if after_id is None else {"_id": {"$gt": after_id}}
        with self._connection.database() as database:
            return [to_employee(one) for one in database["employees"].find(beyond, {"body": 1}, limit=limit).sort("_id", 1)]

    def by_nip(self, nip: str) -> Employee | None:
        return self._one({"nip": nip})

    def by_identifiers(self, keys: Iterable[str]) -> dict[str, tuple[Employee, ...]]:
        wanted = dict.fromkeys(keys)
        remaining = iter(wanted)
        found: dict[str, dict[str, Employee]] = {}
        with self._connection.database() as database:
            while portion := list(islice(remaining, _KEYS_AT_ONCE)):
                for document in database["employees"].find({"keys": {"$in": portion}}, {"body": 1}):
                    employee = to_employee(document)
                    for key in employee.keys:
                        if key in wanted:
                            found.setdefault(key, {})[employee.id] = employee
        return {key: tuple(people[one] for one in sorted(people)) for key, people in found.items()}

    def holders(self, keys: Iterable[str]) -> dict[str, tuple[Holding, ...]]:
        with self._connection.database() as database:
            return holders(database, keys)

    def search(self, wanted: EmployeeSearch, *, after: SearchAfter | None = None, limit: int = 20) -> list[Employee]:
        met = conditions(wanted)
        found: list[Employee] = []
        with self._connection.database() as database:
            for beyond in places(after):
                missing = limit - len(found)
                if missing > 0:
                    page = database["employees"].find({**met, **beyond}, {"body": 1}, limit=missing).sort(_IN_ORDER)
                    found += map(to_employee, page)
        return found

    def _one(self, condition: dict[str, Any]) -> Employee | None:
        with self._connection.database() as database:
            found = database["employees"].find_one(condition, {"body": 1}, sort=[("_id", 1)])
        return None if found is None else to_employee(found)


def _replace(
    database: Database[Document],
    session: ClientSession,
    held: Mapping[str, Employee],
    employees: Iterable[Employee],
    orders: Sequence[Order],
) -> bool:
    """Let `employees` stand, of whom `held` are there; whether that changed anything."""
    changed = [one for one in employees if held.get(one.id) != one]
    identify(database, session, [held[one.id] for one in changed if one.id in held], changed)
    write(database, session, "employees", map(to_document, changed), held)
    return _finish(database, session, orders, changed, _VERSION)


def _finish(
    database: Database[Document], session: ClientSession, orders: Sequence[Order], changed: Sequence[object], *versions: str
) -> bool:
    """Let these versions grow and place the orders where something changed; whether it did."""
    if changed:
        for version in versions:
            bump(database, session, version)
        place(database, session, orders)
    return bool(changed)
