"""Which partners have statements: lists over all of them name them (see `indexes`).

Readers keep what they read for KEPT_S, for new partners are rare and lists are not. Nothing is missed by that: a recorder waits for
longer after a partner was listed before it records a statement of it, so that by then nobody goes by a list without it.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from threading import Lock

from pymongo import UpdateOne
from pymongo.database import Database
from pymongo.errors import BulkWriteError

from store.mongodb.client import Document
from store.mongodb.errors import is_duplicate

KEPT_S = 0.2
_SETTLED_MS = 300
"""Longer than KEPT_S by what two clocks may differ in their pace meanwhile."""

_LIST = [{"$set": {"listed_at": {"$ifNull": ["$listed_at", "$$NOW"]}}}]
_AGE = {"age_ms": {"$dateDiff": {"startDate": "$listed_at", "endDate": "$$NOW", "unit": "millisecond"}}}


class KnownPartners:
    """Makes sure that a partner is listed before a statement of it is. Thread-safe; remembers what it made sure of."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._listed: set[str] = set()

    def ensure(self, database: Database[Document], partners: Iterable[str]) -> None:
        missing = sorted(set(partners) - self._listed)
        if not missing:
            return
        try:
            database["partners"].bulk_write([UpdateOne({"_id": partner}, _LIST, upsert=True) for partner in missing], ordered=False)
        except BulkWriteError as error:  # another recorder listed one in this moment
            if not is_duplicate(error):
                raise
        _settle(database, missing)
        with self._lock:
            self._listed = self._listed.union(missing)


class ListedPartners:
    """The partners as readers may go by them. Thread-safe."""

    def __init__(self) -> None:
        self._kept: tuple[Sequence[str], float] = ((), 0.0)

    def all(self, database: Database[Document]) -> Sequence[str]:
        """Every partner that has a statement, sorted."""
        partners, until = self._kept
        now = time.monotonic()
        if not partners or now >= until:
            partners = all_partners(database)
            self._kept = (partners, now + KEPT_S)
        return partners


def all_partners(database: Database[Document]) -> list[str]:
    """Every partner that has a statement, sorted."""
    return [one["_id"] for one in database["partners"].find({}, {"_id": 1}).sort("_id", 1)]


def _settle(database: Database[Document], partners: Sequence[str]) -> None:
    """Wait until these have been listed for long enough. The very first need not: nobody keeps a list with nobody in it."""
    listed = list(database["partners"].aggregate([{"$project": _AGE}]))
    if len(listed) > 1:
        youngest_ms = min((one["age_ms"] for one in listed if one["_id"] in partners), default=0)
        time.sleep(max(0, _SETTLED_MS - youngest_ms) / 1000)
