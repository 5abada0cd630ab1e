"""Connections: snapshots, pooling, forks, crashes, migrations."""

from __future__ import annotations

import json
import multiprocessing
import os
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from store.port import Unavailable
from store.sqlite import SqliteStore
from store.sqlite.database import Database
from store.sqlite.positions import SqlitePositions
from store.sqlite.schema import MIGRATIONS, migrate
from tests.contract.store.builders import T0, batch, found, record, recordable, statement, uid


def test_a_commit_reaches_the_disk_before_it_returns(path: Path, store: SqliteStore) -> None:
    with closing(Database(path)) as database:
        with database.write() as connection:
            assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
        with database.read() as connection:
            assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_reader_sees_one_moment(path: Path, store: SqliteStore) -> None:
    record(store, statement(1))
    with closing(Database(path)) as database, database.read() as connection:
        count = "SELECT count(*) FROM statement"
        assert connection.execute(count).fetchone() == (1,)
        record(store, statement(2))
        assert connection.execute(count).fetchone() == (1,)


def test_an_exception_undoes_what_was_written(path: Path, store: SqliteStore) -> None:
    with closing(Database(path)) as database:
        with pytest.raises(sqlite3.IntegrityError), database.write() as connection:
            connection.executemany("INSERT INTO position VALUES (1, 1, ?, 0, '')", [(1,), (None,)])
        assert store.positions.positions() == {}
        with database.write() as connection:
            connection.execute("INSERT INTO position VALUES (1, 1, 1, 0, '')")
    assert set(store.positions.positions()) == {1}


def test_connections_are_used_again(path: Path, store: SqliteStore) -> None:
    with closing(Database(path)) as database:
        with database.read() as first:
            pass
        with database.read() as second, database.read() as third:
            assert second is first
            assert third is not first
        with database.write() as writer:
            pass
        with database.write() as again:
            assert again is writer


def test_a_reader_in_use_is_closed_when_it_is_given_back(path: Path, store: SqliteStore) -> None:
    database = Database(path)
    with database.read() as connection:
        database.close()
        connection.execute("SELECT 1")
    with pytest.raises(sqlite3.ProgrammingError):
        connection.execute("SELECT 1")


def test_closing_waits_for_the_writer(path: Path, store: SqliteStore) -> None:
    database = Database(path)
    entered, leave = threading.Event(), threading.Event()

    def write() -> None:
        with database.write() as connection:
            entered.set()
            leave.wait(5)
            connection.execute("INSERT INTO position VALUES (1, 1, 1, 0, '')")

    writer = threading.Thread(target=write)
    writer.start()
    entered.wait(5)
    closer = threading.Thread(target=database.close)
    closer.start()
    leave.set()
    writer.join()
    closer.join()
    assert set(store.positions.positions()) == {1}


def _record_in_child(store: SqliteStore) -> None:
    record(store, statement(2))
    assert found(store) == [2, 1]
    os._exit(0)


def test_a_forked_process_opens_anew(store: SqliteStore) -> None:
    record(store, statement(1))
    assert found(store) == [1]
    child = multiprocessing.get_context("fork").Process(target=_record_in_child, args=(store,))
    child.start()
    child.join(20)
    assert child.exitcode == 0
    record(store, statement(3))
    assert found(store) == [3, 2, 1]


def _die_while_recording(path: Path) -> None:
    database = Database(path)
    with database.write() as connection:
        connection.execute("INSERT INTO position VALUES (1, 1, 1, 0, '')")
        os._exit(9)


def test_a_process_that_dies_while_it_writes_leaves_nothing_and_blocks_nobody(store: SqliteStore, path: Path) -> None:
    child = multiprocessing.get_context("fork").Process(target=_die_while_recording, args=(path,))
    child.start()
    child.join(20)
    assert child.exitcode == 9
    assert store.positions.positions() == {}
    record(store, statement(1))


def test_a_file_of_a_newer_program_is_not_touched(store: SqliteStore, path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    with closing(SqliteStore(path)) as opened, pytest.raises(Unavailable, match="newer program"):
        opened.prepare()


def test_steps_lead_an_older_file_forward_and_keep_what_is_in_it(store: SqliteStore, path: Path) -> None:
    record(store, statement(1))
    step = ("CREATE TABLE invented (a INTEGER)", "INSERT INTO invented SELECT count(*) FROM statement")
    with closing(Database(path)) as database:
        migrate(database, (*MIGRATIONS, step))
        migrate(database, (*MIGRATIONS, step))
        with database.read() as connection:
            assert connection.execute("SELECT a FROM invented").fetchall() == [(1,)]
    assert found(store) == [1]


def test_statements_recorded_before_tolerances_have_none(path: Path) -> None:
    with closing(Database(path)) as database:
        migrate(database, MIGRATIONS[:3])
        with database.write() as connection:
            columns = "id, stored_ms, partner, timestamped, voiding, may_void_any, text"
            connection.execute(f"INSERT INTO statement ({columns}) VALUES (?, 1, 'a', 0, 0, 0, ?)", (uid(1).bytes, b"{}"))
    with closing(SqliteStore(path)) as opened:
        opened.prepare()
        kept = opened.statement_queries.get_many([uid(1)])[uid(1)]
    assert (kept.text, kept.tolerated, kept.received) == (b"{}", (), None)


def test_definitions_merged_over_all_partners_go_to_those_who_said_them(path: Path) -> None:
    leaves = {
        "name/id": [7, str(uid(1)), "Satu é"],
        "extensions/http://x.example/n": [9, str(uid(2)), 12345678901234567890123],
        "type": [8, str(uid(3)), "http://x.example/nobody"],
    }
    with closing(Database(path)) as database:
        migrate(database, MIGRATIONS[:4])
        with database.write() as connection:
            columns = "id, stored_ms, partner, timestamped, voiding, may_void_any, text"
            for number, partner in ((1, "a"), (2, "b")):
                row = (uid(number).bytes, partner, b"{}")
                connection.execute(f"INSERT INTO statement ({columns}) VALUES (?, 1, ?, 0, 0, 0, ?)", row)
            connection.executemany("INSERT INTO activity VALUES (?, ?)", [("x:1", json.dumps(leaves)), ("x:2", "{}")])
    with closing(SqliteStore(path)) as opened:
        opened.prepare()
        for owner, definition in (
            ("a", {"name": {"id": "Satu é"}}),
            ("b", {"extensions": {"http://x.example/n": 12345678901234567890123}}),
        ):
            states = opened.activity_queries.activities(["x:1", "x:2"], owner=owner)
            assert {one: state.definition() for one, state in states.items()} == {"x:1": definition}


def test_a_step_that_fails_leaves_the_file_as_it_was(store: SqliteStore, path: Path) -> None:
    with closing(Database(path)) as database:
        with pytest.raises(sqlite3.OperationalError):
            migrate(database, (*MIGRATIONS, ("CREATE TABLE invented (a INTEGER)", "THIS IS NO SQL")))
        with database.read() as connection:
            assert connection.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
            assert connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'invented'").fetchone() is None


def test_a_claim_made_after_the_first_look_still_holds_the_promise(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    store.positions.advance(0, 5, T0)
    before = store.positions.positions()
    store.statements.record(batch([recordable(statement(1), offset=5)]))
    monkeypatch.setattr(SqlitePositions, "positions", lambda _: before)
    assert store.positions.raise_through({0: 5}, T0 + 100)[0].through_ms == T0
