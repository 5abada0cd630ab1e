"""Every adapter of the event log port, on its real server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from eventlog.port import EventLog
from tests.contract.eventlog.opening import LIMITS, OpenLog


@pytest.fixture(params=["sqlite", pytest.param("kafka", marks=pytest.mark.kafka)])
def event_log(request: pytest.FixtureRequest, tmp_path: Path) -> EventLog:
    """An event log without topics that no other test uses."""
    if request.param == "sqlite":
        from eventlog.sqlite import SqliteEventLog

        return SqliteEventLog(tmp_path / "log.db", LIMITS)

    from eventlog.kafka import KafkaEventLog

    server = request.getfixturevalue("kafka_server")
    return KafkaEventLog(server.bootstrap.split(","), LIMITS, request.getfixturevalue("kafka_topic_prefix"))


@pytest.fixture
def opened(event_log: EventLog) -> Iterator[OpenLog]:
    with ExitStack() as closing_later:
        yield OpenLog(event_log, closing_later)
