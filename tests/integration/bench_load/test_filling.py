"""What the load tool puts into a store for reads is what its reads ask for, and leaves the recorders where they stand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest

from bench.load import filling
from bench.load.requests import Endpoint, Ids
from bench.load.statements import rendered
from bench.load.subject import Subject
from bench.load.workload import workload
from rekam.settings import Settings
from rekam.wiring import System
from xapi.query import StatementFilter

COUNT, SEED = 1_000, 1


@pytest.fixture
def system(tmp_path: Path) -> Iterator[System]:
    settings = Settings.read({"REKAM_STORE": f"sqlite:///{tmp_path}/store.db", "REKAM_EVENT_LOG": f"sqlite:///{tmp_path}/log.db"})
    with closing(System.open(settings)) as opened:
        opened.prepare()
        yield opened


def test_every_statement_is_held_once_and_every_read_finds_something(system: System, tmp_path: Path) -> None:
    endpoint = Endpoint.of("http://127.0.0.1:1/xapi", "tests", "secret")
    before = system.store.positions.positions()
    subject = Subject("embedded", endpoint, {}, lambda: [], None, system.settings, "", tmp_path)
    held = filling.fill(subject, rendered(SEED, 2_000), SEED, COUNT - 1)

    assert held.count == COUNT
    assert system.store.statement_queries.count() == COUNT
    assert system.store.positions.positions() == before, "a recorder goes on where it stood"
    ids = Ids(f"filling/{SEED}").take(COUNT)
    assert len(system.store.statement_queries.get_many(map(UUID, ids))) == COUNT
    for one in filling.reads(endpoint, held, workload("get-by-id"))[:10]:
        assert parse_qs(urlsplit(one.split()[1].decode()).query)["statementId"][0] in ids
    for one in filling.reads(endpoint, held, workload("get-by-registration"))[:3]:
        (registration,) = parse_qs(urlsplit(one.split()[1].decode()).query)["registration"]
        page = system.store.statement_queries.find(StatementFilter(registration=UUID(registration)), after=None, limit=10)
        assert page.statements
    (first, *_) = system.store.statement_queries.get_many([UUID(ids[0])]).values()
    assert first.partner == "tests"
    assert b'"authority":{"objectType":"Agent","account":{' in first.text
