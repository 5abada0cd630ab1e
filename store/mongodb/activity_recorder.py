"""When what statements say of activities gets into their documents: at once where it is little, else noted and merged later."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from threading import Lock

from bson.objectid import ObjectId
from pymongo.database import Database

from store.mongodb import activities, activity_notes
from store.mongodb.client import Document
from store.mongodb.observations import Key, Observations, Said, hold

FEW = 16
"""So many activities are merged at once, for a note and merging it later would be more."""

NOTES_AT_ONCE = 60
"""Notes that are merged together: of a load in which most statements name one of 6,300 activities, a few are left to merge."""

LEFT_BEHIND_MS = 120_000
"""Who wrote a note and did not merge it for so long may be dead."""

_LARGE_BYTES = 256 << 10
_NOTE_BYTES = 4 << 20
_BYTES_AT_ONCE = 8 << 20
_OLDEST_S = 10.0
_STEPS = 8
_LOOK_EVERY_S = 60.0
_MOST_KNOWN = 200_000


@dataclass(slots=True)
class _Noted:
    """What some notes say together."""

    said: dict[Key, Said] = field(default_factory=dict)
    notes: list[ObjectId] = field(default_factory=list)
    size: int = 0
    since: float = field(default_factory=time.monotonic)

    def add(self, note: ObjectId, observed: Mapping[Key, Said]) -> None:
        self.notes.append(note)
        for key, given in observed.items():
            held = self.said.setdefault(key, {})
            for text, at in given.items():
                self.size += len(text) if text not in held else 0
                hold(held, text, at)

    def is_due(self) -> bool:
        if not self.notes:
            return False
        return len(self.notes) >= NOTES_AT_ONCE or self.size >= _BYTES_AT_ONCE or time.monotonic() - self.since >= _OLDEST_S


class ActivityRecorder:
    """Whatever it is called with is in the store when it returns. Thread-safe; remembers activities it saw there, for most are only
    named again.

    What is due is merged in steps, a part with each batch, so that no batch waits for all of it. Who dies leaves notes behind,
    which any other recorder merges.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._known: set[Key] = set()
        self._young = _Noted()
        self._merging = _Noted()
        self._step = 0
        self._look_at = 0.0

    def record(self, database: Database[Document], observed: Observations) -> None:
        with self._lock:
            new = {key: said for key, said in observed.said.items() if said or key not in self._known}
            large = new if len(new) <= FEW else {key: said for key, said in new.items() if sum(map(len, said)) > _LARGE_BYTES}
            activities.put(database, large)
            self._note(database, {key: said for key, said in new.items() if key not in large})
            if len(self._known) > _MOST_KNOWN:
                self._known = set()
            self._known.update(new)
            self._merge(database)

    def _note(self, database: Database[Document], said: dict[Key, Said]) -> None:
        remaining = iter(said.items())
        while portion := dict(_of_size(remaining)):
            self._young.add(activity_notes.write(database, portion), portion)

    def _merge(self, database: Database[Document]) -> None:
        """A step of what is due."""
        if not self._merging.notes:
            self._adopt(database)
            if not self._young.is_due():
                return
            self._merging, self._young = self._young, _Noted()
            self._step = len(self._merging.said) // _STEPS + 1
        merging, self._merging = self._merging, _Noted()
        portion = dict(islice(merging.said.items(), self._step))
        activities.put(database, portion)
        # When this is not reached, the notes are there for whoever finds them left behind.
        for key in portion:
            del merging.said[key]
        if merging.said:
            self._merging = merging
        else:
            activity_notes.forget(database, merging.notes)

    def _adopt(self, database: Database[Document]) -> None:
        """Take over notes that others left behind, now and then."""
        now = time.monotonic()
        if now >= self._look_at:
            self._look_at = now + _LOOK_EVERY_S
            for note, said in activity_notes.left_behind(database, LEFT_BEHIND_MS, self._young.notes, NOTES_AT_ONCE):
                self._young.add(note, said)


def _of_size(remaining: Iterator[tuple[Key, Said]]) -> Iterator[tuple[Key, Said]]:
    """What one note may hold."""
    size = 0
    for key, said in remaining:
        yield key, said
        size += sum(map(len, said))
        if size >= _NOTE_BYTES - _LARGE_BYTES:
            return
