"""Removing what is old and done from the embedded log."""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from eventlog.port import LogError, Topic
from eventlog.sqlite.database import Database, row_id
from telemetry.clock import Clock

_EVERY_S: Final = 10.0
_LONGEST_S: Final = 0.25
_AT_ONCE: Final = 1_000
"""Records of a partition removed in one transaction, which others wait for."""


class Retention:
    """Deletes records of a topic that are older than its `retention_ms` and that every group has committed.

    A topic that no group reads keeps everything: nobody has said that it is done with.
    """

    def __init__(self, database: Database, topic: Topic, clock: Clock) -> None:
        self._database = database
        self._topic = topic
        self._clock = clock
        self._next_at = 0.0

    def apply_sometimes(self) -> None:
        """Every ten seconds at most, and no longer than a quarter of a second."""
        now = self._clock.monotonic()
        if now >= self._next_at:
            self._next_at = now + _EVERY_S
            # Whoever comes by the next time does what could not be done now.
            with suppress(LogError):
                while self.apply() and self._clock.monotonic() < now + _LONGEST_S:
                    pass

    def apply(self) -> int:
        """How many records were removed, at most a thousand of each partition: ask again for more."""
        done = self._done()
        if not done:
            return 0
        removed = 0
        with self._database.writing(timeout_ms=1_000) as connection:
            for partition_id, oldest_kept, older_than_ms in done:
                first = row_id(partition_id, 0)
                # Times grow with offsets, so the first record that is young enough ends what may go.
                removed += connection.execute(
                    "DELETE FROM records WHERE id IN (SELECT id FROM (SELECT id, appended_at_ms FROM records"
                    " WHERE id >= ? AND id < ? ORDER BY id LIMIT ?) WHERE appended_at_ms < ?)",
                    (first, first + oldest_kept, _AT_ONCE, older_than_ms),
                ).rowcount
        return removed

    def _done(self) -> list[tuple[int, int, int]]:
        """Per partition that may have something to remove: its id, the lowest next_offset of any group, the time."""
        with self._database.reading() as connection:
            row = connection.execute("SELECT retention_ms FROM topics WHERE topic = ?", (self._topic.value,)).fetchone()
            if row is None or row[0] < 0:
                return []
            older_than_ms = self._clock.now_ms() - row[0]
            rows = connection.execute(
                "WITH readers AS (SELECT grp FROM group_offsets WHERE topic = :topic"
                "                 UNION SELECT grp FROM group_members WHERE topic = :topic)"
                " SELECT p.id, min(coalesce(o.next_offset, 0)) FROM partitions p CROSS JOIN readers r"
                " LEFT JOIN group_offsets o ON o.topic = p.topic AND o.partition = p.partition AND o.grp = r.grp"
                " WHERE p.topic = :topic GROUP BY p.id",
                {"topic": self._topic.value},
            ).fetchall()
        return [(partition_id, lowest, older_than_ms) for partition_id, lowest in rows if lowest > 0]
