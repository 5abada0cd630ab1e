"""The event log: append-only topics of partitions, read in groups.

Adapters: `eventlog.sqlite` (embedded) and `eventlog.kafka` (full). The same contract suite runs on both.

    LogError
    ├── Unavailable(retry_after_s)   the log can't be reached or does not answer: try again later, nothing is wrong with the record
    └── Rejected                     the log will never take this record (too large, unknown topic)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Topic(StrEnum):
    """Every topic Rekam uses."""

    ACCEPTED = "statements.accepted"
    RECORDED = "statements.recorded"
    PROFILES = "profiles.updated"


class LogError(Exception):
    """Base of what a log adapter raises."""


class Unavailable(LogError):
    """The log is not reachable or did not acknowledge in time; `retry_after_s` seconds is a sensible wait."""

    def __init__(self, message: str, retry_after_s: int = 2) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class Rejected(LogError):
    """The log refuses this record for good; trying again can't help."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A record to append. `partition` wins over `key`; with neither, the adapter spreads records over the partitions.

    The same key always goes to the same partition of a topic. Keys never carry personal data.
    """

    value: bytes
    key: bytes | None = None
    partition: int | None = None


@dataclass(frozen=True, slots=True)
class Appended:
    """Where and when (milliseconds since the epoch, by the log's clock) a record was appended."""

    partition: int
    offset: int
    appended_at_ms: int


@dataclass(frozen=True, slots=True)
class Record:
    """A record as it is read back. Offsets grow within a partition, not necessarily by one."""

    topic: str
    partition: int
    offset: int
    appended_at_ms: int
    key: bytes | None
    value: bytes


@dataclass(frozen=True, slots=True)
class Extent:
    """Which log it is and how far it reaches: per partition the offset after the last record acknowledged."""

    log_id: str
    ends: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class TopicSpec:
    """How a topic is to be. `retention_ms` of -1 keeps records for ever; `replication` is ignored by embedded logs."""

    topic: Topic
    partitions: int
    replication: int = 1
    retention_ms: int = -1
    max_record_bytes: int = 32 * 1024 * 1024
    min_insync_replicas: int = 1


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of a check-up: what was looked at, whether it is as it should be, what was found and what would be right."""

    subject: str
    ok: bool
    found: str
    advice: str = ""


Decided = Callable[[Appended | LogError], None]
"""Told where a record is, or why it is nowhere (an `Unavailable` may leave that open)."""


class LogAppender(Protocol):
    """Appends durably. Thread-safe; concurrent callers may share one write. Built after fork."""

    def append(self, topic: Topic, record: Outgoing) -> Appended:
        """Return once the record is on disk (Kafka: acks=all; SQLite: committed with fsync).

        Raises Unavailable when it can't be acknowledged in time (bounded by the adapter's time-out) or too much is in
        flight already, Rejected when the log will never take it.
        """
        ...

    def append_all(self, topic: Topic, records: Sequence[Outgoing]) -> list[Appended]:
        """Append many, return once all are on disk, in the order given. On an error some may have been appended."""
        ...

    def submit(self, topic: Topic, record: Outgoing, decided: Decided) -> None:
        """Append without waiting. `decided` is called once: when the record is on disk, or with what `append` would have raised;
        in this call already where that is known, else by another thread, which it must not keep."""
        ...

    def partition_of(self, topic: Topic, key: bytes) -> int:
        """The partition that records with this key go to. Raises Unavailable, Rejected."""
        ...

    def close(self) -> None: ...


ResumeAt = Callable[[int], int | None]
"""partition -> next_offset to read from, or None for the group's committed offset (the earliest record if there is none)."""


class LogReader(Protocol):
    """A member of a consumer group. Not thread-safe. Partitions are divided among the members that are alive; a member that
    dies without closing loses its partitions within seconds. Records may be delivered again; none is ever left out."""

    def poll(self, timeout_ms: int, max_records: int) -> list[Record]:
        """Records of the assigned partitions, in offset order within each; [] when nothing came within `timeout_ms`.
        Each call continues after what the last one returned. Raises Unavailable when the log does not answer."""
        ...

    def rewind(self, next_offsets: Mapping[int, int]) -> None:
        """Deliver again from these offsets (partitions no longer assigned are passed over)."""
        ...

    def commit(self, next_offsets: Mapping[int, int]) -> None:
        """Remember for the group that everything before these offsets is done. Raises Unavailable; a commit for a partition
        that was lost to another member is silently dropped."""
        ...

    def close(self) -> None:
        """Leave the group at once."""
        ...


class LogInspector(Protocol):
    """Looks at the log from outside any group. Thread-safe."""

    def partitions(self, topic: Topic) -> int: ...

    def identity(self, topic: Topic) -> str:
        """Which log this is: never empty, the same for as long as the log exists, and another for a log made in its place, so an
        offset means something only together with it. A copy that was put back keeps the identity of what it is a copy of.
        Raises Unavailable."""
        ...

    def extent(self, topic: Topic) -> Extent:
        """`identity` and `end_offsets` of one look."""
        ...

    def end_offsets(self, topic: Topic) -> dict[int, int]:
        """Per partition the offset after the last record acknowledged so far: every `append` that returned before this call
        began is below it. Raises Unavailable."""
        ...

    def committed(self, topic: Topic, group: str) -> dict[int, int]:
        """Per partition the group's committed next_offset (partitions without one are absent)."""
        ...

    def read(self, topic: Topic, partition: int, from_offset: int, max_records: int) -> list[Record]:
        """Up to `max_records` records at or after `from_offset`, [] at the end. Raises Unavailable."""
        ...

    def ping(self) -> None:
        """Raise Unavailable unless the log answers now (bounded to about 2 s)."""
        ...

    def close(self) -> None: ...


class LogAdmin(Protocol):
    """Creates and checks topics."""

    def create_topics(self, specs: Sequence[TopicSpec]) -> None:
        """Create what is missing; never changes or deletes what exists. Idempotent, safe when several processes do it at once."""
        ...

    def check(self, specs: Sequence[TopicSpec]) -> list[Finding]:
        """Compare what exists with what should be."""
        ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class LogLimits:
    """Bounds an adapter keeps. Milliseconds and bytes."""

    append_timeout_ms: int = 10_000
    max_record_bytes: int = 32 * 1024 * 1024
    max_in_flight_bytes: int = 64 * 1024 * 1024
    linger_ms: int = 0
    session_timeout_ms: int = 6_000


class EventLog(Protocol):
    """One event log: hands out its parts. Cheap to build; connects when a part is asked for."""

    def appender(self) -> LogAppender: ...

    def reader(self, topic: Topic, group: str, resume_at: ResumeAt | None = None) -> LogReader: ...

    def inspector(self) -> LogInspector: ...

    def admin(self) -> LogAdmin: ...
