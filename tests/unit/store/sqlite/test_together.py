"""What one transaction of several commands does to those commands."""

from __future__ import annotations

from pathlib import Path

import pytest

from store.sqlite import SqliteStore
from store.sqlite.database import Database
from tests.contract.store.builders import activity, found, iri, record, statement


class Undone(Exception):
    pass


def test_a_name_that_was_undone_is_written_when_it_is_said_again(store: SqliteStore) -> None:
    """What the recorder remembers of activities is what is in the file."""

    def record_and_fail() -> None:
        with store.writes.together():
            record(store, statement(1, target=activity("a")))
            raise Undone

    with pytest.raises(Undone):
        record_and_fail()
    assert found(store) == []
    record(store, statement(1, target=activity("a")))
    assert list(store.activity_queries.activities([iri("a")], owner="univ-a")) == [iri("a")]


def test_a_batch_that_is_recorded_in_two_attempts_leaves_what_came_before_it(store: SqliteStore) -> None:
    """The first attempt, which takes all for new, is undone alone."""
    record(store, statement(1))
    with store.writes.together():
        store.rollups.mark(["u1"])
        outcome = record(store, statement(1), statement(2))
    assert (len(outcome.recorded), len(outcome.duplicates)) == (1, 1)
    assert sorted(found(store)) == [1, 2]
    assert [one.unit_id for one in store.rollups.stale(5)] == ["u1"]


def test_what_is_to_be_done_when_it_is_durable_waits_for_the_end(path: Path, store: SqliteStore) -> None:
    database = Database(path)
    done: list[str] = []
    with database.together():
        with database.write():
            pass
        database.when_durable(lambda: done.append("together"))
        assert done == []
    assert done == ["together"]
    database.when_durable(lambda: done.append("alone"))
    assert done == ["together", "alone"]

    def fail() -> None:
        with database.together():
            database.when_durable(lambda: done.append("never"))
            raise Undone

    with pytest.raises(Undone):
        fail()
    assert done == ["together", "alone"]
    database.close()
