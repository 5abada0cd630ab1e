"""The recorder's position: what makes `X-Experience-API-Consistent-Through` true."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from store.port import Position, RecordBatch, Store
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
