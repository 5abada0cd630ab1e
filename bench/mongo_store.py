"""How fast the MongoDB store records and reads, beside the bare driver inserting the same documents under the same indexes.

Run: python -m bench.mongo_store [statements] [url]   (without a URL, on a mongod of its own, as the tests provision it)
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import uuid4

from pymongo import MongoClient

from bench.sqlite_store import BATCH, batches
from store.mongodb import MongoStore
from store.mongodb.indexes import create_all
from store.mongodb.statement_document import to_document
from store.port import RecordBatch
from tests.servers import MongoServer, provision_mongod
from xapi.query import StatementFilter

WARM_UP = 2


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    work = list(batches(count))
    size = sum(len(row.text) for batch in work for row in batch.statements) / count
    print(f"{count:,} statements of {size:,.0f} bytes in batches of {BATCH}, one thread")
    if len(sys.argv) > 2:
        measure(sys.argv[2], work)
        return
    with (
        tempfile.TemporaryDirectory() as folder,
        MongoServer(provision_mongod(), Path(folder), cache_gb=1, oplog_mb=1024) as server,
    ):
        server.start()
        measure(server.database_url(f"bench{uuid4().hex[:8]}"), work)


def measure(url: str, work: Sequence[RecordBatch]) -> None:
    bare = insert_bare(url, work)
    print(f"bare insert_many      {bare:10,.0f} statements/s")
    with closing(MongoStore(url)) as store:
        store.prepare()
        full = record(store, work)
        print(f"record and advance    {full:10,.0f} statements/s, {full / bare:.2f} of bare")
        print(f"delivered once more   {record(store, work[: max(len(work) // 10, WARM_UP + 1)]):10,.0f} statements/s")
        read(store)


def insert_bare(url: str, work: Sequence[RecordBatch]) -> float:
    """Statements a second when nothing is done but to insert; also drops what it inserted."""
    client: MongoClient[dict[str, Any]]
    with MongoClient(url, uuidRepresentation="standard", w="majority") as client:
        database = client.get_default_database()
        create_all(database)
        spent = 0.0
        for number, batch in enumerate(work):
            start = time.perf_counter()
            database["statements"].insert_many([to_document(row, row.appended_at_ms) for row in batch.statements], ordered=False)
            spent += time.perf_counter() - start if number >= WARM_UP else 0.0
        client.drop_database(database.name)
    return (len(work) - WARM_UP) * BATCH / spent


def record(store: MongoStore, work: Sequence[RecordBatch]) -> float:
    """Statements a second with all that recording means."""
    spent = 0.0
    for number, batch in enumerate(work):
        start = time.perf_counter()
        done = store.statements.record(batch)
        store.positions.advance(batch.partition, batch.first_offset + BATCH, done.last_stored_ms or 0)
        spent += time.perf_counter() - start if number >= WARM_UP else 0.0
    return (len(work) - WARM_UP) * BATCH / spent


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
