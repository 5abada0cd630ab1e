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

    def note(self, times: int = 1, *, name: str = "Kursus", at_ms: int = 0, unknown: bool = False) -> StoredSighting:
        """The sighting of the activity, afterwards."""
        target = {"id": COURSE, "definition": {"name": {"id": name}} if name else {}}
        value = {"actor": SITI, "verb": {"id": "https://verbs.example/v"}, "object": target}
        held = StoredStatement(UUID(int=1).bytes, at_ms, json.dumps(value).encode(), "lan", timestamped=True, voided=False)
        derivation = Derivation((), None, (SITIS,) if unknown else (), COURSE)
        derived = [Derived(held, told_of(value), SITI, Subject.of(target), derivation, learner_keys(SITI))] * times
        due = self._noting.due(derived, self.reference, lambda _: derived, counting=True)
        self._store.sightings.note(due.sightings)
        self._noting.written(due)
        return self._store.sightings.by_keys(SightingKind.ACTIVITY, [COURSE])[COURSE]


def test_few_are_counted_exactly(store: SqliteStore) -> None:
    notes = Notes(store)
    assert [notes.note().weight for _ in range(6)] == [1, 2, 3, 4, 5, 6]


def test_many_are_counted_now_and_then_and_none_is_forgotten(store: SqliteStore) -> None:
    notes = Notes(store)
    assert notes.note(800).weight == 800
    assert notes.note(99, at_ms=60_000).weight == 800
    assert notes.note(150, at_ms=9_000).weight == 800
    assert notes.note(1, at_ms=10_000).weight == 1_050


def test_another_name_is_written_at_once_and_none_takes_none_away(store: SqliteStore) -> None:
    notes = Notes(store)
    notes.note(800)
    assert notes.note(name="Kursus Daring").label == "Kursus Daring"
    assert notes.note(name="").label == "Kursus Daring"
    assert Notes(store).note(name="").label == "Kursus Daring"


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
