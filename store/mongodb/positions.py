"""How far the log is recorded: one document per partition, changed by single conditional updates only.

Read with read concern `majority`: what readers are promised rests on `through_ms`, and a failover must not take it back.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from pymongo import ReturnDocument, UpdateOne
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from store.mongodb.client import MAJORITY_READS, Connection, Document
from store.port import Position

_NOTHING_RECORDED: Document = {"next_offset": 0, "through_ms": 0}


class MongoPositions:
    """`store.port.Positions`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def positions(self) -> dict[int, Position]:
        with self._connection.database() as database:
            return _all(_collection(database))

    def advance(self, partition: int, next_offset: int, through_ms: int) -> None:
        # One update that knows what it finds: between two, a rival could move the position. A missing one compares as smaller.
        is_ahead: dict[str, Any] = {"$gt": [next_offset, {"$ifNull": ["$next_offset", -1]}]}
        update: list[Mapping[str, Any]] = [
            {
                "$set": {
                    "next_offset": {"$max": [next_offset, "$next_offset"]},
                    "through_ms": {"$cond": [is_ahead, {"$max": [through_ms, "$through_ms"]}, "$through_ms"]},
                    "claimed_until": {"$ifNull": ["$claimed_until", 0]},
                }
            }
        ]
        with self._connection.database() as database:
            positions = _collection(database)
            try:
                positions.update_one({"_id": partition}, update, upsert=True)
            except DuplicateKeyError:  # a rival made it first: now it is there
                positions.update_one({"_id": partition}, update, upsert=True)

    def raise_through(self, ends: Mapping[int, int], through_ms: int) -> dict[int, Position]:
        with self._connection.database() as database:
            positions = _collection(database)
            held = _all(positions)
            for partition in ends.keys() - held.keys():
                _create(positions, partition)
                held[partition] = Position(partition, 0, 0, claimed=False)
            # Most probes come while the recorder is behind: they need not write.
            updates = [
                UpdateOne(
                    {"_id": partition, "next_offset": end, "claimed_until": {"$lte": end}}, {"$max": {"through_ms": through_ms}}
                )
                for partition, end in ends.items()
                if _may_rise(held[partition], end, through_ms)
            ]
            if not updates:
                return held
            positions.bulk_write(updates, ordered=False)
            return _all(positions)


def claim(database: Database[Document], partition: int, next_offset: int) -> int:
    """Claim the partition up to `next_offset` (its position is made when missing) and return its `through_ms`, which nobody can
    raise until the position is there."""
    positions = _collection(database)

    def attempt() -> Document | None:
        return positions.find_one_and_update(
            {"_id": partition},
            {"$max": {"claimed_until": next_offset}, "$setOnInsert": _NOTHING_RECORDED},
            upsert=True,
            return_document=ReturnDocument.AFTER,
        )

    try:
        held = attempt()
    except DuplicateKeyError:  # a rival made it first: now it is there
        held = attempt()
    return 0 if held is None else int(held["through_ms"])


def _collection(database: Database[Document]) -> Collection[Document]:
    return database.get_collection("positions", read_concern=MAJORITY_READS)


def _may_rise(position: Position, end: int, through_ms: int) -> bool:
    return position.next_offset == end and not position.claimed and position.through_ms < through_ms


def _create(positions: Collection[Document], partition: int) -> None:
    with suppress(DuplicateKeyError):
        positions.update_one({"_id": partition}, {"$setOnInsert": _NOTHING_RECORDED | {"claimed_until": 0}}, upsert=True)


def _all(positions: Collection[Document]) -> dict[int, Position]:
    return {
        one["_id"]: Position(one["_id"], one["next_offset"], one["through_ms"], one["claimed_until"] > one["next_offset"])
        for one in positions.find().sort("_id", 1)
    }
