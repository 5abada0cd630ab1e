"""What batches say of activities, noted in one write each until it is merged into the documents of `activities`.

    _id         random
    noted_at    milliseconds since the epoch by the clock of who noted it
    activities  the hashes of the activities it speaks of
    said        {hash as text: JSON, [[activity, owner, [[stored in ms, statement id, definition], ...]], ...]}

A statement names one activity or two, and its platform's next one names the same: merged batch by batch, the documents of
activities would take more of the server than the statements. A note takes a tenth of that, and what twenty say is merged at once.
Merging commutes and may be repeated, so a note may be merged by several, and taken away by any of them once it is.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from uuid import UUID

import msgspec
from bson.objectid import ObjectId
from pymongo.database import Database

from store.mongodb import commands
from store.mongodb.client import Document
from store.mongodb.observations import Key, Said, hold, state_of
from xapi.activities import ActivityState
from xapi.query import StoredAt

COLLECTION = "activity_notes"

_encode = msgspec.json.Encoder().encode
_Line = tuple[str, str, list[tuple[int, str, msgspec.Raw]]]
_lines = msgspec.json.Decoder(list[_Line]).decode


def write(database: Database[Document], said: Mapping[Key, Said]) -> ObjectId:
    """Note what was said (4 MB of it at most); what `forget` takes."""
    lines: dict[int, list[bytes]] = {}
    for (activity_id, owner), definitions in said.items():
        given = b",".join(b'[%d,"%b",%b]' % (at.stored_ms, str(at.statement_id).encode(), text) for text, at in definitions.items())
        line = b"[%b,%b,[%b]]" % (_encode(activity_id), _encode(owner), given)
        lines.setdefault(_hash(activity_id), []).append(line)
    note_id = ObjectId()
    note: Document = {
        "_id": note_id,
        "noted_at": _now_ms(),
        "activities": list(lines),
        "said": {str(name): b"[%b]" % b",".join(of_it) for name, of_it in lines.items()},
    }
    commands.insert(database, COLLECTION, [note])
    return note_id


def read(database: Database[Document], activity_ids: Iterable[str], owner: str | None) -> Iterator[ActivityState]:
    """What is noted of these activities, of any owner's where `owner` is None."""
    wanted = {_hash(one): one for one in activity_ids}
    asked = {"activities": {"$in": list(wanted)}}
    for note in database[COLLECTION].find(asked, {f"said.{name}": 1 for name in wanted}):
        for activity_id, of, said in _read(note):
            # Two ids may have one hash.
            if wanted[_hash(activity_id)] == activity_id and owner in (None, of):
                yield state_of(activity_id, said)


def left_behind(
    database: Database[Document], older_than_ms: int, known: Sequence[ObjectId], most: int
) -> Iterator[tuple[ObjectId, dict[Key, Said]]]:
    """At most so many notes of that age, without those in `known`: who wrote them may be dead."""
    aged = {"noted_at": {"$lt": _now_ms() - older_than_ms}, "_id": {"$nin": list(known)}}
    for note in database[COLLECTION].find(aged, limit=most):
        yield note["_id"], {(activity_id, owner): said for activity_id, owner, said in _read(note)}


def forget(database: Database[Document], notes: Sequence[ObjectId]) -> None:
    """They are merged."""
    commands.delete(database, COLLECTION, notes)


def _read(note: Document) -> Iterator[tuple[str, str, Said]]:
    for text in note.get("said", {}).values():
        for activity_id, owner, given in _lines(text):
            said: Said = {}
            for stored_ms, statement_id, definition in given:
                hold(said, bytes(definition), StoredAt(stored_ms, UUID(statement_id)))
            yield activity_id, owner, said


def _hash(activity_id: str) -> int:
    return int.from_bytes(blake2b(activity_id.encode(errors="surrogatepass"), digest_size=8).digest(), "big", signed=True)


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
