"""The embedded event log: one SQLite file, shared by all processes of one machine."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from eventlog.port import LogLimits, ResumeAt, Topic
from eventlog.sqlite.admin import SqliteLogAdmin
from eventlog.sqlite.appender import SqliteLogAppender
from eventlog.sqlite.database import Database, Durability
from eventlog.sqlite.inspector import SqliteLogInspector
from eventlog.sqlite.membership import Membership
from eventlog.sqlite.reader import SqliteLogReader
from eventlog.sqlite.retention import Retention
from telemetry.clock import Clock, SystemClock

__all__ = ["SqliteEventLog"]

_LONGEST_LEASE_MS: Final = 3_000
"""Members run on the machine that has the file and renew from a thread of their own: silence for so long means death."""


class SqliteEventLog:
    """See `EventLog`. Holds no connection itself, so it may be made before a fork and used after it.

    Appends survive power loss (each commit waits for fsync). What groups remember survives the death of any process, but
    power loss may take it back by a moment, which delivers again.
    """

    def __init__(self, path: str | os.PathLike[str], limits: LogLimits | None = None, clock: Clock | None = None) -> None:
        self._path = Path(path)
        self._limits = limits or LogLimits()
        self._clock = clock or SystemClock()

    def appender(self) -> SqliteLogAppender:
        return SqliteLogAppender(self._database(Durability.POWER_LOSS), self.inspector(), self._limits, self._clock)

    def reader(self, topic: Topic, group: str, resume_at: ResumeAt | None = None) -> SqliteLogReader:
        database = self._database(Durability.PROCESS_DEATH)
        lease_ms = min(self._limits.session_timeout_ms, _LONGEST_LEASE_MS)
        membership = Membership(database, topic, group, lease_ms, self._clock)
        return SqliteLogReader(database, topic, membership, resume_at, Retention(database, topic, self._clock), self._clock)

    def inspector(self) -> SqliteLogInspector:
        return SqliteLogInspector(self._database(Durability.PROCESS_DEATH))

    def admin(self) -> SqliteLogAdmin:
        return SqliteLogAdmin(self._database(Durability.POWER_LOSS, creates=True))

    def _database(self, durability: Durability, *, creates: bool = False) -> Database:
        return Database(self._path, durability, creates=creates)
