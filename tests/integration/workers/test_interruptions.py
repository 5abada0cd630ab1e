"""An outage or a crash at any step of profiling, and the same records again: the profiles come out right all the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import pytest

import eventlog.port as log
import store.port
from store.port import OrderKind, orders_for
from tests.e2e.crash.people import CATALOGUED
from tests.integration.workers.conftest import Bench
from tests.integration.workers.test_workers import ANI, ANIS_ID, BUDIS_ID, said, voiding
from workers.loop import OUTAGES
from workers.profiler import Profiler
from workers.profiles import ProfileBuilder
from workers.stores import Stores


class Outage:
    """Strikes once, at the `at`-th call of anything it guards: before the call does anything, or after it has."""

    def __init__(self, at: int, *, after: bool) -> None:
        self._at = at
        self._after = after
        self.calls = 0

    def guard(self, part: Any) -> Any:
        return _Guarded(part, self)

    def call(self, act: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        self.calls += 1
        strikes = self.calls == self._at
        if strikes and not self._after:
            raise store.port.Unavailable("struck before")
        result = act(*arguments, **named)
        if strikes:
            raise log.Unavailable("struck after")
        return result

    @property
    def struck(self) -> bool:
        return self.calls >= self._at


class _Guarded:
    def __init__(self, part: Any, outage: Outage) -> None:
        self._part = part
        self._outage = outage

    def __getattr__(self, name: str) -> Any:
        act = getattr(self._part, name)
        return lambda *arguments, **named: self._outage.call(act, *arguments, **named)


def guarded_stores(bench: Bench, outage: Outage) -> Stores:
    stores = bench.system.stores
    return Stores(**{part.name: outage.guard(getattr(stores, part.name)) for part in fields(stores)})


def profiler_under(bench: Bench, outage: Outage) -> Profiler:
    system = bench.system
    builder = ProfileBuilder(guarded_stores(bench, outage), system.references, system.clock)
    return Profiler(builder, outage.guard(system.appender), system.store.dead_letters, system.clock)


def profile_through(bench: Bench, outage: Outage) -> None:
    """Profile all there is; when the outage strikes, the same records are handled again by another profiler."""
    bench.profiler = profiler_under(bench, outage)
    try:
        bench.profile()
    except OUTAGES:
        bench.rewind()
        bench.profile()


@pytest.mark.parametrize("after", [False, True], ids=["before the step", "after the step"])
def test_voiding_and_moving_survive_an_outage_at_every_step(bench: Bench, after: bool) -> None:
    directory = bench.system.store.directory
    ani, budi = directory.employee(ANIS_ID), directory.employee(BUDIS_ID)
    assert ani is not None
    assert budi is not None
    number = 0
    for step in range(1, 60):
        number += 10
        bench.accept(said(number), said(number + 1, activity=CATALOGUED[1]), said(number + 2, nip=ANI, activity=CATALOGUED[2]))
        bench.work()
        outage = Outage(step, after=after)
        # One statement is withdrawn, and what Ani did is Budi's from now on, or the other way round.
        bench.accept(voiding(number + 5, number))
        bench.record()
        ani, budi = replace(ani, identifiers=budi.identifiers), replace(budi, identifiers=ani.identifiers)
        directory.put_employees([ani, budi], orders=orders_for(OrderKind.AGENTS, [*ani.keys, *budi.keys]))
        bench.system.refresher().run_pending()
        profile_through(bench, outage)
        bench.keep()
        assert bench.differing() == [], f"an outage {'after' if after else 'before'} call {step}"
        if not outage.struck:
            return
    raise AssertionError("the outage never came too late: the loop is too short")
