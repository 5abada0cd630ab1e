"""Looking at Kafka from outside any group."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from typing import Any, Final

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import CoordinatorLoadInProgressError, CoordinatorNotAvailableError, KafkaError

from eventlog.kafka.connection import MANY_AT_ONCE, Cluster, LazyClient
from eventlog.kafka.ends import KafkaEnds
from eventlog.kafka.topics import OVERHEAD_BYTES, TopicLookup, admin_client
from eventlog.port import Extent, LogLimits, Record, Rejected, Topic, Unavailable

_TIMEOUT_MS: Final = 2_000
_READ_TIMEOUT_S: Final = 10.0
_READ_BYTES: Final = 8 * 1024 * 1024


class NoLeader(Unavailable):
    """No leader is known for a partition."""


class KafkaLogInspector:
    """See `LogInspector`. Asking for ends goes its own way (`ends`), so that a long read delays no one else."""

    def __init__(self, cluster: Cluster, limits: LogLimits) -> None:
        self._cluster = cluster
        self._limits = limits
        self._admin = admin_client(cluster, _TIMEOUT_MS)
        self._lookup = TopicLookup(cluster, self._admin)
        self._ends = KafkaEnds(cluster, "inspector", _TIMEOUT_MS / 1000)
        self._records: LazyClient[Any] = LazyClient(self._build_consumer, _close_consumer)
        self._reading = threading.Lock()

    def partitions(self, topic: Topic) -> int:
        return self._lookup.partitions(topic)

    def identity(self, topic: Topic) -> str:
        return self._lookup.describe(topic).topic_id

    def end_offsets(self, topic: Topic) -> dict[int, int]:
        return dict(self.extent(topic).ends)

    def extent(self, topic: Topic) -> Extent:
        return self._ends.look(topic)

    def committed(self, topic: Topic, group: str) -> dict[int, int]:
        name, group_name = self._cluster.topic_name(topic), self._cluster.group_name(group)
        deadline = time.monotonic() + _TIMEOUT_MS / 1000
        with self._admin.asking(f"asking Kafka for the offsets of {group}") as admin:
            while True:
                try:
                    found = admin.list_group_offsets({group_name: None})[group_name]
                    break
                except (CoordinatorNotAvailableError, CoordinatorLoadInProgressError):
                    # A new cluster makes the topic for groups' offsets when it is first asked for them, then loads it.
                    if time.monotonic() > deadline:
                        raise
                    time.sleep(0.1)
        return {
            partition.partition: committed.offset
            for partition, committed in found.items()
            if partition.topic == name and committed.offset >= 0
        }

    def read(self, topic: Topic, partition: int, from_offset: int, max_records: int) -> list[Record]:
        if not 0 <= partition < self._lookup.partitions(topic):
            raise Rejected(f"there is no partition {partition} of {topic.value}")
        wanted = TopicPartition(self._cluster.topic_name(topic), partition)
        deadline = time.monotonic() + _READ_TIMEOUT_S
        if not self._reading.acquire(timeout=_READ_TIMEOUT_S):
            raise Unavailable(f"others have been reading for {_READ_TIMEOUT_S:.0f} s")
        try:
            with self._records.asking(f"reading {topic.value}") as consumer:
                end = _end_offsets(consumer, [wanted])[wanted]
                consumer.assign([wanted])
                consumer.seek(wanted, from_offset)
                records: list[Record] = []
                position = from_offset
                while position < end and len(records) < max_records:
                    if time.monotonic() > deadline:
                        raise Unavailable(f"Kafka did not give the records of {topic.value} within {_READ_TIMEOUT_S:.0f} s")
                    polled = consumer.poll(timeout_ms=500, max_records=max_records - len(records)).get(wanted, ())
                    records += [Record(topic.value, partition, one.offset, one.timestamp, one.key, one.value) for one in polled]
                    position = consumer.position(wanted, timeout_ms=_TIMEOUT_MS) or position
                return records
        finally:
            self._reading.release()

    def ping(self) -> None:
        with self._admin.asking("asking Kafka for a sign of life") as admin:
            if not admin.describe_cluster()["brokers"]:
                raise Unavailable("Kafka answers, but names no broker")

    def close(self) -> None:
        self._ends.close()
        self._records.close()
        self._lookup.close()

    def _build_consumer(self) -> Any:
        return KafkaConsumer(
            **self._cluster.client_settings("inspector"),
            **MANY_AT_ONCE,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            request_timeout_ms=_TIMEOUT_MS,
            fetch_max_bytes=_READ_BYTES,
            max_partition_fetch_bytes=_READ_BYTES,
            receive_message_max_bytes=_READ_BYTES + self._limits.max_record_bytes + OVERHEAD_BYTES,
            allow_auto_create_topics=False,
            metrics_enabled=False,
        )


def _end_offsets(consumer: Any, asked: list[TopicPartition]) -> dict[TopicPartition, int]:
    try:
        ends: dict[TopicPartition, int] = consumer.end_offsets(asked, timeout_ms=_TIMEOUT_MS)
    except KeyError as missing:
        # What the library does when some of the partitions have no leader.
        raise NoLeader(f"partition {missing} has no leader now") from missing
    return ends


def _close_consumer(consumer: Any) -> None:
    with suppress(KafkaError):
        consumer.close(autocommit=False, timeout_ms=1_000)
