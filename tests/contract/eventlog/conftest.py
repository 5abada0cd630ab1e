"""Every adapter of the event log port, on its real server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest

from eventlog.port import EventLog
from tests.contract.eventlog.opening import ADAPTERS, OpenLog, Remade, event_log_of, take_away_files, take_away_topics


@pytest.fixture(params=ADAPTERS)
def event_log(request: pytest.FixtureRequest, tmp_path: Path) -> EventLog:
    return event_log_of(request, tmp_path)


@pytest.fixture
def remade(request: pytest.FixtureRequest, opened: OpenLog, tmp_path: Path) -> Remade:
    if "kafka" not in request.node.callspec.id:
        return Remade(opened, partial(take_away_files, tmp_path))
    server, prefix = request.getfixturevalue("kafka_server"), request.getfixturevalue("kafka_topic_prefix")
    return Remade(opened, partial(take_away_topics, server.bootstrap, prefix))


@pytest.fixture
def opened(event_log: EventLog) -> Iterator[OpenLog]:
    with ExitStack() as closing_later:
        yield OpenLog(event_log, closing_later)
