"""An API host whose clock is wrong can't spoil what is stored from then on."""

from __future__ import annotations

import time

from store.mongodb import MongoStore
from tests.contract.store.builders import T0, record, statement, uid

YEAR_MS = 365 * 24 * 3600 * 1000


def test_a_promise_goes_no_further_than_the_servers_clock(mongo_store: MongoStore) -> None:
    now_ms = time.time_ns() // 1_000_000
    promised = mongo_store.positions.raise_through({0: 0}, now_ms + 10 * YEAR_MS)[0].through_ms
    assert abs(promised - now_ms) < 60_000
    record(mongo_store, statement(1), at_ms=T0)
    assert mongo_store.statement_queries.get_many([uid(1)])[uid(1)].stored_ms == promised
