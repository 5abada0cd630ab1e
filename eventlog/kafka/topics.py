"""What Kafka says about its topics."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Any, Final

from kafka.admin import KafkaAdminClient
from kafka.errors import KafkaError, UnknownTopicOrPartitionError

from eventlog.kafka.connection import MANY_AT_ONCE, Cluster, LazyClient
from eventlog.port import Rejected, Topic

OVERHEAD_BYTES: Final = 64 * 1024
"""Room beside a record of the largest size for what Kafka packs around it."""

_REMEMBERED_S: Final = 60.0


def admin_client(cluster: Cluster, timeout_ms: int) -> LazyClient[Any]:
    """An administration client whose requests are given up after `timeout_ms`."""

    def build() -> Any:
        return KafkaAdminClient(**cluster.client_settings("admin"), **MANY_AT_ONCE, request_timeout_ms=timeout_ms)

    def close(client: Any) -> None:
        with suppress(KafkaError):
            client.close()

    return LazyClient(build, close)


class TopicLookup:
    """How many partitions topics have. Thread-safe; answers from memory for a minute, since the number does not change."""

    def __init__(self, cluster: Cluster, admin: LazyClient[Any]) -> None:
        self._cluster = cluster
        self._admin = admin
        self._known: dict[Topic, tuple[int, float]] = {}

    def partitions(self, topic: Topic) -> int:
        """Raises Rejected when there is no such topic, Unavailable when no broker says."""
        count, until = self._known.get(topic, (0, 0.0))
        if time.monotonic() < until:
            return count
        with self._admin.asking(f"asking Kafka about {topic.value}") as admin:
            (found,) = admin.describe_topics([self._cluster.topic_name(topic)])
        if found["error_code"] == UnknownTopicOrPartitionError.errno:
            raise Rejected(f"there is no topic {self._cluster.topic_name(topic)}: it has to be created first")
        count = len(found["partitions"])
        self._known[topic] = (count, time.monotonic() + _REMEMBERED_S)
        return count

    def close(self) -> None:
        self._admin.close()
