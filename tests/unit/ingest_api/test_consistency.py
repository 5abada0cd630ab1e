"""What reads wait for, and what X-Experience-API-Consistent-Through may say."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from eventlog.port import Extent, Topic
from eventlog.port import Unavailable as LogUnavailable
from ingest_api.consistency import RAISE_AFTER_MS, TRUSTED_S, Consistency
from store.port import Position, Unavailable
from telemetry.clock import SystemClock

START_MS = 1_780_000_000_000


class Clock(SystemClock):
    """Real for waiting, by hand for stamps."""

    def __init__(self) -> None:
        self.ms = START_MS

    def now_ms(self) -> int:
        return self.ms


class Ends:
    """The ends of a log; `before_answer` runs between reading them and giving them out."""

    def __init__(self) -> None:
        self.ends = {0: 0}
        self.log_id = "a"
        self.asked = 0
        self.down = False
        self.before_answer: Callable[[], object] = lambda: None

    def end_offsets(self, topic: Topic) -> dict[int, int]:
        assert topic is Topic.ACCEPTED
        self.asked += 1
        if self.down:
            raise LogUnavailable("down")
        ends = dict(self.ends)
        self.before_answer()
        return ends

    def identity(self, topic: Topic) -> str:
        return self.log_id

    def extent(self, topic: Topic) -> Extent:
        return Extent(self.log_id, self.end_offsets(topic))

    def partitions(self, topic: Topic) -> int:
        return len(self.ends)

    def committed(self, topic: Topic, group: str) -> dict[int, int]:
        return {}

    def read(self, topic: Topic, partition: int, from_offset: int, max_records: int) -> list[object]:
        return []

    def ping(self) -> None:
        pass

    def close(self) -> None:
        pass


class Held:
    """Positions as a store keeps them (`store.port.Positions`)."""

    def __init__(self) -> None:
        self.held: dict[int, Position] = {}
        self.down = False
        self.busy = False
        self.raised = 0
        self.asked = 0

    def positions(self) -> dict[int, Position]:
        self.asked += 1
        if self.down:
            raise Unavailable("down", retry_after_s=7)
        return dict(self.held)

    def advance(self, partition: int, next_offset: int, through_ms: int, *, log_id: str = "a") -> None:
        self.held = {**self.held, partition: Position(partition, next_offset, through_ms, claimed=False, log_id=log_id)}

    def adopt(self, seen: Position, log_id: str, next_offset: int) -> None:
        raise AssertionError("the recorder does this")

    def claim(self, partition: int) -> None:
        held = self.held[partition]
        self.held = {**self.held, partition: replace(held, claimed=True)}

    def raise_through(self, ends: Mapping[int, int], through_ms: int, *, log_id: str = "") -> dict[int, Position]:
        if self.busy:
            raise Unavailable("too busy to write")
        self.raised += 1
        for partition, end in ends.items():
            held = self.held.get(partition, Position(partition, 0, 0, claimed=False, log_id=log_id))
            if held.next_offset == end and held.log_id == log_id and not held.claimed:
                self.advance(partition, end, max(through_ms, held.through_ms), log_id=log_id)
        return dict(self.held)


class World:
    def __init__(self, wait_ms: int = 2_000) -> None:
        self.clock = Clock()
        self.log = Ends()
        self.positions = Held()
        self.consistency = Consistency(self.log, self.positions, self.clock, wait_ms=wait_ms)  # type: ignore[arg-type]


@pytest.fixture
def world() -> Iterator[World]:
    made = World()
    yield made
    made.log.before_answer = lambda: None
    made.consistency.close()


def test_nothing_to_wait_for_promises_the_moment_of_asking(world: World) -> None:
    assert world.consistency.caught_up() == START_MS
    world.clock.ms += 1_000
    assert world.consistency.caught_up() == START_MS + 1_000


def test_a_read_waits_for_what_was_acknowledged_before_it(world: World) -> None:
    world.log.ends = {0: 3}
    world.positions.advance(0, 2, START_MS - 500)
    with ThreadPoolExecutor(1) as pool:
        read = pool.submit(world.consistency.caught_up)
        time.sleep(0.03)
        assert not read.done()
        world.positions.advance(0, 3, START_MS - 400)
        assert read.result(timeout=10) == START_MS


def test_a_read_does_not_wait_for_what_comes_after_it(world: World) -> None:
    world.log.ends = {0: 1}
    world.positions.advance(0, 0, START_MS - 500)
    with ThreadPoolExecutor(1) as pool:
        read = pool.submit(world.consistency.caught_up)
        time.sleep(0.02)
        world.log.ends = {0: 1_000}
        world.positions.advance(0, 1, START_MS - 400)
        assert read.result(timeout=10) >= START_MS - 400


def test_every_partition_counts(world: World) -> None:
    world.log.ends = {0: 1, 1: 0, 2: 5}
    world.positions.advance(0, 1, START_MS - 10)
    with ThreadPoolExecutor(1) as pool:
        read = pool.submit(world.consistency.caught_up)
        time.sleep(0.02)
        assert not read.done()
        world.positions.advance(2, 5, START_MS - 90)
        assert read.result(timeout=10) == START_MS


def test_a_position_in_another_log_is_not_past_anything_and_promises_no_more_than_it_did(world: World) -> None:
    """The log was replaced: the recorder stood at 10, and what was acknowledged since is not recorded."""
    world.positions.advance(0, 10, START_MS - 900)
    world.log.log_id, world.log.ends = "b", {0: 10}
    with ThreadPoolExecutor(1) as pool:
        read = pool.submit(world.consistency.caught_up)
        time.sleep(0.03)
        assert not read.done()
        assert world.consistency.known() <= START_MS - 900
        world.positions.advance(0, 10, START_MS - 800, log_id="b")
        assert read.result(timeout=10) == START_MS


def test_the_wait_is_bounded_and_the_answer_honest() -> None:
    world = World(wait_ms=60)
    world.log.ends = {0: 3, 1: 4}
    world.positions.advance(0, 3, START_MS - 700)
    world.positions.advance(1, 2, START_MS - 900)
    began = time.monotonic()
    assert world.consistency.caught_up() == START_MS - 900
    assert 0.05 < time.monotonic() - began < 5
    world.consistency.close()


def test_the_promise_is_of_the_moment_before_the_log_was_asked(world: World) -> None:
    def later() -> None:
        world.clock.ms += 50

    world.log.before_answer = later
    assert world.consistency.caught_up() == START_MS


def test_a_claimed_position_promises_no_more_than_it_held(world: World) -> None:
    world.positions.advance(0, 0, START_MS - 800)
    world.positions.claim(0)
    assert world.consistency.caught_up() == START_MS - 800


def test_a_young_promise_is_not_written_again(world: World) -> None:
    for _ in range(5):
        world.consistency.caught_up()
        world.clock.ms += 5
    assert world.positions.raised == 1
    world.clock.ms += RAISE_AFTER_MS
    world.consistency.caught_up()
    assert world.positions.raised == 2


def test_a_promise_that_another_process_has_renewed_is_taken_over_without_a_write(world: World) -> None:
    world.consistency.caught_up()
    world.clock.ms += 2 * RAISE_AFTER_MS
    world.positions.held = {0: Position(0, 0, world.clock.ms - 1, claimed=False, log_id="a")}
    assert world.consistency.caught_up() == world.clock.ms - 1
    assert world.positions.raised == 1


def test_reads_while_nothing_is_written_leave_the_store_alone(world: World) -> None:
    """The log is asked for each: what it says is settled by where the recorder is known to stand."""
    world.log.ends = {0: 3}
    world.positions.advance(0, 3, START_MS)
    world.consistency.caught_up()
    asked = world.positions.asked
    for _ in range(20):
        world.consistency.caught_up()
    assert world.positions.asked == asked
    assert world.log.asked == 21


def test_what_came_since_is_waited_for_although_the_recorder_was_known_to_be_ahead(world: World) -> None:
    world.log.ends = {0: 3}
    world.positions.advance(0, 3, START_MS)
    world.consistency.caught_up()
    world.log.ends = {0: 4}
    with ThreadPoolExecutor(1) as pool:
        read = pool.submit(world.consistency.caught_up)
        time.sleep(0.03)
        assert not read.done()
        world.positions.advance(0, 4, START_MS)
        assert read.result(timeout=10) == START_MS


def test_a_store_put_back_from_a_copy_is_believed_after_a_moment() -> None:
    """Its recorder has to do again what the copy lacks; reads wait for that."""
    world = World(wait_ms=60)
    world.log.ends = {0: 3}
    world.positions.advance(0, 3, START_MS)
    assert world.consistency.caught_up() == START_MS
    world.positions.held = {0: Position(0, 1, START_MS - 900, claimed=False, log_id="a")}
    time.sleep(TRUSTED_S + 0.1)
    assert world.consistency.caught_up() == START_MS - 900
    world.consistency.close()


def test_a_promise_that_no_position_allows_is_not_tried(world: World) -> None:
    """The recorder works beyond what was there when the read began."""
    world.log.ends = {0: 3}
    world.positions.advance(0, 5, START_MS - 800)
    assert world.consistency.caught_up() == START_MS - 800
    assert world.positions.raised == 0


def test_a_store_too_busy_to_write_is_read_all_the_same(world: World) -> None:
    world.positions.advance(0, 0, START_MS - 800)
    world.positions.busy = True
    assert world.consistency.caught_up() == START_MS - 800


def test_a_read_that_has_to_wait_looks_at_the_log_once(world: World) -> None:
    world.log.ends = {0: 3}
    world.positions.advance(0, 2, START_MS)
    with ThreadPoolExecutor(1) as pool:
        read = pool.submit(world.consistency.caught_up)
        time.sleep(0.03)
        world.positions.advance(0, 3, START_MS)
        read.result(timeout=10)
    assert world.log.asked == 1


def test_reads_share_looks_at_the_log_and_each_gets_one_that_began_after_it(world: World) -> None:
    first_asked, go_on = threading.Event(), threading.Event()

    def hold() -> None:
        first_asked.set()
        go_on.wait(5)

    world.log.before_answer = hold
    with ThreadPoolExecutor(30) as pool:
        first = pool.submit(world.consistency.caught_up)
        assert first_asked.wait(1)
        # Acknowledged after the first look, before the other reads.
        world.log.ends = {0: 1}
        others = [pool.submit(world.consistency.caught_up) for _ in range(25)]
        time.sleep(0.03)
        go_on.set()
        assert first.result(timeout=10) == START_MS
        time.sleep(0.03)
        assert not any(other.done() for other in others)
        world.positions.advance(0, 1, START_MS)
        for other in others:
            other.result(timeout=10)
    assert world.log.asked == 2


def test_the_stores_outage_reaches_the_reader(world: World) -> None:
    world.positions.down = True
    with pytest.raises(Unavailable) as raised:
        world.consistency.caught_up()
    assert raised.value.retry_after_s == 7
    world.positions.down = False
    assert world.consistency.caught_up() == START_MS


def test_the_logs_outage_leaves_the_promise_as_it_is_and_the_log_alone(world: World) -> None:
    assert world.consistency.caught_up() == START_MS
    world.log.down = True
    world.clock.ms += 500
    for _ in range(10):
        assert world.consistency.caught_up() == START_MS
    assert world.log.asked == 2


def test_a_defect_in_a_port_is_told_and_does_not_stop_later_reads(world: World) -> None:
    def broken() -> None:
        raise ZeroDivisionError

    world.log.before_answer = broken
    with pytest.raises(ZeroDivisionError):
        world.consistency.caught_up()
    world.log.before_answer = lambda: None
    assert world.consistency.caught_up() == START_MS


def test_what_is_known_is_told_at_once_and_renewed_behind(world: World) -> None:
    """The first promise, of a process that has asked nobody yet, is that of the beginning of time: true, if not much."""
    blocked = threading.Event()
    world.log.before_answer = lambda: blocked.wait(5)
    began = time.monotonic()
    assert world.consistency.known() == 0
    assert time.monotonic() - began < 3
    blocked.set()
    deadline = time.monotonic() + 10
    while world.consistency.known() == 0 and time.monotonic() < deadline:
        time.sleep(0.002)
    assert world.consistency.known() == START_MS
    assert world.log.asked == 1


def test_readers_are_let_go_when_the_process_ends() -> None:
    world = World()
    world.log.ends = {0: 3}
    with ThreadPoolExecutor(1) as pool:
        read = pool.submit(world.consistency.caught_up)
        time.sleep(0.02)
        world.consistency.close()
        assert read.result(timeout=10) == 0
    assert world.consistency.caught_up() == 0


def test_a_promise_is_made_at_the_start_before_anybody_asks(world: World) -> None:
    world.consistency.begin()
    deadline = time.monotonic() + 5
    while world.positions.raised == 0:
        assert time.monotonic() < deadline
        time.sleep(0.001)
    while world.consistency.known() == 0:
        assert time.monotonic() < deadline
        time.sleep(0.001)
    assert world.consistency.known() == START_MS


def test_a_start_without_the_store_waits_for_nothing(world: World) -> None:
    world.positions.down = True
    world.consistency.begin()
    assert world.consistency.known() == 0
