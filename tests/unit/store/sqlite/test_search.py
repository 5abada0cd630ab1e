"""What a page costs: counted in steps of SQLite's machine, so that it does not depend on the computer."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from store.sqlite import SqliteStore
from store.sqlite.database import Database
from store.sqlite.search import plan
from tests.contract.store.builders import (
    COMPLETED,
    PASSED,
    T0,
    activity,
    agent,
    agent_key_of,
    batch,
    iri,
    recordable,
    reference,
    statement,
    uid,
    voiding,
)
from xapi.query import StatementFilter, StoredAt

STATEMENTS = 3_000
REGISTRATION = UUID("6d9b3c1e-0c1b-4f5e-9d3f-0a1b2c3d4e5f")

WANTED: dict[str, dict[str, Any]] = {
    "everything": {},
    "owner": {"owner": "univ-b"},
    "verb": {"verb": PASSED},
    "agent": {"agent": agent_key_of("p1")},
    "agent of an owner": {"agent": agent_key_of("p1"), "owner": "univ-b"},
    "activity": {"activity": iri("a1")},
    "registration": {"registration": REGISTRATION},
    "registration until": {"registration": REGISTRATION, "until_ms": T0 + 2_800},
    "verb of an owner": {"verb": PASSED, "owner": "univ-b"},
    "agent and verb": {"agent": agent_key_of("p1"), "verb": PASSED},
    "related agent": {"agent": agent_key_of("lms"), "related_agents": True},
    "related agent and activity": {"agent": agent_key_of("lms"), "related_agents": True, "activity": iri("a1")},
    "since": {"since_ms": T0 + 10},
}


@pytest.fixture
def filled(store: SqliteStore) -> SqliteStore:
    rows = [
        recordable(
            statement(
                n,
                actor=agent(f"p{n % 2}"),
                verb=PASSED if n % 3 else COMPLETED,
                target=activity(f"a{n % 4}"),
                authority=agent("lms"),
                context={"registration": str(REGISTRATION)},
            ),
            partner="univ-a" if n % 5 else "univ-b",
            at_ms=T0 + n,
        )
        for n in range(STATEMENTS)
    ]
    store.statements.record(batch(rows))
    return store


def steps(path: Path, wanted: StatementFilter, after: StoredAt | None, limit: int = 20) -> int:
    """How many hundreds of machine steps a page takes."""
    taken = 0

    def tick() -> int:
        nonlocal taken
        taken += 1
        return 0

    with closing(Database(path)) as database, database.read() as connection:
        connection.set_progress_handler(tick, 100)
        for command, values in plan(connection, wanted, after).scans:
            with closing(connection.execute(command, values)) as rows:
                for _ in zip(range(limit), rows, strict=False):
                    pass
        connection.set_progress_handler(None, 0)
    return taken


@pytest.mark.parametrize("ascending", [True, False], ids=["ascending", "descending"])
@pytest.mark.parametrize("wanted", WANTED.values(), ids=WANTED.keys())
def test_a_page_deep_inside_costs_what_the_first_one_costs(
    filled: SqliteStore, path: Path, wanted: dict[str, Any], ascending: bool
) -> None:
    asked = StatementFilter(ascending=ascending, **wanted)
    deep = STATEMENTS * 3 // 4 if ascending else STATEMENTS // 4
    first = steps(path, asked, None)
    assert 0 < steps(path, asked, StoredAt(T0 + deep, uid(deep))) <= first * 1.5 + 2


@pytest.mark.parametrize("wanted", WANTED.values(), ids=WANTED.keys())
def test_nothing_is_sorted(filled: SqliteStore, path: Path, wanted: dict[str, Any]) -> None:
    with closing(Database(path)) as database, database.read() as connection:
        for command, values in plan(connection, StatementFilter(**wanted), None).scans:
            details = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {command}", values)]
            assert not [detail for detail in details if "TEMP" in detail or "SCAN" in detail], details


def test_a_rare_filter_drives_a_common_one(filled: SqliteStore, path: Path) -> None:
    rare = recordable(statement(STATEMENTS, actor=agent("rare"), verb=PASSED), partner="tiny", at_ms=T0)
    filled.statements.record(batch([rare]))
    for wanted in (StatementFilter(verb=PASSED, agent=agent_key_of("rare")), StatementFilter(verb=PASSED, owner="tiny")):
        assert steps(path, wanted, None) <= 60, wanted


def test_voided_statements_cost_a_list_nothing(filled: SqliteStore, path: Path) -> None:
    before = steps(path, StatementFilter(until_ms=T0 + STATEMENTS), None)
    voiders = [recordable(voiding(10_000 + n, n), may_void_any=True, at_ms=T0 + 10_000) for n in range(100, STATEMENTS)]
    filled.statements.record(batch(voiders))
    assert steps(path, StatementFilter(until_ms=T0 + STATEMENTS), None) <= before + 2
    assert steps(path, StatementFilter(verb=PASSED, until_ms=T0 + STATEMENTS), None) <= before * 2


def test_many_sources_of_one_statement_do_not_hide_the_next(store: SqliteStore) -> None:
    chain = [statement(0), *(statement(n, target=reference(n - 1)) for n in range(1, 30))]
    store.statements.record(batch([recordable(one) for one in chain]))
    page = store.statement_queries.find(StatementFilter(verb=COMPLETED), after=None, limit=30)
    assert len(page.statements) == 30
    assert page.next_after is None


def test_recording_looks_around_by_indexes(store: SqliteStore, path: Path) -> None:
    with closing(Database(path)) as database, database.read() as connection:
        for column in ("id", "refers_to"):
            command = f"EXPLAIN QUERY PLAN SELECT stored_ms FROM statement WHERE {column} IN (?, ?)"
            details = [row[3] for row in connection.execute(command, (b"1", b"2"))]
            assert all(detail.startswith("SEARCH") for detail in details), details
