"""When the embedded log says that a record is appended. What a power cut takes can't be shown by killing: that the commit waits for
the disk is read off the connection it is made on."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

import eventlog.sqlite.appender as appending
from eventlog.port import Outgoing, Topic, TopicSpec
from eventlog.sqlite import SqliteEventLog
from eventlog.sqlite.batch import Batch
from eventlog.sqlite.database import Database

SYNCHRONOUS_FULL = 2


@pytest.fixture
def log(tmp_path: Path) -> SqliteEventLog:
    made = SqliteEventLog(tmp_path / "log.db")
    with closing(made.admin()) as admin:
        admin.create_topics([TopicSpec(Topic.ACCEPTED, 1)])
    return made


def test_a_commit_of_records_waits_for_the_disk(log: SqliteEventLog, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[int, str]] = []

    class Watched(Batch):
        def __init__(self, connection: sqlite3.Connection, *others: object) -> None:
            super().__init__(connection, *others)  # type: ignore[arg-type]
            (synchronous,) = connection.execute("PRAGMA synchronous").fetchone()
            (journal,) = connection.execute("PRAGMA journal_mode").fetchone()
            seen.append((synchronous, journal))

    monkeypatch.setattr(appending, "Batch", Watched)
    with closing(log.appender()) as appender:
        appender.append(Topic.ACCEPTED, Outgoing(b"1"))
    assert seen == [(SYNCHRONOUS_FULL, "wal")]


def test_an_append_returns_after_its_commit(log: SqliteEventLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that takes its time: whoever is answered can be sure that others see the record."""
    writing = Database.writing

    @contextmanager
    def slow(self: Database, timeout_ms: int) -> Iterator[sqlite3.Connection]:
        with writing(self, timeout_ms) as connection:
            yield connection
            time.sleep(0.15)

    with closing(log.appender()) as appender, closing(log.inspector()) as inspector:
        monkeypatch.setattr(Database, "writing", slow)
        appender.append(Topic.ACCEPTED, Outgoing(b"1"))
        assert inspector.end_offsets(Topic.ACCEPTED) == {0: 1}
