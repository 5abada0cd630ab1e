"""Connections to the SQLite file: one that writes, as many that read as there are threads reading at once.

WAL lets readers go on while one writes; `synchronous=FULL` makes a commit reach the disk before it returns. Writers of this
process queue in order; writers of other processes are waited for by trying again, with a bound after which the store counts as
unavailable. Source: https://www.sqlite.org/wal.html and https://www.sqlite.org/howtocorrupt.html (2.6, fork).
"""

from __future__ import annotations

import os
import random
import sqlite3
import threading
import time
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from store.port import Unavailable
from store.sqlite.failures import is_busy, translated
from store.sqlite.turns import Turns

_PING_TIMEOUT_S = 2.0
_CONNECTION_SETTINGS = (
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA temp_store = MEMORY",
    # 32 MB of pages: recording touches the trees of keys at random places, and the longer a page waits for its copy into the
    # file, the more changes one copy carries.
    "PRAGMA wal_autocheckpoint = 8000",
    "PRAGMA journal_size_limit = 67108864",
)
_WRITER_CACHE_KIB = 64 * 1024
_READER_CACHE_KIB = 8 * 1024


class _Connections:
    """What is open in this process."""

    def __init__(self) -> None:
        self.turns = Turns()
        self.writer: sqlite3.Connection | None = None
        self.idle_readers: list[sqlite3.Connection] = []
        self.lock = threading.Lock()
        self.closed = False


class _Joint:
    """A transaction of several commands: who ends it, and its connection once it has begun."""

    def __init__(self, ending: ExitStack) -> None:
        self.ending = ending
        self.writer: sqlite3.Connection | None = None
        self.afterwards: list[Callable[[], None]] = []


class _OfThread(threading.local):
    joint: _Joint | None = None


class Database:
    """One SQLite file. Thread-safe; opens nothing before it is used, and anew in a forked process."""

    def __init__(self, path: Path, *, busy_timeout_s: float = 5.0) -> None:
        self._path = path
        self._busy_timeout_s = busy_timeout_s
        self._connections = _Connections()
        self._mine = _OfThread()
        _all_databases.add(self)

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """A connection in one snapshot: all that is read with it was true at the same moment."""
        with self.read_once() as reader:
            reader.execute("BEGIN")
            yield reader
            reader.execute("COMMIT")

    @contextmanager
    def read_once(self) -> Iterator[sqlite3.Connection]:
        """A connection for a single SELECT, which is a snapshot by itself; its rows have to be read to the end."""
        with translated():
            connections = self._connections
            with connections.lock:
                self._refuse_if_closed(connections)
                reader = connections.idle_readers.pop() if connections.idle_readers else None
            if reader is None:
                reader = self._connect(self._busy_timeout_s)
            kept = False
            try:
                yield reader
                with connections.lock:
                    if not connections.closed:
                        connections.idle_readers.append(reader)
                        kept = True
            finally:
                if not kept:
                    reader.close()

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """A connection in a transaction that may write: committed to the disk at the end, or undone when an exception passes.
        Within `together` it is a part of that one's, and undone by itself."""
        joint = self._mine.joint
        if joint is None:
            with self._write() as writer:
                yield writer
            return
        with translated():
            if joint.writer is None:
                joint.writer = joint.ending.enter_context(self._write())
                # No savepoint for the first part, which nothing came before: it would have SQLite copy each page that is changed.
                undo, end = ["ROLLBACK", "BEGIN IMMEDIATE"], list[str]()
            elif not joint.writer.in_transaction:
                raise Unavailable("what was written before could not be")
            else:
                joint.writer.execute("SAVEPOINT part")
                undo, end = ["ROLLBACK TO part", "RELEASE part"], ["RELEASE part"]
            try:
                yield joint.writer
            except BaseException:
                # After some errors SQLite has undone the whole transaction by itself.
                if joint.writer.in_transaction:
                    self._execute(joint.writer, undo)
                raise
            self._execute(joint.writer, end)

    def _execute(self, writer: sqlite3.Connection, commands: Sequence[str]) -> None:
        for command in commands:
            _until(time.monotonic() + self._busy_timeout_s, writer, command)

    @contextmanager
    def together(self) -> Iterator[None]:
        """What is written in the block, by this thread, is one transaction, which begins with the first `write`."""
        if self._mine.joint is not None:
            yield
            return
        with ExitStack() as ending:
            joint = self._mine.joint = _Joint(ending)
            try:
                yield
            finally:
                self._mine.joint = None
        for act in joint.afterwards:
            act()

    def when_durable(self, act: Callable[[], None]) -> None:
        """Do `act` once what this thread has written is committed, which within `together` is at its end, or never."""
        if self._mine.joint is None:
            act()
        else:
            self._mine.joint.afterwards.append(act)

    @contextmanager
    def _write(self) -> Iterator[sqlite3.Connection]:
        with translated():
            connections = self._connections
            deadline = time.monotonic() + self._busy_timeout_s
            if not connections.turns.take(self._busy_timeout_s):
                raise Unavailable("too many writers wait for the store")
            try:
                self._refuse_if_closed(connections)
                if connections.writer is None:
                    # Short: waiting is done by _begin, in small steps, where SQLite's own would grow to 100 ms.
                    connections.writer = self._connect(0.005, _WRITER_CACHE_KIB)
                with self._transaction(connections, connections.writer, deadline):
                    yield connections.writer
            finally:
                connections.turns.give()

    @contextmanager
    def _transaction(self, connections: _Connections, writer: sqlite3.Connection, deadline: float) -> Iterator[None]:
        try:
            _begin(writer, deadline)
            yield
            writer.execute("COMMIT")
        except BaseException as error:
            if writer.in_transaction:
                with suppress(sqlite3.Error):  # closing it below undoes the transaction as well
                    writer.execute("ROLLBACK")
            if writer.in_transaction or (isinstance(error, sqlite3.Error) and not isinstance(error, sqlite3.IntegrityError)):
                connections.writer = None
                writer.close()
            raise

    def create(self) -> None:
        """Create the file and its folder, and switch it to WAL for good. Several processes may do so at once.

        Only the user it belongs to may read a new file: it holds personal data and secrets.
        """
        with translated():
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._path.touch(mode=0o600, exist_ok=True)
            except OSError as error:
                raise Unavailable(f"the store's file can't be made: {error.strerror}") from error
            connection = self._connect(self._busy_timeout_s)
            try:
                _until(time.monotonic() + self._busy_timeout_s, connection, "PRAGMA journal_mode = WAL")
                (mode,) = connection.execute("PRAGMA journal_mode").fetchone()
            finally:
                connection.close()
        if mode != "wal":
            raise Unavailable("the store's file system does not let several processes share a SQLite file")

    def exists(self) -> bool:
        """Whether there is a file, which opening it would make."""
        return self._path.exists()

    def ping(self) -> None:
        """Raise Unavailable unless the file can be read now."""
        with translated():
            self._refuse_if_closed(self._connections)
            connection = self._connect(_PING_TIMEOUT_S)
            try:
                connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
            finally:
                connection.close()

    def close(self) -> None:
        """Close every connection, those in use as soon as they are given back. Nothing can be done with it afterwards."""
        connections = self._connections
        with connections.lock:
            connections.closed = True
            idle = connections.idle_readers
            connections.idle_readers = []
        for reader in idle:
            reader.close()
        if not connections.turns.take(self._busy_timeout_s):
            raise Unavailable("a writer does not end")
        try:
            if connections.writer is not None:
                connections.writer.close()
                connections.writer = None
        finally:
            connections.turns.give()

    def leave_to_parent(self) -> None:
        """In a forked process: open anew. What was inherited is never used and never closed, it belongs to the parent."""
        _inherited.append(self._connections)
        self._connections = _Connections()

    def _connect(self, busy_timeout_s: float, cache_kib: int = _READER_CACHE_KIB) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=busy_timeout_s, isolation_level=None, check_same_thread=False)
        try:
            connection.execute(f"PRAGMA cache_size = -{cache_kib}")
            for setting in _CONNECTION_SETTINGS:
                connection.execute(setting)
        except BaseException:
            connection.close()
            raise
        return connection

    @staticmethod
    def _refuse_if_closed(connections: _Connections) -> None:
        if connections.closed:
            raise Unavailable("the store is closed")


def _begin(writer: sqlite3.Connection, deadline: float) -> None:
    """Become the only writer among all processes."""
    _until(deadline, writer, "BEGIN IMMEDIATE")


def _until(deadline: float, connection: sqlite3.Connection, command: str) -> None:
    """Try again while another process is in the way, until `deadline` (monotonic seconds)."""
    while True:
        try:
            connection.execute(command)
        except sqlite3.OperationalError as error:
            if not is_busy(error) or time.monotonic() >= deadline:
                raise
            time.sleep(random.uniform(0.0005, 0.004))  # noqa: S311  (spreads the waiting, hides nothing)
        else:
            return


_all_databases: weakref.WeakSet[Database] = weakref.WeakSet()
_inherited: list[_Connections] = []


def _after_fork() -> None:
    for database in list(_all_databases):
        database.leave_to_parent()


os.register_at_fork(after_in_child=_after_fork)
