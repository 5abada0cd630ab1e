"""What the machine could do at most, measured in the same run: a server that only parses, a store that only inserts."""

from __future__ import annotations

import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from bson.binary import Binary, UuidRepresentation
from pymongo import MongoClient, WriteConcern
from pymongo.database import Database

from bench.load.connections import Conversation, drive
from bench.load.requests import Endpoint, Ids, moment
from bench.load.statements import Rendered, actor

BATCH = 500
_BATCHES = 20
_START_S = 20.0
_COLUMNS = ("agent", "verb", "activity", "registration")
Row = tuple[bytes, int, str, str, str, str, bytes]


@contextmanager
def bare_server(processes: int, threads: int) -> Iterator[Endpoint]:
    """A bare Flask on granian, with as many processes and threads as what it is compared with."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    command = [sys.executable, "-m", "bench.load.bare_server", str(port), str(processes), str(threads)]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)
    try:
        _wait_for(port, process)
        yield Endpoint.of(f"http://127.0.0.1:{port}/xapi", "bare", "bare")
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def requests_per_s(endpoint: Endpoint, conversations: Sequence[Conversation], answered: Callable[[], int], seconds: float) -> float:
    """`answered` says how many answers the conversations have had."""
    before = answered()
    took_s = drive(endpoint.address, conversations, seconds)
    return (answered() - before) / took_s


def mongo_inserts(url: str, pool: Sequence[Rendered], repeats: int) -> list[float]:
    """Statements a second of `insert_many`, journalled: the fields that are asked for beside the text, four indexes, one thread."""
    rates = []
    client: MongoClient[dict[str, Any]]
    with MongoClient(url) as client:
        database: Database[dict[str, Any]] = client.get_default_database()
        held = database.get_collection("statements", write_concern=WriteConcern(w="majority", j=True))
        for repeat in range(repeats):
            client.drop_database(database.name)
            for name in _COLUMNS:
                held.create_index([(name, 1), ("stored", 1)])
            batches = [
                [dict(zip(("_id", "stored", *_COLUMNS, "text"), (_binary(row[0]), *row[1:]), strict=True)) for row in batch]
                for batch in _batches(pool, repeat)
            ]
            rates.append(_rate(batches, lambda batch: held.insert_many(batch, ordered=False)))
        client.drop_database(database.name)
    return rates


def sqlite_inserts(folder: Path, pool: Sequence[Rendered], repeats: int) -> list[float]:
    """The same of `executemany` into SQLite, one durable commit a batch (WAL, synchronous=FULL)."""
    rates = []
    for repeat in range(repeats):
        path = folder / f"ceiling-{repeat}.db"
        with closing(sqlite3.connect(path, isolation_level=None)) as held:
            held.execute("PRAGMA journal_mode=WAL")
            held.execute("PRAGMA synchronous=FULL")
            held.execute(f"CREATE TABLE statements (id BLOB PRIMARY KEY, stored, {', '.join(_COLUMNS)}, text) WITHOUT ROWID")
            for name in _COLUMNS:
                held.execute(f"CREATE INDEX by_{name} ON statements ({name}, stored)")

            def insert(batch: Sequence[Row], held: sqlite3.Connection = held) -> None:
                held.execute("BEGIN")
                held.executemany("INSERT INTO statements VALUES (?, ?, ?, ?, ?, ?, ?)", batch)
                held.execute("COMMIT")

            rates.append(_rate(_batches(pool, repeat), insert))
        path.unlink()
    return rates


def _rate(batches: Sequence[Any], insert: Callable[[Any], object]) -> float:
    insert(batches[0])
    started = time.perf_counter()
    for batch in batches[1:]:
        insert(batch)
    return (len(batches) - 1) * BATCH / (time.perf_counter() - started)


def _batches(pool: Sequence[Rendered], repeat: int) -> list[list[Row]]:
    ids = Ids(f"ceiling/{repeat}")
    found = []
    for number in range(_BATCHES):
        batch = [pool[(number * BATCH + place) % len(pool)] for place in range(BATCH)]
        found.append([_row(one, statement_id, number) for one, statement_id in zip(batch, ids.take(BATCH), strict=True)])
    return found


def _row(one: Rendered, statement_id: str, stored: int) -> Row:
    keys = (str(actor(one.person, one.course)), one.shape.kind.verb, one.course.id, f"{one.person.number}/{one.course.number}")
    return (UUID(statement_id).bytes, stored, *keys, one.text(statement_id, moment(stored)))


def _binary(statement_id: bytes) -> Binary:
    return Binary.from_uuid(UUID(bytes=statement_id), UuidRepresentation.STANDARD)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the bare server ended with {process.returncode}")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"the bare server does not answer after {_START_S:.0f} s")
