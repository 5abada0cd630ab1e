"""The recorder's position: what makes `X-Experience-API-Consistent-Through` true."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from store.port import AnotherLog, Position, RecordBatch, Store
from tests.contract.store.builders import T0, batch, found, record, recordable, statement, uid


def test_there_is_none_at_first(store: Store) -> None:
    assert store.positions.positions() == {}


def test_recording_claims_and_advancing_releases(store: Store) -> None:
    record(store, statement(1), partition=3)
    assert store.positions.positions() == {3: Position(3, 0, 0, claimed=True)}
    store.positions.advance(3, 1, T0)
    assert store.positions.positions() == {3: Position(3, 1, T0, claimed=False)}


def test_a_batch_without_statements_claims_too(store: Store) -> None:
    store.statements.record(RecordBatch(0, 1, ()))
    assert store.positions.positions()[0].claimed


def test_claiming_leaves_where_the_position_stands(store: Store) -> None:
    store.positions.advance(0, 7, T0)
    store.statements.record(batch([recordable(statement(1), offset=7)]))
    assert store.positions.positions() == {0: Position(0, 7, T0, claimed=True)}


def test_advancing_creates_a_missing_position(store: Store) -> None:
    store.positions.advance(5, 40, T0)
    assert store.positions.positions() == {5: Position(5, 40, T0, claimed=False)}


def test_neither_number_goes_back(store: Store) -> None:
    store.positions.advance(0, 10, T0)
    store.positions.advance(0, 5, T0 + 100)
    assert store.positions.positions()[0] == Position(0, 10, T0, claimed=False)
    store.positions.advance(0, 12, T0 - 100)
    assert store.positions.positions()[0] == Position(0, 12, T0, claimed=False)


def test_a_claim_ends_when_the_position_has_passed_it_and_not_before(store: Store) -> None:
    store.positions.advance(0, 10, T0)
    store.statements.record(batch([recordable(statement(n), offset=10 + n) for n in range(5)]))
    for next_offset, claimed in ((9, True), (10, True), (14, True), (15, False)):
        store.positions.advance(0, next_offset, T0)
        assert store.positions.positions()[0].claimed is claimed, next_offset


def test_a_recorder_that_comes_late_neither_holds_nor_releases_what_another_works_on(store: Store) -> None:
    """It polled records 0–2, lost the partition to another recorder, and goes on all the same."""
    rows = [recordable(statement(n), offset=n) for n in range(5)]
    store.statements.record(batch(rows[:3]))
    store.positions.advance(0, 3, T0)
    store.statements.record(batch(rows[:3]))
    assert not store.positions.positions()[0].claimed
    store.statements.record(batch(rows[3:]))
    store.statements.record(batch(rows[:3]))
    store.positions.advance(0, 3, T0 + 100)
    assert store.positions.positions()[0] == Position(0, 3, T0, claimed=True)
    assert store.positions.raise_through({0: 3}, T0 + 200)[0].through_ms == T0


def test_what_a_late_recorder_has_in_hand_beyond_the_position_stays_claimed(store: Store) -> None:
    """It polled records 0–4; the other one was given 0–2 and is through with them."""
    rows = [recordable(statement(n), offset=n) for n in range(5)]
    store.statements.record(batch(rows))
    store.positions.advance(0, 3, T0)
    assert store.positions.raise_through({0: 3}, T0 + 200)[0] == Position(0, 3, T0, claimed=True)


def test_the_promise_is_raised_where_the_position_stands_at_the_end(store: Store) -> None:
    store.positions.advance(0, 10, T0)
    store.positions.advance(1, 10, T0)
    store.positions.advance(2, 10, T0)
    after = store.positions.raise_through({0: 10, 1: 11, 2: 9}, T0 + 100)
    assert {partition: position.through_ms for partition, position in after.items()} == {0: T0 + 100, 1: T0, 2: T0}
    assert store.positions.positions() == after


def test_the_promise_is_not_raised_while_claimed(store: Store) -> None:
    store.positions.advance(0, 10, T0)
    store.statements.record(batch([recordable(statement(1), offset=10)]))
    assert store.positions.raise_through({0: 10}, T0 + 100)[0].through_ms == T0
    store.positions.advance(0, 11, T0 + 1)
    assert store.positions.raise_through({0: 11}, T0 + 100)[0].through_ms == T0 + 100


def test_the_promise_never_sinks(store: Store) -> None:
    store.positions.raise_through({0: 0}, T0)
    assert store.positions.raise_through({0: 0}, T0 - 1)[0].through_ms == T0


def test_a_missing_position_stands_at_0(store: Store) -> None:
    after = store.positions.raise_through({0: 0, 1: 4}, T0)
    assert after[0] == Position(0, 0, T0, claimed=False)
    assert 1 not in after or after[1] == Position(1, 0, 0, claimed=False)


def test_positions_that_were_not_asked_for_are_returned_too(store: Store) -> None:
    store.positions.advance(4, 2, T0)
    assert set(store.positions.raise_through({0: 0}, T0)) == {0, 4}
    assert set(store.positions.raise_through({}, T0)) == {0, 4}


def test_what_is_promised_is_true_while_recorders_and_readers_race(store: Store) -> None:
    """Whoever is told `through`, has seen, or can read at once, everything that will ever be stored before it."""
    rounds, clock = 60, _Ticks()
    recorded = threading.Event()

    def recorder() -> None:
        try:
            for n in range(rounds):
                # The log's clock is behind that of the readers: only the position keeps the promise.
                row = recordable(statement(n), at_ms=clock.now() - 50, offset=n)
                outcome = store.statements.record(batch([row]))
                store.positions.advance(0, n + 1, outcome.last_stored_ms or 0)
        finally:
            recorded.set()

    def reader() -> list[tuple[int, set[int]]]:
        told = []
        while not recorded.is_set():
            now = clock.now()
            end = store.positions.positions().get(0)
            position = store.positions.raise_through({0: end.next_offset if end else 0}, now)[0]
            told.append((position.through_ms, set(found(store, until_ms=position.through_ms - 1))))
        return told

    with ThreadPoolExecutor(4) as pool:
        readers = [pool.submit(reader) for _ in range(3)]
        pool.submit(recorder).result()
        told = [one for future in readers for one in future.result()]
    stored = {n: kept.stored_ms for n in range(rounds) for kept in store.statement_queries.get_many([uid(n)]).values()}
    assert len(stored) == rounds
    assert told
    for through_ms, seen in told:
        assert seen == {n for n, stored_ms in stored.items() if stored_ms < through_ms}


class _Ticks:
    """A clock that moves with every look at it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._now = T0

    def now(self) -> int:
        with self._lock:
            self._now += 1
            return self._now


def test_a_position_says_of_which_log_it_is(store: Store) -> None:
    store.positions.advance(0, 4, T0, log_id="a")
    store.statements.record(RecordBatch(1, 1, (), log_id="a"))
    store.positions.raise_through({2: 0}, T0, log_id="a")
    assert store.positions.positions() == {
        0: Position(0, 4, T0, claimed=False, log_id="a"),
        1: Position(1, 0, 0, claimed=True, log_id="a"),
        2: Position(2, 0, T0, claimed=False, log_id="a"),
    }


def test_another_log_neither_advances_nor_raises_nor_claims(store: Store) -> None:
    store.positions.advance(0, 4, T0, log_id="a")
    before = store.positions.positions()

    for other in ("b", ""):
        store.positions.advance(0, 9, T0 + 100, log_id=other)
        store.positions.raise_through({0: 4}, T0 + 100, log_id=other)
        with pytest.raises(AnotherLog):
            store.statements.record(RecordBatch(0, 9, [recordable(statement(1), offset=8)], log_id=other))

    assert store.positions.positions() == before
    assert store.statement_queries.get_many([uid(1)]) == {}


def test_a_position_without_a_log_is_no_position_of_a_log(store: Store) -> None:
    store.positions.advance(0, 4, T0)
    store.positions.advance(0, 9, T0, log_id="a")
    assert store.positions.raise_through({0: 4}, T0 + 100, log_id="a") == {0: Position(0, 4, T0, claimed=False)}


def test_another_log_is_adopted_from_its_beginning_and_the_promise_stays(store: Store) -> None:
    store.positions.advance(0, 10, T0, log_id="a")
    store.positions.adopt(store.positions.positions()[0], "b", 0)
    assert store.positions.positions()[0] == Position(0, 0, T0, claimed=False, log_id="b")

    held = store.statements.record(RecordBatch(0, 1, [recordable(statement(1), at_ms=T0 - 5_000)], log_id="b"))
    assert held.last_stored_ms == T0
    store.positions.advance(0, 1, T0, log_id="b")
    assert store.positions.raise_through({0: 1}, T0 + 7, log_id="b")[0] == Position(0, 1, T0 + 7, claimed=False, log_id="b")


def test_a_position_is_adopted_where_it_stands_with_what_is_claimed(store: Store) -> None:
    """One that was written when logs had no identity."""
    store.positions.advance(0, 10, T0)
    store.statements.record(RecordBatch(0, 15, ()))
    store.positions.adopt(store.positions.positions()[0], "a", 10)
    store.positions.advance(0, 14, T0, log_id="a")
    assert store.positions.positions()[0] == Position(0, 14, T0, claimed=True, log_id="a")


def test_a_missing_position_is_made(store: Store) -> None:
    store.positions.adopt(Position(3, 0, 0, claimed=False), "a", 0)
    assert store.positions.positions() == {3: Position(3, 0, 0, claimed=False, log_id="a")}


def test_a_claim_outlives_the_change_of_log_until_the_position_moves(store: Store) -> None:
    """Whoever claimed may be writing still, with a `stored` that was settled before."""
    store.positions.advance(0, 10, T0, log_id="a")
    store.statements.record(RecordBatch(0, 15, (), log_id="a"))
    store.positions.adopt(store.positions.positions()[0], "b", 0)
    assert store.positions.raise_through({0: 0}, T0 + 100, log_id="b")[0] == Position(0, 0, T0, claimed=True, log_id="b")
    store.positions.advance(0, 1, T0, log_id="b")
    assert not store.positions.positions()[0].claimed


@pytest.mark.parametrize(
    "seen",
    [
        Position(0, 9, T0, claimed=False, log_id="a"),
        Position(0, 11, T0, claimed=False, log_id="a"),
        Position(0, 10, T0, claimed=False, log_id="b"),
        Position(0, 10, T0, claimed=False),
        Position(0, 0, 0, claimed=False),
    ],
)
def test_a_position_that_moved_since_it_was_seen_is_not_moved(store: Store, seen: Position) -> None:
    store.positions.advance(0, 10, T0, log_id="a")
    store.positions.adopt(seen, "c", 0)
    assert store.positions.positions() == {0: Position(0, 10, T0, claimed=False, log_id="a")}


def test_of_many_who_adopt_at_once_the_first_does_it_and_none_takes_it_back(store: Store) -> None:
    """Each recorder that notices goes on at once, while others still come with what they saw before."""
    store.positions.advance(0, 10, T0, log_id="a")
    seen = store.positions.positions()[0]

    def work(turn: int) -> None:
        store.positions.adopt(seen, "b", 0)
        store.positions.advance(0, turn, T0, log_id="b")

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, range(1, 25)))
    assert store.positions.positions()[0] == Position(0, 24, T0, claimed=False, log_id="b")
