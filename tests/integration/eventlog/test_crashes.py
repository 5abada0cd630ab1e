"""What survives when a process that uses the event log is killed or stopped, on every adapter."""

from __future__ import annotations

import multiprocessing
import random
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from eventlog.port import EventLog, Outgoing, Record, Topic
from eventlog.sqlite import SqliteEventLog
from tests.contract.eventlog.opening import ADAPTERS, PARTITIONS, OpenLog, commit, event_log_of, eventually, read
from tests.integration.eventlog.processes import append_for_ever, read_for_ever, read_once_and_commit_late, running

TAKEOVER_S = {"sqlite": 4.5, "kafka": 11.0}
"""The lease (3 s) or session time-out (6 s) of the limits used here, and what it takes to notice."""


@pytest.fixture(params=ADAPTERS)
def event_log(request: pytest.FixtureRequest, tmp_path: Path) -> EventLog:
    return event_log_of(request, tmp_path)


@pytest.fixture
def adapter(event_log: EventLog) -> str:
    return "sqlite" if isinstance(event_log, SqliteEventLog) else "kafka"


@pytest.fixture
def opened(event_log: EventLog) -> Iterator[OpenLog]:
    with ExitStack() as closing_later:
        yield OpenLog(event_log, closing_later)


def append_to_every_partition(opened: OpenLog, count: int) -> None:
    opened.appender().append_all(
        Topic.ACCEPTED, [Outgoing(str(number).encode(), partition=number % PARTITIONS) for number in range(count)]
    )


def test_nothing_acknowledged_is_lost_when_appenders_are_killed(adapter: str, opened: OpenLog) -> None:
    choose = random.Random(7)
    acknowledged: dict[bytes, tuple[int, int]] = {}
    for round_number in range(3):
        names = [f"{round_number}-{number}" for number in range(2)]
        with ExitStack() as stack:
            processes = {name: stack.enter_context(running(append_for_ever, opened.log, Topic.ACCEPTED, name)) for name in names}
            for name, process in processes.items():
                first = process.report()
                time.sleep(choose.uniform(0.05, 0.4))
                for number, places in [first, *process.kill()]:
                    for part, place in enumerate(places):
                        acknowledged[f"{name}:{number}:{part}".encode()] = place

    ends = opened.inspector().end_offsets(Topic.ACCEPTED)
    stored = read(opened.reader(), sum(ends.values()))

    found = {record.value: (record.partition, record.offset) for record in stored}
    assert len(acknowledged) > 20
    assert {value: found.get(value) for value in acknowledged} == acknowledged
    assert len(found) == len(stored), "something was stored twice"
    if adapter == "sqlite":
        for partition, end in ends.items():
            assert sorted(record.offset for record in stored if record.partition == partition) == list(range(end))
        groups = {value.rpartition(b":")[0] for value in found}
        assert len(found) == 3 * len(groups), "a transaction was stored in part"


def test_a_killed_members_records_go_to_another_within_seconds(adapter: str, opened: OpenLog) -> None:
    append_to_every_partition(opened, 40)
    with running(read_for_ever, opened.log, Topic.ACCEPTED, "readers", False) as victim:
        came: list[tuple[int, int, bytes]] = []
        while len(came) < 40:
            came += victim.report()
        victim.kill()
    killed_at = time.monotonic()

    read(opened.reader(), 40)

    assert time.monotonic() - killed_at < TAKEOVER_S[adapter]


def test_two_members_lose_nothing_while_one_is_killed_over_and_over(opened: OpenLog) -> None:
    survivor = opened.reader()
    got: set[tuple[int, int]] = set()
    appended = 0

    def note(records: list[Record]) -> None:
        got.update((record.partition, record.offset) for record in records)
        commit(survivor, records)

    for _round in range(2):
        append_to_every_partition(opened, 40)
        appended += 40
        with running(read_for_ever, opened.log, Topic.ACCEPTED, "readers", True) as victim:
            until = time.monotonic() + 3
            while time.monotonic() < until:
                note(survivor.poll(50, 7))
                append_to_every_partition(opened, 4)
                appended += 4
            for report in victim.kill():
                got.update((partition, offset) for partition, offset, _value in report)

    def all_came() -> bool:
        note(survivor.poll(100, 500))
        return len(got) >= appended

    eventually(all_came, "some records went to nobody")
    assert len(got) == appended


def test_a_stopped_member_does_not_commit_over_the_one_that_took_over(opened: OpenLog) -> None:
    append_to_every_partition(opened, 40)
    orders_for_it, orders = multiprocessing.get_context("spawn").Pipe(duplex=False)
    with (
        orders,
        orders_for_it,
        running(read_once_and_commit_late, orders_for_it, opened.log, Topic.ACCEPTED, "readers") as zombie,
    ):
        assert zombie.report()
        zombie.signal(signal.SIGSTOP)
        successor = opened.reader()
        commit(successor, read(successor, 40))
        committed = opened.inspector().committed(Topic.ACCEPTED, "readers")
        assert committed == dict.fromkeys(range(PARTITIONS), 10)

        zombie.signal(signal.SIGCONT)
        orders.send("commit")
        assert zombie.report() == "committed"

    assert opened.inspector().committed(Topic.ACCEPTED, "readers") == committed
