"""What statements say of activities: a document per activity and partner, in which every leaf is merged by the server itself.

    _id     {activity: the activity's id, owner: the partner whose statements say it}
    leaves  {leaf name, escaped: {at: stored in ms, by: statement id, said: the value as JSON}}

Of two of a leaf the greater stays, and documents compare member by member in order: so `$max` is the rule of `xapi.activities`,
the latest by (stored, statement id) wins. It commutes and may be repeated, needs no reading first, and recorders that write to the
same activity never lose what the other wrote. The leaves that are too many by that module's rule are taken out afterwards, each
only as it was seen: one that was said again meanwhile stays. Readers apply the rule too, so they never see whether that was done.
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
from store.mongodb.errors import DUPLICATE_KEY, TOO_LARGE, is_only
from xapi.activities import MOST_LEAVES, ActivityState, merge, observe
from xapi.query import StoredAt
from xapi.statement import Extract

_IDS_AT_ONCE = 1_000
_MOST_KNOWN = 200_000
_ESCAPES = {"%": "%25", ".": "%2E", "$": "%24", "\0": "%00"}
_ESCAPED = str.maketrans(_ESCAPES)
_Definition = Mapping[str, Any] | None
_Key = tuple[str, str]
"""An activity and an owner."""

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode


class Observations:
    """What a batch says of activities. Many statements say the same of one, so only the last to say it is kept."""

    def __init__(self) -> None:
        self._said: dict[_Key, list[tuple[_Definition, StoredAt]]] = {}

    def add(self, owner: str, extract: Extract, stored_ms: int) -> None:
        at = StoredAt(stored_ms, extract.statement_id)
        for seen in extract.activities:
            said = self._said.setdefault((seen.activity_id, owner), [])
            if not seen.definition:
                continue
            if said and said[-1][0] == seen.definition:
                # The same leaves, so that the later of the two stands for both.
                if at > said[-1][1]:
                    said[-1] = (seen.definition, at)
            else:
                said.append((seen.definition, at))

    def states(self) -> dict[_Key, ActivityState]:
        return {key: _state(key[0], said) for key, said in self._said.items()}


class ActivityRecorder:
    """Merges observations into the store. Thread-safe; remembers activities it saw there, for most are only named again."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._known: set[_Key] = set()

    def record(self, activities: Collection[Document], observed: Observations) -> None:
        states = {key: state for key, state in observed.states().items() if state.leaves or key not in self._known}
        remaining = iter(states.items())
        while portion := list(islice(remaining, _IDS_AT_ONCE)):
            updates = [_update(key, state) for key, state in portion]
            described = [_id(key) for key, state in portion if state.leaves]
            while not _send(activities, updates):
                _trim(activities, described)
            _trim(activities, described)
        with self._lock:
            if len(self._known) > _MOST_KNOWN:
                self._known = set()
            self._known.update(states)


class MongoActivityQueries:
    """`store.port.ActivityQueries`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def activities(self, activity_ids: Iterable[str], *, owner: str | None) -> dict[str, ActivityState]:
        remaining = iter(dict.fromkeys(activity_ids))
        found: dict[str, ActivityState] = {}
        with self._connection.database() as database:
            while ids := list(islice(remaining, _IDS_AT_ONCE)):
                for document in database["activities"].find(_among(ids, owner)):
                    state = _held(document)
                    held = found.get(state.activity_id)
                    found[state.activity_id] = state if held is None else merge([held, state])
        return found


def _id(key: _Key) -> Document:
    return {"activity": key[0], "owner": key[1]}


def _among(activity_ids: list[str], owner: str | None) -> Document:
    if owner is None:
        return {"_id.activity": {"$in": activity_ids}}
    return {"_id": {"$in": [_id((activity_id, owner)) for activity_id in activity_ids]}}


def _state(activity_id: str, said: list[tuple[_Definition, StoredAt]]) -> ActivityState:
    states = [observe(activity_id, definition, at) for definition, at in said]
    if len(states) == 1:
        return states[0]
    return merge(states) if states else ActivityState(activity_id, {})


def _update(key: _Key, state: ActivityState) -> UpdateOne:
    if not state.leaves:
        return UpdateOne({"_id": _id(key)}, {"$setOnInsert": {"leaves": {}}}, upsert=True)
    leaves = {_path(name): {"at": at, "by": by, "said": _encode(value)} for name, (at, by, value) in state.leaves.items()}
    return UpdateOne({"_id": _id(key)}, {"$max": leaves}, upsert=True)


def _path(name: str) -> str:
    return f"leaves.{name.translate(_ESCAPED)}"


def _send(activities: Collection[Document], updates: list[UpdateOne]) -> bool:
    """Whether all is written. If not, two recorders made the same activity in one moment, and it goes well the next time; or
    recorders died again and again before they had trimmed a document, and it goes well once that is done."""
    try:
        activities.bulk_write(updates, ordered=False)
    except BulkWriteError as error:
        if not is_only(error, TOO_LARGE | {DUPLICATE_KEY}):
            raise
        return False
    return True


def _trim(activities: Collection[Document], ids: list[Document]) -> None:
    """Take out the leaves that are too many. Nearly always there are none, and the server finds that without sending a document."""
    if not ids:
        return
    too_many = {"$expr": {"$gt": [{"$size": {"$objectToArray": "$leaves"}}, MOST_LEAVES]}}
    removals = []
    for document in activities.find({"_id": {"$in": ids}, **too_many}):
        kept = _held(document).leaves
        surplus = {f"leaves.{name}": leaf for name, leaf in document["leaves"].items() if _unescaped(name) not in kept}
        as_seen = {f"{path}.{part}": leaf[part] for path, leaf in surplus.items() for part in ("at", "by")}
        removals.append(UpdateOne({"_id": document["_id"], **as_seen}, {"$unset": dict.fromkeys(surplus, "")}))
    if removals:
        activities.bulk_write(removals, ordered=False)


def _held(document: Document) -> ActivityState:
    """Bounded as `xapi.activities` has it."""
    leaves = {}
    for name, leaf in document["leaves"].items():
        leaves[_unescaped(name)] = (leaf["at"], leaf["by"], _decode(leaf["said"]))
    return merge([ActivityState(document["_id"]["activity"], leaves)])


def _unescaped(name: str) -> str:
    if "%" in name:
        for character, escape in reversed(_ESCAPES.items()):
            name = name.replace(escape, character)
    return name
