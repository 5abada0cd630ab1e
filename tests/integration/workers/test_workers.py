"""Recorder, profiler, import and rebuild, each step repeatable, on both modes."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from competency.directory import Employee, Employment, Identifier, IdentifierSource
from competency.facts import ProfileFacts
from competency.nip import mask
from eventlog.port import Outgoing, Topic
from rekam.rebuilding import rebuild_all
from schemas.imports.package import Package
from store.port import OrderKind, Rejected, orders_for
from tests.e2e.crash.people import CATALOGUED, EMPLOYEES, actor
from tests.integration.workers.conftest import COMPLETED, VOIDED, Bench
from workers.recorder import Recorder

ANI, BUDI = EMPLOYEES[0], EMPLOYEES[1]
ANIS_ID, BUDIS_ID = f"emp-{ANI[-3:]}", f"emp-{BUDI[-3:]}"


def uid(number: int) -> UUID:
    return UUID(int=(0x4 << 76) | (0x8 << 60) | number)


def said(number: int, nip: str = ANI, activity: str = CATALOGUED[0], **more: Any) -> dict[str, Any]:
    base = {"id": str(uid(number)), "actor": actor(nip), "verb": {"id": COMPLETED}, "object": {"id": activity}}
    return {**base, "timestamp": "2026-03-05T10:00:00.000Z", **more}


def voiding(number: int, target: int) -> dict[str, Any]:
    return said(number, verb={"id": VOIDED}, object={"objectType": "StatementRef", "id": str(uid(target))})


def linked(employee: Employee, *identifiers: Identifier) -> Employee:
    """The employee with these identifiers as well."""
    return replace(employee, identifiers=tuple(sorted({*employee.identifiers, *identifiers}, key=lambda one: one.key)))


def unlinked(employee: Employee, key: str) -> Employee:
    """The employee without this agent key."""
    return replace(employee, identifiers=tuple(one for one in employee.identifiers if one.key != key))


def test_a_finished_item_becomes_hours(bench: Bench) -> None:
    bench.accept(said(1), said(2, activity=CATALOGUED[1]), said(3, nip=BUDI))
    bench.work()
    assert set(bench.stored(uid(1), uid(2), uid(3))) == {uid(1), uid(2), uid(3)}
    assert bench.hours(ANIS_ID) == {2026: 9}
    assert bench.hours(BUDIS_ID) == {2026: 4}
    assert bench.differing() == []


def test_the_same_records_again_change_nothing(bench: Bench) -> None:
    bench.accept(said(1), said(2, nip=BUDI))
    bench.work()
    before = {profile.employee_id: profile for profile in bench.system.store.profiles.all()}
    assert len(before) == len(EMPLOYEES), "who learnt nothing has a profile as well"
    first = bench.system.store.statement_queries.get_many([uid(1), uid(2)])
    bench.accept(said(1), said(2, nip=BUDI))
    bench.work()
    assert {profile.employee_id: profile for profile in bench.system.store.profiles.all()} == before
    assert bench.system.store.statement_queries.get_many([uid(1), uid(2)]) == first
    assert bench.system.store.dead_letters.count() == 0


def test_a_record_handled_twice_is_handled_once(bench: Bench) -> None:
    """A crash after any step: the whole batch comes again, before the position moved."""
    bench.accept(said(1), said(2))
    records = bench.system.inspector.read(Topic.ACCEPTED, 0, 0, 10)
    bench.recorder.handle(records)
    bench.recorder.handle(records)
    bench.work()
    assert len(bench.stored(uid(1), uid(2))) == 2
    assert bench.hours(ANIS_ID) == {2026: 4}


def test_a_conflict_becomes_a_dead_letter_and_leaves_the_others(bench: Bench) -> None:
    bench.accept(said(1))
    bench.record()
    bench.accept(said(1, nip=BUDI), said(2))
    bench.work()
    assert bench.stored(uid(1))[uid(1)]["actor"] == actor(ANI)
    assert uid(2) in bench.stored(uid(2))
    (letter,) = bench.system.store.dead_letters.of_statement(uid(1))
    assert letter.reason == "conflict"
    assert "new id" in letter.detail
    assert json.loads(letter.payload)["requests"][0]["statements"][0]["actor"] == actor(BUDI)
    assert letter.partner == "lan"
    assert bench.hours(BUDIS_ID) == {}


@pytest.mark.parametrize("value", [b"not json", b"{}", b'{"requests":[{"request_id":1}]}', b"\xff\x00"])
def test_an_undecodable_record_is_buried_whole_and_the_next_is_recorded(bench: Bench, value: bytes) -> None:
    bench.append(value)
    bench.accept(said(1))
    bench.work()
    (letter,) = bench.system.store.dead_letters.page(reason="undecodable")
    assert letter.payload == value
    assert letter.index is None
    assert uid(1) in bench.stored(uid(1))


def test_a_statement_that_is_none_is_buried_alone(bench: Bench) -> None:
    broken = said(2)
    del broken["verb"]
    bench.accept(said(1), broken, said(3))
    bench.work()
    assert set(bench.stored(uid(1), uid(2), uid(3))) == {uid(1), uid(3)}
    (letter,) = bench.system.store.dead_letters.page()
    assert (letter.reason, letter.index) == ("undecodable", 1)


def test_a_dead_letter_can_be_put_back_as_it_is(bench: Bench) -> None:
    bench.accept(said(1))
    bench.record()
    bench.accept(said(1, nip=BUDI))
    bench.record()
    (letter,) = bench.system.store.dead_letters.page()
    bench.appender.append(Topic(letter.topic), Outgoing(letter.payload, partition=letter.partition))
    bench.record()
    assert [held.reason for held in bench.system.store.dead_letters.page()] == ["conflict", "conflict"]


def test_what_the_store_rejects_is_found_by_halving(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    culprit = uid(5)
    statements = bench.system.store.statements
    record = statements.record

    def refusing(batch: Any) -> Any:
        if any(held.extract.statement_id == culprit for held in batch.statements):
            raise Rejected("it can't be kept")
        return record(batch)

    monkeypatch.setattr(type(statements), "record", lambda self, batch: refusing(batch), raising=True)
    bench.accept(*(said(number) for number in range(1, 9)))
    bench.work()
    assert set(bench.stored(*(uid(number) for number in range(1, 9)))) == {uid(number) for number in range(1, 9) if number != 5}
    (letter,) = bench.system.store.dead_letters.page()
    assert (letter.reason, letter.statement_id) == ("rejected by the store", culprit)


@pytest.mark.parametrize("target_first", [True, False])
def test_voiding_takes_the_hours_back_in_either_order(bench: Bench, target_first: bool) -> None:
    statements = [said(1), voiding(2, 1)]
    for statement in statements if target_first else reversed(statements):
        bench.accept(statement)
        bench.work()
    assert bench.hours(ANIS_ID) == {}
    assert bench.differing() == []


def test_voiding_what_was_profiled_empties_the_profile(bench: Bench) -> None:
    bench.accept(said(1), said(3, activity=CATALOGUED[1]))
    bench.work()
    assert bench.hours(ANIS_ID) == {2026: 9}
    bench.accept(voiding(2, 1))
    bench.work()
    assert bench.hours(ANIS_ID) == {2026: 5}
    assert bench.differing() == []


def test_each_member_of_a_group_is_credited(bench: Bench) -> None:
    group = {"objectType": "Group", "member": [actor(ANI), actor(BUDI)]}
    bench.accept(said(1, actor=group))
    bench.work()
    assert (bench.hours(ANIS_ID), bench.hours(BUDIS_ID)) == ({2026: 4}, {2026: 4})
    assert bench.differing() == []


def test_a_catalogue_entry_added_later_counts_what_came_before(bench: Bench) -> None:
    late = "https://example.go.id/kursus/baru"
    bench.accept(said(1, activity=late))
    bench.work()
    assert bench.hours(ANIS_ID) == {}
    (entry, *_) = bench.system.store.catalogue.entries()
    package = Package(catalogue=[replace(entry, id="baru", activity_ids=(late,), jp=Decimal(7))])
    done = bench.system.importer().apply(package)
    assert (done.packages[0].tallies["catalogue"].new, done.announced) == (1, 1)
    bench.work()
    assert bench.hours(ANIS_ID) == {2026: 7}
    assert bench.differing() == []
    again = bench.system.importer().apply(package)
    assert (again.packages[0].tallies["catalogue"].unchanged, again.announced) == (1, 0)


def test_an_address_that_moves_to_someone_else_takes_its_evidence_along(bench: Bench) -> None:
    mbox = {"mbox": "mailto:bersama@example.go.id"}
    address = Identifier("mbox|mailto:bersama@example.go.id", source=IdentifierSource.HR)
    directory = bench.system.store.directory
    ani, budi = directory.employee(ANIS_ID), directory.employee(BUDIS_ID)
    assert ani is not None
    assert budi is not None
    bench.accept(said(1, actor=mbox))
    bench.work()
    directory.put_employees([linked(ani, address)], orders=orders_for(OrderKind.AGENTS, [address.key]))
    bench.work()
    assert (bench.hours(ANIS_ID), bench.hours(BUDIS_ID)) == ({2026: 4}, {})
    directory.amend(ANIS_ID, lambda held: unlinked(held, address.key), orders=orders_for(OrderKind.AGENTS, [address.key]))
    directory.put_employees([linked(budi, address)], orders=orders_for(OrderKind.AGENTS, [address.key]))
    bench.work()
    assert (bench.hours(ANIS_ID), bench.hours(BUDIS_ID)) == ({}, {2026: 4})
    assert bench.differing() == []


def test_a_rebuild_from_nothing_gives_the_same_bytes(bench: Bench) -> None:
    bench.accept(*(said(number, nip=EMPLOYEES[number % 5], activity=CATALOGUED[number % 6]) for number in range(1, 30)))
    bench.accept(voiding(50, 3), voiding(51, 4))
    bench.work()
    profiles = {profile.employee_id: profile.text for profile in bench.system.store.profiles.all()}
    evidence = {name: bench.system.store.evidence.of_employee(name) for name in profiles}
    bench.system.store.evidence.replace([uid(number) for number in range(1, 60)], [])
    facts = ProfileFacts((), Employment.PNS, True, date(2030, 1, 1), (), ())
    for profile in list(bench.system.store.profiles.all()):
        assert bench.system.store.profiles.put(profile.employee_id, b"{}", facts, expected_revision=profile.revision)
    assert set(bench.differing()) >= set(profiles)
    rebuild(bench)
    bench.keep()
    assert {profile.employee_id: profile.text for profile in bench.system.store.profiles.all()} == profiles
    assert {name: bench.system.store.evidence.of_employee(name) for name in profiles} == evidence
    assert bench.differing() == []


def rebuild(bench: Bench) -> int:
    return rebuild_all(bench.system, 1, lambda _: None, anew=False)


def test_profiles_updated_tells_of_every_change(bench: Bench) -> None:
    bench.keep()
    bench.accept(said(1))
    bench.work()
    told = [json.loads(record.value) for part in range(2) for record in bench.system.inspector.read(Topic.PROFILES, part, 0, 100)]
    everyone = {(f"emp-{nip[-3:]}", 1) for nip in EMPLOYEES}
    assert {(event["employee_id"], event["revision"]) for event in told} == everyone | {(ANIS_ID, 2)}


def test_nothing_on_the_log_or_in_dead_letters_ids_tells_who(bench: Bench) -> None:
    bench.accept(said(1))
    bench.work()
    for topic in (Topic.RECORDED, Topic.PROFILES):
        for part in range(2):
            for record in bench.system.inspector.read(topic, part, 0, 10):
                assert ANI.encode() not in record.value + (record.key or b"")
    assert mask(ANI) != ANI


def test_a_large_batch_is_recorded_in_portions(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    statements, sizes = bench.system.store.statements, []
    record = statements.record

    def noting(_: Any, batch: Any) -> Any:
        sizes.append(len(batch.statements))
        return record(batch)

    monkeypatch.setattr(type(statements), "record", noting)
    monkeypatch.setattr("workers.recorder.SLICE_STATEMENTS", 10)
    bench.accept(*(said(number) for number in range(1, 26)), said(1, nip=BUDI))
    bench.work()
    assert sizes == [10, 10, 6]
    assert len(bench.stored(*(uid(number) for number in range(1, 26)))) == 25
    assert [letter.statement_id for letter in bench.system.store.dead_letters.page()] == [uid(1)]
    sizes.clear()
    monkeypatch.setattr("workers.recorder.SLICE_BYTES", 10)
    bench.accept(*(said(number) for number in range(30, 33)))
    bench.work()
    assert sizes == [1, 1, 1]


def test_what_was_recorded_and_not_announced_when_a_recorder_died_is_announced_by_the_next(bench: Bench) -> None:
    """Where the group stands counts, not only where the store does; and while it is open, nobody says that all is done."""
    bench.accept(said(1))
    bench.work()
    bench.accept(said(2))
    bench.accept(said(3))
    (first, second) = bench.system.inspector.read(Topic.ACCEPTED, 0, 1, 10)

    class Dying(Exception):
        pass

    class Silent:
        def announce(self, statements: Any) -> int:
            raise Dying

    store = bench.system.store
    silent: Any = Silent()
    dying = Recorder(
        *(store.statements, store.positions, store.dead_letters, store.writes),
        *(silent, bench.clock, bench.system.follower, dict),
    )
    with pytest.raises(Dying):
        dying.handle([first])
    assert set(bench.stored(uid(2))) == {uid(2)}, "it can be read already"
    assert bench.system.behind()["recorder"] == 2
    assert bench.recorder.resume_at(0) == first.offset
    bench.recorder.handle([first, second])
    bench.profile()
    assert [len(store.evidence.of_statement(uid(number))) for number in (1, 2, 3)] == [1, 1, 1]
    bench.keep()
    assert bench.differing() == []
