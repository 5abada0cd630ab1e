"""An import that an outage interrupts at any step leaves nothing behind: a keeper, or the next import, does what is owed."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

import eventlog.port
from competency.directory import Assessment, Employment, Identifier, IdentifierSource, Post, PostKind, Unit
from eventlog.port import Topic
from schemas.imports.directory import AssessmentRow, EmployeeRow, PostRow, StandardRow, UnitRow, identifiers
from schemas.imports.frameworks import CompetencyRow
from schemas.imports.package import Package
from store.port import OrderKind, orders_for
from tests.e2e.crash.people import EMPLOYEES, HOME_PAGE
from tests.integration.workers.conftest import Bench
from tests.integration.workers.test_interruptions import Outage, guarded_stores, profiler_under
from tests.integration.workers.test_workers import ANI, ANIS_ID, BUDI, BUDIS_ID, said
from workers.announcements import Announcer
from workers.importer import Importer
from workers.loop import OUTAGES
from workers.preview import Verdict
from workers.rebuild import Rebuild
from workers.refresher import Refresher

LATE = "https://example.go.id/kursus/baru"
SHARED = "bersama@example.go.id"
STEPS = 200


def row(line: int, nip: str, *emails: str) -> EmployeeRow:
    keys = identifiers(nips=(nip,), emails=emails, accounts=(), openids=(), nip_home_page=HOME_PAGE)
    return EmployeeRow(line, f"Pegawai {nip[-3:]}", nip, Employment.PNS, "u1", "p1", keys, None)


def package(bench: Bench, number: int) -> Package:
    """Every number changes every table: hours, whose an address is, what a post demands, what was assessed."""
    (entry, *_) = bench.system.store.catalogue.entries()
    (framework,) = bench.system.store.catalogue.frameworks()
    competency = replace(framework.competencies[0], description=f"Uraian {number}")
    return Package(
        competencies=[CompetencyRow(2, competency, {})],
        catalogue=[replace(entry, id="baru", activity_ids=(LATE,), jp=Decimal(10 + number))],
        units=[UnitRow(2, Unit("u1", f"Dinas {number}"))],
        posts=[PostRow(2, Post("p1", f"Analis {number}", PostKind.FUNGSIONAL, "pelaksana"), says_standards=False)],
        standards=[StandardRow(2, "p1", "k1", 1 + number % 5)],
        employees=[row(2, ANI, *((SHARED,) if number % 2 else ()))],
        assessments=[AssessmentRow(2, ANI, Assessment("k1", 3, date(2025, 1, 1), f"AC {number}"))],
    )


def importer_under(bench: Bench, outage: Outage) -> Importer:
    system = bench.system
    guard: Any = outage.guard
    stores = guarded_stores(bench, outage)
    profiler = profiler_under(bench, outage)
    announcer = Announcer(
        guard(system.appender), system.store.secrets.secret("person"), system.inspector.partitions(Topic.RECORDED)
    )
    rebuild = Rebuild(stores, system.builder, profiler)
    refresher = Refresher(stores, system.references, announcer, profiler, rebuild, system.clock)
    return Importer(
        guard(system.store.directory),
        guard(system.store.catalogue),
        stores.orders,
        refresher,
        system.clock,
        nip_home_page=HOME_PAGE,
    )


def is_as_imported(bench: Bench, number: int) -> None:
    bench.work()
    assert bench.differing() == []
    assert bench.hours(ANIS_ID) == ({2026: 10 + number} if number % 2 else {})
    assert bench.hours(BUDIS_ID) == {2026: 10 + number}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("after", [False, True], ids=["before the step", "after the step"])
def test_an_outage_at_every_step_leaves_nothing_behind(bench: Bench, after: bool) -> None:
    bench.accept(said(1, nip=BUDI, activity=LATE), said(2, activity=LATE, actor={"mbox": f"mailto:{SHARED}"}))
    bench.work()
    # The steps are the same in both modes; real servers are slow, so there every fifth is tried (and odd and even numbers alike).
    stride = 5 if bench.system.settings.event_log_url.startswith("kafka:") else 1
    for number in range(1, STEPS, stride):
        outage = Outage(number, after=after)
        try:
            importer_under(bench, outage).apply(package(bench, number))
        except OUTAGES:
            assert outage.struck
            bench.outlive_leases()
            bench.work()
            assert bench.differing() == [], f"nothing more was needed than a keeper, and step {number} is left behind"
            with contextlib.suppress(*OUTAGES):  # the next import may be interrupted as well
                importer_under(bench, Outage(1 + 7 * number % 40, after=after)).apply(package(bench, number))
            bench.outlive_leases()
            bench.system.importer().apply(package(bench, number))
        is_as_imported(bench, number)
        again = bench.system.importer().apply(package(bench, number))
        assert again.announced == 0
        assert all((tally.new, tally.changed) == (0, 0) for tally in again.packages[0].tallies.values())
        if not outage.struck:
            return
    pytest.fail("there are more steps than were tried")


def test_the_log_away_after_the_catalogue_was_written(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.accept(said(1, activity=LATE))
    bench.work()
    catalogue = Package(catalogue=package(bench, 1).catalogue)
    with monkeypatch.context() as away:

        def refuse(*_: Any) -> None:
            raise eventlog.port.Unavailable("the log is away")

        away.setattr(bench.system.announcer, "announce", refuse)
        with pytest.raises(eventlog.port.Unavailable):
            bench.system.importer().apply(catalogue)
    assert bench.hours(ANIS_ID) == {}
    assert bench.keeper.tick(), "nobody has to wait for the lease of an order that an outage interrupted"
    bench.work()
    assert bench.hours(ANIS_ID) == {2026: 11}
    assert bench.differing() == []
    assert bench.system.importer().apply(catalogue).packages[0].tallies["catalogue"].unchanged == 1


def test_an_import_is_complete_when_it_returns_though_no_keeper_runs(bench: Bench) -> None:
    bench.accept(said(1, nip=BUDI, activity=LATE))
    bench.record()
    bench.profile()
    done = bench.system.importer().apply(package(bench, 1))
    assert bench.system.store.orders.waiting() == 0
    assert done.announced >= 1
    bench.profile()
    assert bench.hours(BUDIS_ID) == {2026: 11}
    assert "Analis 1" in text(bench, ANIS_ID)


def text(bench: Bench, employee_id: str) -> str:
    held = bench.system.store.profiles.get(employee_id)
    assert held is not None
    return held.text.decode()


def everybody() -> list[EmployeeRow]:
    return [row(line, nip) for line, nip in enumerate(EMPLOYEES, start=2)]


def test_a_preview_says_what_would_change_and_writes_nothing(bench: Bench) -> None:
    bench.work()
    store = bench.system.store
    before = (store.directory.version(), store.catalogue.version(), store.orders.waiting())
    new = row(20, "198711112011011007")
    moved = replace(everybody()[0], name="Nama Baru")
    importer = bench.system.importer()
    shown = importer.preview(
        Package(employees=[moved, *everybody()[1:-1], new], units=[UnitRow(2, Unit("u2", "Bidang", "u1"))]),
        left_on=date(2026, 1, 31),
    )
    assert (store.directory.version(), store.catalogue.version(), store.orders.waiting()) == before
    people = shown.tables["employees"]
    assert (people.new, people.changed, people.left, people.unchanged) == (1, 1, 1, len(EMPLOYEES) - 2)
    by_verdict = {change.verdict: change for change in people.changes}
    assert (by_verdict[Verdict.CHANGED].id, by_verdict[Verdict.CHANGED].columns) == (ANIS_ID, ("name",))
    assert by_verdict[Verdict.LEFT].id == f"emp-{EMPLOYEES[-1][-3:]}"
    assert by_verdict[Verdict.NEW].masked_nip == "19871111******1007"
    assert not any(nip in repr(shown) for nip in (*EMPLOYEES, new.nip)), "a preview shows no number in full"
    assert [(change.verdict, change.id) for change in shown.tables["units"].changes] == [(Verdict.NEW, "u2")]


def test_who_is_missing_from_a_complete_file_has_left_and_may_come_back(bench: Bench) -> None:
    bench.accept(said(1, nip=EMPLOYEES[-1]))
    bench.work()
    last = f"emp-{EMPLOYEES[-1][-3:]}"
    without = Package(employees=everybody()[:-1])
    done = bench.system.importer().apply(without, left_on=date(2026, 1, 31))
    assert [change.id for change in done.preview.left.changes] == [last]
    bench.work()
    gone = bench.system.store.directory.employee(last)
    assert gone is not None
    assert gone.left_on == date(2026, 1, 31)
    assert bench.hours(last) == {2026: 4}, "nothing is deleted"
    assert last not in here(bench)
    assert bench.differing() == []
    assert bench.system.importer().apply(without, left_on=date(2026, 5, 5)).preview.left.changes == []
    bench.system.importer().apply(Package(employees=everybody()))
    bench.work()
    back = bench.system.store.directory.employee(last)
    assert back is not None
    assert back.left_on is None
    assert last in here(bench)
    assert bench.differing() == []


def here(bench: Bench) -> set[str]:
    """Who is asked about: those who have not left."""
    found = bench.system.store.profile_queries.in_unit(("u1",), after=None, limit=100)
    return {profile.employee_id for profile in found}


def test_nobody_is_taken_to_have_left_while_a_row_could_not_be_read(bench: Bench) -> None:
    stranger = replace(row(20, "198711112011011007"), unit_id="tidak-ada")
    shown = bench.system.importer().preview(Package(employees=[*everybody()[:3], stranger]), left_on=date(2026, 1, 31))
    assert shown.left.changes == []
    assert "mend" in shown.withheld
    nothing = bench.system.importer().preview(Package(units=[UnitRow(2, Unit("u2", "Bidang", "u1"))]), left_on=date(2026, 1, 31))
    assert nothing.left.changes == []
    assert nothing.withheld == "the files have no employees"


def test_what_an_officer_linked_survives_an_import_and_a_link_made_meanwhile_too(bench: Bench) -> None:
    bench.accept(said(1, actor={"mbox": "mailto:lain@example.go.id"}))
    bench.work()
    directory = bench.system.store.directory
    link = Identifier("mbox|mailto:lain@example.go.id", source=IdentifierSource.HR)

    class Officer:
        """Links just after the import has read who is there."""

        def __init__(self) -> None:
            self.done = False

        def __getattr__(self, name: str) -> Any:
            act = getattr(directory, name)

            def call(*arguments: Any, **named: Any) -> Any:
                found = act(*arguments, **named)
                if name == "posts" and not self.done:
                    self.done = True
                    ani = directory.employee(ANIS_ID)
                    assert ani is not None
                    linked = replace(ani, identifiers=tuple(sorted({*ani.identifiers, link}, key=lambda one: one.key)))
                    directory.put_employees([linked], orders=orders_for(OrderKind.AGENTS, [link.key]))
                return found

            return call

    system, officer = bench.system, Officer()
    importer = Importer(
        officer, system.store.catalogue, system.store.orders, system.refresher(), system.clock, nip_home_page=HOME_PAGE
    )
    importer.apply(Package(employees=[replace(row(2, ANI), name="Nama Baru")]))
    assert officer.done
    bench.work()
    ani = directory.employee(ANIS_ID)
    assert ani is not None
    assert (ani.name, link in ani.identifiers) == ("Nama Baru", True)
    assert bench.hours(ANIS_ID) == {2026: 4}
    system.importer().apply(Package(employees=[row(2, ANI)]))
    bench.work()
    assert bench.hours(ANIS_ID) == {2026: 4}
    assert bench.differing() == []


def test_files_of_one_import_build_upon_each_other_in_any_order(bench: Bench) -> None:
    post = Post("p2", "Pranata", PostKind.FUNGSIONAL, "ahli-muda", {"k1": 3})
    files = [
        Package(standards=[StandardRow(2, "p2", "k2", 4), StandardRow(3, "p1", "k2", 5)]),
        Package(employees=[replace(row(2, ANI), unit_id="u2", post_id="p2")]),
        Package(posts=[PostRow(2, post, says_standards=True)]),
        Package(units=[UnitRow(2, Unit("u2", "Bidang", "u3"))]),
        Package(units=[UnitRow(2, Unit("u3", "Bagian", "u1")), UnitRow(3, Unit("u4", "Sub", "tidak-ada"))]),
    ]
    first = bench.system.importer().apply(*files)
    counted = [
        {name: (tally.new, tally.changed, tally.unchanged) for name, tally in taken.tallies.items()} for taken in first.packages
    ]
    assert counted == [
        {"standards": (1, 1, 0)},
        {"employees": (0, 1, 0)},
        {"posts": (1, 0, 0)},
        {"units": (1, 0, 0)},
        {"units": (1, 0, 0)},
    ]
    assert [[str(problem) for problem in taken.problems] for taken in first.packages[:4]] == [[], [], [], []]
    (problem,) = first.packages[4].problems
    assert (problem.line, problem.column, problem.value_shown) == (3, "parent", "tidak-ada")
    posts = {held.id: held.standards for held in bench.system.store.directory.posts()}
    assert posts == {"p1": {"k1": 2, "k2": 5}, "p2": {"k1": 3, "k2": 4}}
    version = bench.system.store.directory.version()
    again = bench.system.importer().apply(*files)
    assert all((tally.new, tally.changed) == (0, 0) for taken in again.packages for tally in taken.tallies.values())
    assert bench.system.store.directory.version() == version
