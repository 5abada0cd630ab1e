"""What much is said of activities is noted, seen at once, and merged later, whoever dies meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from pymongo import monitoring
from pymongo.database import Database

import store.mongodb.client as connecting
from store.mongodb import MongoStore, activities, activity_recorder
from store.port import Unavailable
from store.sqlite import SqliteStore
from tests.contract.store.builders import T0, activity, batch, iri, recordable, statement
from tests.contract.store.tangle import everything, tangle
from tests.servers.discovery import MongoAddress

Documents = Database[dict[str, Any]]
MANY = activity_recorder.FEW + 24


def _course(store: MongoStore, number: int, *, partner: str = "univ-a") -> None:
    """A batch that names many activities, each by the number of the batch."""
    rows = [
        recordable(
            statement(1_000 * number + n, target=activity(f"c{n}", {"name": {"id": f"{partner} {number}"}})),
            partner=partner,
            at_ms=T0 + number,
        )
        for n in range(MANY)
    ]
    store.statements.record(batch(rows))


def _names(store: MongoStore, owner: str | None) -> set[str]:
    found = store.activity_queries.activities((iri(f"c{n}") for n in range(MANY + 9)), owner=owner)
    assert len(found) == MANY
    return {state.definition()["name"]["id"] for state in found.values()}


@pytest.fixture
def other_store(mongo_server: MongoAddress, mongo_database: str) -> Iterator[MongoStore]:
    """Another process's."""
    with closing(MongoStore(mongo_server.database_url(mongo_database))) as store:
        yield store


def test_what_is_noted_is_read_at_once_by_whom_it_belongs_to(mongo_store: MongoStore, behind: Documents) -> None:
    _course(mongo_store, 1)
    _course(mongo_store, 3, partner="univ-b")
    _course(mongo_store, 2)
    assert (behind["activity_notes"].count_documents({}), behind["activities"].count_documents({})) == (3, 0)
    assert _names(mongo_store, "univ-a") == {"univ-a 2"}
    assert _names(mongo_store, "univ-b") == _names(mongo_store, None) == {"univ-b 3"}
    assert mongo_store.activity_queries.activities([iri("c1")], owner="univ-c") == {}


def test_notes_are_merged_and_end(mongo_store: MongoStore, behind: Documents) -> None:
    for number in range(3 * activity_recorder.NOTES_AT_ONCE):
        _course(mongo_store, number)
        assert behind["activity_notes"].count_documents({}) <= 2 * activity_recorder.NOTES_AT_ONCE
        assert _names(mongo_store, "univ-a") == {f"univ-a {number}"}
    assert behind["activities"].count_documents({}) == MANY


def test_what_a_dead_recorder_noted_is_merged_by_another(
    mongo_store: MongoStore, other_store: MongoStore, behind: Documents, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        _course(mongo_store, number)
    monkeypatch.setattr(activity_recorder, "LEFT_BEHIND_MS", -1_000)
    monkeypatch.setattr(activity_recorder, "NOTES_AT_ONCE", 5)
    for number in range(10, 20):
        other_store.statements.record(batch([recordable(statement(number))]))
    assert behind["activity_notes"].count_documents({}) == 0
    assert _names(other_store, "univ-a") == {"univ-a 4"}
    mongo_store.statements.record(batch([recordable(statement(20))]))  # it was not dead after all
    assert _names(mongo_store, "univ-a") == {"univ-a 4"}


def test_notes_that_could_not_be_merged_stay(mongo_store: MongoStore, behind: Documents, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise Unavailable("no primary")

    monkeypatch.setattr(activity_recorder, "NOTES_AT_ONCE", 2)
    _course(mongo_store, 1)
    with monkeypatch.context() as patched:
        patched.setattr(activities, "_send", fail)
        with pytest.raises(Unavailable):
            _course(mongo_store, 2)
    assert behind["activity_notes"].count_documents({}) == 2
    assert _names(mongo_store, "univ-a") == {"univ-a 2"}


@pytest.mark.parametrize("seed", range(3))
def test_noted_or_not_the_answers_are_the_same(
    mongo_store: MongoStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(activity_recorder, "FEW", 0)
    monkeypatch.setattr(activity_recorder, "NOTES_AT_ONCE", 3)
    rows = [recordable(one, index=index) for index, one in enumerate(tangle(seed, 80))]
    with closing(SqliteStore(tmp_path / "reference.db")) as reference:
        reference.prepare()
        for start in range(0, len(rows), 5):
            mongo_store.statements.record(batch(rows[start : start + 5]))
            reference.statements.record(batch(rows[start : start + 5]))
        assert everything(mongo_store, 80) == everything(reference, 80)


def test_every_write_of_the_recorder_waits_for_the_majority(
    mongo_server: MongoAddress, mongo_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With one member a missing word shows in no other test."""

    class Listener(monitoring.CommandListener):
        def started(self, event: monitoring.CommandStartedEvent) -> None:
            if event.command_name in {"insert", "update", "delete", "findAndModify"}:
                written.append((event.command_name, event.command.get("writeConcern")))

        def succeeded(self, event: monitoring.CommandSucceededEvent) -> None: ...

        def failed(self, event: monitoring.CommandFailedEvent) -> None: ...

    written: list[tuple[str, Any]] = []
    monkeypatch.setitem(connecting._OPTIONS, "event_listeners", [Listener()])
    monkeypatch.setattr(activity_recorder, "NOTES_AT_ONCE", 1)
    with closing(MongoStore(mongo_server.database_url(mongo_database))) as store:
        store.prepare()
        written.clear()
        for number in range(10):
            _course(store, number)
        store.statements.record(batch([recordable(one) for one in tangle(1, 40)]))
    assert {name for name, _ in written} == {"insert", "update", "delete", "findAndModify"}
    assert all(concern == {"w": "majority"} for _, concern in written)
