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
from ingest_api.rounds import Rounds, TooLong, Turn
from store.port import StatementQueries, StoredStatement, Unavailable
from telemetry.clock import FixedClock


class Slow:
    """Tells the sum of a round, only when it is let go; notes what it was asked."""

    def __init__(self) -> None:
        self.rounds: list[list[int]] = []
        self.begun = threading.Semaphore(0)
        self.let_go = threading.Semaphore(0)
        self.error: Exception | None = None

    def __call__(self, turns: Sequence[Turn[int, int]]) -> None:
        self.rounds.append([turn.asked for turn in turns])
        self.begun.release()
        assert self.let_go.acquire(timeout=10)
        if self.error is not None:
            raise self.error
        for turn in turns:
            turn.tell(sum(self.rounds[-1]))


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


def test_who_comes_alone_works_at_once_and_in_the_own_thread() -> None:
    def work(turns: Sequence[Turn[int, tuple[int, int]]]) -> None:
        for turn in turns:
            turn.tell((threading.get_ident(), len(turns)))

    rounds: Rounds[int, tuple[int, int]] = Rounds(work, 10)
    assert [rounds.ask(number) for number in (1, 2)] == [(threading.get_ident(), 1)] * 2


def test_what_arrives_meanwhile_is_asked_together() -> None:
    slow = Slow()
    rounds: Rounds[int, int] = Rounds(slow, 10)
    with ThreadPoolExecutor(5) as threads:
        first, others = asked_behind(slow, rounds, threads)
        slow.let_go.release(2)
        assert first.result(10) == 1
        assert [other.result(10) for other in others] == [14] * 4
    assert [sorted(asked) for asked in slow.rounds] == [[1], [2, 3, 4, 5]]


def test_an_error_is_everybodys_of_its_round_and_nobody_elses() -> None:
    slow = Slow()
    rounds: Rounds[int, int] = Rounds(slow, 10)
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


def test_a_turn_may_fail_while_the_others_of_its_round_do_not() -> None:
    def work(turns: Sequence[Turn[int, int]]) -> None:
        for turn in turns:
            if turn.asked == 3:
                turn.fail(LookupError("gone"))
                turn.tell(0)  # whoever speaks second is not heard
            else:
                turn.tell(turn.asked)

    rounds: Rounds[int, int] = Rounds(work, 10)
    with ThreadPoolExecutor(5) as threads:
        told = [threads.submit(rounds.ask, number) for number in range(5)]
        assert [one.exception(10) is not None for one in told] == [False, False, False, True, False]


def test_another_thread_may_tell_after_the_round_and_the_next_round_does_not_wait_for_it() -> None:
    untold: list[Turn[int, int]] = []
    rounds: Rounds[int, int] = Rounds(untold.extend, 10)
    with ThreadPoolExecutor(3) as threads:
        asked = [threads.submit(rounds.ask, number) for number in (1, 2, 3)]
        until(lambda: len(untold) == 3)
        for turn in untold:
            turn.tell(turn.asked * 10)
        assert [one.result(10) for one in asked] == [10, 20, 30]


def test_nobody_waits_longer_than_the_patience_and_those_who_gave_up_are_not_worked_on() -> None:
    slow = Slow()
    rounds: Rounds[int, int] = Rounds(slow, 0.2)
    with ThreadPoolExecutor(5) as threads:
        first, others = asked_behind(slow, rounds, threads)
        for other in others:
            with pytest.raises(TooLong):
                other.result(10)
        slow.let_go.release()
        assert first.result(10) == 1
        slow.let_go.release()
        assert rounds.ask(7) == 7
    assert slow.rounds == [[1], [7]]


def test_many_threads_are_all_answered_and_never_from_before_they_asked() -> None:
    begun = count(1)
    latest = [0]

    def work(turns: Sequence[Turn[int, int]]) -> None:
        latest[0] = next(begun)
        time.sleep(0.0002)
        for turn in turns:
            turn.tell(latest[0])

    rounds: Rounds[int, int] = Rounds(work, 10)

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


def test_while_the_store_is_down_nothing_is_known_and_one_caller_in_two_seconds_tries() -> None:
    queries, clock, known = Queries(), FixedClock(0), uuid4()
    queries.held = {known: stored(known)}
    precedents = Precedents(queries, clock)
    queries.let_go.release(10)
    assert set(precedents.of([known])) == {known}
    queries.down = True
    assert precedents.of([known]) == {}
    queries.down = False
    assert precedents.of([known]) == {}
    assert len(queries.look_ups) == 2, "the store is left alone"
    clock.advance_ms(3_000)
    assert set(precedents.of([known])) == {known}
    assert set(precedents.of([known])) == {known}


def test_a_store_that_hangs_holds_up_nobody_for_long() -> None:
    queries, clock = Queries(), FixedClock(0)
    precedents = Precedents(queries, clock)
    queries.down = True
    queries.let_go.release()
    assert precedents.of([uuid4()]) == {}
    clock.advance_ms(3_000)
    assert precedents.of([uuid4()]) == {}, "the try is not waited for"
    assert precedents.of([uuid4()]) == {}
    assert len(queries.look_ups) == 2
    queries.let_go.release()
