"""Statements with very many keys of their own, such as those of a group with thousands of members.

MongoDB changes all index entries of one write in one transaction, which has to fit into a part of the server's cache; one that does
not is tried again for ever. So such a statement gets its keys, and loses them when it is voided, in portions. They stand in a
fixed order and are only ever cut at the end, so that any step may be repeated, by whomever.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from pymongo.collection import Collection

from store.mongodb.client import Document
from store.mongodb.references import Settled
from store.mongodb.statement_document import KEYS_AT_ONCE
from store.mongodb.statement_keys import own_keys

_OWN = "match.0.keys"


def complete(statements: Collection[Document], settled: Mapping[UUID, Settled]) -> None:
    """Give those of the batch that were inserted with their first keys the others."""
    for statement_id, one in settled.items():
        if one.extract.most_keys <= KEYS_AT_ONCE:
            continue
        every = own_keys(one.extract, one.partner)
        for start in range(KEYS_AT_ONCE, len(every), KEYS_AT_ONCE):
            shorter = {"_id": statement_id, "voided": False, f"{_OWN}.{start}": {"$exists": False}}
            statements.update_one(shorter, {"$set": {_OWN: every[: start + KEYS_AT_ONCE]}})


def thin(statements: Collection[Document], doomed: Iterable[Mapping[str, Any]]) -> None:
    """Take all but the first keys of those that meet one of the conditions `doomed`, each of which names an id: they are about to
    leave all lists."""
    conditions = list(doomed)
    crowded = {"$or": conditions, "voided": False, f"{_OWN}.{KEYS_AT_ONCE}": {"$exists": True}}
    for found in statements.find(crowded, {"keys": {"$arrayElemAt": ["$match.keys", 0]}}, batch_size=1):
        keys: list[int] = found["keys"]
        for left in range(len(keys) - KEYS_AT_ONCE, 0, -KEYS_AT_ONCE):
            # Not `$push` with `$slice`, which takes the keys out one by one.
            fewer = {"$set": {_OWN: keys[: max(left, KEYS_AT_ONCE)]}}
            statements.update_one({"_id": found["_id"], "voided": False}, fewer)
