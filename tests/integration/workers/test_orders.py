"""Orders are carried out whoever dies when, and whatever was recorded before they were placed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from uuid import uuid4

import pytest

from competency.catalogue import DefinitionMatch
from competency.directory import Identifier, IdentifierSource, Post, PostKind, Unit
from store.consequences import everyone, of_employees, of_entries, of_posts
from store.port import Order, OrderKind, Orders, SightingKind, orders_for
from tests.e2e.crash.people import EMPLOYEES
from tests.integration.workers.conftest import Bench
from tests.integration.workers.test_deaths import Died, Fate, mortal_profiler, mortal_stores
from tests.integration.workers.test_workers import ANIS_ID, BUDI, BUDIS_ID, linked, said, unlinked
from workers.announcements import Announcer
from workers.keeper import Keeper
from workers.profiles import ProfileBuilder
from workers.rebuild import Rebuild
from workers.refresher import WRITE_EVERY_S, Refresher
from workers.rollups import UnitRollups

WEBINARS = tuple(f"https://webinar.example.id/2026/{number}" for number in range(4))
WORKSHOP = "https://lokakarya.example.id/acara/17"
TYPE = "https://w3id.org/xapi/acrossx/activities/workshop"
MOST_STEPS = 300


def mortal_keeper(bench: Bench, fate: Fate) -> Keeper:
    system, stores = bench.system, mortal_stores(bench, fate)
    builder = ProfileBuilder(stores, system.references, system.clock)
    profiler = mortal_profiler(bench, fate)
    announcer = Announcer(fate.over(bench.appender), system.store.secrets.secret("person"), 2)
    refresher = Refresher(stores, system.references, announcer, profiler, Rebuild(stores, builder, profiler), system.clock)
    return Keeper(stores, builder, refresher, UnitRollups(stores, system.references, system.clock), system.clock)


Change = Callable[[Bench, int], None]


def an_agent_changes_hands(bench: Bench, number: int) -> None:
    directory = bench.system.store.directory
    ani, budi = directory.employee(ANIS_ID), directory.employee(BUDIS_ID)
    assert ani is not None
    assert budi is not None
    address = Identifier("mbox|mailto:bersama@example.go.id", source=IdentifierSource.HR)
    loser, taker = (budi, ani) if number % 2 else (ani, budi)
    orders = [*orders_for(OrderKind.AGENTS, [address.key]), *orders_for(OrderKind.EMPLOYEES, [loser.id])]
    directory.amend(loser.id, lambda held: unlinked(held, address.key), orders=orders)
    now = [linked(taker, address)]
    directory.put_employees(now, orders=of_employees(now, {taker.id: taker}))


def an_entry_changes(bench: Bench, number: int) -> None:
    catalogue = bench.system.store.catalogue
    entries = {entry.id: entry for entry in catalogue.entries()}
    now = [
        replace(entries["c0"], jp=Decimal(4 + number)),
        replace(entries["c1"], id="webinar", activity_ids=(), patterns=("https://webinar.example.id/*",), jp=Decimal(1 + number)),
        replace(entries["c2"], id="lokakarya", activity_ids=(), definitions=(DefinitionMatch(type=TYPE),), jp=Decimal(2 + number)),
    ]
    catalogue.put_entries(now, orders=of_entries(now, entries))


def a_post_changes(bench: Bench, number: int) -> None:
    post = Post("p1", f"Analis {number}", PostKind.FUNGSIONAL, "pelaksana", {"k1": 1 + number % 5})
    bench.system.store.directory.put_posts([post], orders=of_posts([post.id]))


def a_unit_changes(bench: Bench, number: int) -> None:
    bench.system.store.directory.put_units([Unit("u1", f"Dinas {number}", None)], orders=everyone())


def somebody_moves(bench: Bench, number: int) -> None:
    directory = bench.system.store.directory
    directory.put_units([Unit("u2", "Bidang", "u1"), Unit("u3", "Seksi", "u1")])
    ani = directory.employee(ANIS_ID)
    assert ani is not None
    now = [replace(ani, unit_id=f"u{2 + number % 2}")]
    directory.put_employees(now, orders=of_employees(now, {ANIS_ID: ani}))


@pytest.mark.timeout(240)
@pytest.mark.parametrize("change", [an_agent_changes_hands, an_entry_changes, a_post_changes, a_unit_changes, somebody_moves])
def test_a_keeper_may_die_at_any_moment(bench: Bench, change: Change, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("workers.refresher.PAGE", "workers.rollups.PAGE"):
        monkeypatch.setattr(module, 2)
    monkeypatch.setattr("workers.refresher.PORTION", 5)
    shared = {"mbox": "mailto:bersama@example.go.id"}
    bench.accept(*(said(number, actor=shared) for number in range(1, 4)), said(4, nip=BUDI))
    bench.accept(*(said(10 + number, activity=activity) for number, activity in enumerate(WEBINARS)))
    bench.accept(said(20, nip=BUDI, object={"id": WORKSHOP, "definition": {"type": TYPE}}))
    bench.work()
    deaths = 0
    stride = 4 if bench.system.settings.event_log_url.startswith("kafka:") else 1
    for moment in range(0, MOST_STEPS, stride):
        change(bench, moment // stride)
        monkeypatch.setattr("workers.refresher.WRITE_EVERY_S", 0.0 if moment // stride % 2 else WRITE_EVERY_S)
        died = False
        keeper = mortal_keeper(bench, Fate(moment))
        try:
            while keeper.tick():
                pass
        except Died:
            died = True
            deaths += 1
        bench.outlive_leases()
        bench.work()
        assert bench.differing() == [], f"died at moment {moment}"
        if not died:
            break
    assert deaths >= 10 // stride, "the steps of the keeper were not seen"


def test_a_pattern_and_a_definition_count_what_came_before(bench: Bench) -> None:
    bench.accept(*(said(10 + number, activity=activity) for number, activity in enumerate(WEBINARS)))
    bench.accept(said(20, nip=BUDI, object={"id": WORKSHOP, "definition": {"type": TYPE}}))
    bench.work()
    assert (bench.hours(ANIS_ID), bench.hours(BUDIS_ID)) == ({}, {})
    an_entry_changes(bench, 0)
    bench.work()
    assert (bench.hours(ANIS_ID), bench.hours(BUDIS_ID)) == ({2026: 1}, {2026: 2})
    entries = {entry.id: entry for entry in bench.system.store.catalogue.entries()}
    now = [replace(entries["webinar"], patterns=("https://lain.example.id/*",)), replace(entries["lokakarya"], definitions=())]
    bench.system.store.catalogue.put_entries(now, orders=of_entries(now, entries))
    bench.work()
    assert (bench.hours(ANIS_ID), bench.hours(BUDIS_ID)) == ({}, {})
    assert bench.differing() == []


def test_who_goes_through_everyone_does_it_for_all_orders_that_are_there(bench: Bench) -> None:
    bench.work()
    orders = bench.system.store.orders
    orders.place([*everyone(), *everyone(), *everyone()])
    refresher = bench.system.refresher()
    looked_at: list[str] = []
    page = bench.system.stores.directory.employees

    def counting(**named: object) -> object:
        looked_at.append("page")
        return page(**named)  # type: ignore[arg-type]

    directory = type("Counting", (), {"employees": staticmethod(counting)})()
    refresher._stores = replace(bench.system.stores, directory=directory)
    assert refresher.run_pending() == 1
    assert orders.waiting() == 0
    assert len(looked_at) == 2, "one page of everyone, and that there is no other"


def test_what_is_short_need_not_wait_for_what_goes_through_everyone(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workers.refresher.PORTION", 1)
    monkeypatch.setattr("workers.keeper.SLICE_S", 0.0)
    bench.work()
    orders = bench.system.store.orders
    a_unit_changes(bench, 1)
    bench.keeper.tick()
    (under_way,) = orders.of_kind(OrderKind.EVERYONE)
    assert under_way.cursor, "a slice of it is done"
    an_agent_changes_hands(bench, 1)
    for _ in range(3):  # of which each takes a step of the short one, too
        bench.keeper.tick()
    assert [order.kind for order in orders.of_kind(OrderKind.AGENTS)] == []
    assert [order.id for order in orders.of_kind(OrderKind.EVERYONE)] == [under_way.id]
    a_unit_changes(bench, 2)
    bench.work()
    assert bench.differing() == []


def test_a_post_that_changes_touches_its_holders_and_nobody_else(bench: Bench) -> None:
    """Also who has left: that a profile tells what somebody once was is no reason for it to tell what is not so any more."""
    directory = bench.system.store.directory
    ani, budi = directory.employee(ANIS_ID), directory.employee(BUDIS_ID)
    assert ani is not None
    assert budi is not None
    other = Post("p2", "Arsiparis", PostKind.FUNGSIONAL, "pelaksana", {})
    directory.put_posts([other], orders=of_posts([other.id]))
    moved = [replace(ani, post_id="p2")]
    directory.put_employees(moved, orders=of_employees(moved, {ANIS_ID: ani}))
    bench.work()
    before = {one: bench.system.store.profiles.get(one) for one in (ANIS_ID, BUDIS_ID)}
    a_post_changes(bench, 3)
    bench.work()
    after = {one: bench.system.store.profiles.get(one) for one in (ANIS_ID, BUDIS_ID)}
    assert after[ANIS_ID] == before[ANIS_ID]
    budis = after[BUDIS_ID]
    assert budis is not None
    assert b"Analis 3" in budis.text
    assert bench.differing() == []


def test_a_rebuild_is_not_for_keepers(bench: Bench) -> None:
    bench.work()
    assert bench.system.rebuild().begin() == 1
    bench.keep()
    assert len(bench.system.rebuild().left()) == 1


def test_an_order_in_the_hands_of_a_living_taker_is_left_alone(bench: Bench) -> None:
    bench.work()
    bench.system.store.orders.place([Order(uuid4().hex, OrderKind.EMPLOYEES, (ANIS_ID,))])
    assert bench.system.store.orders.take(bench.clock.now_ms(), 30_000) is not None
    assert bench.system.refresher().run_pending() == 0
    bench.outlive_leases()
    assert bench.system.refresher().run_pending() == 1


def test_an_order_of_many_agents_without_statements_is_seldom_written_to(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """A directory that comes in names thousands of agents that nobody has spoken of."""
    bench.work()
    orders = bench.system.store.orders
    orders.place(orders_for(OrderKind.AGENTS, [f"mbox|mailto:{number}@example.go.id" for number in range(400)]))
    written: list[str] = []
    progress = type(orders).progress

    def counted(self: Orders, order_id: str, cursor: str, lease_until_ms: int) -> bool:
        written.append(cursor)
        return progress(self, order_id, cursor, lease_until_ms)

    monkeypatch.setattr(type(orders), "progress", counted)
    began = bench.clock.monotonic()
    assert bench.system.refresher().run_pending() == 1
    assert 1 <= len(written) <= 1 + (bench.clock.monotonic() - began) / WRITE_EVERY_S


def test_unknown_actors_and_activities_wait_until_they_are_known(bench: Bench) -> None:
    sightings, directory = bench.system.store.sightings, bench.system.store.directory
    stranger = {"name": "Siti", "mbox": "mailto:siti@example.com"}
    bench.accept(said(1, actor=stranger), said(2, actor=stranger, activity=WORKSHOP))
    bench.accept(said(3, object={"id": WORKSHOP, "definition": {"type": TYPE, "name": {"en": "Workshop", "id": "Lokakarya"}}}))
    bench.work()
    (actor,) = sightings.page(SightingKind.ACTOR, matched=False, after=None, limit=10)
    assert (actor.key, actor.label, actor.partner, actor.weight) == ("mbox|mailto:siti@example.com", "Siti", "lan", 2)
    (activity,) = sightings.page(SightingKind.ACTIVITY, matched=False, after=None, limit=10)
    assert (activity.key, activity.label, activity.detail, activity.weight) == (WORKSHOP, "Lokakarya", TYPE, 2)
    budi = directory.employee(BUDIS_ID)
    assert budi is not None
    now = [linked(budi, Identifier(actor.key, source=IdentifierSource.HR))]
    directory.put_employees(now, orders=of_employees(now, {BUDIS_ID: budi}))
    an_entry_changes(bench, 0)
    bench.work()
    assert sightings.page(SightingKind.ACTOR, matched=False, after=None, limit=10) == []
    assert bench.hours(BUDIS_ID) == {2026: 4}, "the statement that says what the activity is was another"
    assert bench.hours(ANIS_ID) == {2026: 2}


def test_an_unlinked_account_is_nobodys_again(bench: Bench) -> None:
    bench.accept(said(1))
    bench.work()
    directory = bench.system.store.directory
    ani = directory.employee(ANIS_ID)
    assert ani is not None
    now = [replace(ani, identifiers=())]
    directory.put_employees(now, orders=of_employees(now, {ANIS_ID: ani}))
    bench.work()
    assert bench.hours(ANIS_ID) == {}
    waiting = bench.system.store.sightings.page(SightingKind.ACTOR, matched=False, after=None, limit=10)
    assert [one.key for one in waiting] == [ani.identifiers[0].key]
    assert bench.differing() == []


def test_orders_of_a_thousand_keys_are_cut_into_portions() -> None:
    orders = orders_for(OrderKind.EMPLOYEES, (f"e{number}" for number in range(2_500)))
    assert [len(order.keys) for order in orders] == [1_000, 1_000, 500]


def test_everyone_of_the_directory_has_a_profile(bench: Bench) -> None:
    bench.work()
    assert {profile.employee_id for profile in bench.system.store.profiles.all()} == {f"emp-{nip[-3:]}" for nip in EMPLOYEES}
