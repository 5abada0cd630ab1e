"""Profiles, each guarded by its revision."""

from __future__ import annotations

from collections.abc import Iterator

from pymongo.errors import DuplicateKeyError

from store.mongodb.client import Connection, Document
from store.port import StoredProfile

_PAGE = 200


class MongoProfileStore:
    """`store.port.ProfileStore`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, employee_id: str) -> StoredProfile | None:
        with self._connection.database() as database:
            found = database["profiles"].find_one({"_id": employee_id})
        return None if found is None else _profile(found)

    def put(self, employee_id: str, text: bytes, *, expected_revision: int) -> bool:
        with self._connection.database() as database:
            if expected_revision == 0:
                try:
                    database["profiles"].insert_one({"_id": employee_id, "revision": 1, "text": text})
                except DuplicateKeyError:
                    return False
                return True
            held = {"_id": employee_id, "revision": expected_revision}
            written = {"$set": {"revision": expected_revision + 1, "text": text}}
            return database["profiles"].update_one(held, written).matched_count == 1

    def all(self) -> Iterator[StoredProfile]:
        after: str | None = None
        while True:
            beyond = {} if after is None else {"_id": {"$gt": after}}
            with self._connection.database() as database:
                page = [_profile(one) for one in database["profiles"].find(beyond, limit=_PAGE).sort("_id", 1)]
            yield from page
            if len(page) < _PAGE:
                return
            after = page[-1].employee_id


def _profile(document: Document) -> StoredProfile:
    return StoredProfile(document["_id"], document["revision"], document["text"])
