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
from store.port import AnotherLog, Position

_SERVERS_TIME: Document = {"$toLong": "$$NOW"}
"""An API host whose clock is ahead promises no further than this: what was promised in error would stay in every later `stored`."""
_NOTHING_RECORDED: Document = {"next_offset": 0, "through_ms": 0}


class MongoPositions:
    """`store.port.Positions`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def positions(self) -> dict[int, Position]:
        with self._connection.database() as database:
            return _all(_collection(database))

    def advance(self, partition: int, next_offset: int, through_ms: int, *, log_id: str = "") -> None:
        # One update that knows what it finds: between two, a rival could move the position. A missing one compares as smaller.
        is_ahead: dict[str, Any] = {"$gt": [next_offset, {"$ifNull": ["$next_offset", -1]}]}
        update: list[Mapping[str, Any]] = [
            {
                "$set": {
                    "next_offset": {"$max": [next_offset, "$next_offset"]},
                    "through_ms": {"$cond": [is_ahead, {"$max": [through_ms, "$through_ms"]}, "$through_ms"]},
                    "claimed_until": {"$ifNull": ["$claimed_until", 0]},
                    "log_id": {"$literal": log_id},
                }
            }
        ]
        with self._connection.database() as database:
            positions = _collection(database)
            try:
                positions.update_one(_of(partition, log_id), update, upsert=True)
            except DuplicateKeyError:  # it is there: of another log, or a rival of this one made it first
                positions.update_one(_of(partition, log_id), update)

    def raise_through(self, ends: Mapping[int, int], through_ms: int, *, log_id: str = "") -> dict[int, Position]:
        with self._connection.database() as database:
            positions = _collection(database)
            held = _all(positions)
            for partition in ends.keys() - held.keys():
                _create(positions, partition, log_id)
                held[partition] = Position(partition, 0, 0, claimed=False, log_id=log_id)
            # Most probes come while the recorder is behind: they need not write.
            updates = [
                UpdateOne(
                    {**_of(partition, log_id), "next_offset": end, "claimed_until": {"$lte": end}},
                    [{"$set": {"through_ms": {"$max": ["$through_ms", {"$min": [through_ms, _SERVERS_TIME]}]}}}],
                )
                for partition, end in ends.items()
                if held[partition].log_id == log_id and _may_rise(held[partition], end, through_ms)
            ]
            if not updates:
                return held
            positions.bulk_write(updates, ordered=False)
            return _all(positions)

    def adopt(self, seen: Position, log_id: str, next_offset: int) -> None:
        is_claimed = {"$gt": ["$claimed_until", "$next_offset"]}
        claimed_until: Document = {"$cond": [is_claimed, next_offset + 1, next_offset]}
        if next_offset == seen.next_offset:
            claimed_until = {"$max": ["$claimed_until", 0]}
        update = [{"$set": {"log_id": {"$literal": log_id}, "next_offset": next_offset, "claimed_until": claimed_until}}]
        with self._connection.database() as database:
            positions = _collection(database)
            _create(positions, seen.partition, "")
            positions.update_one({**_of(seen.partition, seen.log_id), "next_offset": seen.next_offset}, update)


def claim(database: Database[Document], partition: int, next_offset: int, log_id: str) -> int:
    """Claim the partition up to `next_offset` of this log (its position is made when missing) and return its `through_ms`, which
    nobody can raise until the position is there. Raises AnotherLog."""
    positions = _collection(database)

    def attempt(*, upsert: bool) -> Document | None:
        return positions.find_one_and_update(
            _of(partition, log_id),
            {"$max": {"claimed_until": next_offset}, "$setOnInsert": {**_NOTHING_RECORDED, "log_id": log_id}},
            upsert=upsert,
            return_document=ReturnDocument.AFTER,
        )

    try:
        held = attempt(upsert=True)
    except DuplicateKeyError:  # it is there: of another log, or a rival of this one made it first
        held = attempt(upsert=False)
    if held is None:
        raise AnotherLog(f"partition {partition} is not recorded from the log {log_id} any more")
    return int(held["through_ms"])


def _collection(database: Database[Document]) -> Collection[Document]:
    return database.get_collection("positions", read_concern=MAJORITY_READS)


def _may_rise(position: Position, end: int, through_ms: int) -> bool:
    return position.next_offset == end and not position.claimed and position.through_ms < through_ms


def _of(partition: int, log_id: str) -> Document:
    """The partition's position if it is of this log. Those written before logs had an identity name none."""
    return {"_id": partition, "log_id": log_id or {"$in": ["", None]}}


def _create(positions: Collection[Document], partition: int, log_id: str) -> None:
    nothing = {**_NOTHING_RECORDED, "claimed_until": 0, "log_id": log_id}
    with suppress(DuplicateKeyError):
        positions.update_one({"_id": partition}, {"$setOnInsert": nothing}, upsert=True)


def _all(positions: Collection[Document]) -> dict[int, Position]:
    return {
        one["_id"]: Position(
            one["_id"],
            one["next_offset"],
            one["through_ms"],
            one["claimed_until"] > one["next_offset"],
            one.get("log_id", ""),
        )
        for one in positions.find().sort("_id", 1)
    }
