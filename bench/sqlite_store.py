"""How fast the embedded store records and reads. Run: python -m bench.sqlite_store [statements] [folder]"""

from __future__ import annotations

import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import UUID

from store.port import Recordable, RecordBatch
from store.sqlite import SqliteStore
from xapi.query import StatementFilter
from xapi.statement import extract

T0 = 1_780_000_000_000
BATCH = 500
LEARNERS, COURSES, PARTNERS = 20_000, 400, 12
VERBS = ("completed", "passed", "attempted", "experienced", "answered")


def statement(rng: random.Random) -> dict[str, Any]:
    """A typical statement of about 1.2 KB."""
    course = rng.randrange(COURSES)
    partner = course % PARTNERS
    return {
        "id": str(UUID(int=rng.getrandbits(128), version=4)),
        "actor": {
            "objectType": "Agent",
            "account": {"homePage": "https://asn.example/nip", "name": f"{198_000_000_000_000_000 + rng.randrange(LEARNERS)}"},
        },
        "verb": {"id": f"http://adlnet.gov/expapi/verbs/{rng.choice(VERBS)}", "display": {"id-ID": "selesai", "en-US": "done"}},
        "object": {
            "objectType": "Activity",
            "id": f"https://lms{partner}.example/courses/{course}/modules/{rng.randrange(10)}",
            "definition": {
                "name": {"id-ID": f"Modul pelatihan {course}", "en-US": f"Training module {course}"},
                "description": {"id-ID": "Pelatihan dasar bagi pegawai negeri sipil " * 3},
                "type": "http://adlnet.gov/expapi/activities/module",
            },
        },
        "result": {
            "completion": True,
            "success": True,
            "score": {"scaled": 0.87, "raw": 87, "min": 0, "max": 100},
            "duration": "PT1H30M",
        },
        "context": {
            "registration": str(UUID(int=rng.getrandbits(128), version=4)),
            "contextActivities": {"parent": [{"objectType": "Activity", "id": f"https://lms{partner}.example/courses/{course}"}]},
            "platform": "Moodle",
            "language": "id-ID",
            "extensions": {"https://lms.example/ext/session": "0123456789abcdef", "https://lms.example/ext/path": "a/b/c"},
        },
        "timestamp": "2026-05-04T03:02:01.123Z",
        "version": "1.0.3",
        "authority": {"objectType": "Agent", "account": {"homePage": "https://rekam.example", "name": f"univ-{partner}"}},
    }


def batches(count: int) -> Iterator[RecordBatch]:
    rng = random.Random(7)
    for first in range(0, count, BATCH):
        rows = []
        for index in range(BATCH):
            said = statement(rng)
            partner = said["authority"]["account"]["name"]
            rows.append(
                Recordable(json.dumps(said).encode(), extract(said), partner, False, T0 + (first + index) // 10, first, index)
            )
        yield RecordBatch(0, first, tuple(rows))


def record(store: SqliteStore, count: int) -> None:
    spent, busy, size = 0.0, 0.0, 0
    window, window_spent = 0, 0.0
    for batch in batches(count):
        size += sum(len(row.text) for row in batch.statements)
        start, start_cpu = time.perf_counter(), time.process_time()
        store.statements.record(batch)
        took = time.perf_counter() - start
        busy += time.process_time() - start_cpu
        spent, window_spent, window = spent + took, window_spent + took, window + BATCH
        if window >= max(count // 5, BATCH):
            print(f"  {window / window_spent:10,.0f} statements/s")
            window, window_spent = 0, 0.0
    print(f"recorded {count:,} of {size / count:,.0f} bytes in batches of {BATCH} on one thread:")
    print(f"  {count / spent:,.0f} statements/s, {busy / count * 1e6:.0f} us of CPU each")


def read(store: SqliteStore) -> None:
    key = "account|https://asn.example/nip|198000000000000007"
    verb = "http://adlnet.gov/expapi/verbs/completed"
    authority = "account|https://rekam.example|univ-3"
    activity = "https://lms3.example/courses/3/modules/1"
    for name, wanted in {
        "everything": StatementFilter(),
        "one agent": StatementFilter(agent=key),
        "verb": StatementFilter(verb=verb),
        "verb of one partner": StatementFilter(verb=verb, owner="univ-3"),
        "activity and verb": StatementFilter(activity=activity, verb=verb),
        "related agent (an authority) and verb": StatementFilter(agent=authority, related_agents=True, verb=verb),
        "related activity (a course)": StatementFilter(activity="https://lms3.example/courses/3", related_activities=True),
    }.items():
        after, times, found = None, [], 0
        while len(times) < 1_000:
            start = time.perf_counter()
            page = store.statement_queries.find(wanted, after=after, limit=100)
            times.append(time.perf_counter() - start)
            found += len(page.statements)
            after = page.next_after
            if after is None:
                break
        first, last = times[0] * 1000, statistics.median(times[-5:]) * 1000
        print(f"{name:40} {found:7,} in {len(times):4} pages of 100: first {first:6.2f} ms, last {last:6.2f} ms")


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    folder = sys.argv[2] if len(sys.argv) > 2 else None
    with tempfile.TemporaryDirectory(dir=folder) as made, closing(SqliteStore(Path(made) / "store.db")) as store:
        store.prepare()
        record(store, count)
        print(f"file: {sum(one.stat().st_size for one in Path(made).iterdir()) / count:,.0f} bytes a statement")
        read(store)


if __name__ == "__main__":
    main()
