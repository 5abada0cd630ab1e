"""A worker that dies before or after any single step leaves nothing that its successor does not mend."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import fields, replace
from typing import Any, cast

import pytest

from eventlog.port import Record, Topic
from store.port import EvidenceStore
from tests.e2e.crash.people import CATALOGUED, EMPLOYEES
from tests.integration.workers.conftest import Bench
from tests.integration.workers.test_workers import ANI, ANIS_ID, BUDI, said, uid, voiding
from workers.announcements import Announcer
from workers.profiler import Profiler
from workers.profiles import ProfileBuilder
from workers.recorder import Recorder
from workers.stores import Stores

MOST_STEPS = 200
PATIENCE_S = 15.0


class Died(BaseException):
    """Like SIGKILL: no handler of the product catches it."""


class Fate:
    """Lets a number of moments pass, then kills. Each call of a port has two: before it, and after it took effect."""

    def __init__(self, moments: int) -> None:
        self._left = moments

    def moment(self) -> None:
        if self._left == 0:
            raise Died
        self._left -= 1

    def over(self, port: object) -> Any:
        """`port`, each of whose calls may be the last."""
        return _Mortal(port, self)


class _Mortal:
    def __init__(self, port: object, fate: Fate) -> None:
        self._port = port
        self._fate = fate

    def __getattr__(self, name: str) -> Callable[..., Any]:
        act = getattr(self._port, name)

        def call(*arguments: Any, **named: Any) -> Any:
            self._fate.moment()
            done = act(*arguments, **named)
            self._fate.moment()
            return done

        return call


def mortal_recorder(bench: Bench, fate: Fate) -> Recorder:
    store = bench.system.store
    announcer = Announcer(fate.over(bench.appender), store.secrets.secret("person"), 2)
    return Recorder(
        fate.over(store.statements),
        fate.over(store.positions),
        fate.over(store.dead_letters),
        fate.over(store.writes),
        announcer,
        bench.system.clock,
        bench.system.follower,
        dict,
    )


def mortal_stores(bench: Bench, fate: Fate) -> Stores:
    stores = bench.system.stores
    return Stores(**{part.name: fate.over(getattr(stores, part.name)) for part in fields(stores)})


def mortal_profiler(bench: Bench, fate: Fate) -> Profiler:
    store = bench.system.store
    builder = ProfileBuilder(mortal_stores(bench, fate), bench.system.references, bench.system.clock)
    return Profiler(builder, fate.over(bench.appender), fate.over(store.dead_letters), bench.system.clock)


def hand_over(bench: Bench, recorder: Recorder) -> None:
    """What the log gives whoever starts where the store stands."""
    start = bench.recorder.resume_at(0) or 0
    if records := bench.system.inspector.read(Topic.ACCEPTED, 0, start, 100):
        recorder.handle(records)


def test_a_recorder_may_die_at_any_moment(bench: Bench) -> None:
    died_at_moments = 0
    for moment in range(MOST_STEPS):
        first = moment * 10 + 1
        target, fresh, other, voider, broken = (first + number for number in range(5))
        bench.accept(said(target))
        bench.work()
        bench.accept(said(fresh, activity=CATALOGUED[1]), said(target, nip=BUDI), said(other, nip=BUDI), voiding(voider, target))
        bench.append(b"not json %d" % broken)
        fate = Fate(moment)
        try:
            hand_over(bench, mortal_recorder(bench, fate))
        except Died:
            died_at_moments += 1
        hand_over(bench, bench.recorder)
        bench.work()

        when = f"died at moment {moment}"
        store = bench.system.store
        held = store.statement_queries.get_many(uid(number) for number in (target, fresh, other, voider))
        assert set(held) == {uid(number) for number in (target, fresh, other, voider)}, when
        assert held[uid(target)].voided, when
        assert [letter.reason for letter in store.dead_letters.of_statement(uid(target))] == ["conflict"], when
        buried = [letter.payload for letter in store.dead_letters.page(reason="undecodable", limit=MOST_STEPS)]
        assert buried.count(b"not json %d" % broken) == 1, when
        assert store.evidence.of_statement(uid(target)) == [], f"{when}: hours that were withdrawn count"
        for number in (fresh, other):
            assert len(store.evidence.of_statement(uid(number))) == 1, f"{when}: a statement is recorded and does not count"
        (position,) = store.positions.positions().values()
        assert position.next_offset == bench.system.inspector.end_offsets(Topic.ACCEPTED)[0], when
        assert not position.claimed, f"{when}: nobody may promise anything any more"
        if died_at_moments == moment:
            break
    assert bench.differing() == []
    assert died_at_moments >= 10, "the steps of the recorder were not seen"


def test_a_profiler_may_die_at_any_moment(bench: Bench) -> None:
    died_at_moments = 0
    told_to: dict[int, int] = {0: 0, 1: 0}
    for moment in range(MOST_STEPS):
        nip = EMPLOYEES[moment % len(EMPLOYEES)]
        bench.accept(said(moment + 1, nip=nip, activity=CATALOGUED[moment % 5]))
        bench.record()
        profiler = mortal_profiler(bench, Fate(moment))
        ends = bench.system.inspector.end_offsets(Topic.RECORDED)
        try:
            for partition in ends:
                if records := bench.system.inspector.read(Topic.RECORDED, partition, told_to[partition], 100):
                    profiler.handle(records)
        except Died:
            died_at_moments += 1
        bench.profile()
        bench.keep()
        told_to = dict(ends)

        when = f"died at moment {moment}"
        employee = f"emp-{nip[-3:]}"
        profile = bench.system.store.profiles.get(employee)
        assert profile is not None, when
        assert bench.differing() == [], when
        assert (employee, profile.revision) in told(bench), f"{when}: nobody was told of the change"
        if died_at_moments == moment:
            break
    assert died_at_moments >= 8, "the steps of the profiler were not seen"


def told(bench: Bench) -> set[tuple[str, int]]:
    """What `profiles.updated` says."""
    records = [record for part in range(2) for record in bench.system.inspector.read(Topic.PROFILES, part, 0, 1_000)]
    events = [json.loads(record.value) for record in records]
    return {(event["employee_id"], event["revision"]) for event in events}


def test_a_store_older_than_the_groups_offset_gets_again_what_it_lacks(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store restored from a backup: the log's group is ahead of it, and must not be believed."""
    for number in (1, 2, 3):
        bench.accept(said(number))
    bench.work()
    bench.leave()
    backup = {0: replace(bench.system.store.positions.positions()[0], next_offset=1, through_ms=0)}
    monkeypatch.setattr(type(bench.system.store.positions), "positions", lambda self: backup)
    with closing(bench.system.recorder_reader(bench.recorder)) as reader:
        records: list[Record] = []
        deadline = time.monotonic() + PATIENCE_S
        while len(records) < 2 and time.monotonic() < deadline:
            records += reader.poll(200, 100)
    assert [record.offset for record in records] == [1, 2]


class _Meanwhile:
    """Evidence whose first reading is followed by what another process does, before the reader can use what it read."""

    def __init__(self, evidence: EvidenceStore, meanwhile: Callable[[], object]) -> None:
        self._evidence = evidence
        self._meanwhile: list[Callable[[], object]] = [meanwhile]

    def texts(self, employee_ids: Iterable[str]) -> Any:
        found = self._evidence.texts(employee_ids)
        while self._meanwhile:
            self._meanwhile.pop()()
        return found


@pytest.mark.parametrize("has_profile", [True, False])
def test_two_profilers_on_one_employee_leave_no_stale_profile(bench: Bench, has_profile: bool) -> None:
    store = bench.system.store
    if has_profile:
        bench.accept(said(3, activity=CATALOGUED[2]))
        bench.work()
    bench.accept(said(1, nip=ANI), said(2, nip=ANI, activity=CATALOGUED[1]))
    bench.record()
    rival = bench.system.builder

    def meanwhile() -> None:
        for employee_id in rival.derive_again([uid(2)]):
            rival.recompute(employee_id)

    rival.derive_again([uid(1)])
    evidence = cast("EvidenceStore", _Meanwhile(store.evidence, meanwhile))
    stores = replace(bench.system.stores, evidence=evidence)
    ProfileBuilder(stores, bench.system.references, bench.system.clock).recompute(ANIS_ID)
    assert bench.hours(ANIS_ID) == {2026: 9 + (6 if has_profile else 0)}
    bench.work()
    assert bench.differing() == []
