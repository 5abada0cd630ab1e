"""Rollups of units, and the marks that make them stale. A document of `rollups`:

_id           the unit's id
seq           how often it was marked
computed_seq  the seq at which it was computed; only where it was
text          the same
stale_since   an ObjectId, which orders by time; only while it is stale
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any

from bson import ObjectId
from pymongo.database import Database
from pymongo.errors import BulkWriteError, DuplicateKeyError

from store.mongodb import commands
from store.mongodb.client import Connection, Document
from store.mongodb.errors import is_duplicate
from store.port import StaleRollup, StoredRollup

_AT_ONCE = 1_000


class MongoRollups:
    """`store.port.Rollups`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def mark(self, unit_ids: Iterable[str]) -> None:
        remaining = iter(dict.fromkeys(unit_ids))
        with self._connection.database() as database:
            while units := list(islice(remaining, _AT_ONCE)):
                _mark(database, units)

    def stale(self, limit: int) -> list[StaleRollup]:
        with self._connection.database() as database:
            found = database["rollups"].find({"stale_since": {"$exists": True}}, {"seq": 1}, limit=limit, hint="stale")
            return [StaleRollup(one["_id"], one["seq"]) for one in found.sort("stale_since", 1)]

    def put(self, unit_id: str, text: bytes, seq: int) -> bool:
        not_newer = {"_id": unit_id, "computed_seq": {"$not": {"$gt": seq}}}
        written: dict[str, Any] = {
            "seq": {"$max": ["$seq", seq]},
            "computed_seq": seq,
            "text": {"$literal": text},
            "stale_since": {"$cond": [{"$gt": ["$seq", seq]}, ObjectId(), "$$REMOVE"]},
        }
        with self._connection.database() as database:
            for _ in range(2):
                try:
                    done = database["rollups"].update_one(not_newer, [{"$set": written}], upsert=True)
                except DuplicateKeyError:
                    # What is held is newer, or another made it in this moment, and then it is there the next time.
                    continue
                return done.matched_count == 1 or done.upserted_id is not None
        return False

    def get_many(self, unit_ids: Iterable[str]) -> dict[str, StoredRollup]:
        remaining = iter(dict.fromkeys(unit_ids))
        found: dict[str, StoredRollup] = {}
        with self._connection.database() as database:
            while units := list(islice(remaining, _AT_ONCE)):
                computed = {"_id": {"$in": units}, "text": {"$exists": True}}
                for one in database["rollups"].find(computed, {"text": 1, "stale_since": 1}):
                    found[one["_id"]] = StoredRollup(one["_id"], one["text"], "stale_since" in one)
        return found


def _mark(database: Database[Document], units: list[str]) -> None:
    marked: list[Document] = [
        {
            "$set": {
                "seq": {"$add": [{"$ifNull": ["$seq", 0]}, 1]},
                "stale_since": {"$ifNull": ["$stale_since", ObjectId()]},
            }
        }
    ]
    # All that are there in one update. Where some are not, those that were met are marked twice, which is as good.
    if commands.update(database, "rollups", [{"q": {"_id": {"$in": units}}, "u": marked, "multi": True}]) == len(units):
        return
    while units:
        try:
            commands.update(database, "rollups", [{"q": {"_id": unit_id}, "u": marked, "upsert": True} for unit_id in units])
        except BulkWriteError as error:  # another marked one for the first time in this moment: the next time it is there
            if not is_duplicate(error):
                raise
            units = [units[one["index"]] for one in (error.details or {})["writeErrors"]]
        else:
            return
