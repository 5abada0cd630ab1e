"""The workers on real logs and stores, wired as they are in production and stepped by hand."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest

from eventlog.port import LogReader, Outgoing, Topic
from rekam.settings import Settings
from rekam.wiring import System
from schemas.events import Accepted, AcceptedRequest, encode
from tests.e2e.crash.people import settle
from workers.loop import Handler

COMPLETED = "http://adlnet.gov/expapi/verbs/completed"
VOIDED = "http://adlnet.gov/expapi/verbs/voided"


class Bench:
    """An installation whose workers do one batch when told to."""

    def __init__(self, system: System, closing: ExitStack) -> None:
        self.system = system
        self.appender = system.appender
        self.recorder = system.recorder()
        self.profiler = system.profiler()
        self._done: dict[Topic, dict[int, int]] = {Topic.ACCEPTED: {}, Topic.RECORDED: {}}
        self._accepted = system.recorder_reader(self.recorder)
        self._recorded = system.profiler_reader()
        closing.callback(self._accepted.close)
        closing.callback(self._recorded.close)

    def accept(self, *statements: dict[str, Any], partner: str = "lan", may_void_any: bool = False) -> None:
        """As the API does it, one request."""
        raws = [msgspec.Raw(json.dumps(statement).encode()) for statement in statements]
        self.append(encode(Accepted([AcceptedRequest("request", "key", partner, may_void_any, raws)])))

    def append(self, value: bytes, topic: Topic = Topic.ACCEPTED) -> None:
        self.appender.append(topic, Outgoing(value))

    def record(self) -> None:
        """Let the recorder do all there is."""
        positions = self.system.store.positions.positions()
        self._done[Topic.ACCEPTED] |= {partition: position.next_offset for partition, position in positions.items()}
        self._drain(self.recorder, self._accepted, Topic.ACCEPTED)

    def profile(self) -> None:
        """Let the profiler do all there is."""
        self._drain(self.profiler, self._recorded, Topic.RECORDED)

    def leave(self) -> None:
        """The recorder's reader leaves its group."""
        self._accepted.close()

    def _drain(self, handler: Handler, reader: LogReader, topic: Topic) -> None:
        done, deadline = self._done[topic], time.monotonic() + 30
        ends = self.system.inspector.end_offsets(topic)
        while any(done.get(partition, 0) < end for partition, end in ends.items()):
            assert time.monotonic() < deadline, f"{topic}: stuck at {done}, the log ends at {ends}"
            records = reader.poll(200, 100)
            for partition in sorted({record.partition for record in records}):
                batch = [record for record in records if record.partition == partition]
                handler.handle(partition, batch)
                done[partition] = batch[-1].offset + 1
                reader.commit({partition: done[partition]})

    def rewind(self) -> None:
        """As a profiler that starts anew has it: everything that was not committed comes again."""
        done = self._done[Topic.RECORDED]
        self._recorded.rewind(
            {partition: done.get(partition, 0) for partition in self.system.inspector.end_offsets(Topic.RECORDED)}
        )

    def work(self) -> None:
        self.record()
        self.profile()

    def stored(self, *ids: UUID) -> dict[UUID, dict[str, Any]]:
        found = self.system.store.statement_queries.get_many(ids)
        return {name: json.loads(held.text) for name, held in found.items()}

    def hours(self, employee_id: str) -> dict[int, float]:
        """JP by year, as the stored profile has it; {} without a profile."""
        held = self.system.store.profiles.get(employee_id)
        return {} if held is None else {year["year"]: year["jp"] for year in json.loads(held.text)["hours"]}

    def differing(self) -> list[str]:
        """Employees whose profile is not what a rebuild gives."""
        return [difference.employee_id for difference in self.system.rebuild().check()]


@pytest.fixture(params=["embedded", pytest.param("full", marks=[pytest.mark.kafka, pytest.mark.mongo])])
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    environment = {"REKAM_DATA_DIR": str(tmp_path), "REKAM_ACCEPTED_PARTITIONS": "1", "REKAM_RECORDED_PARTITIONS": "2"}
    if request.param == "full":
        kafka, mongo = request.getfixturevalue("kafka_server"), request.getfixturevalue("mongo_server")
        environment["REKAM_EVENT_LOG"] = f"kafka://{kafka.bootstrap}"
        environment["REKAM_TOPIC_PREFIX"] = request.getfixturevalue("kafka_topic_prefix")
        environment["REKAM_STORE"] = mongo.database_url(request.getfixturevalue("mongo_database"))
    with ExitStack() as closing:
        system = System.open(Settings.read(environment))
        closing.callback(system.close)
        system.prepare()
        settle(system.store)
        yield Bench(system, closing)
