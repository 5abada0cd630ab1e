"""What a member of a Kafka group keeps through a rebalance."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest
from kafka.coordinator.base import MemberState

from eventlog.kafka import KafkaEventLog
from eventlog.kafka.reader import KafkaLogReader
from eventlog.port import LogReader, Outgoing, Topic
from tests.contract.eventlog.opening import LIMITS, PARTITIONS, OpenLog, eventually, read, read_nothing, values

if TYPE_CHECKING:
    from tests.servers.discovery import KafkaAddress

pytestmark = pytest.mark.kafka


@pytest.fixture
def opened(kafka_server: KafkaAddress, kafka_topic_prefix: str) -> Iterator[OpenLog]:
    with ExitStack() as closing_later:
        yield OpenLog(KafkaEventLog(kafka_server.bootstrap.split(","), LIMITS, kafka_topic_prefix), closing_later)


class _Polling:
    """A member that only polls, on a thread of its own, until the end of the block."""

    def __init__(self, reader: LogReader) -> None:
        self._reader = reader
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._poll, daemon=True)

    def __enter__(self) -> _Polling:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _poll(self) -> None:
        while not self._stop.is_set():
            self._reader.poll(50, 500)


def test_what_could_not_be_committed_during_a_rebalance_is_committed_after_it(opened: OpenLog) -> None:
    """The member goes on where it was with the partitions it keeps, so those records never come to anybody again."""
    opened.appender().append_all(
        Topic.ACCEPTED, [Outgoing(str(number).encode(), partition=number % PARTITIONS) for number in range(20)]
    )
    first, second = opened.reader(), opened.reader()
    assert isinstance(first, KafkaLogReader)
    assert sorted(values(read(first, 20))) == list(range(20))
    coordinator = first._consumer.get()._coordinator
    with _Polling(second):

        def rebalancing() -> bool:
            first.poll(0, 500)
            return coordinator.state is MemberState.REBALANCING

        eventually(rebalancing, "no rebalance began")
        first.commit(dict.fromkeys(range(PARTITIONS), 5))

        def joined() -> bool:
            first.poll(20, 500)
            return coordinator.state is MemberState.STABLE

        eventually(joined, "the rebalance did not end")
        own = {partition.partition for partition in first._consumer.get().assignment()}
        assert own

        def committed() -> bool:
            first.poll(20, 500)
            held = opened.inspector().committed(Topic.ACCEPTED, "readers")
            return {partition: held.get(partition) for partition in own} == dict.fromkeys(own, 5)

        eventually(committed, "what was done before the rebalance stays uncommitted")
    read_nothing(first, 0.3)
