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
from rekam.wiring import System, open_event_log, open_store
from schemas.events import Accepted, AcceptedRequest, encode
from telemetry.clock import SystemClock
from tests.e2e.crash.people import settle
from workers.loop import Handler
from workers.refresher import LEASE_MS

COMPLETED = "http://adlnet.gov/expapi/verbs/completed"
VOIDED = "http://adlnet.gov/expapi/verbs/voided"


class LeapingClock(SystemClock):
    """The real one, moved on by as much as it was told to leap."""

    def __init__(self) -> None:
        self._leapt_ms = 0

    def leap(self, *, days: int = 0, ms: int = 0) -> None:
        self._leapt_ms += days * 24 * 3_600_000 + ms

    def now_ms(self) -> int:
        return super().now_ms() + self._leapt_ms

    def monotonic(self) -> float:
        return super().monotonic() + self._leapt_ms / 1000


class Bench:
    """An installation whose workers do one batch when told to."""

    def __init__(self, system: System, clock: LeapingClock, closing: ExitStack) -> None:
        self.system = system
        self.clock = clock
        self.appender = system.appender
        self.recorder = system.recorder()
        self.profiler = system.profiler()
        self.keeper = system.keeper()
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
            handler.handle(sorted(records, key=lambda record: (record.partition, record.offset)))
            next_offsets = {record.partition: record.offset + 1 for record in records}
            reader.commit(next_offsets)
            done |= next_offsets

    def rewind(self) -> None:
        """As a profiler that starts anew has it: everything that was not committed comes again."""
        done = self._done[Topic.RECORDED]
        self._recorded.rewind(
            {partition: done.get(partition, 0) for partition in self.system.inspector.end_offsets(Topic.RECORDED)}
        )

    def keep(self) -> None:
        """Let a keeper do all there is, also what it rests from for a while."""
        while self.keeper.tick() or self.system.store.rollups.stale(1):
            pass

    def outlive_leases(self) -> None:
        """So much later that nobody waits for one who died any more."""
        self.clock.leap(ms=LEASE_MS + 1)

    def work(self) -> None:
        """Record, carry out orders, profile, and compute rollups, until nothing is left to do."""
        self.record()
        self.system.refresher().run_pending()
        self.profile()
        self.keep()

    def stored(self, *ids: UUID) -> dict[UUID, dict[str, Any]]:
        found = self.system.store.statement_queries.get_many(ids)
        return {name: json.loads(held.text) for name, held in found.items()}

    def hours(self, employee_id: str) -> dict[int, float]:
        """JP by year, as the stored profile has it, without years in which nothing counts; {} without a profile."""
        held = self.system.store.profiles.get(employee_id)
        return {} if held is None else {year["year"]: year["jp"] for year in json.loads(held.text)["hours"] if year["jp"]}

    def differing(self) -> list[str]:
        """Employees whose profile (or whether they are here) is not what a rebuild gives, units whose rollup is not what their
        profiles come to, and orders that are left."""
        store, rollups = self.system.store, self.system.rollups()
        found = [difference.employee_id for difference in self.system.rebuild().check()]
        today = self.system.builder.today()
        for profile in store.profiles.all():
            employee = store.directory.employee(profile.employee_id)
            if employee is not None and profile.active != (employee.left_on is None or today < employee.left_on):
                found.append(f"{employee.id} has left or not, and the profile says otherwise")
        units = [unit.id for unit in store.directory.units()]
        held = store.rollups.get_many(units)
        found += [unit for unit in units if unit in held and (held[unit].stale or held[unit].text != rollups.text_of(unit))]
        peopled = {profile.unit_path[-1] for profile in store.profiles.all() if profile.unit_path}
        found += [f"{unit} has no rollup" for unit in sorted(peopled - set(held))]
        return [*found, *(["orders are left"] if store.orders.waiting() else [])]


@pytest.fixture(params=["embedded", pytest.param("full", marks=[pytest.mark.kafka, pytest.mark.mongo])])
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    environment = {"REKAM_DATA_DIR": str(tmp_path), "REKAM_ACCEPTED_PARTITIONS": "1", "REKAM_RECORDED_PARTITIONS": "2"}
    if request.param == "full":
        kafka, mongo = request.getfixturevalue("kafka_server"), request.getfixturevalue("mongo_server")
        environment["REKAM_EVENT_LOG"] = f"kafka://{kafka.bootstrap}"
        environment["REKAM_TOPIC_PREFIX"] = request.getfixturevalue("kafka_topic_prefix")
        environment["REKAM_STORE"] = mongo.database_url(request.getfixturevalue("mongo_database"))
    with ExitStack() as closing:
        settings, clock = Settings.read(environment), LeapingClock()
        system = System(settings, clock, open_event_log(settings, clock), open_store(settings))
        closing.callback(system.close)
        system.prepare()
        settle(system.store)
        yield Bench(system, clock, closing)
