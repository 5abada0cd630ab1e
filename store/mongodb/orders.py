"""Orders. A document of `orders`:

_id             the order's id
kind, keys, cursor
placed          when, in ns since the epoch by the clock of who placed it, with those of one call apart
lease_until_ms  absent until somebody takes it
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from pymongo import ReturnDocument
from pymongo.client_session import ClientSession
from pymongo.database import Database

from store.mongodb.client import Connection, Document
from store.port import Order, OrderKind

_AS_PLACED = [("placed", 1), ("_id", 1)]


def place(database: Database[Document], session: ClientSession, orders: Sequence[Order]) -> None:
    """In the transaction of `session`; one whose id is there already stays as it is."""
    if not orders:
        return
    documents = _documents(orders)
    ids = [one["_id"] for one in documents]
    there = {one["_id"] for one in database["orders"].find({"_id": {"$in": ids}}, {"_id": 1}, session=session)}
    new = [one for one in documents if one["_id"] not in there]
    if new:
        database["orders"].insert_many(new, session=session)


class MongoOrders:
    """`store.port.Orders`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def place(self, orders: Sequence[Order]) -> None:
        if orders:
            self._connection.transaction(lambda database, session: place(database, session, orders))

    def take(self, now_ms: int, lease_ms: int, kinds: frozenset[OrderKind] | None = None) -> Order | None:
        free: dict[str, Any] = {"lease_until_ms": {"$not": {"$gt": now_ms}}}
        if kinds is not None:
            free["kind"] = {"$in": [kind.value for kind in kinds]}
        with self._connection.database() as database:
            # Mostly there is none, which a write that finds nothing says only once all that others wrote is on disk.
            if database["orders"].find_one(free, {"_id": 1}) is None:
                return None
            taken = database["orders"].find_one_and_update(
                free, {"$set": {"lease_until_ms": now_ms + lease_ms}}, sort=_AS_PLACED, return_document=ReturnDocument.AFTER
            )
        return None if taken is None else _order(taken)

    def progress(self, order_id: str, cursor: str, lease_until_ms: int) -> bool:
        with self._connection.database() as database:
            kept = {"$set": {"cursor": cursor, "lease_until_ms": lease_until_ms}}
            return database["orders"].update_one({"_id": order_id}, kept).matched_count == 1

    def done(self, order_id: str) -> None:
        with self._connection.database() as database:
            database["orders"].delete_one({"_id": order_id})

    def waiting(self) -> int:
        with self._connection.database() as database:
            return database["orders"].count_documents({})

    def of_kind(self, kind: OrderKind) -> list[Order]:
        with self._connection.database() as database:
            return [_order(one) for one in database["orders"].find({"kind": kind.value}).sort(_AS_PLACED)]


def _documents(orders: Sequence[Order]) -> list[Document]:
    now = time.time_ns()
    first: dict[str, Order] = {}
    for one in orders:
        first.setdefault(one.id, one)
    return [
        {"_id": one.id, "kind": one.kind.value, "keys": list(one.keys), "cursor": one.cursor, "placed": now + number}
        for number, one in enumerate(first.values())
    ]


def _order(document: Document) -> Order:
    return Order(document["_id"], OrderKind(document["kind"]), tuple(document["keys"]), document["cursor"])
