"""The directory of employees, units and posts. Each import is one transaction: written whole, or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from pymongo.client_session import ClientSession
from pymongo.database import Database

from competency.directory import Employee, Post, Unit
from store.mongodb.client import Connection, Document, Duplicate
from store.mongodb.names import containing, folded, runs
from store.mongodb.values import mark_refreshed, of_body, refreshed_of, replace_changed, to_body, version_of
from store.port import Rejected

_VERSION = "directory"
_KEYS_AT_ONCE = 1_000


class MongoDirectoryStore:
    """`store.port.DirectoryStore`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put_units(self, units: Sequence[Unit]) -> bool:
        return self._put("units", {one.id: {"_id": one.id, "body": to_body(one)} for one in units})

    def put_posts(self, posts: Sequence[Post]) -> bool:
        return self._put("posts", {one.id: {"_id": one.id, "body": to_body(one)} for one in posts})

    def put_employees(self, employees: Sequence[Employee]) -> bool:
        documents = {one.id: _employee_document(one) for one in employees}
        try:
            return self._put("employees", documents)
        except Duplicate as error:
            raise Rejected("an identifier belongs to another employee; none of these employees was written") from error

    def version(self) -> int:
        with self._connection.database() as database:
            return version_of(database, _VERSION)

    def refreshed(self) -> int | None:
        with self._connection.database() as database:
            return refreshed_of(database, _VERSION)

    def mark_refreshed(self, version: int) -> None:
        with self._connection.database() as database:
            mark_refreshed(database, _VERSION, version)

    def units(self) -> list[Unit]:
        with self._connection.database() as database:
            return [of_body(one["body"], Unit) for one in database["units"].find().sort("_id", 1)]

    def posts(self) -> list[Post]:
        with self._connection.database() as database:
            return [of_body(one["body"], Post) for one in database["posts"].find().sort("_id", 1)]

    def employee(self, employee_id: str) -> Employee | None:
        return self._one({"_id": employee_id})

    def employees(self, *, after_id: str | None = None, limit: int = 1000) -> list[Employee]:
        beyond = {} if after_id is None else {"_id": {"$gt": after_id}}
        with self._connection.database() as database:
            return [_employee(one) for one in database["employees"].find(beyond, {"body": 1}, limit=limit).sort("_id", 1)]

    def by_nip(self, nip: str) -> Employee | None:
        return self._one({"nip": nip})

    def by_identifiers(self, keys: Iterable[str]) -> dict[str, Employee]:
        wanted = dict.fromkeys(keys)
        remaining = iter(wanted)
        found: dict[str, Employee] = {}
        with self._connection.database() as database:
            while portion := list(islice(remaining, _KEYS_AT_ONCE)):
                for document in database["employees"].find({"identifiers": {"$in": portion}}, {"body": 1}):
                    employee = _employee(document)
                    found.update((key, employee) for key in employee.identifiers if key in wanted)
        return found

    def search(self, words: str, *, limit: int = 20) -> list[Employee]:
        if limit < 1:
            return []
        with self._connection.database() as database:
            found = database["employees"].find(containing(words), {"body": 1}, limit=limit)
            return [_employee(one) for one in found.sort([("name", 1), ("_id", 1)])]

    def _one(self, condition: dict[str, Any]) -> Employee | None:
        with self._connection.database() as database:
            found = database["employees"].find_one(condition, {"body": 1}, sort=[("_id", 1)])
        return None if found is None else _employee(found)

    def _put(self, collection: str, documents: dict[str, Document]) -> bool:
        def put(database: Database[Document], session: ClientSession) -> bool:
            return replace_changed(database, session, collection, documents, version=_VERSION)

        return bool(documents) and self._connection.transaction(put)


def _employee_document(employee: Employee) -> Document:
    document: Document = {
        "_id": employee.id,
        "nip": employee.nip,
        "name": employee.name,
        "folded_name": folded(employee.name),
        "name_runs": runs(folded(employee.name)),
        "body": to_body(employee),
    }
    if employee.identifiers:  # an empty array would be a value that only one employee may have
        document["identifiers"] = list(dict.fromkeys(employee.identifiers))
    return document


def _employee(document: Document) -> Employee:
    return of_body(document["body"], Employee)
