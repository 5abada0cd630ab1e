"""A file from before durations were kept as they were said has who has evidence built anew, and is readable until then."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from store.port import Order, OrderKind
from store.sqlite import SqliteStore
from store.sqlite.database import Database
from store.sqlite.durations_step import order_rebuild
from store.sqlite.schema import MIGRATIONS, migrate
from tests.contract.store.builders import employee, evidence

BEFORE = MIGRATIONS.index((order_rebuild,))
"""Steps of the schema that such a file had."""


@pytest.fixture
def older(path: Path) -> Path:
    with closing(Database(path)) as database:
        migrate(database, MIGRATIONS[:BEFORE])
    return path


def fill(path: Path, people: Sequence[str], pieces: Sequence[int]) -> None:
    with closing(SqliteStore(path)) as opened:
        opened.directory.put_employees([employee(one, nip=f"19860926201505100{place}") for place, one in enumerate(people)])
        opened.evidence.replace([evidence(one).statement_id for one in pieces], [evidence(one) for one in pieces])
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement_id, text in connection.execute("SELECT statement_id, body FROM evidence").fetchall():
            body = json.loads(text)
            del body["duration"], body["began_on"]
            connection.execute("UPDATE evidence SET body = ? WHERE statement_id = ?", (msgspec.json.encode(body), statement_id))


def test_who_has_evidence_is_built_anew_once(older: Path) -> None:
    fill(older, ["e1", "e2"], [1])
    with closing(SqliteStore(older)) as opened:
        opened.prepare()
        opened.prepare()
        assert opened.orders.of_kind(OrderKind.REBUILD) == [Order("durations-as-said", OrderKind.REBUILD, ("e1", "e2"))]
        (piece,) = opened.evidence.of_employee("e1")
        assert (piece.duration, piece.duration_ms, piece.began_on) == ("", evidence(1).duration_ms, None)


def test_without_evidence_there_is_nothing_to_build_anew(older: Path) -> None:
    fill(older, ["e1"], [])
    with closing(SqliteStore(older)) as opened:
        opened.prepare()
        assert opened.orders.waiting() == 0


@pytest.mark.parametrize(("cursor", "again"), [("", []), ("e1", ["durations-as-said"])])
def test_a_rebuild_that_has_not_begun_is_enough(older: Path, cursor: str, again: list[str]) -> None:
    fill(older, ["e1"], [1])
    with closing(Database(older)) as database, database.write() as connection:
        earlier = ("identities-with-validity", "rebuild", '["e1","e1"]', cursor)
        connection.execute("INSERT INTO work_order (id, kind, keys, cursor) VALUES (?, ?, ?, ?)", earlier)
        order_rebuild(connection)
        rows = connection.execute("SELECT id FROM work_order ORDER BY seq").fetchall()
    assert [one for (one,) in rows] == ["identities-with-validity", *again]
