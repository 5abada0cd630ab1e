"""An import that is interrupted, wherever, is mended by repeating it, and by any other import."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

import eventlog.port
from competency.directory import Assessment, Employment, Post, PostKind, Unit
from eventlog.port import Topic
from schemas.imports.directory import AssessmentRow, EmployeeRow, PostRow, StandardRow, UnitRow, identifiers
from schemas.imports.package import Package
from tests.e2e.crash.people import HOME_PAGE
from tests.integration.workers.conftest import Bench
from tests.integration.workers.test_interruptions import Outage
from tests.integration.workers.test_workers import ANI, ANIS_ID, BUDI, BUDIS_ID, said
from workers.announcements import Announcer
from workers.importer import Importer
from workers.loop import OUTAGES
from workers.profiler import Profiler
from workers.profiles import ProfileBuilder, Stores
from workers.rebuild import Rebuild
from workers.refresh import Refresh

LATE = "https://example.go.id/kursus/baru"
SHARED = "bersama@example.go.id"
STEPS = 150


def row(line: int, nip: str, *emails: str) -> EmployeeRow:
    keys = identifiers(nips=(nip,), emails=emails, accounts=(), openids=(), nip_home_page=HOME_PAGE)
    return EmployeeRow(line, f"Pegawai {nip[-3:]}", nip, Employment.PNS, "u1", "p1", keys, None)


def package(bench: Bench, number: int) -> Package:
    """Every number changes every table: hours, whose an address is, what a post demands, what was assessed."""
    (entry, *_) = bench.system.store.catalogue.entries()
    (competency, *_) = bench.system.store.catalogue.competencies()
    return Package(
        competencies=[replace(competency, description=f"Uraian {number}")],
        catalogue=[replace(entry, id="baru", activity_id=LATE, jp=Decimal(10 + number))],
        units=[UnitRow(2, Unit("u1", f"Dinas {number}"))],
        posts=[PostRow(2, Post("p1", f"Analis {number}", PostKind.FUNGSIONAL, "pelaksana"), says_standards=False)],
        standards=[StandardRow(2, "p1", "k1", 1 + number % 5)],
        employees=[row(2, ANI, *((SHARED,) if number % 2 else ()))],
        assessments=[AssessmentRow(2, ANI, Assessment("k1", 3, date(2025, 1, 1), f"AC {number}"))],
    )


def importer_under(bench: Bench, outage: Outage) -> Importer:
    system = bench.system
    guard: Any = outage.guard
    stores = Stores(
        guard(system.stores.statements),
        guard(system.stores.evidence),
        guard(system.stores.profiles),
        guard(system.stores.directory),
    )
    builder = ProfileBuilder(stores, system.references, system.rules)
    appender = guard(system.appender)
    announcer = Announcer(appender, system.store.secrets.secret("person"), system.inspector.partitions(Topic.RECORDED))
    refresh = Refresh(stores, announcer, Profiler(builder, appender, system.store.dead_letters, system.clock))
    rebuild = Rebuild(stores, builder)
    return Importer(guard(system.store.directory), guard(system.store.catalogue), refresh, rebuild, HOME_PAGE)


def is_as_imported(bench: Bench, number: int) -> None:
    bench.profile()
    assert bench.differing() == []
    assert bench.hours(ANIS_ID) == ({2026: 10 + number} if number % 2 else {})
    assert bench.hours(BUDIS_ID) == {2026: 10 + number}


@pytest.mark.timeout(240)
@pytest.mark.parametrize("after", [False, True], ids=["before the step", "after the step"])
def test_an_outage_at_every_step_is_mended_by_importing_again(bench: Bench, after: bool) -> None:
    bench.accept(said(1, nip=BUDI, activity=LATE), said(2, activity=LATE, actor={"mbox": f"mailto:{SHARED}"}))
    bench.work()
    # The steps are the same in both modes; real servers are slow, so there every third is tried (and odd and even numbers alike).
    stride = 3 if bench.system.settings.event_log_url.startswith("kafka:") else 1
    for number in range(1, STEPS, stride):
        outage = Outage(number, after=after)
        try:
            importer_under(bench, outage).apply(package(bench, number))
        except OUTAGES:
            assert outage.struck
            bench.profile()
            with contextlib.suppress(*OUTAGES):  # the mending may be interrupted as well
                importer_under(bench, Outage(1 + 7 * number % 40, after=after)).apply(package(bench, number))
            bench.system.importer().apply(package(bench, number))
        is_as_imported(bench, number)
        again = bench.system.importer().apply(package(bench, number))
        assert (again.announced, again.mended) == (0, None)
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
    again = bench.system.importer().apply(catalogue)
    assert again.packages[0].tallies["catalogue"].unchanged == 1
    assert again.mended == len(list(bench.system.rebuild().run()))
    assert bench.hours(ANIS_ID) == {2026: 11}
    assert bench.differing() == []


def test_another_import_mends_it_too(bench: Bench) -> None:
    bench.accept(said(1, activity=LATE))
    bench.work()
    bench.system.importer().apply(Package())
    bench.system.store.catalogue.put_entries(package(bench, 1).catalogue)  # and its import dies here
    done = bench.system.importer().apply(Package(units=[UnitRow(2, Unit("u2", "Bidang", "u1"))]))
    assert done.mended is not None
    assert bench.hours(ANIS_ID) == {2026: 11}
    assert bench.system.importer().apply(Package()).mended is None


def test_a_directory_filled_by_other_means_is_not_gone_over(bench: Bench) -> None:
    """`settle` put everything directly, and never marked it."""
    assert bench.system.importer().apply(package(bench, 1)).mended is None
    assert bench.system.importer().apply(package(bench, 2)).mended is None


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
