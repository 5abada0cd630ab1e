"""Actors and activities that statements name. A document of `sightings`:

_id                 24 random hexadecimal digits
kind, key, partner, label, detail, matched, weight
rejected            whether HR rejected it; then also `rejected_at_ms`
rejected_employees  in the order in which HR said so
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from pymongo.errors import BulkWriteError

from store.mongodb import commands
from store.mongodb.client import Connection, Document
from store.mongodb.commands import Update
from store.mongodb.errors import is_duplicate
from store.mongodb.indexes import SIGHTINGS_BY_KEY, SIGHTINGS_BY_WEIGHT, name_of
from store.port import Sighting, SightingAfter, SightingKind, StoredSighting

_ID_BYTES = 12
_AT_ONCE = 1_000
_LAST = chr(0x10FFFF)
"""A noncharacter, which no key has in it."""


class MongoSightings:
    """`store.port.Sightings`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def note(self, sightings: Sequence[Sighting]) -> None:
        with self._connection.database() as database:
            for portion in commands.portions(_folded(sightings), _size, _AT_ONCE):
                while portion:
                    try:
                        commands.update(database, "sightings", list(map(_note, portion)))
                    except BulkWriteError as error:  # another noted one for the first time in this moment: next time it is there
                        if not is_duplicate(error):
                            raise
                        portion = [portion[one["index"]] for one in (error.details or {})["writeErrors"]]
                    else:
                        break

    def page(
        self, kind: SightingKind, *, matched: bool | None, rejected: bool = False, after: SightingAfter | None, limit: int
    ) -> list[StoredSighting]:
        found: list[StoredSighting] = []
        with self._connection.database() as database:
            for either in (False, True) if matched is None else (matched,):
                for place in _places(after):
                    wanted = {"kind": kind.value, "matched": either, "rejected": rejected, **place}
                    page = database["sightings"].find(wanted, limit=limit, hint=name_of(SIGHTINGS_BY_WEIGHT))
                    found += map(_sighting, page.sort([("weight", -1), ("_id", 1)]))
        return sorted(found, key=lambda one: (-one.weight, one.id))[:limit]

    def get(self, sighting_id: str) -> StoredSighting | None:
        with self._connection.database() as database:
            found = database["sightings"].find_one({"_id": sighting_id})
        return None if found is None else _sighting(found)

    def by_keys(self, kind: SightingKind, keys: Iterable[str]) -> dict[str, StoredSighting]:
        remaining = iter(dict.fromkeys(keys))
        found: dict[str, StoredSighting] = {}
        with self._connection.database() as database:
            while portion := list(islice(remaining, _AT_ONCE)):
                for document in database["sightings"].find({"kind": kind.value, "key": {"$in": portion}}):
                    found[document["key"]] = _sighting(document)
        return found

    def keys(self, kind: SightingKind, *, prefix: str = "", after: str | None, limit: int) -> list[str]:
        within: dict[str, Any] = {"$gte": prefix, "$lt": prefix + _LAST}
        if after is not None and after >= prefix:
            within = {"$gt": after, "$lt": prefix + _LAST}
        with self._connection.database() as database:
            wanted = {"kind": kind.value, "key": within}
            found = database["sightings"].find(wanted, {"_id": 0, "key": 1}, limit=limit, hint=name_of(SIGHTINGS_BY_KEY))
            return [one["key"] for one in found.sort("key", 1)]

    def reject(self, sighting_id: str, *, employee_id: str | None, at_ms: int) -> bool:
        with self._connection.database() as database:
            sightings = database["sightings"]
            if employee_id is not None:
                rejected = {"$addToSet": {"rejected_employees": employee_id}}
                return sightings.update_one({"_id": sighting_id}, rejected).matched_count == 1
            sightings.update_one({"_id": sighting_id, "rejected": False}, {"$set": {"rejected": True, "rejected_at_ms": at_ms}})
            return sightings.find_one({"_id": sighting_id}, {"_id": 1}) is not None

    def take_back(self, sighting_id: str, *, employee_id: str | None) -> bool:
        change: dict[str, Any] = {"$pull": {"rejected_employees": employee_id}}
        if employee_id is None:
            change = {"$set": {"rejected": False}, "$unset": {"rejected_at_ms": ""}}
        with self._connection.database() as database:
            return database["sightings"].update_one({"_id": sighting_id}, change).matched_count == 1


def _folded(sightings: Sequence[Sighting]) -> list[Sighting]:
    """Of each (kind, key) the last, with the times of all: several updates of one document in a command may go in any order."""
    folded: dict[tuple[SightingKind, str], tuple[Sighting, int]] = {}
    for one in sightings:
        _, times = folded.get((one.kind, one.key), (one, 0))
        folded[one.kind, one.key] = (one, times + one.times)
    return [Sighting(one.kind, one.key, one.partner, one.label, one.detail, one.matched, times) for one, times in folded.values()]


def _size(one: Sighting) -> int:
    return 4 * (len(one.key) + len(one.label) + len(one.detail))


def _note(one: Sighting) -> Update:
    """Repeated, it adds to the weight, which is an estimate."""
    update = {
        "$set": {"partner": one.partner, "label": one.label, "detail": one.detail, "matched": one.matched},
        "$inc": {"weight": one.times},
        "$setOnInsert": {"_id": secrets.token_hex(_ID_BYTES), "rejected": False, "rejected_employees": []},
    }
    return {"q": {"kind": one.kind.value, "key": one.key}, "u": update, "upsert": True}


def _places(after: SightingAfter | None) -> list[dict[str, Any]]:
    if after is None:
        return [{}]
    return [{"weight": after.weight, "_id": {"$gt": after.id}}, {"weight": {"$lt": after.weight}}]


def _sighting(document: Document) -> StoredSighting:
    return StoredSighting(
        id=document["_id"],
        kind=SightingKind(document["kind"]),
        key=document["key"],
        partner=document["partner"],
        label=document["label"],
        detail=document["detail"],
        matched=document["matched"],
        weight=document["weight"],
        rejected_at_ms=document.get("rejected_at_ms"),
        rejected_employees=tuple(document["rejected_employees"]),
    )
