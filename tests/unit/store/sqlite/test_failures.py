"""What goes wrong, in the words of the port: an outage is no refusal, and a refusal leaves nothing behind."""

from __future__ import annotations

import sqlite3
import stat
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from store.port import Rejected, Unavailable
from store.sqlite import SqliteStore
from tests.contract.store.builders import T0, audit_entry, credential, evidence, found, record, statement, uid


def test_another_writer_that_does_not_end_makes_the_store_unavailable(store: SqliteStore, path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Unavailable) as refused:
            record(store, statement(1))
        assert refused.value.retry_after_s > 0
        assert found(store) == []
        other.execute("ROLLBACK")
    record(store, statement(1))
    assert found(store) == [1]


def test_readers_and_ping_go_on_while_another_writes(store: SqliteStore, path: Path) -> None:
    record(store, statement(1))
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("DELETE FROM statement_key")
        assert found(store) == [1]
        store.ping()
        other.execute("ROLLBACK")


def test_a_store_that_is_not_prepared_is_unavailable(path: Path) -> None:
    with closing(SqliteStore(path)) as opened:
        with pytest.raises(Unavailable, match="not prepared"):
            opened.statement_queries.count()
        with pytest.raises(Unavailable, match="not prepared"):
            record(opened, statement(1))
        opened.prepare()
        record(opened, statement(1))


def test_a_folder_that_can_not_be_made_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with closing(SqliteStore(tmp_path / "file" / "store.db")) as opened:
        with pytest.raises(Unavailable):
            opened.prepare()
        with pytest.raises(Unavailable):
            opened.ping()


def test_a_file_that_is_no_database_is_unavailable(path: Path) -> None:
    path.write_bytes(b"this is no database at all " * 200)
    with closing(SqliteStore(path)) as opened:
        for attempt in (opened.prepare, opened.ping, opened.statement_queries.count):
            with pytest.raises(Unavailable):
                attempt()


def test_a_store_recovers_when_the_file_becomes_reachable(tmp_path: Path) -> None:
    folder = tmp_path / "disk"
    with closing(SqliteStore(folder / "store.db")) as opened:
        opened.prepare()
        record(opened, statement(1))
    folder.rename(tmp_path / "away")
    with closing(SqliteStore(folder / "store.db")) as opened:
        with pytest.raises(Unavailable):
            record(opened, statement(2))
        (tmp_path / "away").rename(folder)
        record(opened, statement(2))
        assert found(opened) == [2, 1]


def test_a_full_disk_is_an_outage_and_passes(store: SqliteStore) -> None:
    record(store, statement(1))
    with store._database.write() as connection:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages + 4}")
    long = [statement(n, result={"response": "x" * 5_000}) for n in range(2, 20)]
    with pytest.raises(Unavailable):
        record(store, *long)
    assert found(store) == [1]
    # The bound is the connection's: what failed is not used again, as after a disk that came back.
    assert len(record(store, *long).recorded) == 18
    assert len(found(store)) == 19


@pytest.mark.parametrize(
    "entry",
    [replace(audit_entry(), at_ms=1 << 63), replace(audit_entry(), subject="lone \ud800 surrogate")],
    ids=["a number past 64 bits", "a lone surrogate"],
)
def test_a_value_that_can_not_be_held_is_rejected(store: SqliteStore, entry: object) -> None:
    with pytest.raises(Rejected):
        store.audit.note(entry)  # type: ignore[arg-type]
    assert store.audit.entries() == []


def test_a_rejected_command_is_undone_as_a_whole(store: SqliteStore) -> None:
    store.evidence.replace([uid(1)], [evidence(1)])
    with pytest.raises(Rejected):
        store.evidence.replace([uid(1), uid(2)], [evidence(2), evidence(1, finished_at_ms=1 << 63)])
    assert store.evidence.of_employee("e1") == [evidence(1)]
    assert store.evidence.of_statement(uid(2)) == []
    with pytest.raises(Rejected):
        record(store, statement(1), statement(2), at_ms=1 << 63)
    assert found(store) == []
    assert store.positions.positions() == {}


def test_a_closed_store_refuses(store: SqliteStore) -> None:
    store.close()
    for attempt in (store.statement_queries.count, store.ping, lambda: store.credentials.put(credential())):
        with pytest.raises(Unavailable, match="closed"):
            attempt()


def test_a_new_file_is_readable_by_its_owner_only(store: SqliteStore, path: Path) -> None:
    record(store, statement(1), at_ms=T0)
    modes = {one.name: stat.S_IMODE(one.stat().st_mode) for one in path.parent.iterdir()}
    assert set(modes) == {"store.db", "store.db-wal", "store.db-shm"}
    assert set(modes.values()) == {0o600}
