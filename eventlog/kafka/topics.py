"""What Kafka says about its topics."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from kafka.admin import KafkaAdminClient
from kafka.errors import KafkaError, UnknownTopicOrPartitionError, for_code

from eventlog.kafka.connection import MANY_AT_ONCE, Cluster, LazyClient
from eventlog.port import Rejected, Topic

OVERHEAD_BYTES: Final = 64 * 1024
"""Room beside a record of the largest size for what Kafka packs around it."""

_REMEMBERED_S: Final = 60.0
_CONNECTION_TIMEOUTS: Final = ("socket_connection_setup_timeout_ms", "socket_connection_setup_timeout_max_ms")
_NO_TOPIC_ID: Final = str(UUID(int=0))


def admin_client(cluster: Cluster, timeout_ms: int) -> LazyClient[Any]:
    """An administration client whose requests are given up after `timeout_ms`."""

    def build() -> Any:
        client = KafkaAdminClient(**cluster.client_settings("admin"), **MANY_AT_ONCE, request_timeout_ms=timeout_ms)
        # After a broker did not answer, the library connects anew and waits 10 to 30 s for that; this client takes no such setting.
        client._manager.config |= dict.fromkeys(_CONNECTION_TIMEOUTS, timeout_ms)
        return client

    def close(client: Any) -> None:
        with suppress(KafkaError):
            client.close()

    return LazyClient(build, close)


@dataclass(frozen=True, slots=True)
class TopicFound:
    """A topic as a broker described it."""

    topic_id: str
    """Given by Kafka when the topic is made: one made again under the same name has another."""
    partitions: int


class TopicLookup:
    """What topics are there. Thread-safe."""

    def __init__(self, cluster: Cluster, admin: LazyClient[Any]) -> None:
        self._cluster = cluster
        self._admin = admin
        self._known: dict[Topic, tuple[int, float]] = {}

    def partitions(self, topic: Topic) -> int:
        """From memory for a minute, as the number hardly ever changes. Raises like `describe`."""
        count, until = self._known.get(topic, (0, 0.0))
        if time.monotonic() < until:
            return count
        return self.describe(topic).partitions

    def describe(self, topic: Topic) -> TopicFound:
        """Always asked anew. Raises Rejected when there is no such topic, Unavailable when no broker says."""
        name = self._cluster.topic_name(topic)
        with self._admin.asking(f"asking Kafka about {topic.value}") as admin:
            (found,) = admin.describe_topics([name])
            if found["error_code"] == UnknownTopicOrPartitionError.errno:
                raise Rejected(f"there is no topic {name}: it has to be created first")
            if found["error_code"]:
                raise for_code(found["error_code"])()
            topic_id = str(found.get("topic_id") or _NO_TOPIC_ID)
            if topic_id == _NO_TOPIC_ID:
                # A cluster that gives topics no ids (before 2.8, or upgraded from there without them).
                topic_id = f"{admin.describe_cluster()['cluster_id']}/{name}"
        described = TopicFound(topic_id, len(found["partitions"]))
        self._known[topic] = (described.partitions, time.monotonic() + _REMEMBERED_S)
        return described

    def close(self) -> None:
        self._admin.close()
