"""Appending to Kafka through one producer, which batches what concurrent callers send."""

from __future__ import annotations

import threading
import time
import zlib
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Final

from kafka import KafkaProducer
from kafka.errors import KafkaError, KafkaTimeoutError

from eventlog.kafka.connection import Cluster, LazyClient, as_log_error
from eventlog.kafka.topics import OVERHEAD_BYTES, TopicLookup
from eventlog.port import Appended, Decided, LogError, LogLimits, Outgoing, Rejected, Topic, Unavailable

_BATCH_BYTES: Final = 512 * 1024
_METADATA_TIMEOUT_MS: Final = 3_000
_COLLECT_MS: Final = 500
"""What callers wait beyond the time in which the producer itself gives a record up."""

_FORCED_S: Final = 5.0
"""How long a producer's thread may take to end that was told to give everything up."""


class InFlight:
    """Counts the bytes that wait to be acknowledged; refuses at once what goes beyond the bound. Thread-safe."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._lock = threading.Lock()

    def take(self, size: int) -> None:
        """Raises Unavailable where it is too much."""
        with self._lock:
            # What is larger than the bound passes when it is alone: it could never pass otherwise.
            if self._bytes and self._bytes + size > self._most_bytes:
                raise Unavailable(f"{self._bytes} bytes are waiting to be acknowledged already", retry_after_s=1)
            self._bytes += size

    def give(self, size: int) -> None:
        with self._lock:
            self._bytes -= size

    @contextmanager
    def holding(self, size: int) -> Iterator[None]:
        self.take(size)
        try:
            yield
        finally:
            self.give(size)


class KafkaLogAppender:
    """See `LogAppender`. Idempotent: what the producer sends again after a lost answer is stored once."""

    def __init__(self, cluster: Cluster, limits: LogLimits, lookup: TopicLookup) -> None:
        self._cluster = cluster
        self._limits = limits
        self._lookup = lookup
        self._in_flight = InFlight(limits.max_in_flight_bytes)
        self._undecided: deque[tuple[float, Any, Any]] = deque()
        self._producer: LazyClient[Any] = LazyClient(self._build, self._close_producer)

    def append(self, topic: Topic, record: Outgoing) -> Appended:
        return self.append_all(topic, (record,))[0]

    def append_all(self, topic: Topic, records: Sequence[Outgoing]) -> list[Appended]:
        if not records:
            return []
        size = sum(map(self._size, records))
        deadline = time.monotonic() + (self._limits.append_timeout_ms + _COLLECT_MS) / 1000
        with self._in_flight.holding(size):
            producer = self._producer.get()
            try:
                # Each future is asked: the producer's own flush() does not tell what failed.
                futures = [self._send(producer, topic, record) for record in records]
                sent = [self._decided(producer, future, deadline) for future in futures]
            except KafkaError as error:
                raise self._meaning(error, producer, topic) from error
        return [_appended(metadata) for metadata in sent]

    def submit(self, topic: Topic, record: Outgoing, decided: Decided) -> None:
        try:
            size = self._size(record)
            self._in_flight.take(size)
        except LogError as error:
            decided(error)
            return

        def told(verdict: Appended | LogError) -> None:
            # Before the answer: a caller that has one may append again at once.
            self._in_flight.give(size)
            decided(verdict)

        try:
            producer = self._producer.get()
            future = self._send(producer, topic, record)
        except LogError as error:
            told(error)
            return
        except KafkaError as error:
            told(self._meaning(error, producer, topic))
            return

        def failed(error: KafkaError) -> None:
            if _is_final(error):
                self._replace(producer)
            told(as_log_error(error, f"appending to {topic.value}"))

        # The producer gives every record up in its time, or when it is replaced, so one of the two is called.
        future.add_callback(lambda metadata: told(_appended(metadata)))
        future.add_errback(failed)
        self._watch(producer, future)

    def partition_of(self, topic: Topic, key: bytes) -> int:
        return zlib.crc32(key) % len(self._partitions(self._producer.get(), topic))

    def close(self) -> None:
        """Wait for what is in flight and stop."""
        self._producer.close()
        self._lookup.close()

    def _size(self, record: Outgoing) -> int:
        """In bytes. Raises Rejected where it is more than may be."""
        size = len(record.value) + len(record.key or b"")
        if size > self._limits.max_record_bytes:
            raise Rejected(f"a record of {size} bytes is larger than the {self._limits.max_record_bytes} that are allowed")
        return size

    def _send(self, producer: Any, topic: Topic, record: Outgoing) -> Any:
        known = self._partitions(producer, topic)
        partition = record.partition
        if partition is None:
            # By our own sum of the key: the library's, which is of another sort, takes longer than all the rest of a send.
            partition = None if record.key is None else zlib.crc32(record.key) % len(known)
        elif partition not in known:
            raise Rejected(f"{topic.value} has no partition {partition}: it has {len(known)}")
        return producer.send(self._cluster.topic_name(topic), record.value, key=record.key, partition=partition)

    def _meaning(self, error: KafkaError, producer: Any, topic: Topic) -> LogError:
        if _is_final(error):
            self._producer.discard(producer)
        return as_log_error(error, f"appending to {topic.value}")

    def _decided(self, producer: Any, future: Any, deadline: float) -> Any:
        """What became of a record. A producer that says nothing until the deadline is replaced."""
        try:
            return future.get(max(0.0, deadline - time.monotonic()))
        except KafkaTimeoutError:
            if not future.is_done:
                self._replace(producer)
            raise

    def _watch(self, producer: Any, future: Any) -> None:
        """Replace a producer that left a record undecided beyond its time: kafka-python 3.0.12 gives none up while it waits for a
        number for itself, and that wait may have no end."""
        now = time.monotonic()
        self._undecided.append((now + (self._limits.append_timeout_ms + _COLLECT_MS) / 1000, producer, future))
        stuck = None
        with suppress(IndexError):  # another thread took it away
            while self._undecided[0][2].is_done or now >= self._undecided[0][0]:
                _, whose, decided = self._undecided.popleft()
                stuck = stuck if decided.is_done else whose
        if stuck is not None:
            self._replace(stuck)

    def _replace(self, producer: Any) -> None:
        """The next append gets another. Not by the thread that is here, which may be the producer's own: closing takes a while."""
        threading.Thread(target=self._producer.discard, args=(producer,), daemon=True).start()

    def _partitions(self, producer: Any, topic: Topic) -> set[int]:
        """From the producer's metadata: no request but the first time."""
        try:
            known: set[int] = producer.partitions_for(self._cluster.topic_name(topic))
            return known
        except KafkaTimeoutError as error:
            # The producer can't tell a broker that is silent from a topic that is missing.
            self._lookup.partitions(topic)
            raise Unavailable(f"Kafka did not say where {topic.value} is") from error
        except KafkaError as error:
            raise as_log_error(error, f"looking for {topic.value}") from error

    def _build(self) -> Any:
        limits = self._limits
        return KafkaProducer(
            **self._cluster.client_settings("appender"),
            acks="all",
            enable_idempotence=True,
            # The broker compresses (see `topic_settings`): in this process it would cost more than all the rest of a send.
            compression_type=None,
            linger_ms=limits.linger_ms,
            batch_size=_BATCH_BYTES,
            max_request_size=limits.max_record_bytes + OVERHEAD_BYTES,
            max_block_ms=min(_METADATA_TIMEOUT_MS, limits.append_timeout_ms),
            delivery_timeout_ms=limits.append_timeout_ms,
            request_timeout_ms=max(1, limits.append_timeout_ms - limits.linger_ms - 1),
            allow_auto_create_topics=False,
            metrics_enabled=False,
        )

    def _close_producer(self, producer: Any) -> None:
        # Records are given up after the append time-out at the latest, so this ends; whoever waits for one is told.
        try:
            producer.close(timeout=self._limits.append_timeout_ms / 1000 + 1)
        except KafkaError:
            # The library waits for records before it closes anything, and where they are not given up it leaves a thread behind
            # that tries to connect for ever.
            producer._sender.force_close()
            producer._sender.join(_FORCED_S)
            with suppress(KafkaError):
                producer.close(timeout=_FORCED_S)


def _appended(metadata: Any) -> Appended:
    return Appended(metadata.partition, metadata.offset, metadata.timestamp)


def _is_final(error: KafkaError) -> bool:
    """Whether the producer has come into a state it can't leave (fenced, say), in which it would refuse for ever."""
    return not getattr(error, "retriable", False) and not isinstance(as_log_error(error, ""), Rejected)
