"""Questions that arrive while one is answered are asked together; nobody is left, and nobody is answered from before they asked."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import count
from uuid import UUID, uuid4

import pytest

from ingest_api.precedents import Precedents
from ingest_api.rounds import Rounds
from store.port import StatementQueries, StoredStatement, Unavailable
from telemetry.clock import FixedClock


class Slow:
    """Answers with the sum, each round only when it is let go; notes what it was asked."""

    def __init__(self) -> None:
        self.rounds: list[list[int]] = []
        self.begun = threading.Semaphore(0)
        self.let_go = threading.Semaphore(0)
        self.error: Exception | None = None

    def __call__(self, asked: Sequence[int]) -> int:
        self.rounds.append(list(asked))
        self.begun.release()
        assert self.let_go.acquire(timeout=10)
        if self.error is not None:
            raise self.error
        return sum(asked)


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.001)


def asked_behind(slow: Slow, rounds: Rounds[int, int], threads: ThreadPoolExecutor) -> tuple[Future[int], list[Future[int]]]:
    """One question under way, and four that came after it."""
    first = threads.submit(rounds.ask, 1)
    assert slow.begun.acquire(timeout=10)
    others = [threads.submit(rounds.ask, number) for number in (2, 3, 4, 5)]
    until(lambda: len(rounds._waiting) == 4)
    return first, others


def test_who_comes_alone_asks_at_once_and_in_the_own_thread() -> None:
    rounds: Rounds[int, tuple[int, list[int]]] = Rounds(lambda asked: (threading.get_ident(), list(asked)))
    assert [rounds.ask(number) for number in (1, 2)] == [(threading.get_ident(), [1]), (threading.get_ident(), [2])]


def test_what_arrives_meanwhile_is_asked_together() -> None:
    slow = Slow()
    rounds: Rounds[int, int] = Rounds(slow)
    with ThreadPoolExecutor(5) as threads:
        first, others = asked_behind(slow, rounds, threads)
        slow.let_go.release(2)
        assert first.result(10) == 1
        assert [other.result(10) for other in others] == [14] * 4
    assert [sorted(asked) for asked in slow.rounds] == [[1], [2, 3, 4, 5]]


def test_an_error_is_everybodys_of_its_round_and_nobody_elses() -> None:
    slow = Slow()
    rounds: Rounds[int, int] = Rounds(slow)
    with ThreadPoolExecutor(5) as threads:
        first, others = asked_behind(slow, rounds, threads)
        slow.let_go.release()
        assert first.result(10) == 1
        slow.error = LookupError("gone")
        slow.let_go.release()
        for other in others:
            with pytest.raises(LookupError):
                other.result(10)
        slow.error = None
        slow.let_go.release()
        assert rounds.ask(7) == 7


def test_many_threads_are_all_answered_and_never_from_before_they_asked() -> None:
    begun = count(1)
    latest = [0]

    def answer(asked: Sequence[int]) -> int:
        latest[0] = next(begun)
        time.sleep(0.0002)
        return latest[0]

    rounds: Rounds[int, int] = Rounds(answer)

    def ask_often(_: int) -> bool:
        for _ in range(100):
            before = latest[0]
            if rounds.ask(0) <= before:
                return False
        return True

    with ThreadPoolExecutor(16) as threads:
        assert all(threads.map(ask_often, range(16)))
    assert next(begun) <= 1_601


# ── precedents ────────────────────────────────────────────────────────────────────────────────────────────────────────────────


class Queries(StatementQueries):
    """Knows `held`; each look-up waits to be let go."""

    def __init__(self) -> None:
        self.held: dict[UUID, StoredStatement] = {}
        self.look_ups: list[list[UUID]] = []
        self.down = False
        self.begun = threading.Semaphore(0)
        self.let_go = threading.Semaphore(0)

    def get_many(self, statement_ids: Sequence[UUID]) -> dict[UUID, StoredStatement]:  # type: ignore[override]
        self.look_ups.append(list(statement_ids))
        self.begun.release()
        assert self.let_go.acquire(timeout=10)
        if self.down:
            raise Unavailable("down")
        return {one: self.held[one] for one in statement_ids if one in self.held}


def stored(statement_id: UUID) -> StoredStatement:
    return StoredStatement(statement_id.bytes, 1, b"{}", "univ-a", timestamped=True, voided=False)


def test_requests_at_the_same_time_share_a_look_up_and_each_learns_what_it_asked_for() -> None:
    queries, ids = Queries(), [uuid4() for _ in range(5)]
    precedents = Precedents(queries, FixedClock(0))
    queries.held = {one: stored(one) for one in ids[1:3]}
    with ThreadPoolExecutor(5) as threads:
        first = threads.submit(precedents.of, [ids[0]])
        assert queries.begun.acquire(timeout=10)
        others = [threads.submit(precedents.of, [one]) for one in ids[1:]]
        until(lambda: len(precedents._rounds._waiting) == 4)
        queries.let_go.release(2)
        assert first.result(10) == {}
        assert [set(other.result(10)) for other in others] == [{ids[1]}, {ids[2]}, set(), set()]
    assert len(queries.look_ups) == 2


def test_a_large_request_holds_up_nobody() -> None:
    queries = Queries()
    precedents = Precedents(queries, FixedClock(0))
    with ThreadPoolExecutor(2) as threads:
        large = threads.submit(precedents.of, [uuid4() for _ in range(1_000)])
        assert queries.begun.acquire(timeout=10)
        small = threads.submit(precedents.of, [uuid4()])
        assert queries.begun.acquire(timeout=10), "the small one waits for the large one"
        queries.let_go.release(2)
        assert (large.result(10), small.result(10)) == ({}, {})


def test_those_who_waited_for_a_look_up_that_failed_go_on_without() -> None:
    queries = Queries()
    clock = FixedClock(0)
    precedents = Precedents(queries, clock)
    queries.down = True
    with ThreadPoolExecutor(5) as threads:
        first = threads.submit(precedents.of, [uuid4()])
        assert queries.begun.acquire(timeout=10)
        others = [threads.submit(precedents.of, [uuid4()]) for _ in range(4)]
        until(lambda: len(precedents._rounds._waiting) == 4)
        queries.let_go.release()
        assert [one.result(10) for one in (first, *others)] == [{}] * 5
    assert len(queries.look_ups) == 1
    clock.advance_ms(3_000)
    queries.down = False
    queries.let_go.release()
    assert precedents.of([uuid4()]) == {}
    assert len(queries.look_ups) == 2
