"""What SQLite's errors mean to a user of the log."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from eventlog.port import Rejected, Unavailable
from eventlog.sqlite.database import as_log_error

PATH = Path("var/log.db")


def sqlite_error(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("as SQLite says it")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (sqlite3.SQLITE_BUSY, "locked by another process"),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, "locked by another process"),
        (sqlite3.SQLITE_FULL, "disk is full"),
        (sqlite3.SQLITE_READONLY, "read-only"),
        (sqlite3.SQLITE_READONLY_DIRECTORY, "read-only"),
        (sqlite3.SQLITE_IOERR_FSYNC, "disk reports an error"),
        (sqlite3.SQLITE_CANTOPEN, "can't be opened"),
        (sqlite3.SQLITE_CORRUPT, "damaged"),
        (sqlite3.SQLITE_NOTADB, "not an SQLite file"),
    ],
)
def test_what_may_pass_is_unavailable_in_words_that_help(code: int, words: str) -> None:
    error = as_log_error(sqlite_error(code), PATH)

    assert isinstance(error, Unavailable)
    assert words in str(error)
    assert str(PATH) in str(error)


def test_what_sqlite_can_not_hold_is_rejected() -> None:
    assert isinstance(as_log_error(sqlite_error(sqlite3.SQLITE_TOOBIG), PATH), Rejected)


def test_what_only_a_bug_explains_stays_what_it_is() -> None:
    with closing(sqlite3.connect(":memory:")) as connection, pytest.raises(sqlite3.OperationalError) as caught:
        connection.execute("SELECT nonsense")

    assert as_log_error(caught.value, PATH) is None
