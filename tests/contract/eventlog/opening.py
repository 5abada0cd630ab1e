"""Opening the parts of an event log so that a test leaves nothing open, and waiting for what has to come."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from eventlog.port import (
    EventLog,
    LogAdmin,
    LogAppender,
    LogError,
    LogInspector,
    LogLimits,
    LogReader,
    Outgoing,
    Record,
    ResumeAt,
    Topic,
    TopicSpec,
)

PARTITIONS = 4
SPECS = (TopicSpec(Topic.ACCEPTED, PARTITIONS), TopicSpec(Topic.RECORDED, 1))
LIMITS = LogLimits(session_timeout_ms=6_000)
PATIENCE_S = 30.0
ADAPTERS = ("sqlite", pytest.param("kafka", marks=pytest.mark.kafka))


def event_log_of(request: pytest.FixtureRequest, folder: Path) -> EventLog:
    """The adapter that `request.param` names, on its real server, without topics and unknown to every other test."""
    if request.param == "sqlite":
        from eventlog.sqlite import SqliteEventLog

        return SqliteEventLog(folder / "log.db", LIMITS)

    from eventlog.kafka import KafkaEventLog

    server = request.getfixturevalue("kafka_server")
    return KafkaEventLog(server.bootstrap.split(","), LIMITS, request.getfixturevalue("kafka_topic_prefix"))


class OpenLog:
    """An event log with its topics made; closes every part it gave out."""

    def __init__(self, log: EventLog, closing_later: ExitStack) -> None:
        self.log = log
        self._closing_later = closing_later
        with closing(log.admin()) as admin:
            admin.create_topics(SPECS)

    def appender(self) -> LogAppender:
        return self._closing_later.enter_context(closing(self.log.appender()))

    def reader(self, topic: Topic = Topic.ACCEPTED, group: str = "readers", resume_at: ResumeAt | None = None) -> LogReader:
        return self._closing_later.enter_context(closing(self.log.reader(topic, group, resume_at)))

    def inspector(self) -> LogInspector:
        return self._closing_later.enter_context(closing(self.log.inspector()))

    def admin(self) -> LogAdmin:
        return self._closing_later.enter_context(closing(self.log.admin()))


class Remade:
    """A log that can be taken away and made again in the same place, empty, while its parts are open."""

    def __init__(self, opened: OpenLog, take_away: Callable[[], None]) -> None:
        self.opened = opened
        self._take_away = take_away

    def make_again(self) -> None:
        self._take_away()
        eventually(self._made, "the topics could not be made again")

    def _made(self) -> bool:
        with closing(self.opened.log.admin()) as admin:
            try:
                admin.create_topics(SPECS)
            except LogError:
                return False
            return all(finding.ok for finding in admin.check(SPECS))


def take_away_files(folder: Path) -> None:
    for file in folder.glob("log.db*"):
        file.unlink()


def take_away_topics(bootstrap: str, prefix: str) -> None:
    from kafka.admin import KafkaAdminClient

    names = [f"{prefix}{spec.topic.value}" for spec in SPECS]
    client = KafkaAdminClient(bootstrap_servers=bootstrap.split(","))
    try:
        client.delete_topics(names)
    finally:
        client.close()


def outgoing(*values: int, partition: int | None = None, key: bytes | None = None) -> list[Outgoing]:
    """A record per number, whose value is the number."""
    return [Outgoing(str(value).encode(), key=key, partition=partition) for value in values]


def values(records: list[Record]) -> list[int]:
    return [int(record.value) for record in records]


def read(reader: LogReader, count: int) -> list[Record]:
    """Poll until `count` records came, at least; fail when they do not."""
    records: list[Record] = []
    deadline = time.monotonic() + PATIENCE_S
    while len(records) < count:
        assert time.monotonic() < deadline, f"{len(records)} of {count} records came within {PATIENCE_S} s"
        records += reader.poll(200, 500)
    return records


def read_nothing(reader: LogReader, seconds: float = 1.0) -> None:
    """Poll for a while and fail when anything comes."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        records = reader.poll(100, 500)
        assert records == [], f"nothing was to come, but {len(records)} records did"


def eventually(condition: Callable[[], bool], message: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, message
        time.sleep(0.02)


def commit(reader: LogReader, records: list[Record]) -> None:
    """Commit what follows these records."""
    reader.commit({record.partition: record.offset + 1 for record in records})
