"""Every adapter of the event log port, on its real server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from eventlog.port import EventLog
from tests.contract.eventlog.opening import ADAPTERS, OpenLog, event_log_of


@pytest.fixture(params=ADAPTERS)
def event_log(request: pytest.FixtureRequest, tmp_path: Path) -> EventLog:
    return event_log_of(request, tmp_path)


@pytest.fixture
def opened(event_log: EventLog) -> Iterator[OpenLog]:
    with ExitStack() as closing_later:
        yield OpenLog(event_log, closing_later)
