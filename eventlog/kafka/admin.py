"""Creating and checking topics in Kafka."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from kafka.admin import ConfigResource, ConfigResourceType
from kafka.errors import TopicAlreadyExistsError, UnknownTopicOrPartitionError, for_code

from eventlog.kafka.connection import Cluster, as_log_error, translated
from eventlog.kafka.topics import OVERHEAD_BYTES, admin_client
from eventlog.port import Finding, TopicSpec

_TIMEOUT_MS: Final = 15_000
_AT_LEAST: Final = frozenset({"max.message.bytes", "min.insync.replicas"})
"""Settings of which more than asked for is right too."""


def topic_settings(spec: TopicSpec) -> dict[str, str]:
    """Every setting that Rekam relies on, said explicitly so that no broker's default decides."""
    return {
        "cleanup.policy": "delete",
        "retention.ms": str(spec.retention_ms),
        "retention.bytes": "-1",
        "max.message.bytes": str(spec.max_record_bytes + OVERHEAD_BYTES),
        "min.insync.replicas": str(spec.min_insync_replicas),
        # gzip is what every client can read without a further library. The broker does it, at the fastest level: statements
        # shrink to a fifth, and it costs a tenth of the time it takes in a Python producer (whose level is fixed at 9).
        "compression.type": "gzip",
        "compression.gzip.level": "1",
        # `stored` is the time of the append by the log, not by whichever process sent it.
        "message.timestamp.type": "LogAppendTime",
        # Acknowledged is durable: never let a replica that lacks acknowledged records lead.
        "unclean.leader.election.enable": "false",
    }


class KafkaLogAdmin:
    """See `LogAdmin`."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._admin = admin_client(cluster, _TIMEOUT_MS)

    def create_topics(self, specs: Sequence[TopicSpec]) -> None:
        """Returns when every topic has leaders, so that an append right after it succeeds."""
        if not specs:
            return
        wanted = {
            self._cluster.topic_name(spec.topic): {
                "num_partitions": spec.partitions,
                "replication_factor": spec.replication,
                "configs": topic_settings(spec),
            }
            for spec in specs
        }
        with translated("creating topics"):
            admin = self._admin.get()
            answer = admin.create_topics(wanted, timeout_ms=_TIMEOUT_MS, raise_errors=False)
            for topic in answer["topics"]:
                error = for_code(topic["error_code"])
                if topic["error_code"] and error is not TopicAlreadyExistsError:
                    raise as_log_error(error(topic.get("error_message") or ""), f"creating {topic['name']}")
            admin.wait_for_topics(list(wanted), timeout_ms=_TIMEOUT_MS)

    def check(self, specs: Sequence[TopicSpec]) -> list[Finding]:
        names = [self._cluster.topic_name(spec.topic) for spec in specs]
        with translated("checking topics"):
            admin = self._admin.get()
            brokers = [broker["broker_id"] for broker in admin.describe_cluster()["brokers"]]
            topics = {topic["name"]: topic for topic in admin.describe_topics(names)} if names else {}
            existing = [name for name, topic in topics.items() if not topic["error_code"]]
            resources = [ConfigResource(ConfigResourceType.TOPIC, name) for name in existing]
            resources += [ConfigResource(ConfigResourceType.BROKER, str(broker)) for broker in brokers]
            settings = admin.describe_configs(resources, config_filter="all")
        findings = [finding for spec in specs for finding in self._topic_findings(spec, topics, settings.get("topic", {}))]
        largest = max((spec.max_record_bytes for spec in specs), default=0)
        return findings + [
            finding for broker, found in settings.get("broker", {}).items() for finding in _broker_findings(broker, found, largest)
        ]

    def close(self) -> None:
        self._admin.close()

    def _topic_findings(self, spec: TopicSpec, topics: Mapping[str, Any], settings: Mapping[str, Any]) -> Iterator[Finding]:
        name = self._cluster.topic_name(spec.topic)
        topic = topics.get(name, {"error_code": UnknownTopicOrPartitionError.errno})
        if topic["error_code"]:
            missing = topic["error_code"] == UnknownTopicOrPartitionError.errno
            yield Finding(f"{name}: exists", False, "missing" if missing else for_code(topic["error_code"]).__name__, "create it")
            return
        partitions = topic["partitions"]
        yield Finding(
            f"{name}: partitions",
            len(partitions) == spec.partitions,
            str(len(partitions)),
            f"{spec.partitions} are configured; keys would move to other partitions if it changed:"
            f" set the configuration to {len(partitions)}",
        )
        replicas = min(len(partition["replica_nodes"]) for partition in partitions)
        yield Finding(
            f"{name}: replication",
            replicas >= spec.replication,
            str(replicas),
            f"reassign the partitions to at least {spec.replication} brokers (kafka-reassign-partitions)",
        )
        in_sync = min(len(partition["isr_nodes"]) for partition in partitions)
        yield Finding(
            f"{name}: replicas in sync",
            in_sync >= spec.min_insync_replicas,
            str(in_sync),
            f"appends are refused with fewer than {spec.min_insync_replicas}: see why brokers lag or are down",
        )
        found = settings[name]
        for setting, right in topic_settings(spec).items():
            value = found[setting]["value"] if setting in found else "not set"
            ok = int(value) >= int(right) if setting in _AT_LEAST and value.isdecimal() else value == right
            advice = f"set it to {right}: kafka-configs --alter --topic {name} --add-config {setting}={right}"
            yield Finding(f"{name}: {setting}", ok, value, advice)


def _broker_findings(broker: str, settings: Mapping[str, Any], largest_record: int) -> Iterator[Finding]:
    """A topic may allow a size that the broker's own limits do not let through."""
    needed = largest_record + OVERHEAD_BYTES
    # message.max.bytes is only a default for topics, which Rekam overrides.
    for setting in ("socket.request.max.bytes",):
        value = settings.get(setting, {}).get("value")
        if value is not None:
            yield Finding(
                f"broker {broker}: {setting}",
                int(value) >= needed,
                value,
                f"at least {needed}, so that the largest request allowed fits",
            )
