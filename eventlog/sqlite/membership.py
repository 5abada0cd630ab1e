"""A member of a consumer group in the embedded log: its lease, the partitions it claims, what it may commit."""

from __future__ import annotations

import sqlite3
import threading
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from eventlog.port import LogError, Topic
from eventlog.sqlite.database import Database, Durability
from eventlog.sqlite.sharing import Change, change_for
from telemetry.clock import Clock

_LONGEST_SILENCE_S: Final = 300.0
"""A member that has not polled for so long is stuck: its lease is no longer renewed, others take over."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """The partitions a member holds, and which of them it took just now (where it has no place to go on from)."""

    held: frozenset[int]
    taken: frozenset[int]


class Membership:
    """Not thread-safe, save that a thread of its own renews the lease while the owner is busy with a batch.

    Leases are counted on the machine's monotonic clock, which all its processes share, so setting the time moves none. One
    left over from before a reboot lies too far ahead to be true and counts as expired.
    """

    def __init__(self, database: Database, topic: Topic, group: str, lease_ms: int, clock: Clock) -> None:
        self._database = database
        self._scope = (topic.value, group)
        self._lease_ms = lease_ms
        self._clock = clock
        self._member = uuid.uuid4().hex
        self._last_refresh = clock.monotonic()
        self._left = threading.Event()
        self._renewer: threading.Thread | None = None

    def refresh(self) -> Assignment:
        """Look who is alive, give up what is too much, take what is free."""
        self._last_refresh = self._clock.monotonic()
        with self._database.reading() as connection:
            held, change = self._look(connection)
            if change is not None and not change:
                return Assignment(held, frozenset())
        with self._database.writing(self._lease_ms) as connection:
            self._renew(connection)
            _held, change = self._look(connection)
            change = change or Change(frozenset(), frozenset())
            self._bury_dead(connection)
            where = (*self._scope, self._member)
            connection.executemany(
                "DELETE FROM group_claims WHERE topic = ? AND grp = ? AND member = ? AND partition = ?",
                [(*where, partition) for partition in change.give],
            )
            connection.executemany(
                "INSERT OR REPLACE INTO group_claims (topic, grp, member, partition) VALUES (?, ?, ?, ?)",
                [(*where, partition) for partition in change.take],
            )
            held = self._claimed(connection)
        if self._renewer is None:
            self._renewer = threading.Thread(target=self._keep_lease, name=f"lease-{self._scope[1]}", daemon=True)
            self._renewer.start()
        return Assignment(held, change.take)

    def committed(self, partition: int) -> int | None:
        """The group's next_offset."""
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT next_offset FROM group_offsets WHERE topic = ? AND grp = ? AND partition = ?", (*self._scope, partition)
            ).fetchone()
        return None if row is None else int(row[0])

    def commit(self, next_offsets: Mapping[int, int]) -> None:
        """Only for partitions still claimed: what another member took meanwhile is that member's to commit."""
        with self._database.writing(self._lease_ms) as connection:
            claimed = self._claimed(connection)
            connection.executemany(
                "INSERT OR REPLACE INTO group_offsets (topic, grp, partition, next_offset) VALUES (?, ?, ?, ?)",
                [(*self._scope, partition, offset) for partition, offset in next_offsets.items() if partition in claimed],
            )

    def leave(self) -> None:
        """Give everything back at once."""
        self._left.set()
        if self._renewer is not None:
            self._renewer.join()
            self._renewer = None
        with self._database.writing(self._lease_ms) as connection:
            for table in ("group_claims", "group_members"):
                connection.execute(
                    f"DELETE FROM {table} WHERE topic = ? AND grp = ? AND member = ?",  # noqa: S608
                    (*self._scope, self._member),
                )

    def _now_ms(self) -> int:
        return int(self._clock.monotonic() * 1000)

    def _claimed(self, connection: sqlite3.Connection) -> frozenset[int]:
        rows = connection.execute(
            "SELECT partition FROM group_claims WHERE topic = ? AND grp = ? AND member = ?", (*self._scope, self._member)
        )
        return frozenset(row[0] for row in rows.fetchall())

    def _alive(self, connection: sqlite3.Connection) -> set[str]:
        rows = connection.execute(
            "SELECT member FROM group_members WHERE topic = ? AND grp = ? AND expires_ms - ? BETWEEN 1 AND lease_ms",
            (*self._scope, self._now_ms()),
        )
        return {row[0] for row in rows.fetchall()}

    def _look(self, connection: sqlite3.Connection) -> tuple[frozenset[int], Change | None]:
        """What this member holds, and what it should change; None when its own lease is over."""
        alive = self._alive(connection)
        rows = connection.execute("SELECT partition, member FROM group_claims WHERE topic = ? AND grp = ?", self._scope)
        claims = dict(rows.fetchall())
        held = frozenset(partition for partition, owner in claims.items() if owner == self._member)
        if self._member not in alive:
            return held, None
        row = connection.execute("SELECT partitions FROM topics WHERE topic = ?", self._scope[:1]).fetchone()
        return held, change_for(self._member, alive, row[0] if row else 0, claims)

    def _renew(self, connection: sqlite3.Connection) -> None:
        connection.execute(
            "INSERT OR REPLACE INTO group_members (topic, grp, member, lease_ms, expires_ms) VALUES (?, ?, ?, ?, ?)",
            (*self._scope, self._member, self._lease_ms, self._now_ms() + self._lease_ms),
        )

    def _bury_dead(self, connection: sqlite3.Connection) -> None:
        connection.execute(
            "DELETE FROM group_members WHERE topic = ? AND grp = ? AND expires_ms - ? NOT BETWEEN 1 AND lease_ms",
            (*self._scope, self._now_ms()),
        )

    def _keep_lease(self) -> None:
        database = Database(self._database.path, Durability.PROCESS_DEATH)
        try:
            while not self._left.wait(self._lease_ms / 3000):
                if self._clock.monotonic() - self._last_refresh > _LONGEST_SILENCE_S:
                    continue
                try:
                    with database.writing(self._lease_ms // 3) as connection:
                        self._renew(connection)
                except LogError:
                    # The lease may run out now; the next poll says so to the owner, or joins again.
                    continue
        finally:
            database.close()
