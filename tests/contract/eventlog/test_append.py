"""What an appender promises: acknowledged records are there, in order, once, with a place and a time."""

from __future__ import annotations

import os
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from queue import Queue

import pytest

from eventlog.port import Appended, LogError, Outgoing, Rejected, Topic
from tests.contract.eventlog.opening import LIMITS, PARTITIONS, OpenLog, outgoing, read, values


def test_what_was_appended_can_be_read(opened: OpenLog) -> None:
    appended = opened.appender().append(Topic.ACCEPTED, Outgoing(b"value", key=b"key"))

    (record,) = read(opened.reader(), 1)

    assert (record.topic, record.key, record.value) == (Topic.ACCEPTED, b"key", b"value")
    assert (record.partition, record.offset, record.appended_at_ms) == (
        appended.partition,
        appended.offset,
        appended.appended_at_ms,
    )


def test_records_of_a_partition_come_in_the_order_they_were_appended(opened: OpenLog) -> None:
    appender = opened.appender()
    for number in range(20):
        appender.append(Topic.ACCEPTED, Outgoing(str(number).encode(), partition=2))

    assert values(read(opened.reader(), 20)) == list(range(20))


def test_append_all_keeps_the_order_given(opened: OpenLog) -> None:
    appended = opened.appender().append_all(Topic.RECORDED, outgoing(*range(300)))

    assert [place.offset for place in appended] == sorted({place.offset for place in appended})
    assert values(read(opened.reader(Topic.RECORDED), 300)) == list(range(300))


def test_append_all_of_nothing_is_nothing(opened: OpenLog) -> None:
    assert opened.appender().append_all(Topic.ACCEPTED, []) == []


def test_append_all_may_name_a_partition_for_each_record(opened: OpenLog) -> None:
    records = [Outgoing(str(number).encode(), partition=number % PARTITIONS) for number in range(40)]

    appended = opened.appender().append_all(Topic.ACCEPTED, records)

    assert [place.partition for place in appended] == [record.partition for record in records]


def test_the_same_key_goes_to_the_same_partition_from_every_appender(opened: OpenLog) -> None:
    keys = [f"key-{number}".encode() for number in range(40)]
    first = opened.appender().append_all(Topic.ACCEPTED, [Outgoing(b"1", key=key) for key in keys])
    second = opened.appender().append_all(Topic.ACCEPTED, [Outgoing(b"2", key=key) for key in reversed(keys)])

    assert [place.partition for place in first] == [place.partition for place in reversed(second)]
    assert {place.partition for place in first} == set(range(PARTITIONS))


def test_the_partition_named_wins_over_the_key(opened: OpenLog) -> None:
    appender = opened.appender()
    for partition in range(PARTITIONS):
        assert appender.append(Topic.ACCEPTED, Outgoing(b"1", key=b"same", partition=partition)).partition == partition


def test_records_without_key_or_partition_are_spread(opened: OpenLog) -> None:
    appender = opened.appender()

    used = {appender.append(Topic.ACCEPTED, Outgoing(b"1")).partition for _ in range(60)}

    assert len(used) > 1


def test_bytes_are_kept_as_they_are(opened: OpenLog) -> None:
    every_byte = bytes(range(256))
    records = [Outgoing(every_byte, key=every_byte), Outgoing(b"", key=b""), Outgoing(b"\x00\x00", key=None)]
    opened.appender().append_all(Topic.RECORDED, records)

    assert [(record.key, record.value) for record in read(opened.reader(Topic.RECORDED), 3)] == [
        (record.key, record.value) for record in records
    ]


def test_a_large_record_comes_back_whole(opened: OpenLog) -> None:
    large = os.urandom(1024) * 20 * 1024
    opened.appender().append(Topic.RECORDED, Outgoing(large))

    (record,) = read(opened.reader(Topic.RECORDED), 1)

    assert record.value == large


def test_the_largest_record_allowed_is_taken_even_if_it_does_not_compress(opened: OpenLog) -> None:
    largest = os.urandom(LIMITS.max_record_bytes)
    appended = opened.appender().append(Topic.RECORDED, Outgoing(largest))

    assert opened.inspector().read(Topic.RECORDED, 0, appended.offset, 1)[0].value == largest


def test_a_larger_record_is_rejected_and_the_next_one_is_not(opened: OpenLog) -> None:
    appender = opened.appender()

    with pytest.raises(Rejected, match=str(LIMITS.max_record_bytes)):
        appender.append(Topic.ACCEPTED, Outgoing(bytes(LIMITS.max_record_bytes + 1)))

    appender.append(Topic.ACCEPTED, Outgoing(b"1"))


def test_a_topic_that_does_not_exist_is_rejected(opened: OpenLog) -> None:
    with pytest.raises(Rejected, match=Topic.PROFILES):
        opened.appender().append(Topic.PROFILES, Outgoing(b"1"))


def test_a_partition_that_does_not_exist_is_rejected(opened: OpenLog) -> None:
    with pytest.raises(Rejected, match="partition"):
        opened.appender().append(Topic.ACCEPTED, Outgoing(b"1", partition=PARTITIONS))


def test_concurrent_appenders_lose_and_double_nothing(opened: OpenLog) -> None:
    appender, threads, each = opened.appender(), 16, 25

    def work(thread: int) -> list[tuple[int, Appended]]:
        numbers = range(thread * each, (thread + 1) * each)
        return [(number, appender.append(Topic.ACCEPTED, Outgoing(str(number).encode()))) for number in numbers]

    with ThreadPoolExecutor(threads) as pool:
        appended = [pair for pairs in pool.map(work, range(threads)) for pair in pairs]

    places = {(place.partition, place.offset): number for number, place in appended}
    assert len(places) == threads * each
    read_back = {(record.partition, record.offset): int(record.value) for record in read(opened.reader(), threads * each)}
    assert read_back == places


def test_times_are_about_now_and_never_go_back_within_a_partition(opened: OpenLog) -> None:
    appender = opened.appender()
    before_ms = time.time_ns() // 1_000_000
    appended = [appender.append(Topic.ACCEPTED, Outgoing(b"1")) for _ in range(30)]
    after_ms = time.time_ns() // 1_000_000

    by_partition: defaultdict[int, list[int]] = defaultdict(list)
    for place in appended:
        by_partition[place.partition].append(place.appended_at_ms)
    assert all(times == sorted(times) for times in by_partition.values())
    slack_ms = 1_000  # the log's clock may be another machine's
    assert all(before_ms - slack_ms <= place.appended_at_ms <= after_ms + slack_ms for place in appended)


def test_what_is_submitted_is_decided_once_with_its_place(opened: OpenLog) -> None:
    appender, decided = opened.appender(), Queue[tuple[int, Appended | LogError]]()
    for number in range(20):
        appender.submit(
            Topic.ACCEPTED, Outgoing(str(number).encode(), partition=2), lambda verdict, n=number: decided.put((n, verdict))
        )

    verdicts = dict(decided.get(timeout=30) for _ in range(20))

    assert values(read(opened.reader(), 20)) == list(range(20))
    offsets = [verdict.offset for _, verdict in sorted(verdicts.items()) if isinstance(verdict, Appended)]
    assert offsets == list(range(20))
    assert decided.empty()


def test_what_is_submitted_and_too_large_is_rejected(opened: OpenLog) -> None:
    decided: list[Appended | LogError] = []

    opened.appender().submit(Topic.ACCEPTED, Outgoing(bytes(LIMITS.max_record_bytes + 1)), decided.append)

    assert [type(verdict) for verdict in decided] == [Rejected]


def test_a_key_goes_to_the_partition_that_is_told(opened: OpenLog) -> None:
    appender = opened.appender()
    keys = [f"key-{number}".encode() for number in range(20)]

    told = [appender.partition_of(Topic.ACCEPTED, key) for key in keys]

    assert told == [appender.append(Topic.ACCEPTED, Outgoing(b"1", key=key)).partition for key in keys]
