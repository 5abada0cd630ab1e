"""Durations that an older program kept as a span: `P2D` was 48 hours of learning, until a rebuild reads it again as it was said."""

from __future__ import annotations

from dataclasses import replace

from msgspec import structs

from competency.evidence import Evidence
from rekam.rebuilding import rebuild_all
from store.consequences import of_entries
from store.port import OrderKind, orders_for
from tests.integration.workers.conftest import Bench
from tests.integration.workers.test_workers import ANIS_ID, said


def kept(bench: Bench) -> Evidence:
    (piece,) = bench.system.store.evidence.of_employee(ANIS_ID)
    return piece


def test_a_rebuild_reads_durations_as_they_were_said(bench: Bench) -> None:
    catalogue = bench.system.store.catalogue
    held = {entry.id: entry for entry in catalogue.entries()}
    entry = replace(held["c0"], jp=None, kind_id="16")
    catalogue.put_entries([entry], orders=of_entries([entry], held))
    bench.accept(said(1, result={"duration": "P2D"}))
    bench.work()
    (year,) = {year for year, jp in bench.hours(ANIS_ID).items() if jp}
    assert bench.hours(ANIS_ID)[year] == 21

    older = structs.replace(kept(bench), duration="", began_on=None)
    bench.system.store.evidence.replace([older.statement_id], [older])
    bench.system.store.orders.place(orders_for(OrderKind.EMPLOYEES, [ANIS_ID]))
    bench.work()
    assert bench.hours(ANIS_ID)[year] == 64
    assert bench.differing() == [ANIS_ID]

    rebuild_all(bench.system, 1, lambda _: None, anew=False)
    assert bench.hours(ANIS_ID)[year] == 21
    assert kept(bench).duration == "P2D"
    bench.work()
    assert bench.differing() == []
