"""A rebuild in parts: what one part finds for people of another is not computed twice, and never lost."""

from __future__ import annotations

from uuid import uuid4

import pytest

from store.port import Order, OrderKind
from tests.integration.workers.conftest import Bench
from tests.integration.workers.test_workers import ANI, ANIS_ID, BUDI, BUDIS_ID, actor, said, uid

REBUILDS = frozenset({OrderKind.REBUILD})


@pytest.fixture
def orders(bench: Bench) -> dict[str, Order]:
    """Both were present at one event, of which no evidence is kept any more; a rebuild of each is ordered."""
    present = {"objectType": "Group", "member": [actor(ANI), actor(BUDI)]}
    bench.accept(said(1, actor=present), said(2), said(3, nip=BUDI, timestamp="2025-03-05T10:00:00.000Z"))
    bench.work()
    assert bench.differing() == []
    bench.system.store.evidence.replace([uid(1)], [])
    bench.profiler.update([ANIS_ID, BUDIS_ID])
    assert set(bench.differing()) >= {ANIS_ID, BUDIS_ID}
    placed = {one: Order(uuid4().hex, OrderKind.REBUILD, (one, one)) for one in (ANIS_ID, BUDIS_ID)}
    bench.system.store.orders.place(list(placed.values()))
    return placed


def _differing(bench: Bench) -> set[str]:
    return {one.employee_id for one in bench.system.rebuild().check()} & {ANIS_ID, BUDIS_ID}


def test_people_of_a_part_that_nobody_has_begun_wait_for_it(bench: Bench, orders: dict[str, Order]) -> None:
    refresher = bench.system.refresher()
    assert refresher.carry_out_one(REBUILDS)
    assert _differing(bench) == {BUDIS_ID}
    assert refresher.carry_out_one(REBUILDS)
    assert _differing(bench) == set()
    assert not bench.system.rebuild().left()


def test_people_of_a_part_that_may_have_read_them_do_not_wait(bench: Bench, orders: dict[str, Order]) -> None:
    # A part that ended as soon as it had begun: its employees may have been read by then.
    interrupted = bench.system.refresher()
    bench.system.store.orders.done(orders[ANIS_ID].id)
    interrupted.carry_out_one(REBUILDS, slice_s=0)
    (begun,) = bench.system.rebuild().left()
    assert begun.cursor
    bench.system.store.orders.place([orders[ANIS_ID]])
    for _ in bench.system.rebuild().run(ANIS_ID, ANIS_ID):
        pass
    assert _differing(bench) == set()


def test_people_of_no_part_do_not_wait(bench: Bench, orders: dict[str, Order]) -> None:
    bench.system.store.orders.done(orders[BUDIS_ID].id)
    assert bench.system.refresher().carry_out_one(REBUILDS)
    assert _differing(bench) == set()
