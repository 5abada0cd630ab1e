"""How fast the MongoDB store records and reads, beside the bare driver inserting the same documents under the same indexes.

Run: python -m bench.mongo_store [statements] [url]   (without a URL, on a mongod of its own, as the tests provision it)
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import psutil
from pymongo import MongoClient
from pymongo.database import Database

from bench import sqlite_store as workload
from bench.servers import CACHE_GB, OPLOG_MB
from bench.sqlite_store import BATCH
from store.mongodb import MongoStore
from store.mongodb.indexes import create_all
from store.mongodb.statement_document import to_document
from store.port import RecordBatch
from tests.servers import MongoServer, provision_mongod
from xapi.query import StatementFilter

WARM_UP = 2
FEW_COURSES, MANY_COURSES = 1, 400


@dataclass(frozen=True, slots=True)
class Cost:
    """Statements a second, and CPU per statement here and in mongod (0 where it is not ours to see), which other load on the
    machine changes less."""

    rate: float
    client_us: float
    server_us: float

    def __str__(self) -> str:
        return (
            f"{self.rate:9,.0f} statements/s; CPU per statement {self.client_us:5.1f} µs here, {self.server_us:5.1f} µs in mongod"
        )


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    if len(sys.argv) > 2:
        measure(sys.argv[2], count)
        return
    with (
        tempfile.TemporaryDirectory() as folder,
        MongoServer(provision_mongod(), Path(folder), cache_gb=CACHE_GB, oplog_mb=OPLOG_MB) as server,
    ):
        server.start()
        measure(server.database_url(f"bench{uuid4().hex[:8]}"), count, psutil.Process(server.pid))


def measure(url: str, count: int, server: psutil.Process | None = None) -> None:
    """With few activities, as one platform's statements have, then with so many that nearly every statement is of another."""
    for courses in (FEW_COURSES, MANY_COURSES):
        workload.COURSES = courses
        work = list(workload.batches(workload.made_up(count)))
        size = sum(len(row.text) for batch in work for row in batch.statements) / count
        print(f"{count:,} statements of {size:,.0f} bytes on {courses * 10:,} activities, batches of {BATCH}, one thread")
        bare = insert_bare(url, work, server)
        print(f"  bare insert_many     {bare}")
        with closing(MongoStore(url)) as store:
            store.prepare()
            full = record(store, work, server)
            print(f"  record and advance   {full}; {full.rate / bare.rate:.2f} of bare")
            print(f"  delivered once more  {record(store, work[: max(len(work) // 10, WARM_UP + 1)], server)}")
            if courses == MANY_COURSES:
                read(store)
        drop(url)


def drop(url: str) -> None:
    client: MongoClient[dict[str, Any]]
    with MongoClient(url) as client:
        client.drop_database(client.get_default_database().name)


def insert_bare(url: str, work: Sequence[RecordBatch], server: psutil.Process | None) -> Cost:
    """What it costs when nothing is done but to insert."""
    client: MongoClient[dict[str, Any]]
    with MongoClient(url, uuidRepresentation="standard", w="majority") as client:
        database: Database[dict[str, Any]] = client.get_default_database()
        create_all(database)

        def insert(batch: RecordBatch) -> None:
            database["statements"].insert_many([to_document(row, row.appended_at_ms) for row in batch.statements], ordered=False)

        cost = cost_of(insert, work, server)
    drop(url)
    return cost


def record(store: MongoStore, work: Sequence[RecordBatch], server: psutil.Process | None) -> Cost:
    """What all that recording means costs."""

    def act(batch: RecordBatch) -> None:
        done = store.statements.record(batch)
        store.positions.advance(batch.partition, batch.next_offset, done.last_stored_ms or 0)

    return cost_of(act, work, server)


def cost_of(act: Callable[[RecordBatch], None], work: Sequence[RecordBatch], server: psutil.Process | None) -> Cost:
    for batch in work[:WARM_UP]:
        act(batch)
    spent, ours, theirs = time.perf_counter(), time.process_time(), cpu_of(server)
    for batch in work[WARM_UP:]:
        act(batch)
    count = (len(work) - WARM_UP) * BATCH
    spent, ours, theirs = time.perf_counter() - spent, time.process_time() - ours, cpu_of(server) - theirs
    return Cost(count / spent, ours / count * 1e6, theirs / count * 1e6)


def cpu_of(process: psutil.Process | None) -> float:
    if process is None:
        return 0.0
    every = [one.cpu_times() for one in (process, *process.children(recursive=True))]
    return float(sum(times.user + times.system for times in every))


def read(store: MongoStore) -> None:
    verb = "http://adlnet.gov/expapi/verbs/completed"
    course = "https://lms3.example/courses/3"
    for name, wanted in {
        "everything": StatementFilter(),
        "one agent": StatementFilter(agent="account|https://asn.example/nip|198000000000000007"),
        "verb": StatementFilter(verb=verb),
        "verb of one partner": StatementFilter(verb=verb, owner="univ-3"),
        "activity and verb": StatementFilter(activity=f"{course}/modules/1", verb=verb),
        "related activity": StatementFilter(activity=course, related_activities=True),
    }.items():
        after, times, found = None, list[float](), 0
        while len(times) < 100:
            start = time.perf_counter()
            page = store.statement_queries.find(wanted, after=after, limit=100)
            times.append((time.perf_counter() - start) * 1000)
            found += len(page.statements)
            after = page.next_after
            if after is None:
                break
        last = statistics.median(times[-5:])
        print(f"{name:20} {found:7,} in {len(times):3} pages of 100: first {times[0]:6.2f} ms, last {last:6.2f} ms")


if __name__ == "__main__":
    main()
