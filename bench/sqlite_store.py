"""How fast the embedded store records and reads.

Run: python -m bench.sqlite_store [--statements N] [--folder FOLDER] [--text FILE.ndjson.gz]

Without `--text` the statements are made up, and hard on the store: nearly every one of a batch is of another learner and another
activity. With `--text` they are those of the file, as a platform really sent them.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import statistics
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

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


def made_up(count: int) -> Iterator[dict[str, Any]]:
    rng = random.Random(7)
    for _ in range(count):
        yield statement(rng)


def from_file(path: Path, count: int) -> Iterator[dict[str, Any]]:
    with gzip.open(path) as lines:
        for line in islice(lines, count):
            said = json.loads(line)
            yield {"id": str(uuid4()), "authority": {"account": {"homePage": "https://rekam.example", "name": "mooc"}}, **said}


def batches(statements: Iterable[dict[str, Any]]) -> Iterator[RecordBatch]:
    rest = enumerate(statements)
    while chunk := list(islice(rest, BATCH)):
        rows = []
        for place, said in chunk:
            partner = said["authority"]["account"]["name"]
            rows.append(Recordable(json.dumps(said).encode(), extract(said), partner, False, T0 + place // 10, place, 0))
        yield RecordBatch(0, chunk[0][0], tuple(rows))


def record(store: SqliteStore, statements: Iterable[dict[str, Any]]) -> int:
    spent, busy, size, count = 0.0, 0.0, 0, 0
    for batch in batches(statements):
        size += sum(len(row.text) for row in batch.statements)
        count += len(batch.statements)
        start, start_cpu = time.perf_counter(), time.process_time()
        store.statements.record(batch)
        spent += time.perf_counter() - start
        busy += time.process_time() - start_cpu
    print(f"recorded {count:,} of {size / count:,.0f} bytes in batches of {BATCH} on one thread:")
    print(f"  {count / spent:,.0f} statements/s, {busy / count * 1e6:.0f} us of CPU each")
    return count


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
    parser = argparse.ArgumentParser()
    parser.add_argument("--statements", type=int, default=50_000)
    parser.add_argument("--folder", type=Path, help="where the file is made (default: the folder for temporary files)")
    parser.add_argument("--text", type=Path, help="statements, one a line, gzipped")
    asked = parser.parse_args()
    statements = made_up(asked.statements) if asked.text is None else from_file(asked.text, asked.statements)
    with tempfile.TemporaryDirectory(dir=asked.folder) as made, closing(SqliteStore(Path(made) / "store.db")) as store:
        store.prepare()
        count = record(store, statements)
        print(f"  {sum(one.stat().st_size for one in Path(made).iterdir()) / count:,.0f} bytes of disk each")
        if asked.text is None:
            read(store)


if __name__ == "__main__":
    main()
