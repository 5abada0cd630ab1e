"""The catalogue of learning activities, the frameworks and the rules, with all their versions.

catalogue, frameworks                     the newest version of each: {_id, body}
catalogue_versions, framework_versions    every version: {_id: {id, version}, body}
catalogue_matches                         {_id: "activity id …" or "pattern …", entry: the id of the one that has it}
rules                                     {_id: number, text}
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pymongo.client_session import ClientSession
from pymongo.database import Database

from competency.catalogue import CatalogueEntry
from competency.frameworks import Framework
from store.mongodb.client import Connection, Document
from store.mongodb.orders import place
from store.mongodb.values import all_of, bump, held_by_id, keep_versions, one_version, put_versions, version_of, write
from store.port import Order, Outdated, Rejected
from store.versioning import refuse_outdated

_VERSION = "catalogue"
_VALUES_AT_ONCE = 1_000


class MongoCatalogueStore:
    """`store.port.CatalogueStore`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put_entries(
        self, entries: Sequence[CatalogueEntry], *, orders: Sequence[Order] = (), expected: Mapping[str, int] | None = None
    ) -> bool:
        def put(database: Database[Document], session: ClientSession) -> bool:
            if expected:
                refuse_outdated(held_by_id(database, "catalogue", expected, CatalogueEntry, session), expected)
            changed = put_versions(database, session, "catalogue", entries, CatalogueEntry)
            if not changed:
                return False
            keep_versions(database, session, "catalogue_versions", changed)
            _match(database, session, changed)
            bump(database, session, _VERSION)
            place(database, session, orders)
            return True

        return bool(entries) and self._connection.transaction(put)

    def entries(self) -> list[CatalogueEntry]:
        with self._connection.database() as database:
            return all_of(database, "catalogue", CatalogueEntry)

    def entry(self, entry_id: str, version: int) -> CatalogueEntry | None:
        with self._connection.database() as database:
            return one_version(database, "catalogue_versions", entry_id, version, CatalogueEntry)

    def put_framework(self, framework: Framework, *, orders: Sequence[Order] = (), expected: int | None = None) -> bool:
        def put(database: Database[Document], session: ClientSession) -> bool:
            if expected is not None:
                held = held_by_id(database, "frameworks", [framework.id], Framework, session)
                refuse_outdated(held, {framework.id: expected})
            changed = put_versions(database, session, "frameworks", [framework], Framework)
            if not changed:
                return False
            keep_versions(database, session, "framework_versions", changed)
            bump(database, session, _VERSION)
            place(database, session, orders)
            return True

        return self._connection.transaction(put)

    def frameworks(self) -> list[Framework]:
        with self._connection.database() as database:
            return all_of(database, "frameworks", Framework)

    def framework(self, framework_id: str, version: int) -> Framework | None:
        with self._connection.database() as database:
            return one_version(database, "framework_versions", framework_id, version, Framework)

    def put_rules(self, text: bytes, *, orders: Sequence[Order] = (), expected: int | None = None) -> int:
        def put(database: Database[Document], session: ClientSession) -> int:
            number, newest = _newest_rules(database, session) or (0, None)
            if expected not in (None, number):
                raise Outdated(f"the rules are of number {number}, not {expected}")
            if newest == text:
                return number
            database["rules"].insert_one({"_id": number + 1, "text": text}, session=session)
            bump(database, session, _VERSION)
            place(database, session, orders)
            return number + 1

        return self._connection.transaction(put)

    def rules(self) -> tuple[int, bytes] | None:
        with self._connection.database() as database:
            return _newest_rules(database)

    def rules_version(self, number: int) -> bytes | None:
        with self._connection.database() as database:
            found = database["rules"].find_one({"_id": number})
        return None if found is None else bytes(found["text"])

    def version(self) -> int:
        with self._connection.database() as database:
            return version_of(database, _VERSION)


def _newest_rules(database: Database[Document], session: ClientSession | None = None) -> tuple[int, bytes] | None:
    found = database["rules"].find_one({}, sort=[("_id", -1)], session=session)
    return None if found is None else (found["_id"], bytes(found["text"]))


def _match(database: Database[Document], session: ClientSession, changed: Sequence[CatalogueEntry]) -> None:
    """Let exactly their activity ids and patterns be these entries'. Raises Rejected when one is another's. Two transactions that
    claim one at once write the same document, so one of them runs again and sees it."""
    wanted: dict[str, str] = {}
    for entry in changed:
        for match in _matches(entry):
            _refuse_another(match, entry.id, wanted.setdefault(match, entry.id))
    matches = database["catalogue_matches"]
    own = matches.find({"entry": {"$in": [entry.id for entry in changed]}}, session=session)
    held = {one["_id"]: one["entry"] for one in own}
    new = [match for match in wanted if match not in held]
    for start in range(0, len(new), _VALUES_AT_ONCE):
        for one in matches.find({"_id": {"$in": new[start : start + _VALUES_AT_ONCE]}}, session=session):
            _refuse_another(one["_id"], wanted[one["_id"]], one["entry"])
    gone = [match for match in held if match not in wanted]
    if gone:
        matches.delete_many({"_id": {"$in": gone}}, session=session)
    moved = ({"_id": match, "entry": owner} for match, owner in wanted.items() if held.get(match) != owner)
    write(database, session, "catalogue_matches", moved, held)


def _refuse_another(match: str, entry_id: str, owner: str) -> None:
    if entry_id != owner:
        raise Rejected(f"catalogue entry {entry_id}: the {match} belongs to entry {owner}; nothing was written")


def _matches(entry: CatalogueEntry) -> Iterator[str]:
    yield from (f"activity id {one}" for one in entry.activity_ids)
    yield from (f"pattern {one}" for one in entry.patterns)
