"""Looking at the embedded log from outside any group."""

from __future__ import annotations

import threading
from typing import Final

from eventlog.port import Extent, Record, Rejected, Topic
from eventlog.sqlite.database import Database
from eventlog.sqlite.reader import read_records

_MOST_BYTES: Final = 64 * 1024 * 1024
_PING_TIMEOUT_MS: Final = 2_000


class SqliteLogInspector:
    """See `LogInspector`. One connection behind a lock: each question takes microseconds."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()

    def partitions(self, topic: Topic) -> int:
        with self._lock, self._database.reading() as connection:
            row = connection.execute("SELECT partitions FROM topics WHERE topic = ?", (topic.value,)).fetchone()
        if row is None:
            raise Rejected(f"there is no topic {topic.value}: it has to be created first")
        return int(row[0])

    def identity(self, topic: Topic) -> str:
        return self.extent(topic).log_id

    def end_offsets(self, topic: Topic) -> dict[int, int]:
        return dict(self.extent(topic).ends)

    def extent(self, topic: Topic) -> Extent:
        statement = "SELECT partition, next_offset, identity FROM partitions, log WHERE topic = ?"
        with self._lock, self._database.reading() as connection:
            rows = connection.execute(statement, (topic.value,)).fetchall()
        if not rows:
            raise Rejected(f"there is no topic {topic.value}: it has to be created first")
        return Extent(rows[0][2], {partition: end for partition, end, _identity in rows})

    def committed(self, topic: Topic, group: str) -> dict[int, int]:
        statement = "SELECT partition, next_offset FROM group_offsets WHERE topic = ? AND grp = ?"
        with self._lock, self._database.reading() as connection:
            return dict(connection.execute(statement, (topic.value, group)).fetchall())

    def read(self, topic: Topic, partition: int, from_offset: int, max_records: int) -> list[Record]:
        """Stops early after 64 MiB: an empty answer, not a short one, means the end."""
        with self._lock, self._database.reading() as connection:
            row = connection.execute(
                "SELECT id, next_offset FROM partitions WHERE topic = ? AND partition = ?", (topic.value, partition)
            ).fetchone()
            if row is None:
                raise Rejected(f"there is no partition {partition} of {topic.value}")
            return read_records(
                connection, topic, partition, row[0], from_offset, max(row[1], from_offset), max_records, _MOST_BYTES
            )

    def ping(self) -> None:
        """Takes the write lock for a moment: a file that can only be read does not take appends."""
        with self._lock, self._database.writing(_PING_TIMEOUT_MS):
            pass

    def close(self) -> None:
        with self._lock:
            self._database.close()
