"""What statements say of activities: a document per activity and partner, in which every leaf is merged by the server itself.

    _id     {activity: the activity's id, owner: the partner whose statements say it}
    leaves  {leaf name, escaped: {at: stored in ms, by: statement id, said: the value as JSON}}

Of two of a leaf the greater stays, and documents compare member by member in order: so `$max` is the rule of `xapi.activities`,
the latest by (stored, statement id) wins. It commutes and may be repeated, needs no reading first, and recorders that write to the
same activity never lose what the other wrote. The leaves that are too many by that module's rule are taken out afterwards, each
only as it was seen: one that was said again meanwhile stays. Readers apply the rule too, so they never see whether that was done.
What was recorded last may still stand in `activity_notes`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice

import msgspec
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import BulkWriteError

from store.mongodb import activity_notes, commands
from store.mongodb.client import Connection, Document
from store.mongodb.commands import Update
from store.mongodb.errors import DUPLICATE_KEY, TOO_LARGE, is_only
from store.mongodb.observations import Key, Said, state_of
from xapi.activities import MOST_LEAVES, ActivityState, merge

_IDS_AT_ONCE = 1_000
_ACTIVITIES = "activities"
_ESCAPES = {"%": "%25", ".": "%2E", "$": "%24", "\0": "%00"}
_ESCAPED = str.maketrans(_ESCAPES)

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode


def put(database: Database[Document], observed: Mapping[Key, Said]) -> None:
    """Merge what was said into the documents."""
    remaining = iter(observed.items())
    while portion := list(islice(remaining, _IDS_AT_ONCE)):
        states = {key: state_of(key[0], said) for key, said in portion}
        updates = [_update(key, state) for key, state in states.items()]
        described = [_id(key) for key, state in states.items() if state.leaves]
        while not _send(database, updates):
            _trim(database, described)
        _trim(database, described)


class MongoActivityQueries:
    """`store.port.ActivityQueries`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def activities(self, activity_ids: Iterable[str], *, owner: str | None) -> dict[str, ActivityState]:
        remaining = iter(dict.fromkeys(activity_ids))
        found: dict[str, ActivityState] = {}
        with self._connection.database() as database:
            while ids := list(islice(remaining, _IDS_AT_ONCE)):
                # The notes first: what has left them by then is in the documents.
                states = list(activity_notes.read(database, ids, owner))
                states += map(_held, database[_ACTIVITIES].find(_among(ids, owner)))
                for state in states:
                    held = found.get(state.activity_id)
                    found[state.activity_id] = state if held is None else merge([held, state])
        return found


def _id(key: Key) -> Document:
    return {"activity": key[0], "owner": key[1]}


def _among(activity_ids: list[str], owner: str | None) -> Document:
    if owner is None:
        return {"_id.activity": {"$in": activity_ids}}
    return {"_id": {"$in": [_id((activity_id, owner)) for activity_id in activity_ids]}}


def _update(key: Key, state: ActivityState) -> Update:
    if not state.leaves:
        return {"q": {"_id": _id(key)}, "u": {"$setOnInsert": {"leaves": {}}}, "upsert": True}
    leaves = {_path(name): {"at": at, "by": by, "said": _encode(value)} for name, (at, by, value) in state.leaves.items()}
    return {"q": {"_id": _id(key)}, "u": {"$max": leaves}, "upsert": True}


def _path(name: str) -> str:
    return f"leaves.{name.translate(_ESCAPED)}"


def _send(database: Database[Document], updates: list[Update]) -> bool:
    """Whether all is written. If not, two recorders made the same activity in one moment, and it goes well the next time; or
    recorders died again and again before they had trimmed a document, and it goes well once that is done."""
    try:
        commands.update(database, _ACTIVITIES, updates)
    except BulkWriteError as error:
        if not is_only(error, TOO_LARGE | {DUPLICATE_KEY}):
            raise
        return False
    return True


def _trim(database: Database[Document], ids: list[Document]) -> None:
    """Take out the leaves that are too many. Nearly always there are none, and the server finds that without sending a document."""
    if not ids:
        return
    too_many = {"$expr": {"$gt": [{"$size": {"$objectToArray": "$leaves"}}, MOST_LEAVES]}}
    activities: Collection[Document] = database[_ACTIVITIES]
    removals: list[Update] = []
    for document in activities.find({"_id": {"$in": ids}, **too_many}):
        kept = _held(document).leaves
        surplus = {f"leaves.{name}": leaf for name, leaf in document["leaves"].items() if _unescaped(name) not in kept}
        as_seen = {f"{path}.{part}": leaf[part] for path, leaf in surplus.items() for part in ("at", "by")}
        removals.append({"q": {"_id": document["_id"], **as_seen}, "u": {"$unset": dict.fromkeys(surplus, "")}})
    if removals:
        commands.update(database, _ACTIVITIES, removals)


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
