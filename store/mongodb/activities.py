"""What statements say of activities, merged with compare-and-set: one read and one bulk write per batch when nobody else writes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

from pymongo import InsertOne, UpdateOne
from pymongo.collection import Collection
from pymongo.errors import BulkWriteError

from store.mongodb.client import Connection, Document
from store.mongodb.errors import is_duplicate
from xapi.activities import ActivityState, merge, observe
from xapi.query import StoredAt
from xapi.statement import Extract

LONGEST_STATE_CHARACTERS = 3 << 20
"""What is said of an activity beyond it is not merged: a document ends at 16 MB, and no statement is to fail for it."""

_IDS_AT_ONCE = 1_000
_Definition = Mapping[str, Any] | None


class Observations:
    """What a batch says of activities. Many statements say the same of one, so only the last to say it is kept."""

    def __init__(self) -> None:
        self._said: dict[str, list[tuple[_Definition, StoredAt]]] = {}

    def add(self, extract: Extract, stored_ms: int) -> None:
        at = StoredAt(stored_ms, extract.statement_id)
        for seen in extract.activities:
            said = self._said.get(seen.activity_id)
            if said is None:
                self._said[seen.activity_id] = [(seen.definition, at)]
            elif said[-1][0] == seen.definition:
                # The same leaves, so that the later of the two stands for both.
                if at > said[-1][1]:
                    said[-1] = (seen.definition, at)
            else:
                said.append((seen.definition, at))

    def states(self) -> dict[str, ActivityState]:
        return {
            activity_id: merge([observe(activity_id, definition, at) for definition, at in said])
            for activity_id, said in self._said.items()
        }


def record(activities: Collection[Document], observed: Observations) -> None:
    """Merge into what is held. Recorders of other partitions do the same at the same time: whoever finds that a revision moved
    reads again. Merging commutes, so the order does not matter, and repeating changes nothing."""
    remaining = iter(observed.states().values())
    while portion := list(islice(remaining, _IDS_AT_ONCE)):
        while not _merge_once(activities, portion):
            pass


class MongoActivityQueries:
    """`store.port.ActivityQueries`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def activities(self, activity_ids: Iterable[str]) -> dict[str, ActivityState]:
        remaining = iter(dict.fromkeys(activity_ids))
        found: dict[str, ActivityState] = {}
        with self._connection.database() as database:
            while ids := list(islice(remaining, _IDS_AT_ONCE)):
                for document in database["activities"].find({"_id": {"$in": ids}}):
                    found[document["_id"]] = ActivityState.load(document["_id"], document["leaves"])
        return found


def _merge_once(activities: Collection[Document], states: list[ActivityState]) -> bool:
    """Whether all that was to be written is."""
    held = {one["_id"]: one for one in activities.find({"_id": {"$in": [state.activity_id for state in states]}})}
    writes = [write for state in states if (write := _write(state, held.get(state.activity_id))) is not None]
    if not writes:
        return True
    try:
        result = activities.bulk_write(writes, ordered=False)
    except BulkWriteError as error:
        if not is_duplicate(error):
            raise
        return False
    return result.matched_count + result.inserted_count == len(writes)


def _write(said: ActivityState, held: Document | None) -> InsertOne[Document] | UpdateOne | None:
    if held is None:
        leaves = said.dump()
        return InsertOne({"_id": said.activity_id, "revision": 1, "leaves": leaves if _fits(leaves) else "{}"})
    known = ActivityState.load(said.activity_id, held["leaves"])
    merged = merge([known, said])
    if merged.leaves == known.leaves:
        return None
    leaves = merged.dump()
    if not _fits(leaves):
        return None
    where = {"_id": said.activity_id, "revision": held["revision"]}
    return UpdateOne(where, {"$set": {"leaves": leaves}, "$inc": {"revision": 1}})


def _fits(leaves: str) -> bool:
    return len(leaves) <= LONGEST_STATE_CHARACTERS
