"""Whatever happens in whatever order, in the end everything kept is what the statements, the directory and the catalogue give."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from competency.catalogue import Certificate, CountsPer, DefinitionMatch, Repeats
from competency.directory import Employee, Identifier, IdentifierSource, Post, PostKind, Unit
from eventlog.port import Topic
from rekam.rebuilding import rebuild_all
from rekam.settings import Settings
from rekam.wiring import System, open_event_log, open_store
from store.consequences import everyone, of_employees, of_entries
from store.port import OrderKind, orders_for
from tests.e2e.crash.people import CATALOGUED, EMPLOYEES, actor, settle
from tests.integration.workers.conftest import Bench, LeapingClock
from tests.integration.workers.test_workers import linked, said, unlinked, voiding

PEOPLE = EMPLOYEES[:4]
ADDRESSES = ("satu@example.go.id", "dua@example.go.id")
TYPE = "https://w3id.org/xapi/acrossx/activities/workshop"
ACTIVITIES = (*CATALOGUED[:3], "https://webinar.example.id/1", "https://webinar.example.id/2", "https://lain.example.id/x")
TOOK = (None, "PT90M", "PT3H", "P2D", "P1W", "P2M", "P40D")
FIRST_DAY = date(2024, 11, 1)

Step = Callable[[Bench], None]


def _actor(who: int) -> dict[str, Any]:
    if who < len(PEOPLE):
        return actor(PEOPLE[who])
    if who < 6:
        return {"mbox": f"mailto:{ADDRESSES[who - 4]}"}
    return {"objectType": "Group", "member": [actor(PEOPLE[0]), actor(PEOPLE[1]), {"mbox": f"mailto:{ADDRESSES[0]}"}]}


def says(number: int, who: int, what: int, day: int, typed: bool, took: str | None) -> Step:
    definition: dict[str, Any] = {"definition": {"type": TYPE}} if typed else {}
    more: dict[str, Any] = {"result": {"duration": took}} if took else {}
    moment = f"{FIRST_DAY + timedelta(days=day)}T10:00:00Z"
    statement = said(number, actor=_actor(who), object={"id": ACTIVITIES[what], **definition}, timestamp=moment, **more)
    return lambda bench: bench.accept(statement)


def voids(number: int, target: int) -> Step:
    return lambda bench: bench.accept(voiding(100 + number, target))


def links(who: int, address: int, since: int | None) -> Step:
    def act(bench: Bench) -> None:
        directory, held = bench.system.store.directory, _employees(bench)
        key = f"mbox|mailto:{ADDRESSES[address]}"
        valid_from = None if since is None else FIRST_DAY + timedelta(days=since)
        link = Identifier(key, valid_from, None, IdentifierSource.HR)
        for one in held.values():
            if key in one.keys:
                orders = [*orders_for(OrderKind.AGENTS, [key]), *orders_for(OrderKind.EMPLOYEES, [one.id])]
                directory.amend(one.id, lambda now: unlinked(now, key), orders=orders)
        if who < len(PEOPLE):
            taker = unlinked(list(held.values())[who], key)
            now = [linked(taker, link)]
            directory.put_employees(now, orders=of_employees(now, {taker.id: taker}))

    return act


def changes_entry(which: int, jp: int, way: int) -> Step:
    def act(bench: Bench) -> None:
        catalogue = bench.system.store.catalogue
        held = {entry.id: entry for entry in catalogue.entries()}
        entry = replace(held[f"c{which}"], jp=Decimal(jp) if jp else None, repeats=Repeats.YEARLY if jp % 2 else Repeats.NEVER)
        match way:
            case 0:
                entry = replace(entry, patterns=("https://webinar.example.id/*",) if which == 0 else ())
            case 1:
                entry = replace(entry, patterns=(), definitions=(DefinitionMatch(type=TYPE),), counts_per=CountsPer.ACTIVITY)
            case 2:
                entry = replace(entry, patterns=(), definitions=(), certificate=Certificate(jp + 1))
            case _:
                entry = replace(entry, activity_ids=() if way == 3 else (CATALOGUED[which],), from_year=2025 if way == 4 else None)
        catalogue.put_entries([entry], orders=of_entries([entry], held))

    return act


def changes_post(level: int) -> Step:
    post = Post("p1", f"Analis {level}", PostKind.FUNGSIONAL, "pelaksana", {"k1": max(1, level)})
    return lambda bench: _ignore(bench.system.store.directory.put_posts([post], orders=everyone()))


def moves(who: int, unit: int, left: int | None) -> Step:
    def act(bench: Bench) -> None:
        directory, held = bench.system.store.directory, _employees(bench)
        employee = list(held.values())[who]
        left_on = None if left is None else FIRST_DAY + timedelta(days=left * 100)
        now = [replace(employee, unit_id=f"u{1 + unit % 3}", left_on=left_on)]
        directory.put_employees(now, orders=of_employees(now, held))

    return act


def moves_unit(below: int) -> Step:
    units = [Unit("u2", f"Bidang {below}", "u1"), Unit("u3", "Seksi", "u2" if below % 2 else "u1")]
    return lambda bench: _ignore(bench.system.store.directory.put_units(units, orders=everyone()))


def days_pass(days: int) -> Step:
    return lambda bench: bench.clock.leap(days=days)


def works(part: int) -> Step:
    acts: tuple[Step, ...] = (
        Bench.record,
        Bench.profile,
        Bench.keep,
        lambda bench: _ignore(bench.keeper.tick()),
        lambda bench: _ignore(bench.system.refresher().carry_out_one()),
        redelivered,
    )
    return acts[part]


def redelivered(bench: Bench) -> None:
    """Everything the profilers were ever told comes again."""
    for partition, end in bench.system.inspector.end_offsets(Topic.RECORDED).items():
        if records := bench.system.inspector.read(Topic.RECORDED, partition, 0, end):
            bench.profiler.handle(records)


def rebuilds() -> Step:
    return lambda bench: _ignore(rebuild_all(bench.system, 1, lambda _: None, anew=False))


def _employees(bench: Bench) -> dict[str, Employee]:
    return {one.id: one for one in bench.system.store.directory.employees(limit=len(PEOPLE))}


def _ignore(_: object) -> None:
    """A step gives nothing back."""


def any_step(dice: random.Random) -> Step:
    """One of everything that can happen; statements and work are more frequent than the rest."""
    small = lambda: dice.randrange(6)  # noqa: E731 - a die of six faces
    took = lambda: dice.choice(TOOK)  # noqa: E731
    kinds: tuple[tuple[int, Callable[[], Step]], ...] = (
        (10, lambda: says(dice.randint(1, 60), dice.randrange(7), small(), dice.randrange(500), dice.random() < 0.5, took())),
        (2, lambda: voids(dice.randint(1, 20), dice.randint(1, 60))),
        (3, lambda: links(dice.randrange(5), dice.randrange(2), dice.choice((None, dice.randrange(400))))),
        (4, lambda: changes_entry(dice.randrange(3), small(), small())),
        (1, lambda: changes_post(small())),
        (3, lambda: moves(dice.randrange(4), small(), dice.choice((None, None, small())))),
        (1, lambda: moves_unit(small())),
        (2, lambda: days_pass(dice.randint(1, 200))),
        (5, lambda: works(small())),
        (4, lambda: Bench.work),
        (0.3, rebuilds),
    )
    (kind,) = dice.choices([make for _, make in kinds], [weight for weight, _ in kinds])
    return kind()


SEEDS = tuple(os.environ["REKAM_TEST_SEED"].split(",")) if "REKAM_TEST_SEED" in os.environ else tuple(str(n) for n in range(24))


@pytest.mark.parametrize("seed", SEEDS)
def test_any_history_ends_as_a_rebuild_would(seed: str, tmp_path: Path) -> None:
    dice = random.Random(seed)
    environment = {"REKAM_DATA_DIR": str(tmp_path), "REKAM_ACCEPTED_PARTITIONS": "1", "REKAM_RECORDED_PARTITIONS": "2"}
    clock = LeapingClock()
    clock.leap(days=(FIRST_DAY - clock_day(clock)).days)
    with ExitStack() as closing:
        read = Settings.read(environment)
        system = System(read, clock, open_event_log(read, clock), open_store(read))
        closing.callback(system.close)
        system.prepare()
        settle(system.store)
        system.store.directory.put_units([Unit("u2", "Bidang", "u1"), Unit("u3", "Seksi", "u2")], orders=everyone())
        bench = Bench(system, clock, closing)
        for _ in range(4):
            for _ in range(25):
                any_step(dice)(bench)
            bench.work()
            assert bench.differing() == []
        kept = {profile.employee_id: profile for profile in system.store.profiles.all()}
        redelivered(bench)
        bench.work()
        assert {profile.employee_id: profile for profile in system.store.profiles.all()} == kept


def clock_day(clock: LeapingClock) -> date:
    return date.fromordinal(date(1970, 1, 1).toordinal() + clock.now_ms() // 86_400_000)
