"""Statements of releases that found them by texts get the keys of this one. Done once per database, before its indexes are made.

Several processes may do it at once, and one that dies is carried on by the next: each document is replaced in one step, and only
while it is of the earlier form. No recorder of the earlier release may run meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pymongo import ASCENDING
from pymongo.database import Database
from pymongo.errors import OperationFailure

from store.mongodb import commands
from store.mongodb.client import Document
from store.mongodb.commands import Update
from store.mongodb.statement_keys import hash_of, of_partner

MARK = "statement keys"
_OUTDATED_INDEX = "by_partner_key"
_NO_INDEX = 27
_NO_COLLECTION = 26
_AT_ONCE = 500
_EARLIER = {"match.0.of": {"$exists": True}}


def convert(database: Database[Document]) -> None:
    if database["versions"].find_one({"_id": MARK}) is not None:
        return
    # First, so that no key is written into an index that is to go.
    try:
        database["statements"].drop_index(_OUTDATED_INDEX)
    except OperationFailure as error:
        if error.code not in {_NO_INDEX, _NO_COLLECTION}:
            raise
    for documents in _portions(database):
        updates: list[Update] = []
        for document in documents:
            match = [_source(place, entry, document["partner"]) for place, entry in enumerate(document["match"])]
            as_read = {"_id": document["_id"], "match": {"$size": len(match)}, **_EARLIER}
            updates.append({"q": as_read, "u": {"$set": {"match": match}}})
        commands.update(database, "statements", updates)
    database["versions"].update_one({"_id": MARK}, {"$setOnInsert": {"version": 1}}, upsert=True)


def _portions(database: Database[Document]) -> Iterator[list[Document]]:
    """By id and each portion by itself: a cursor would not live as long as this may take."""
    beyond: Document = {}
    while True:
        found = database["statements"].find(_EARLIER | beyond, {"match": 1, "partner": 1}, sort=[("_id", ASCENDING)])
        portion = list(found.limit(_AT_ONCE))
        if not portion:
            return
        yield portion
        beyond = {"_id": {"$gt": portion[-1]["_id"]}}


def _source(place: int, entry: Mapping[str, Any], partner: str) -> Document:
    named = {"of": entry["of"]} if place else {}
    target = {"to": entry["to"]} if "to" in entry else {}
    return {**named, "keys": of_partner(map(hash_of, entry["keys"]), partner), **target}
