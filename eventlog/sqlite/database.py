"""The file behind the embedded event log: its connections and what its errors mean."""

from __future__ import annotations

import os
import random
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from enum import StrEnum
from pathlib import Path
from typing import Final

from eventlog.port import LogError, Rejected, Unavailable
from eventlog.sqlite.schema import SCHEMA_VERSION, STEPS

OFFSET_BITS: Final = 44
"""A record's row id is its partition's id and its offset in one integer, so that the table itself is the index by
(partition, offset): 2^44 records in each of 2^19 partitions."""

_BUSY_TIMEOUT_MS: Final = 2_000
"""How long SQLite itself waits where only the recovery after a crash can be in the way."""

_SETTLE_MS: Final = 10_000
"""How long opening the file may wait for other processes that are opening or recovering it."""

_WHY_UNAVAILABLE: Final = {
    sqlite3.SQLITE_FULL: "can't grow: the disk is full",
    sqlite3.SQLITE_READONLY: "is read-only: give this process write access to it and to its folder",
    sqlite3.SQLITE_IOERR: "can't be read or written: the disk reports an error",
    sqlite3.SQLITE_CANTOPEN: "can't be opened: its folder must exist and be writable",
    sqlite3.SQLITE_PERM: "can't be opened: permission denied",
    sqlite3.SQLITE_NOMEM: "can't be used: out of memory",
    sqlite3.SQLITE_CORRUPT: "is damaged: restore it from a backup",
    sqlite3.SQLITE_NOTADB: "is not an SQLite file: restore it from a backup or name another",
}


class Locked(Unavailable):
    """Another process writes, and did so for longer than was to be waited."""


class Moved(Unavailable):
    """The file is not there, or was replaced while it was in use."""


class Durability(StrEnum):
    """What a commit survives. `POWER_LOSS` waits for the disk (fsync); `PROCESS_DEATH` does not, which is enough for what
    a group remembers: losing it means delivering again."""

    POWER_LOSS = "FULL"
    PROCESS_DEATH = "NORMAL"


def row_id(partition_id: int, offset: int) -> int:
    return partition_id << OFFSET_BITS | offset


def offset_of(record_id: int) -> int:
    return record_id & ((1 << OFFSET_BITS) - 1)


def _primary_code(error: sqlite3.Error) -> int:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def as_log_error(error: sqlite3.Error, path: Path) -> LogError | None:
    """What an SQLite error means to a user of the log; None for one that only a bug explains."""
    code = _primary_code(error)
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return Locked(f"the event log {path} is locked by another process")
    if code == sqlite3.SQLITE_TOOBIG:
        return Rejected("the record is larger than SQLite can hold")
    why = _WHY_UNAVAILABLE.get(code)
    return Unavailable(f"the event log {path} {why} ({error})") if why else None


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Raise SQLite's errors as the port's."""
    try:
        yield
    except sqlite3.Error as error:
        if meaning := as_log_error(error, path):
            raise meaning from error
        raise


class Database:
    """One connection to the file, opened on first use and again after a fork. Not thread-safe.

    Errors leave as `Unavailable` or `Rejected` through `reading` and `writing`. A file that was taken away or replaced under
    the connection is `Unavailable` once; then whatever file is there is used. Only with `creates` a missing one is made: a log
    that was deleted is not to come back empty and without topics because somebody looked.
    """

    def __init__(self, path: Path, durability: Durability, *, creates: bool = False) -> None:
        self.path = path
        self._durability = durability
        self._creates = creates
        self._connection: sqlite3.Connection | None = None
        self._pid = 0
        self._file: _FileId | None = None
        """The file as it was last opened."""

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """The connection, for single SELECTs."""
        with translated(self.path):
            yield self._connect()

    @contextmanager
    def writing(self, timeout_ms: int) -> Iterator[sqlite3.Connection]:
        """A write transaction, committed at the end of the block and rolled back when it raises.

        Other writers, in this process or another, are waited for during `timeout_ms`; then it is `Locked`.
        """
        with translated(self.path):
            connection = self._connect()
            _begin(connection, timeout_ms)
            try:
                # Under the lock: another process may have had it for long.
                self._refuse_if_moved()
                yield connection
                connection.execute("COMMIT")
                # What went into a file that has no name any more is not kept by anybody.
                self._refuse_if_moved()
            except BaseException as error:
                if connection.in_transaction:
                    # The first error tells more than one of the rollback, which SQLite has then done itself.
                    with suppress(sqlite3.Error):
                        connection.execute("ROLLBACK")
                if isinstance(error, Moved):
                    self.close()
                raise

    def close(self) -> None:
        if self._connection is not None and self._pid == os.getpid():
            self._connection.close()
        self._connection = None

    def _connect(self) -> sqlite3.Connection:
        if self._connection is not None and self._pid != os.getpid():
            _inherited.append(self._connection)
            self._connection = None
        if self._connection is None:
            if self._creates:
                _make(self.path)
            # Before it is opened: a file that is taken away meanwhile is noticed at the next look.
            self._file = _file_id(self.path)
            if self._file is None and not self._creates:
                raise Moved(_GONE.format(path=self.path))
            self._connection = _open(self.path, self._durability)
            self._pid = os.getpid()
        try:
            self._refuse_if_moved()
        except Moved:
            self.close()
            raise
        return self._connection

    def _refuse_if_moved(self) -> None:
        """SQLite goes on reading and writing a file that was deleted, and others never see it: so its name is asked each time."""
        present = _file_id(self.path)
        if present != self._file:
            raise Moved((_GONE if present is None else _REPLACED).format(path=self.path))


_FileId = tuple[int, int]
_GONE: Final = "the event log {path} is not there: put it back, or let `rekam setup` begin a new one"
_REPLACED: Final = "the event log {path} was replaced by another file while it was in use: from now on that one is used"


def _file_id(path: Path) -> _FileId | None:
    """What tells the file from another of the same name while it is open; None when there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


_inherited: Final[list[sqlite3.Connection]] = []
"""Connections that came over by a fork. They belong to the parent: closing one here could drop what the parent locks."""


def _persist(connection: sqlite3.Connection, statement: str, timeout_ms: int) -> None:
    """Execute, again and again while another process holds the file, for `timeout_ms`."""
    deadline = time.monotonic() + timeout_ms / 1000
    while True:
        try:
            connection.execute(statement)
            return
        except sqlite3.OperationalError as error:
            if _primary_code(error) != sqlite3.SQLITE_BUSY or time.monotonic() >= deadline:
                raise
        time.sleep(random.uniform(0.0002, 0.0015))  # noqa: S311


def _begin(connection: sqlite3.Connection, timeout_ms: int) -> None:
    """Start a write transaction. SQLite's own waiting for another writer backs off to 100 ms, far longer than a commit takes."""
    connection.execute("PRAGMA busy_timeout = 0")
    try:
        _persist(connection, "BEGIN IMMEDIATE", timeout_ms)
    finally:
        connection.execute(f"PRAGMA busy_timeout = {_BUSY_TIMEOUT_MS}")


def _make(path: Path) -> None:
    """An empty file with its folder, unless it is there."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unavailable(f"the event log's folder {path.parent} can't be made: {error.strerror}") from error
    # Statements are about people: nobody but this user reads the file. SQLite gives its companions the same rights, and says
    # what is wrong when this fails.
    if not path.exists():
        with suppress(OSError):
            path.touch(mode=0o600)


def _open(path: Path, durability: Durability) -> sqlite3.Connection:
    """A connection to the file, which must be there: SQLite itself would make one that is missing."""
    uri = f"{path.absolute().as_uri()}?mode=rw"
    connection = sqlite3.connect(uri, uri=True, timeout=_BUSY_TIMEOUT_MS / 1000, isolation_level=None, check_same_thread=False)
    try:
        _persist(connection, "PRAGMA journal_mode = WAL", _SETTLE_MS)
        connection.execute(f"PRAGMA synchronous = {durability}")
        # A file that once held a burst does not stay large, and temporary files never touch the disk.
        connection.execute("PRAGMA journal_size_limit = 67108864")
        connection.execute("PRAGMA temp_store = MEMORY")
        _create_tables(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def _create_tables(connection: sqlite3.Connection, path: Path) -> None:
    if _schema_version(connection) < SCHEMA_VERSION:
        _begin(connection, _SETTLE_MS)
        with closing(connection.cursor()) as cursor:
            # Another process may have made them since the first look.
            found = _schema_version(connection)
            for version, step in STEPS:
                if found <= version:
                    for statement in step.split(";"):
                        cursor.execute(statement)
            cursor.execute(f"PRAGMA user_version = {max(found, SCHEMA_VERSION)}")
            cursor.execute("COMMIT")
    version = _schema_version(connection)
    if version != SCHEMA_VERSION:
        raise Unavailable(f"the event log {path} was written by another release: its format is {version}, not {SCHEMA_VERSION}")


def _schema_version(connection: sqlite3.Connection) -> int:
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return version
