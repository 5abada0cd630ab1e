"""How often what statements name is written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from competency.derivation import Derivation
from competency.directory import Employee, Employment, Identifier
from competency.rules import load_rules
from competency.testimony import Subject, told_of
from store.port import SightingKind, StoredSighting, StoredStatement
from store.reference import Reference, References
from store.sqlite import SqliteStore
from workers.holders import Holders
from workers.noting import Noting
from workers.sightings import Derived
from workers.stores import Stores
from xapi.agents import learner_keys

COURSE = "https://lms.example/kursus"
OTHER = "https://lms.example/lain"
SITI = {"mbox": "mailto:siti@example.com", "name": "Siti"}
SITIS = "mbox|mailto:siti@example.com"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with closing(SqliteStore(tmp_path / "store.db")) as made:
        made.prepare()
        yield made


class Notes:
    """One process that notes what statements of `at_ms` name."""

    def __init__(self, store: SqliteStore) -> None:
        self._store = store
        self._references = References(store.directory, store.catalogue, load_rules(time_zone=ZoneInfo("Asia/Jakarta")))
        self._noting = Noting(Stores.of(store), Holders(store.directory))

    @property
    def reference(self) -> Reference:
        return self._references.current()

    def note_another(self, at_ms: int) -> None:
        """Of another activity."""
        self._note(OTHER, 1, "Lain", at_ms, unknown=False)

    def note(self, times: int = 1, *, name: str = "Kursus", at_ms: int = 0, unknown: bool = False) -> StoredSighting:
        """The sighting of the activity, afterwards."""
        self._note(COURSE, times, name, at_ms, unknown=unknown)
        return self.held()

    def held(self) -> StoredSighting:
        return self._store.sightings.by_keys(SightingKind.ACTIVITY, [COURSE])[COURSE]

    def _note(self, activity: str, times: int, name: str, at_ms: int, *, unknown: bool) -> None:
        target = {"id": activity, "definition": {"name": {"id": name}} if name else {}}
        value = {"actor": SITI, "verb": {"id": "https://verbs.example/v"}, "object": target}
        held = StoredStatement(UUID(int=1).bytes, at_ms, json.dumps(value).encode(), "lan", timestamped=True, voided=False)
        derivation = Derivation((), None, (SITIS,) if unknown else (), activity)
        derived = [Derived(held, told_of(value), SITI, Subject.of(target), derivation, learner_keys(SITI))] * times
        due = self._noting.due(derived, self.reference, lambda _: derived, counting=True)
        self._store.sightings.note(due.sightings)
        self._noting.written(due)


def test_a_small_weight_is_written_when_it_has_doubled(store: SqliteStore) -> None:
    notes = Notes(store)
    assert [notes.note().weight for _ in range(8)] == [1, 2, 2, 4, 4, 4, 4, 8]


def test_many_are_counted_now_and_then_and_none_is_forgotten(store: SqliteStore) -> None:
    notes = Notes(store)
    assert notes.note(800).weight == 800
    assert notes.note(99, at_ms=60_000).weight == 800
    assert notes.note(150, at_ms=9_000).weight == 800
    assert notes.note(1, at_ms=10_000).weight == 1_050


def test_another_name_is_written_after_a_while_and_none_takes_none_away(store: SqliteStore) -> None:
    notes = Notes(store)
    notes.note(800)
    assert notes.note(name="Kursus Daring", at_ms=10_000).label == "Kursus Daring"
    assert notes.note(name="", at_ms=20_000).label == "Kursus Daring"
    assert Notes(store).note(name="").label == "Kursus Daring"


def test_names_by_turns_are_written_now_and_then_and_the_last_stays(store: SqliteStore) -> None:
    notes = Notes(store)
    notes.note(800, name="Satu")
    said = [notes.note(name=name, at_ms=at_ms).label for at_ms, name in enumerate(("Dua", "Satu", "Dua", ""), start=1)]
    assert said == ["Satu"] * 4
    notes.note_another(at_ms=10_000)
    assert notes.held().label == "Dua"
    assert notes.note(name="Satu", at_ms=10_001).label == "Dua"
    assert notes.note(name="Dua", at_ms=10_002).label == "Dua"
    notes.note_another(at_ms=40_000)
    assert notes.held().label == "Dua"
    assert notes.note(200, name="Dua", at_ms=40_001).weight == 800 + 4 + 2 + 200


def test_whoever_becomes_known_waits_no_more(store: SqliteStore) -> None:
    notes = Notes(store)
    notes.note(unknown=True)
    assert not store.sightings.by_keys(SightingKind.ACTOR, [SITIS])[SITIS].matched
    siti = Employee("e1", "Siti", "1" * 18, Employment.PNS, "u1", "p1", (Identifier(SITIS),))
    store.directory.put_employees([siti])
    notes.note()
    assert store.sightings.by_keys(SightingKind.ACTOR, [SITIS])[SITIS].matched
    # Nobody's again, and somebody's again: each change of the directory is looked at anew.
    store.directory.put_employees([replace(siti, identifiers=())])
    notes.note(unknown=True)
    assert not store.sightings.by_keys(SightingKind.ACTOR, [SITIS])[SITIS].matched
    store.directory.put_employees([siti])
    notes.note()
    assert store.sightings.by_keys(SightingKind.ACTOR, [SITIS])[SITIS].matched
