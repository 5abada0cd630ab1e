"""One write transaction's worth of appends to the embedded log: who goes where, and when."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from eventlog.port import Appended, Outgoing, Rejected, Topic
from eventlog.sqlite.database import row_id


def partition_of(key: bytes, count: int) -> int:
    """Which of `count` partitions records with this key go to."""
    return zlib.crc32(key) % count


@dataclass(slots=True)
class _End:
    """Where a partition ends, while the transaction moves it on."""

    partition_id: int
    next_offset: int
    last_appended_at_ms: int


@dataclass(frozen=True, slots=True)
class _Placing:
    """A topic as the transaction found it."""

    max_record_bytes: int
    ends: Sequence[_End]


class Batch:
    """Appends of one transaction, which must be open: offsets and times are given under its lock, so they grow together."""

    def __init__(self, connection: sqlite3.Connection, now_ms: int, next_spread: Callable[[], int]) -> None:
        self._connection = connection
        self._now_ms = now_ms
        self._next_spread = next_spread
        self._topics: dict[Topic, _Placing] = {}
        self._rows: list[tuple[int, int, bytes | None, bytes]] = []

    def add(self, topic: Topic, records: Sequence[Outgoing]) -> list[Appended]:
        """Place the records. Raises Rejected, having placed none of them."""
        placing = self._placing(topic)
        partitions = [self._partition(topic, placing, record) for record in records]
        return [
            self._place(partition, placing.ends[partition], record) for partition, record in zip(partitions, records, strict=True)
        ]

    def write(self) -> None:
        """Put all that was placed into the tables."""
        self._connection.executemany("INSERT INTO records (id, appended_at_ms, key, value) VALUES (?, ?, ?, ?)", self._rows)
        self._connection.executemany(
            "UPDATE partitions SET next_offset = ?, last_appended_at_ms = ? WHERE id = ?",
            [
                (end.next_offset, end.last_appended_at_ms, end.partition_id)
                for placing in self._topics.values()
                for end in placing.ends
                if end.last_appended_at_ms >= self._now_ms
            ],
        )

    def _placing(self, topic: Topic) -> _Placing:
        known = self._topics.get(topic)
        if known is None:
            row = self._connection.execute("SELECT max_record_bytes FROM topics WHERE topic = ?", (topic.value,)).fetchone()
            if row is None:
                raise Rejected(f"there is no topic {topic.value}: it has to be created first")
            ends = self._connection.execute(
                "SELECT id, next_offset, last_appended_at_ms FROM partitions WHERE topic = ? ORDER BY partition", (topic.value,)
            )
            known = self._topics[topic] = _Placing(row[0], [_End(*end) for end in ends])
        return known

    def _partition(self, topic: Topic, placing: _Placing, record: Outgoing) -> int:
        size = len(record.value) + len(record.key or b"")
        if size > placing.max_record_bytes:
            raise Rejected(f"a record of {size} bytes is larger than the {placing.max_record_bytes} that {topic.value} takes")
        count = len(placing.ends)
        if record.partition is not None:
            if not 0 <= record.partition < count:
                raise Rejected(f"{topic.value} has no partition {record.partition}: it has {count}")
            return record.partition
        return self._next_spread() % count if record.key is None else partition_of(record.key, count)

    def _place(self, partition: int, end: _End, record: Outgoing) -> Appended:
        end.last_appended_at_ms = max(self._now_ms, end.last_appended_at_ms)
        appended = Appended(partition, end.next_offset, end.last_appended_at_ms)
        self._rows.append((row_id(end.partition_id, end.next_offset), end.last_appended_at_ms, record.key, record.value))
        end.next_offset += 1
        return appended
