"""Outages are waited out, unknown errors end the worker, a stop finishes the batch and leaves the group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

import eventlog.port as log
import store.port as store
from eventlog.port import Record
from telemetry.clock import FixedClock
from workers import loop
from workers.loop import StartOver, Stop


class Reader:
    """A log reader over a list, as one member of a group has it."""

    def __init__(self, records: Sequence[Record], stop: Stop) -> None:
        self.waiting = list(records)
        self.committed: dict[int, int] = {}
        self.commits = 0
        self.closed = False
        self.outages = 0
        self._stop = stop

    def poll(self, timeout_ms: int, max_records: int) -> list[Record]:
        if self.outages:
            self.outages -= 1
            raise log.Unavailable("the log is away")
        found, self.waiting = self.waiting[:max_records], self.waiting[max_records:]
        if not found:
            self._stop.request()
        return found

    def rewind(self, next_offsets: Mapping[int, int]) -> None:
        raise AssertionError("not asked for")

    def commit(self, next_offsets: Mapping[int, int]) -> None:
        self.committed |= next_offsets
        self.commits += 1

    def close(self) -> None:
        self.closed = True


class Hand:
    """Notes what it is given; fails as told."""

    name = "hand"

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.handled: list[list[tuple[int, int]]] = []

    def handle(self, records: Sequence[Record]) -> None:
        if self.failures:
            raise self.failures.pop(0)
        self.handled.append([(record.partition, record.offset) for record in records])


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "FIRST_WAIT_S", 0.001)


def record(partition: int, offset: int) -> Record:
    return Record("statements.accepted", partition, offset, 0, None, b"")


RECORDS = [record(1, 5), record(0, 0), record(0, 1), record(1, 7)]
IN_ORDER = [(0, 0), (0, 1), (1, 5), (1, 7)]


def work(hand: Hand, reader: Reader, stop: Stop) -> None:
    loop.run(hand, lambda: reader, stop, FixedClock(0), max_records=10)


def test_a_poll_is_handled_together_each_partition_in_order_and_committed() -> None:
    stop = Stop()
    hand, reader = Hand(), Reader(RECORDS, stop)
    work(hand, reader, stop)
    assert hand.handled == [IN_ORDER]
    assert reader.committed == {0: 2, 1: 8}
    assert reader.closed


def test_an_outage_keeps_the_batch_and_tries_again() -> None:
    stop = Stop()
    hand, reader = Hand(store.Unavailable("away"), log.Unavailable("away"), store.Unavailable("away")), Reader(RECORDS, stop)
    reader.outages = 2
    work(hand, reader, stop)
    assert hand.handled == [IN_ORDER]
    assert reader.committed == {0: 2, 1: 8}


def test_an_unknown_error_ends_the_worker_with_nothing_of_the_batch_committed() -> None:
    stop = Stop()
    reader = Reader(RECORDS, stop)
    with pytest.raises(ZeroDivisionError):
        work(Hand(ZeroDivisionError()), reader, stop)
    assert reader.committed == {}
    assert reader.closed


def test_asked_to_stop_during_an_outage_it_leaves_without_committing() -> None:
    stop = Stop()
    reader = Reader(RECORDS, stop)

    class Away(Hand):
        def handle(self, records: Sequence[Record]) -> None:
            stop.request()
            raise store.Unavailable("away")

    work(Away(), reader, stop)
    assert reader.committed == {}
    assert reader.closed


def test_when_the_log_is_another_nothing_is_committed_and_another_reader_goes_on() -> None:
    stop = Stop()
    readers = [Reader(RECORDS, stop), Reader(RECORDS[:2], stop)]
    left = list(readers)
    hand = Hand(StartOver("the log is another"))

    loop.run(hand, lambda: left.pop(0), stop, FixedClock(0), max_records=10)

    assert [reader.committed for reader in readers] == [{}, {0: 1, 1: 6}]
    assert [reader.closed for reader in readers] == [True, True]


def test_before_each_poll_the_log_is_looked_at_with_outages_waited_out() -> None:
    stop = Stop()
    readers = [Reader([], stop), Reader(RECORDS, stop)]
    left = list(readers)
    troubles: list[Exception] = [log.Unavailable("away"), StartOver("the log is another")]

    def look() -> None:
        if troubles:
            raise troubles.pop(0)

    hand = Hand()
    loop.run(hand, lambda: left.pop(0), stop, FixedClock(0), max_records=10, before_poll=look)

    assert hand.handled == [IN_ORDER]
    assert [reader.closed for reader in readers] == [True, True]


def test_tending_waits_only_when_there_was_nothing_to_do() -> None:
    stop = Stop()
    answers = [True, store.Unavailable("away"), True, False]
    waits: list[float] = []

    def tick() -> bool:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def wait(seconds: float) -> bool:
        waits.append(seconds)
        if not answers:
            stop.request()
        return stop.requested

    stop.wait = wait  # type: ignore[method-assign]
    loop.tend(tick, "keeper", stop, 7.0)
    assert answers == []
    assert len(waits) == 2, "once for the outage, once because there was nothing to do"
    assert waits[1] == 7.0


def test_what_is_large_is_handled_and_committed_in_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that an end that is asked for waits for a portion, not for everything that was polled."""
    monkeypatch.setattr(loop, "PORTION_BYTES", 10)
    stop = Stop()
    sized = [Record("statements.accepted", 0, offset, 0, None, b"x" * size) for offset, size in enumerate([4, 4, 4, 25, 1])]
    hand, reader = Hand(), Reader(sized, stop)
    work(hand, reader, stop)
    assert hand.handled == [[(0, 0), (0, 1)], [(0, 2)], [(0, 3)], [(0, 4)]]

    stop = Stop()
    reader = Reader(sized, stop)

    class Asked(Hand):
        def handle(self, records: Sequence[Record]) -> None:
            super().handle(records)
            stop.request()

    hand = Asked()
    work(hand, reader, stop)
    assert hand.handled == [[(0, 0), (0, 1)]]
    assert reader.committed == {0: 2}


def test_asked_to_stop_a_handler_may_leave_the_batch_for_the_next_one() -> None:
    stop = Stop()
    reader = Reader(RECORDS, stop)

    class Long(Hand):
        def handle(self, records: Sequence[Record]) -> None:
            stop.request()
            stop.check()

    work(Long(), reader, stop)
    assert reader.committed == {}
    assert reader.closed


class Pausing(Stop):
    """Notes how long it is asked to wait, and lets the time pass on the clock."""

    def __init__(self, clock: FixedClock) -> None:
        super().__init__()
        self.waits: list[float] = []
        self._clock = clock

    def wait(self, seconds: float) -> bool:
        self.waits.append(seconds)
        self._clock.sleep(seconds)
        return self.requested


@pytest.mark.parametrize(("work_s", "rests"), [(0.0, [loop.PACE_S] * 2), (loop.PACE_S * 2, [])])
def test_what_keeps_coming_is_polled_at_a_pace_unless_handling_takes_longer(work_s: float, rests: list[float]) -> None:
    clock = FixedClock(0)
    stop = Pausing(clock)
    reader = Reader(RECORDS[:2], stop)

    class Slow(Hand):
        def handle(self, records: Sequence[Record]) -> None:
            super().handle(records)
            clock.sleep(work_s)

    hand = Slow()
    loop.run(hand, lambda: reader, stop, clock, max_records=1)
    assert hand.handled == [[(1, 5)], [(0, 0)]]
    assert stop.waits == pytest.approx(rests)


@pytest.mark.parametrize(("work_s", "commits"), [(0.0, 1), (loop.COMMIT_EVERY_S / 2, 3), (loop.COMMIT_EVERY_S, 4)])
def test_while_more_keeps_coming_what_is_done_is_committed_now_and_then(work_s: float, commits: int) -> None:
    """And at the latest when nothing comes."""
    clock = FixedClock(0)
    stop = Pausing(clock)
    reader = Reader([record(0, offset) for offset in range(8)], stop)

    class Slow(Hand):
        def handle(self, records: Sequence[Record]) -> None:
            super().handle(records)
            clock.sleep(work_s)

    loop.run(Slow(), lambda: reader, stop, clock, max_records=1, pace_s=0.0)
    assert reader.committed == {0: 8}
    assert reader.commits == commits


def test_an_unknown_error_leaves_what_is_not_committed_to_the_next_one() -> None:
    stop = Stop()
    reader = Reader(RECORDS, stop)

    class Dying(Hand):
        def handle(self, records: Sequence[Record]) -> None:
            if self.handled:
                raise ZeroDivisionError
            super().handle(records)

    with pytest.raises(ZeroDivisionError):
        loop.run(Dying(), lambda: reader, stop, FixedClock(0), max_records=2)
    assert reader.committed == {}


def test_asked_to_stop_in_the_middle_what_was_done_before_is_committed() -> None:
    stop = Stop()
    reader = Reader(RECORDS, stop)

    class Leaving(Hand):
        def handle(self, records: Sequence[Record]) -> None:
            if self.handled:
                stop.request()
            stop.check()
            super().handle(records)

    loop.run(Leaving(), lambda: reader, stop, FixedClock(0), max_records=2)
    assert reader.committed == {1: 6, 0: 1}
