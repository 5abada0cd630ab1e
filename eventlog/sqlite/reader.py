"""Reading the embedded log as a member of a group."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Mapping
from contextlib import closing, suppress
from typing import Final

from eventlog.port import LogError, Record, ResumeAt, Topic
from eventlog.sqlite.database import Database, offset_of, row_id
from eventlog.sqlite.membership import Membership
from eventlog.sqlite.retention import Retention
from telemetry.clock import Clock

_MOST_BYTES: Final = 8 * 1024 * 1024
"""A poll stops after so much, however many records were asked for: large records do not fill the memory."""

_SHORTEST_PAUSE_S: Final = 0.001
_LONGEST_PAUSE_S: Final = 0.02
_LOOK_AROUND_S: Final = 0.1
"""How often a member looks for members that came, left or died. In between it may deliver what another has taken over: that is
delivered again, which may happen at any time."""


def read_records(
    connection: sqlite3.Connection,
    topic: Topic,
    partition: int,
    partition_id: int,
    start: int,
    end: int,
    most: int,
    most_bytes: int,
) -> list[Record]:
    """Up to `most` records of [start, end), and no more after `most_bytes`."""
    records: list[Record] = []
    size = 0
    statement = "SELECT id, appended_at_ms, key, value FROM records WHERE id >= ? AND id < ? ORDER BY id LIMIT ?"
    # Closed early too: an open cursor would hold back the file's clean-up.
    with closing(connection.execute(statement, (row_id(partition_id, start), row_id(partition_id, end), most))) as rows:
        for record_id, appended_at_ms, key, value in rows:
            records.append(Record(topic.value, partition, offset_of(record_id), appended_at_ms, key, value))
            size += len(value)
            if size >= most_bytes:
                break
    return records


class SqliteLogReader:
    """See `LogReader`. Waits by looking at the file's change counter, every millisecond after activity, every 20 when idle."""

    def __init__(
        self,
        database: Database,
        topic: Topic,
        membership: Membership,
        resume_at: ResumeAt | None,
        retention: Retention,
        clock: Clock,
    ) -> None:
        self._database = database
        self._topic = topic
        self._membership = membership
        self._resume_at = resume_at
        self._retention = retention
        self._clock = clock
        self._next_offsets: dict[int, int] = {}
        self._turn = 0
        self._pause_s = _SHORTEST_PAUSE_S
        self._seen_version = -1
        self._look_around_at = -math.inf

    def poll(self, timeout_ms: int, max_records: int) -> list[Record]:
        deadline = self._clock.monotonic() + timeout_ms / 1000
        while True:
            # Before anything is read: what is written meanwhile changes it again.
            version = self._version()
            now = self._clock.monotonic()
            looks_around = now >= self._look_around_at
            if looks_around:
                self._look_around_at = now + _LOOK_AROUND_S
                self._follow_assignment()
            if looks_around or version != self._seen_version:
                if records := self._fetch(max_records):
                    self._pause_s = _SHORTEST_PAUSE_S
                    return records
                self._seen_version = version
            left = deadline - now
            if left <= 0:
                return []
            self._clock.sleep(min(self._pause_s, left))
            self._pause_s = min(self._pause_s * 1.2, _LONGEST_PAUSE_S)

    def rewind(self, next_offsets: Mapping[int, int]) -> None:
        for partition, offset in next_offsets.items():
            if partition in self._next_offsets:
                self._next_offsets[partition] = offset
        self._seen_version = -1

    def commit(self, next_offsets: Mapping[int, int]) -> None:
        if next_offsets:
            self._membership.commit(next_offsets)
            self._retention.apply_sometimes()

    def close(self) -> None:
        self._next_offsets.clear()
        # If the file can't be written now, the lease runs out by itself.
        with suppress(LogError):
            self._membership.leave()
        self._database.close()

    def _version(self) -> int:
        with self._database.reading() as connection:
            version: int = connection.execute("PRAGMA data_version").fetchone()[0]
        return version

    def _follow_assignment(self) -> None:
        assignment = self._membership.refresh()
        for partition in self._next_offsets.keys() - (assignment.held - assignment.taken):
            del self._next_offsets[partition]
        for partition in sorted(assignment.held - self._next_offsets.keys()):
            start = self._resume_at(partition) if self._resume_at else None
            if start is None:
                start = self._membership.committed(partition) or 0
            self._next_offsets[partition] = start

    def _fetch(self, max_records: int) -> list[Record]:
        """What comes next in the partitions held, each poll beginning at another one, so that none starves."""
        found: list[Record] = []
        reached: dict[int, int] = {}
        left_bytes = _MOST_BYTES
        self._turn += 1
        with self._database.reading() as connection:
            rows = connection.execute("SELECT partition, id, next_offset FROM partitions WHERE topic = ?", (self._topic.value,))
            ends = {partition: (partition_id, end) for partition, partition_id, end in rows.fetchall()}
            held = sorted(self._next_offsets.keys() & ends.keys())
            for index in range(len(held)):
                partition = held[(index + self._turn) % len(held)]
                partition_id, end = ends[partition]
                start = self._next_offsets[partition]
                if start > end:
                    # The file is older than the place to go on from (a restored backup): nothing may be left out.
                    start = 0
                if start == end:
                    continue
                most = max_records - len(found)
                records = read_records(connection, self._topic, partition, partition_id, start, end, most, left_bytes)
                # No record although the end is further: retention removed them.
                reached[partition] = records[-1].offset + 1 if records else end
                found += records
                left_bytes -= sum(len(record.value) for record in records)
                if len(found) >= max_records or left_bytes <= 0:
                    break
        # Only now: had one of the reads failed, what the others found would have been passed over.
        self._next_offsets.update(reached)
        return found
