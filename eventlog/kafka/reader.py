"""Reading Kafka as a member of a consumer group."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any, Final

from kafka import ConsumerRebalanceListener, KafkaConsumer, OffsetAndMetadata, TopicPartition
from kafka.coordinator.base import MemberState
from kafka.errors import (
    CommitFailedError,
    FencedInstanceIdError,
    IllegalGenerationError,
    KafkaError,
    RebalanceInProgressError,
    UnknownMemberIdError,
)

from eventlog.kafka.connection import Cluster, LazyClient, as_log_error
from eventlog.kafka.topics import OVERHEAD_BYTES
from eventlog.port import LogLimits, Record, ResumeAt, Topic

_FETCH_BYTES: Final = 48 * 1024 * 1024
_PARTITION_FETCH_BYTES: Final = 8 * 1024 * 1024
"""Soft bounds: Kafka sends at least one batch however large it is."""

_COMMIT_TIMEOUT_MS: Final = 5_000
_CLOSE_TIMEOUT_MS: Final = 3_000
_REBALANCING: Final = (
    CommitFailedError,
    FencedInstanceIdError,
    IllegalGenerationError,
    RebalanceInProgressError,
    UnknownMemberIdError,
)


class _Assigned(ConsumerRebalanceListener):  # type: ignore[misc]  # the library has no types
    """Notes partitions that came with a rebalance. It runs on the library's thread, which must not wait: the reader acts on
    the note after its poll."""

    def __init__(self) -> None:
        self.fresh: set[TopicPartition] = set()

    def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        self.fresh.difference_update(revoked)

    def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        self.fresh.update(assigned)


class KafkaLogReader:
    """See `LogReader`. Each rebalance starts every partition anew at `resume_at`. Where that leaves it to the group, what came to
    this member starts at the committed offset, and what it had before and has still goes on where it is: it is not delivered again,
    so what could not be committed while the group was rebalancing is committed afterwards.
    """

    def __init__(self, cluster: Cluster, limits: LogLimits, topic: Topic, group: str, resume_at: ResumeAt | None) -> None:
        self._cluster = cluster
        self._limits = limits
        self._topic = topic
        self._group = group
        self._resume_at = resume_at
        self._assigned = _Assigned()
        self._owed: dict[int, int] = {}
        """By partition the next_offset that was to be committed, and is not known to be."""
        self._consumer: LazyClient[Any] = LazyClient(self._build, self._close_consumer)

    def poll(self, timeout_ms: int, max_records: int) -> list[Record]:
        deadline = time.monotonic() + timeout_ms / 1000
        while True:
            consumer = self._consumer.get()
            left_ms = max(0, round((deadline - time.monotonic()) * 1000))
            _pick_up_join(consumer)
            self._settle(consumer)
            try:
                batch = consumer.poll(timeout_ms=left_ms, max_records=max_records)
                self._place(consumer, batch)
            except KafkaError as error:
                if not getattr(error, "retriable", False):
                    self._consumer.discard(consumer)
                raise as_log_error(error, f"reading {self._topic.value}") from error
            if batch or time.monotonic() >= deadline:
                return [self._record(fetched) for records in batch.values() for fetched in records]

    def rewind(self, next_offsets: Mapping[int, int]) -> None:
        consumer = self._consumer.get()
        for partition in self._own(consumer, next_offsets):
            _seek(consumer, partition, next_offsets[partition.partition])

    def commit(self, next_offsets: Mapping[int, int]) -> None:
        consumer = self._consumer.get()
        self._owed |= next_offsets
        self._settle(consumer)

    def close(self) -> None:
        self._consumer.close()

    def _settle(self, consumer: Any) -> None:
        """Commit what is owed, unless the group is rebalancing: then the next poll, which takes part in that, leads here again."""
        if not self._owed or consumer._coordinator.state is not MemberState.STABLE:
            return
        offsets = {own: OffsetAndMetadata(self._owed[own.partition], "", -1) for own in self._own(consumer, self._owed)}
        if offsets:
            try:
                consumer.commit(offsets, timeout_ms=_COMMIT_TIMEOUT_MS)
            except _REBALANCING:
                return
            except KafkaError as error:
                raise as_log_error(error, f"committing for {self._group}") from error
        # Of what is not among them another has the partition now, and gets these records again.
        self._owed = {}

    def _place(self, consumer: Any, batch: dict[TopicPartition, list[Any]]) -> None:
        """Move partitions that are new here to where they go on; what was fetched for them from elsewhere leaves the batch.

        When `resume_at` fails, nothing of the batch counts as delivered.
        """
        fresh = self._assigned.fresh
        try:
            for partition in sorted(fresh):
                start = self._resume_at(partition.partition) if self._resume_at else None
                if start is not None:
                    _seek(consumer, partition, start)
                    batch.pop(partition, None)
                    self._owed.pop(partition.partition, None)
                fresh.discard(partition)
        except BaseException:
            for partition, records in batch.items():
                _seek(consumer, partition, records[0].offset)
            raise

    def _own(self, consumer: Any, partitions: Iterable[int]) -> list[TopicPartition]:
        assigned = consumer.assignment() or set()
        named = (TopicPartition(self._cluster.topic_name(self._topic), partition) for partition in partitions)
        return [partition for partition in named if partition in assigned]

    def _record(self, fetched: Any) -> Record:
        return Record(self._topic.value, fetched.partition, fetched.offset, fetched.timestamp, fetched.key, fetched.value)

    def _build(self) -> Any:
        # Another consumer is another member: it begins where the group stands.
        self._assigned, self._owed = _Assigned(), {}
        session_ms = self._limits.session_timeout_ms
        consumer = KafkaConsumer(
            **self._cluster.client_settings("reader"),
            group_id=self._cluster.group_name(self._group),
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            session_timeout_ms=session_ms,
            heartbeat_interval_ms=session_ms // 4,
            request_timeout_ms=max(15_000, session_ms + 5_000),
            metadata_max_age_ms=30_000,
            fetch_max_bytes=_FETCH_BYTES,
            max_partition_fetch_bytes=_PARTITION_FETCH_BYTES,
            receive_message_max_bytes=_FETCH_BYTES + self._limits.max_record_bytes + OVERHEAD_BYTES,
            allow_auto_create_topics=False,
            metrics_enabled=False,
        )
        _keep_answers(consumer._coordinator)
        consumer.subscribe([self._cluster.topic_name(self._topic)], listener=self._assigned)
        return consumer

    def _close_consumer(self, consumer: Any) -> None:
        with suppress(KafkaError):
            consumer.close(autocommit=False, timeout_ms=_CLOSE_TIMEOUT_MS)


def _seek(consumer: Any, partition: TopicPartition, offset: int) -> None:
    # The library says so when the partition is not, or no longer, assigned: then it is someone else's to place.
    with suppress(ValueError):
        consumer.seek(partition, offset)


def _keep_answers(coordinator: Any) -> None:
    """Have the library take up a join that was answered while nobody polled.

    kafka-python 3.0.12 goes on with a join between two polls, but when the next poll finds it done, it throws the answer away and
    asks to join again: members that poll for shorter than a rebalance takes then have the group rebalance for ever.
    """
    join = coordinator._do_join_and_sync_async
    answered: list[tuple[Any, bytes]] = []

    async def join_once() -> bytes:
        # A poll that took an answer up has left the member stable, so one that is still rebalancing was not taken up.
        if answered and coordinator.state is MemberState.REBALANCING:
            generation, earlier = answered.pop()
            if generation is coordinator._generation:
                return earlier
        answered.clear()
        assignment: bytes = await join()
        answered.append((coordinator._generation, assignment))
        return assignment

    coordinator._do_join_and_sync_async = join_once


def _pick_up_join(consumer: Any) -> None:
    """Have the library finish a join that its last poll left half way.

    kafka-python 3.0.12 forgets a join whose poll timed out after the group's answer to JoinGroup and before the one to
    SyncGroup: it takes itself for joined, has no partitions, sends no heartbeats, and stays so. Told that it is to rejoin, it
    takes up the answer that is still to come, or asks again.
    """
    coordinator = consumer._coordinator
    if coordinator.state is MemberState.REBALANCING and not coordinator.need_rejoin():
        coordinator.request_rejoin()
