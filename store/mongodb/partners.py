"""Which partners have statements: lists over all of them name them (see `indexes`)."""

from __future__ import annotations

from collections.abc import Iterable
from threading import Lock

from pymongo import UpdateOne
from pymongo.database import Database
from pymongo.errors import BulkWriteError

from store.mongodb.client import Document
from store.mongodb.errors import is_duplicate


class KnownPartners:
    """Makes sure that a partner is listed before a statement of it is. Thread-safe; remembers what it made sure of."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._listed: set[str] = set()

    def ensure(self, database: Database[Document], partners: Iterable[str]) -> None:
        missing = sorted(set(partners) - self._listed)
        if not missing:
            return
        writes = [UpdateOne({"_id": partner}, {"$setOnInsert": {}}, upsert=True) for partner in missing]
        try:
            database["partners"].bulk_write(writes, ordered=False)
        except BulkWriteError as error:  # another recorder listed one in this moment
            if not is_duplicate(error):
                raise
        with self._lock:
            self._listed = self._listed.union(missing)


def all_partners(database: Database[Document]) -> list[str]:
    """Every partner that has a statement, sorted."""
    return [one["_id"] for one in database["partners"].find().sort("_id", 1)]
