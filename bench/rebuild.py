"""A rebuild of all profiles: employees a second, and CPU an employee, by one process and by several.

    python -m bench.rebuild [--employees 10000] [--mode embedded|full] [--processes 1 2] [--check]

People, catalogue and statements are those of `bench.hr`: thirty statements for each employee, put into the store as a recorder puts
them there, ten thousand people's at a time in the order of time. No worker runs. For each number of processes two rebuilds are
measured, with the command a user runs: of what is right already, which is what a rebuild mostly finds, and from nothing (neither
evidence nor profiles). Prints a table; `--check` compares everything at the end, and then exits 1 when a profile differs.
"""

from __future__ import annotations

import argparse
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from itertools import islice
from pathlib import Path

import jiter
import msgspec
from pymongo import MongoClient

from bench import servers
from bench.histories import Teller
from bench.people import Person, people, write_files
from bench.watching import Cpu
from rekam.settings import Settings
from rekam.wiring import System
from store.port import Recordable, RecordBatch
from tests.e2e.installation import Installation
from xapi.statement import complete, extract

SEED = 38
TOLD_TOGETHER = 10_000
"""So many people's statements lie in the order of time; those of the next come after them."""
_BATCH = 500
_LONGEST_S = 7_200.0
_AUTHORITY = msgspec.json.encode({"objectType": "Agent", "account": {"homePage": "https://bench.example", "name": "bench"}})


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--employees", type=int, default=10_000)
    parser.add_argument("--mode", choices=("embedded", "full"), default="embedded")
    parser.add_argument("--processes", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--check", action="store_true", help="compare everything at the end")
    asked = parser.parse_args()
    with ExitStack() as at_end:
        folder = Path(at_end.enter_context(tempfile.TemporaryDirectory(prefix="rekam-bench-")))
        rekam = Installation(folder / "var", log_level="warning", **_servers(asked.mode, folder, at_end))
        persons = people(SEED, asked.employees)
        told, pieces = prepare(rekam, folder, persons)
        print(f"### {asked.mode}, {len(persons):,} employees, {told:,} statements, {pieces:,} pieces of evidence\n")
        print("| rebuild | processes | seconds | employees/s | µs of CPU an employee |\n|---|---|---|---|---|")
        for number in asked.processes:
            _measure(rekam, number, len(persons), "of what is right")
            forget(rekam)
            _measure(rekam, number, len(persons), "from nothing")
        return rekam.cli("profiles", "rebuild", "--check", check=False, timeout=_LONGEST_S).returncode if asked.check else 0


def prepare(rekam: Installation, folder: Path, persons: Sequence[Person]) -> tuple[int, int]:
    """An installation with everybody, everything they were told of, and their profiles; returns how many statements and pieces of
    evidence there are."""
    rekam.folder.mkdir(parents=True)
    rekam.cli("setup")
    directory, catalogue, framework = write_files(folder, SEED, persons)
    rekam.cli("frameworks", "import", str(framework))
    rekam.cli("catalogue", "import", str(catalogue))
    rekam.cli("directory", "import", *map(str, directory), timeout=_LONGEST_S)
    with closing(_opened(rekam)) as system:
        told = _record(system, Teller(SEED, persons).lines(TOLD_TOGETHER))
    rekam.cli("profiles", "rebuild", "--processes", "2", timeout=_LONGEST_S)
    with closing(_opened(rekam)) as system:
        pieces, after = 0, None
        while page := system.store.directory.employees(after_id=after):
            pieces += sum(map(len, system.store.evidence.texts(one.id for one in page).values()))
            after = page[-1].id
    return told, pieces


def _record(system: System, lines: Iterator[bytes]) -> int:
    """At the position where the recorder stands, which so does not move."""
    here = system.follower.follow()[0]
    count = 0
    while portion := list(islice(lines, _BATCH)):
        statements = []
        for place, raw in enumerate(portion):
            _, text = complete(raw, jiter.from_json(raw), new_id=None, authority=_AUTHORITY)
            found = extract(jiter.from_json(text))
            statements.append(Recordable(text, found, "bench", False, system.clock.now_ms(), max(0, here.next_offset - 1), place))
        count += len(system.store.statements.record(RecordBatch(0, here.next_offset, statements, here.log_id)).recorded)
    return count


def forget(rekam: Installation) -> None:
    """Let there be no evidence and no profile."""
    url = Settings.read(rekam.environment).store_url
    if url.startswith("sqlite:"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)) as connection:
            for table in ("evidence", "evidence_holder", "profile", "profile_mark"):
                connection.execute(f"DELETE FROM {table}")
    else:
        with MongoClient[dict[str, object]](url) as client:
            for collection in ("evidence", "profiles"):
                client.get_default_database()[collection].delete_many({})


def _opened(rekam: Installation) -> System:
    return System.open(Settings.read(rekam.environment))


def _measure(rekam: Installation, number: int, count: int, what: str) -> None:
    before, started = Cpu(), time.monotonic()
    rekam.cli("profiles", "rebuild", "--restart", "--processes", str(number), timeout=_LONGEST_S)
    seconds = time.monotonic() - started
    cpu = ", ".join(f"{role} {used / count * 1e6:,.0f}" for role, used in before.used().items())
    print(f"| {what} | {number} | {seconds:,.1f} | {count / seconds:,.0f} | {cpu} |", flush=True)


def _servers(mode: str, folder: Path, at_end: ExitStack) -> dict[str, str]:
    """Started for the full mode; the settings that name them."""
    if mode == "embedded":
        return {}
    kafka = servers.kafka(folder / "kafka", at_end)
    mongo = servers.mongo(folder / "mongo", at_end)
    return {"event_log": f"kafka://{kafka.bootstrap}", "store": mongo.database_url("rekam")}


if __name__ == "__main__":
    sys.exit(main())
