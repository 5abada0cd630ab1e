"""Several commands as one write, as far as a store has such."""

from __future__ import annotations

from contextlib import closing

import pytest

from store.port import Store
from store.sqlite import SqliteStore
from tests.contract.store.builders import evidence
from tests.contract.store.opening import open_store
from tests.contract.store.racing import at_once


def stale(store: Store) -> set[str]:
    return {one.unit_id for one in store.rollups.stale(100)}


def test_what_is_commanded_together_is_there_afterwards(store: Store, store_url: str) -> None:
    piece = evidence(1, "e1")
    with store.writes.together():
        assert store.evidence.replace([piece.statement_id], [piece]) == {"e1"}
        store.rollups.mark(["u1"])
        with store.writes.together():
            store.rollups.mark(["u2"])
    with closing(open_store(store_url)) as other:
        assert other.evidence.of_employee("e1") == [piece]
        assert stale(other) == {"u1", "u2"}


def test_commanding_nothing_together_is_nothing(store: Store) -> None:
    with store.writes.together():
        store.rollups.mark([])
    assert stale(store) == set()


def test_threads_that_write_together_each_have_their_own(store: Store) -> None:
    def mark(number: int) -> None:
        for turn in range(10):
            with store.writes.together():
                store.rollups.mark([f"a{number}-{turn}"])
                store.rollups.mark([f"b{number}-{turn}"])

    at_once(*(lambda number=number: mark(number) for number in range(4)))
    assert stale(store) == {f"{letter}{number}-{turn}" for letter in "ab" for number in range(4) for turn in range(10)}


def test_an_error_leaves_nothing_of_it(store: Store) -> None:
    if not isinstance(store, SqliteStore):
        pytest.skip("there each command takes effect by itself")

    def fail_after_marking() -> None:
        with store.writes.together():
            store.rollups.mark(["u1"])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_after_marking()
    assert stale(store) == set()
    store.rollups.mark(["u2"])
    assert stale(store) == {"u2"}


def test_nobody_sees_a_part_of_it(store: Store, store_url: str) -> None:
    if not isinstance(store, SqliteStore):
        pytest.skip("there each command takes effect by itself")
    with closing(open_store(store_url)) as other:
        with store.writes.together():
            store.rollups.mark(["u1"])
            assert stale(other) == set()
            store.rollups.mark(["u2"])
            assert stale(other) == set()
        assert stale(other) == {"u1", "u2"}
