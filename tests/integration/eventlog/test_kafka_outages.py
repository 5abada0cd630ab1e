"""What a user of the event log on Kafka notices when brokers die, hang or are short of replicas, and when they return."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from eventlog.kafka import KafkaEventLog
from eventlog.port import Appended, LogLimits, LogReader, Outgoing, Record, Topic, TopicSpec, Unavailable
from tests.contract.eventlog.opening import LIMITS, SPECS, OpenLog, commit, eventually, read
from tests.servers.process import freeze

if TYPE_CHECKING:
    from tests.servers.discovery import KafkaAddress, OwnKafka

IMPATIENT = replace(LIMITS, append_timeout_ms=2_000)


def kafka_log(server: KafkaAddress | OwnKafka, limits: LogLimits = LIMITS, prefix: str = "") -> KafkaEventLog:
    return KafkaEventLog(server.bootstrap.split(","), limits, prefix)


@pytest.fixture
def opened(private_kafka: OwnKafka) -> Iterator[OpenLog]:
    with ExitStack() as closing_later:
        yield OpenLog(kafka_log(private_kafka, IMPATIENT), closing_later)


@contextmanager
def refused_within(seconds: float) -> Iterator[None]:
    started = time.monotonic()
    with pytest.raises(Unavailable):
        yield
    assert time.monotonic() - started < seconds


def poll_through(reader: LogReader, seconds: float) -> list[Record]:
    """Poll during an outage: refused or empty, but never hanging."""
    got: list[Record] = []
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        started = time.monotonic()
        with suppress(Unavailable):
            got += reader.poll(200, 100)
        assert time.monotonic() - started < 5
    return got


def test_every_part_works_on_after_the_broker_was_killed_and_came_back(private_kafka: OwnKafka, opened: OpenLog) -> None:
    appender, inspector, admin, reader = opened.appender(), opened.inspector(), opened.admin(), opened.reader()
    acknowledged = {number: appender.append(Topic.ACCEPTED, Outgoing(str(number).encode())) for number in range(10)}
    before = read(reader, 10)
    commit(reader, before)
    inspector.end_offsets(Topic.ACCEPTED)
    inspector.ping()
    admin.check(SPECS)

    private_kafka.kill()
    with refused_within(4):
        appender.append(Topic.ACCEPTED, Outgoing(b"100"))
    with refused_within(4):
        inspector.end_offsets(Topic.ACCEPTED)
    with refused_within(4):
        inspector.ping()
    assert poll_through(reader, 2) == []
    with refused_within(8):
        reader.commit({0: 1, 1: 1, 2: 1, 3: 1})

    private_kafka.restart()
    returned_at = time.monotonic()

    def appended() -> bool:
        with suppress(Unavailable):
            number = 10 + len(acknowledged)
            acknowledged[number] = appender.append(Topic.ACCEPTED, Outgoing(str(number).encode()))
        return len(acknowledged) >= 20

    eventually(appended, "appends are still refused")
    assert time.monotonic() - returned_at < 15

    # The inspector and the admin client are told of the broker's return by their own clocks, about a second later.
    ends: dict[int, int] = {}

    def inspected() -> bool:
        with suppress(Unavailable):
            ends.update(inspector.end_offsets(Topic.ACCEPTED))
            inspector.ping()
            return True
        return False

    eventually(inspected, "the inspector does not come back")
    assert all(ends[place.partition] > place.offset for place in acknowledged.values())

    def checked() -> bool:
        with suppress(Unavailable):
            return [finding for finding in admin.check(SPECS) if not finding.ok] == []
        return False

    eventually(checked, "topics can't be checked")
    assert time.monotonic() - returned_at < 15

    got = {(record.partition, record.offset): int(record.value) for record in before}

    def everything_came() -> bool:
        with suppress(Unavailable):
            got.update({(record.partition, record.offset): int(record.value) for record in reader.poll(200, 100)})
        return all((place.partition, place.offset) in got for place in acknowledged.values())

    eventually(everything_came, "some acknowledged records do not come")
    assert {number: got[place.partition, place.offset] for number, place in acknowledged.items()} == {
        number: number for number in acknowledged
    }
    # What was refused may be there or not; but nothing is there twice.
    assert len(set(got.values())) == len(got)
    reader.commit(ends)
    assert inspector.committed(Topic.ACCEPTED, "readers") == ends


def test_parts_made_while_no_broker_runs_work_once_one_does(private_kafka: OwnKafka) -> None:
    log = kafka_log(private_kafka, IMPATIENT)
    with closing(log.admin()) as admin:
        admin.create_topics(SPECS)
    private_kafka.kill()
    with (
        closing(log.appender()) as appender,
        closing(log.inspector()) as inspector,
        closing(log.reader(Topic.ACCEPTED, "g")) as reader,
    ):
        with refused_within(5):
            appender.append(Topic.ACCEPTED, Outgoing(b"1"))
        with refused_within(5):
            inspector.ping()
        with refused_within(5):
            reader.poll(100, 10)
        started = time.monotonic()
        with ThreadPoolExecutor(8) as pool:
            refusals = list(pool.map(lambda _: _refusal(lambda: inspector.end_offsets(Topic.ACCEPTED)), range(8)))
        assert all(refusals)
        assert time.monotonic() - started < 10, "callers wait for each other"

        private_kafka.restart()

        def works() -> bool:
            with suppress(Unavailable):
                appender.append(Topic.ACCEPTED, Outgoing(b"2"))
                inspector.end_offsets(Topic.ACCEPTED)
                return bool(reader.poll(1_000, 10))
            return False

        eventually(works, "the parts do not recover")


def _refusal(ask: Callable[[], object]) -> bool:
    try:
        ask()
    except Unavailable:
        return True
    return False


def test_a_broker_that_hangs_is_unavailable_within_the_time_outs(private_kafka: OwnKafka, opened: OpenLog) -> None:
    pid = getattr(private_kafka, "pid", None)
    if pid is None:
        pytest.skip("only a broker that is a process of this machine can be stopped and continued")
    log = kafka_log(private_kafka, replace(IMPATIENT, max_in_flight_bytes=1_000))
    with closing(log.appender()) as appender, closing(opened.inspector()) as inspector:
        appender.append(Topic.ACCEPTED, Outgoing(b"0"))
        inspector.end_offsets(Topic.ACCEPTED)
        inspector.ping()
        freeze(pid)
        try:
            with ThreadPoolExecutor(2) as pool:
                hanging = [pool.submit(appender.append, Topic.ACCEPTED, Outgoing(bytes(400))) for _ in range(2)]
                time.sleep(0.3)
                with refused_within(1):
                    appender.append(Topic.ACCEPTED, Outgoing(bytes(400)))
                with refused_within(4):
                    inspector.end_offsets(Topic.ACCEPTED)
                with refused_within(4):
                    inspector.ping()
                started = time.monotonic()
                assert all(isinstance(future.exception(), Unavailable) for future in hanging)
                assert time.monotonic() - started < 6
        finally:
            os.kill(pid, signal.SIGCONT)

        def works() -> bool:
            with suppress(Unavailable):
                appended = appender.append(Topic.ACCEPTED, Outgoing(b"1"))
                return inspector.end_offsets(Topic.ACCEPTED)[appended.partition] > appended.offset
            return False

        eventually(works, "the parts do not recover")


def test_a_check_says_that_replicas_are_missing(kafka_server: KafkaAddress, kafka_topic_prefix: str) -> None:
    made = TopicSpec(Topic.PROFILES, 1, min_insync_replicas=2)
    with closing(kafka_log(kafka_server, LIMITS, kafka_topic_prefix).admin()) as admin:
        admin.create_topics([made])
        wrong = [finding.subject for finding in admin.check([replace(made, replication=3)]) if not finding.ok]

    name = f"{kafka_topic_prefix}{Topic.PROFILES}"
    assert wrong == [f"{name}: replication", f"{name}: replicas in sync"]


def test_the_time_of_an_append_is_the_brokers(kafka_server: KafkaAddress, kafka_topic_prefix: str) -> None:
    from kafka import KafkaProducer

    with ExitStack() as closing_later:
        opened = OpenLog(kafka_log(kafka_server, LIMITS, kafka_topic_prefix), closing_later)
        producer = closing_later.enter_context(closing(KafkaProducer(bootstrap_servers=kafka_server.bootstrap)))
        before_ms = time.time_ns() // 1_000_000
        producer.send(f"{kafka_topic_prefix}{Topic.RECORDED}", b"1", timestamp_ms=12_345).get(10)

        assert read(opened.reader(Topic.RECORDED), 1)[0].appended_at_ms >= before_ms - 1_000


def test_records_are_stored_compressed(kafka_server: KafkaAddress, kafka_topic_prefix: str) -> None:
    from kafka.admin import KafkaAdminClient

    with ExitStack() as closing_later:
        opened = OpenLog(kafka_log(kafka_server, LIMITS, kafka_topic_prefix), closing_later)
        opened.appender().append(Topic.RECORDED, Outgoing(b"statement " * 100_000))
        admin = closing_later.enter_context(closing(KafkaAdminClient(bootstrap_servers=kafka_server.bootstrap)))
        name = f"{kafka_topic_prefix}{Topic.RECORDED}"
        sizes = [
            partition["partition_size"]
            for broker in admin.describe_log_dirs()
            for directory in broker["log_dirs"]
            for topic in directory["topics"]
            if topic["name"] == name
            for partition in topic["partitions"]
        ]

    assert sizes
    assert all(0 < size < 100_000 for size in sizes)


@pytest.mark.parametrize("submits", [False, True])
def test_a_producer_that_decides_nothing_is_replaced(kafka_server: KafkaAddress, kafka_topic_prefix: str, submits: bool) -> None:
    """Its thread lives, and never comes to sending or to giving up: as while it waits for a number that no broker gives it."""
    opened = KafkaEventLog(kafka_server.bootstrap.split(","), replace(IMPATIENT, append_timeout_ms=1_000), kafka_topic_prefix)
    with closing(opened.admin()) as admin:
        admin.create_topics(SPECS)
    appender = opened.appender()
    verdicts: list[object] = []

    def append() -> None:
        if submits:
            appender.submit(Topic.ACCEPTED, Outgoing(b"1"), verdicts.append)
        else:
            try:
                verdicts.append(appender.append(Topic.ACCEPTED, Outgoing(b"1")))
            except Unavailable as error:
                verdicts.append(error)

    def appended() -> bool:
        append()
        time.sleep(0.2)
        return any(isinstance(verdict, Appended) for verdict in verdicts)

    eventually(appended, "nothing can be appended at all")
    sender = appender._producer.get()._sender
    sender.run_once = lambda: time.sleep(0.01)
    verdicts.clear()
    eventually(appended, "the producer is not replaced")
    eventually(lambda: not sender.is_alive(), "the thread of the old producer lives on")
    eventually(lambda: any(isinstance(verdict, Unavailable) for verdict in verdicts), "who waited for the old one is told nothing")
    appender.close()
