"""Which log the recorder's positions are of, and what a recorder does when it is another than it reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from eventlog.port import Extent, Rejected, Topic
from eventlog.port import Unavailable as LogUnavailable
from store.port import Position, Unavailable
from telemetry.clock import FixedClock
from workers.following import LogFollower, Reading, mismatch
from workers.loop import StartOver


class Log:
    """A log's extent, set by hand; `before_answer` runs before it is given out."""

    def __init__(self, log_id: str, **ends: int) -> None:
        self.set(log_id, **ends)
        self.before_answer: Callable[[], None] = lambda: None
        self.asked = 0

    def set(self, log_id: str, **ends: int) -> None:
        self.now = Extent(log_id, {int(name.removeprefix("p")): end for name, end in ends.items()})

    def extent(self, topic: Topic) -> Extent:
        assert topic is Topic.ACCEPTED
        self.asked += 1
        self.before_answer()
        return self.now


class Held:
    """Positions, adopted as a store does it (`store.port.Positions`)."""

    def __init__(self, *held: Position) -> None:
        self.held = {one.partition: one for one in held}
        self.adopted: list[tuple[int, str, int]] = []

    def positions(self) -> Mapping[int, Position]:
        return dict(self.held)

    def adopt(self, seen: Position, log_id: str, next_offset: int) -> None:
        held = self.held.get(seen.partition, Position(seen.partition, 0, 0, claimed=False))
        if (held.log_id, held.next_offset) == (seen.log_id, seen.next_offset):
            self.held[seen.partition] = replace(held, log_id=log_id, next_offset=next_offset)
            self.adopted.append((seen.partition, log_id, next_offset))


def at(next_offset: int, log_id: str = "a", partition: int = 0) -> Position:
    return Position(partition, next_offset, 1_000, claimed=False, log_id=log_id)


def follow(log: Log, held: Held) -> Mapping[int, Position]:
    return LogFollower(log, held).follow()  # type: ignore[arg-type]


def test_a_position_within_its_log_is_left_alone() -> None:
    for next_offset in (0, 5, 10):
        held = Held(at(next_offset))
        assert follow(Log("a", p0=10), held) == {0: at(next_offset)}
        assert held.adopted == []


@pytest.mark.parametrize("end", [0, 9, 10, 11])
def test_another_log_is_read_from_its_beginning_however_long_it_is(end: int) -> None:
    assert follow(Log("b", p0=end), Held(at(10))) == {0: at(0, "b")}


def test_a_log_that_became_shorter_is_read_from_its_beginning() -> None:
    assert follow(Log("a", p0=9), Held(at(10))) == {0: at(0)}


def test_each_partition_is_looked_at_for_itself_and_missing_ones_begin_at_the_beginning() -> None:
    """Also where the group has an offset on the log: a store that is empty has recorded nothing."""
    followed = follow(Log("a", p0=10, p1=3, p2=7), Held(at(10), at(4, partition=1)))
    assert followed == {0: at(10), 1: at(0, partition=1), 2: Position(2, 0, 0, claimed=False, log_id="a")}


def test_a_position_from_when_logs_had_no_identity_stays_where_it_can_be_right() -> None:
    assert follow(Log("a", p0=10), Held(at(10, ""))) == {0: at(10)}
    assert follow(Log("a", p0=9), Held(at(10, ""))) == {0: at(0)}


def test_a_recorder_that_goes_on_while_the_log_is_asked_is_not_thrown_back() -> None:
    """The position was read at 10; when the end comes, both are further."""
    held, log = Held(at(10)), Log("a", p0=10)

    def on() -> None:
        held.held[0] = at(14)
        log.set("a", p0=14)

    log.before_answer = on
    assert follow(log, held)[0].next_offset in (10, 14)
    assert held.held == {0: at(14)}
    assert held.adopted == []


def test_what_another_moved_meanwhile_is_looked_at_again() -> None:
    held, log = Held(at(10)), Log("b", p0=3)

    def rival() -> None:
        log.before_answer = lambda: None
        held.held[0] = at(2, "b")

    log.before_answer = rival
    assert follow(log, held) == {0: at(2, "b")}
    assert held.adopted == []


def test_positions_that_never_come_to_rest_are_an_outage() -> None:
    held, log = Held(at(10)), Log("b", p0=3)
    log.before_answer = lambda: held.held.update({0: replace(held.held[0], next_offset=held.held[0].next_offset + 1)})
    with pytest.raises(Unavailable):
        follow(log, held)


def test_a_log_without_its_topics_is_waited_for() -> None:
    log, held = Log("a", p0=10), Held(at(10))

    def missing() -> None:
        raise Rejected("there is no topic")

    log.before_answer = missing
    with pytest.raises(LogUnavailable):
        follow(log, held)


def test_what_is_the_matter_is_said_with_both_numbers() -> None:
    assert mismatch(at(10), Extent("a", {0: 5})) == "the store stands at 10 of a log that ends at 5"
    assert "another log (a) than this one (b)" in (mismatch(at(10), Extent("b", {0: 50})) or "")
    assert mismatch(at(5), Extent("a", {0: 5})) is None


def reading(log: Log, held: Held, clock: FixedClock) -> Reading:
    return Reading(LogFollower(log, held), clock)  # type: ignore[arg-type]


def test_a_reader_begins_where_the_store_stands_in_the_log_that_is_there() -> None:
    log, held = Log("a", p0=10, p1=4), Held(at(7), at(9, "z", partition=1))
    one = reading(log, held, FixedClock(0))
    assert [one.begin(partition) for partition in (0, 1, 2)] == [7, 0, None]


def test_while_it_is_the_same_log_nothing_happens_and_it_is_asked_once_a_second() -> None:
    log, held, clock = Log("a", p0=10), Held(at(7)), FixedClock(0)
    one = reading(log, held, clock)
    one.look()
    assert log.asked == 0
    one.begin(0)
    asked = log.asked
    for _ in range(10):
        one.look()
    assert log.asked == asked + 1
    clock.advance_ms(1_001)
    one.look()
    assert log.asked == asked + 2


def test_a_recorder_whose_log_is_replaced_starts_over_even_when_nothing_comes() -> None:
    log, held = Log("a", p0=10), Held(at(10))
    one = reading(log, held, FixedClock(0))
    one.begin(0)
    log.set("b", p0=10)
    with pytest.raises(StartOver):
        one.look()
    assert held.held == {0: at(0, "b")}
    assert one.begin(0) == 0
    one.look()


def test_records_of_a_log_that_another_recorder_has_left_behind_are_not_handled() -> None:
    """Polled from the old log, while another recorder adopted the new one."""
    log, held = Log("a", p0=10), Held(at(7))
    one = reading(log, held, FixedClock(0))
    one.begin(0)
    held.held[0] = at(0, "b")
    with pytest.raises(StartOver):
        one.position(0, held.positions())


def test_records_from_before_the_log_was_taken_back_are_not_handled() -> None:
    log, held = Log("a", p0=20), Held(at(0))
    one = reading(log, held, FixedClock(0))
    one.begin(0)
    one.passed(one.position(0, held.positions()), 12)
    held.held[0] = at(0)
    with pytest.raises(StartOver):
        one.position(0, held.positions())


def test_others_may_be_further() -> None:
    log, held = Log("a", p0=20), Held(at(3))
    one = reading(log, held, FixedClock(0))
    one.begin(0)
    held.held[0] = at(15)
    assert one.position(0, held.positions()) == at(15)
