"""The event log on Apache Kafka (kafka-python 3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from eventlog.kafka.admin import KafkaLogAdmin
from eventlog.kafka.appender import KafkaLogAppender
from eventlog.kafka.connection import Cluster
from eventlog.kafka.inspector import KafkaLogInspector
from eventlog.kafka.reader import KafkaLogReader
from eventlog.kafka.topics import TopicLookup, admin_client
from eventlog.port import LogLimits, ResumeAt, Topic

__all__ = ["KafkaEventLog"]

_LOOKUP_TIMEOUT_MS: Final = 2_000


class KafkaEventLog:
    """See `EventLog`. Holds no client itself, so it may be made before a fork and used after it; its parts connect when they
    are first used, and keep working over the death and return of brokers.

    `topic_prefix` begins the name of each topic and group.
    """

    def __init__(
        self,
        bootstrap_servers: Sequence[str],
        limits: LogLimits | None = None,
        topic_prefix: str = "",
    ) -> None:
        self._cluster = Cluster(tuple(bootstrap_servers), topic_prefix)
        self._limits = limits or LogLimits()

    def appender(self) -> KafkaLogAppender:
        lookup = TopicLookup(self._cluster, admin_client(self._cluster, _LOOKUP_TIMEOUT_MS))
        return KafkaLogAppender(self._cluster, self._limits, lookup)

    def reader(self, topic: Topic, group: str, resume_at: ResumeAt | None = None) -> KafkaLogReader:
        return KafkaLogReader(self._cluster, self._limits, topic, group, resume_at)

    def inspector(self) -> KafkaLogInspector:
        return KafkaLogInspector(self._cluster, self._limits)

    def admin(self) -> KafkaLogAdmin:
        return KafkaLogAdmin(self._cluster)
