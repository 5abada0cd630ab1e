"""Days that pass, rollups that follow, and a rebuild that is interrupted and goes on."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec import structs

from competency.catalogue import Certificate
from competency.directory import Unit
from eventlog.port import Topic
from rekam.rebuilding import rebuild_all
from store.consequences import everyone, of_employees, of_entries
from store.port import OrderKind
from tests.e2e.crash.people import CATALOGUED, EMPLOYEES
from tests.integration.workers.conftest import Bench
from tests.integration.workers.test_deaths import told
from tests.integration.workers.test_workers import ANIS_ID, BUDI, BUDIS_ID, said, uid
from workers.keeper import DUE_EVERY_S


def profile(bench: Bench, employee_id: str) -> dict[str, Any]:
    held = bench.system.store.profiles.get(employee_id)
    assert held is not None
    found: dict[str, Any] = json.loads(held.text)
    return found


def revision(bench: Bench, employee_id: str) -> int:
    held = bench.system.store.profiles.get(employee_id)
    return 0 if held is None else held.revision


def moment(bench: Bench, *, days_ago: int) -> str:
    return datetime.fromtimestamp(bench.clock.now_ms() / 1000 - days_ago * 86_400, UTC).isoformat().replace("+00:00", "Z")


def valid(bench: Bench, employee_id: str) -> list[bool]:
    return [one["valid"] for one in profile(bench, employee_id)["certificates"]]


def certify(bench: Bench) -> None:
    """The first course gives a certificate that is valid for a month."""
    held = {entry.id: entry for entry in bench.system.store.catalogue.entries()}
    entry = replace(held["c0"], certificate=Certificate(1))
    bench.system.store.catalogue.put_entries([entry], orders=of_entries([entry], held))


def test_a_certificate_expires_without_anybody_saying_anything(bench: Bench) -> None:
    certify(bench)
    bench.accept(said(1, timestamp=moment(bench, days_ago=10)), said(2, nip=BUDI, timestamp=moment(bench, days_ago=400)))
    bench.work()
    assert valid(bench, ANIS_ID) == [True]
    before, budis = revision(bench, ANIS_ID), revision(bench, BUDIS_ID)
    bench.clock.leap(ms=int(DUE_EVERY_S * 1000) + 1)
    bench.keep()
    assert revision(bench, ANIS_ID) == before, "nothing is due yet"
    bench.clock.leap(days=25)
    bench.keep()
    assert valid(bench, ANIS_ID) == [False]
    assert (ANIS_ID, revision(bench, ANIS_ID)) in told(bench)
    assert revision(bench, BUDIS_ID) in (budis, budis + 1), "at most a new year came for Budi"
    assert bench.differing() == []


def test_a_new_day_is_noticed_by_the_next_tick(bench: Bench) -> None:
    certify(bench)
    bench.accept(said(1, timestamp=moment(bench, days_ago=10)))
    bench.work()
    bench.clock.leap(days=25)
    bench.keeper.tick()
    assert valid(bench, ANIS_ID) == [False]


def test_the_current_year_stands_in_every_profile_as_soon_as_it_begins(bench: Bench) -> None:
    bench.work()
    year = bench.system.builder.today().year
    years = [one["year"] for one in profile(bench, ANIS_ID)["hours"]]
    assert (year in years, year + 1 in years) == (True, False)
    bench.clock.leap(days=366)
    bench.keep()
    for nip in EMPLOYEES:
        assert year + 1 in [one["year"] for one in profile(bench, f"emp-{nip[-3:]}")["hours"]]
    assert bench.differing() == []


def rolled_up(bench: Bench, unit_id: str) -> dict[str, Any]:
    held = bench.system.store.rollups.get_many([unit_id])[unit_id]
    assert not held.stale
    found: dict[str, Any] = json.loads(held.text)
    return found


def test_a_rollup_follows_statements_and_people(bench: Bench) -> None:
    bench.work()
    assert rolled_up(bench, "u1")["employees"] == len(EMPLOYEES)
    bench.accept(said(1))
    bench.work()
    (year,) = [one for one in rolled_up(bench, "u1")["years"] if one["year"] == 2026]
    assert year["jp"] == 4
    directory = bench.system.store.directory
    directory.put_units([Unit("u2", "Bidang", "u1")], orders=everyone())
    ani = directory.employee(ANIS_ID)
    assert ani is not None
    directory.put_employees([moved := replace(ani, unit_id="u2")], orders=of_employees([moved], {ANIS_ID: ani}))
    bench.work()
    assert (rolled_up(bench, "u1")["employees"], rolled_up(bench, "u2")["employees"]) == (len(EMPLOYEES) - 1, 1)
    assert [one["jp"] for one in rolled_up(bench, "u1")["years"] if one["year"] == 2026] in ([], [0])
    assert bench.differing() == []


def test_a_rebuild_goes_on_where_it_was_interrupted(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workers.rebuild.SMALLEST_RANGE", 3)
    monkeypatch.setattr("workers.rebuild.RANGES", 4)
    bench.accept(*(said(number + 1, nip=nip) for number, nip in enumerate(EMPLOYEES)))
    bench.work()
    bench.system.store.evidence.replace([uid(number + 1) for number in range(len(EMPLOYEES))], [])
    rebuild = bench.system.rebuild()
    assert rebuild.begin() == 4
    assert bench.system.refresher().carry_out_one(frozenset({OrderKind.REBUILD}))
    bench.system.store.orders.take(bench.clock.now_ms(), 30_000, frozenset({OrderKind.REBUILD}))  # and its taker dies
    said_so: list[str] = []
    assert rebuild.begin() == 3, "what is done is not begun again"
    bench.outlive_leases()
    assert rebuild_all(bench.system, 1, said_so.append, anew=False) == 3
    assert said_so[0] == "3 parts to rebuild, 1 at a time"
    bench.keep()
    assert all(bench.hours(f"emp-{nip[-3:]}") == {2026: 4} for nip in EMPLOYEES)
    assert bench.differing() == []
    assert rebuild_all(bench.system, 1, lambda _: None, anew=False) == 4, "a finished one begins anew"


def test_a_rebuild_can_begin_anew(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workers.rebuild.SMALLEST_RANGE", 3)
    monkeypatch.setattr("workers.rebuild.RANGES", 4)
    rebuild = bench.system.rebuild()
    rebuild.begin()
    former = {order.id for order in rebuild.left()}
    bench.system.refresher().carry_out_one(frozenset({OrderKind.REBUILD}))
    assert rebuild.begin(anew=True) == 4
    assert not former & {order.id for order in rebuild.left()}


def test_a_rebuild_mends_evidence_of_what_is_nobodys_and_of_groups(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Evidence that no statement of the employee's gives any more goes, and that of other members of a group comes back."""
    monkeypatch.setattr("workers.rebuild.PORTION", 1)
    store = bench.system.store
    group = {"objectType": "Group", "member": [said(0)["actor"], said(0, nip=BUDI)["actor"]]}
    bench.accept(said(1, actor=group), said(2, activity=CATALOGUED[1], actor={"mbox": "mailto:lain@example.go.id"}))
    bench.work()
    (piece,) = [one for one in store.evidence.of_statement(uid(1)) if one.employee_id == ANIS_ID]
    store.evidence.replace([uid(1)], [piece])
    store.evidence.replace([uid(2)], [structs.replace(piece, statement_id=uid(2), activity_id=CATALOGUED[1])])
    rebuild_all(bench.system, 1, lambda _: None, anew=False)
    bench.keep()
    assert (bench.hours(ANIS_ID), bench.hours(BUDIS_ID)) == ({2026: 4}, {2026: 4})
    assert store.evidence.of_statement(uid(2)) == []
    assert bench.differing() == []


def test_a_rebuild_of_what_is_right_changes_nothing(bench: Bench) -> None:
    bench.accept(said(1), said(2, nip=BUDI))
    bench.work()
    before = list(bench.system.store.profiles.all())
    recorded = bench.system.inspector.end_offsets(Topic.RECORDED)
    rebuild_all(bench.system, 1, lambda _: None, anew=False)
    assert list(bench.system.store.profiles.all()) == before
    assert bench.system.inspector.end_offsets(Topic.RECORDED) == recorded
