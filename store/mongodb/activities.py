"""What statements say of activities: one document per activity, in which every leaf is merged by the server itself.

    _id     the activity's id
    leaves  {leaf name, escaped: {at: stored in ms, by: statement id, said: the value as JSON}}

Of two of a leaf the greater stays, and documents compare member by member in order: so `$max` is the rule of `xapi.activities`,
the latest by (stored, statement id) wins. It commutes and may be repeated, needs no reading first, and recorders that write to the
same activity never lose what the other wrote.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice
from threading import Lock
from typing import Any

import msgspec
from pymongo import UpdateOne
from pymongo.collection import Collection
from pymongo.errors import BulkWriteError

from store.mongodb.client import Connection, Document
from store.mongodb.errors import DUPLICATE_KEY, TOO_LARGE, is_only, write_error_codes
from xapi.activities import ActivityState, merge, observe
from xapi.query import StoredAt
from xapi.statement import Extract

_IDS_AT_ONCE = 1_000
_MOST_KNOWN = 200_000
_ESCAPES = {"%": "%25", ".": "%2E", "$": "%24", "\0": "%00"}
_ESCAPED = str.maketrans(_ESCAPES)
_Definition = Mapping[str, Any] | None

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode


class Observations:
    """What a batch says of activities. Many statements say the same of one, so only the last to say it is kept."""

    def __init__(self) -> None:
        self._said: dict[str, list[tuple[_Definition, StoredAt]]] = {}

    def add(self, extract: Extract, stored_ms: int) -> None:
        at = StoredAt(stored_ms, extract.statement_id)
        for seen in extract.activities:
            said = self._said.setdefault(seen.activity_id, [])
            if not seen.definition:
                continue
            if said and said[-1][0] == seen.definition:
                # The same leaves, so that the later of the two stands for both.
                if at > said[-1][1]:
                    said[-1] = (seen.definition, at)
            else:
                said.append((seen.definition, at))

    def states(self) -> list[ActivityState]:
        return [_state(activity_id, said) for activity_id, said in self._said.items()]


class ActivityRecorder:
    """Merges observations into the store. Thread-safe; remembers activities it saw there, for most are only named again."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._known: set[str] = set()

    def record(self, activities: Collection[Document], observed: Observations) -> None:
        states = [state for state in observed.states() if state.leaves or state.activity_id not in self._known]
        remaining = iter(states)
        while portion := list(islice(remaining, _IDS_AT_ONCE)):
            updates = [_update(state) for state in portion]
            while not _send(activities, updates):
                pass
        with self._lock:
            if len(self._known) > _MOST_KNOWN:
                self._known = set()
            self._known.update(state.activity_id for state in states)


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
                    found[document["_id"]] = _held(document)
        return found


def _state(activity_id: str, said: list[tuple[_Definition, StoredAt]]) -> ActivityState:
    states = [observe(activity_id, definition, at) for definition, at in said]
    if len(states) == 1:
        return states[0]
    return merge(states) if states else ActivityState(activity_id, {})


def _update(state: ActivityState) -> UpdateOne:
    if not state.leaves:
        return UpdateOne({"_id": state.activity_id}, {"$setOnInsert": {"leaves": {}}}, upsert=True)
    leaves = {
        f"leaves.{name.translate(_ESCAPED)}": {"at": at, "by": by, "said": _encode(value)}
        for name, (at, by, value) in state.leaves.items()
    }
    return UpdateOne({"_id": state.activity_id}, {"$max": leaves}, upsert=True)


def _send(activities: Collection[Document], updates: list[UpdateOne]) -> bool:
    """Whether all is written; if not, two recorders made the same activity in one moment, and it goes well the next time."""
    try:
        activities.bulk_write(updates, ordered=False)
    except BulkWriteError as error:
        # What no longer fits into an activity's document is left out: no statement is to fail for it.
        if not is_only(error, TOO_LARGE | {DUPLICATE_KEY}):
            raise
        return DUPLICATE_KEY not in write_error_codes(error)
    return True


def _held(document: Document) -> ActivityState:
    leaves = {}
    for name, leaf in document["leaves"].items():
        leaves[_unescaped(name)] = (leaf["at"], leaf["by"], _decode(leaf["said"]))
    return ActivityState(document["_id"], leaves)


def _unescaped(name: str) -> str:
    if "%" in name:
        for character, escape in reversed(_ESCAPES.items()):
            name = name.replace(escape, character)
    return name
