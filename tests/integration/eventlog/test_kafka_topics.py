"""What the event log on Kafka does when others change its topics."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from eventlog.kafka import KafkaEventLog
from eventlog.port import LogError, Outgoing, Topic
from tests.contract.eventlog.opening import LIMITS, PARTITIONS, OpenLog, eventually

if TYPE_CHECKING:
    from tests.servers.discovery import KafkaAddress

pytestmark = pytest.mark.kafka


@pytest.fixture
def opened(kafka_server: KafkaAddress, kafka_topic_prefix: str) -> Iterator[OpenLog]:
    with ExitStack() as closing_later:
        yield OpenLog(KafkaEventLog(kafka_server.bootstrap.split(","), LIMITS, kafka_topic_prefix), closing_later)


def add_partition(server: KafkaAddress, prefix: str) -> None:
    from kafka.admin import KafkaAdminClient

    client = KafkaAdminClient(bootstrap_servers=server.bootstrap.split(","))
    try:
        client.create_partitions({f"{prefix}{Topic.ACCEPTED.value}": PARTITIONS + 1})
    finally:
        client.close()


def test_what_is_in_a_partition_added_just_now_lies_before_the_ends(
    kafka_server: KafkaAddress, kafka_topic_prefix: str, opened: OpenLog
) -> None:
    """An inspector that has known the topic for a while must not say that nothing waits."""
    inspector = opened.inspector()
    assert set(inspector.end_offsets(Topic.ACCEPTED)) == set(range(PARTITIONS))
    identity = inspector.identity(Topic.ACCEPTED)

    add_partition(kafka_server, kafka_topic_prefix)

    def appended() -> bool:
        try:
            opened.appender().append(Topic.ACCEPTED, Outgoing(b"1", partition=PARTITIONS))
        except LogError:
            return False
        return True

    eventually(appended, "nothing can be appended to the new partition")
    assert inspector.end_offsets(Topic.ACCEPTED)[PARTITIONS] == 1
    assert inspector.identity(Topic.ACCEPTED) == identity
