"""The whole for an agency's HR, in both modes: import, statements, profiles, questions, exports, and changes that profiles follow.

    python -m bench.hr [--employees 500] [--mode embedded|full|both] [--times 100]

A made-up agency with thirty statements for each employee over five years (bench/people.py, trainings.py, histories.py), sent over
HTTP to `rekam up` and recorded and profiled by its own processes; the full mode on a Kafka and a MongoDB that are started for it.
Prints tables; exits 1 when a profile differs from what a rebuild gives.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import following
from bench.asking import Client, ask_all, export_all
from bench.histories import History, Teller
from bench.people import Person, people, write_files
from bench.trainings import ENTRIES
from bench.watching import Cpu, environment, sizes
from competency.directory import Employee
from rekam.settings import Settings
from rekam.wiring import System
from tests.e2e.installation import Installation
from tests.servers.discovery import OwnMongo, kafka_source, mongo_source, new_kafka, new_mongo
from tests.servers.mongod import MongoProgram, MongoServer

SEED = 38
LONG_S = 3600.0
_CACHE_GB, _OPLOG_MB = 1.0, 1024
_LOOK_S = 0.25


@dataclass(frozen=True, slots=True)
class Agency:
    """The files of an agency, and what is known of them."""

    persons: tuple[Person, ...]
    directory: tuple[Path, ...]
    catalogue: Path
    framework: Path
    history: History
    statements: Path


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--employees", type=int, default=500)
    parser.add_argument("--mode", choices=("embedded", "full", "both"), default="both")
    parser.add_argument("--times", type=int, default=100, help="how often each question is asked")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="rekam-bench-") as name:
        agency = _agency(Path(name), options.employees)
        told, size = len(agency.history.told), agency.statements.stat().st_size
        say(f"{len(agency.persons):,} employees; {told:,} statements, {agency.history.statements:,} of them different")
        say(f"{size / told:,.0f} bytes a statement on average")
        wrong = 0
        for mode in ("embedded", "full") if options.mode == "both" else (options.mode,):
            with (
                installation(mode, Path(name) / mode) as rekam,
                environment(rekam.environment),
                closing(System.open(Settings.read())) as system,
            ):
                wrong += _measure(mode, rekam, system, agency, options.times)
    return 1 if wrong else 0


def _measure(mode: str, rekam: Installation, system: System, agency: Agency, times: int) -> int:
    say(f"\n### {mode}\n\n| step | seconds | rate | seconds of CPU |\n|---|---|---|---|")
    files = [str(path) for path in agency.directory]
    _command(rekam, "framework imported", 0, "", "frameworks", "import", str(agency.framework))
    _command(rekam, "catalogue imported", ENTRIES, "entries", "catalogue", "import", str(agency.catalogue))
    _command(rekam, "directory imported, everyone has a profile", len(agency.persons), "employees", "directory", "import", *files)
    idle(system)
    _load(rekam, system, agency)
    wrong = _check(rekam, agency)
    ids = {employee.nip: employee.id for employee in employees_of(system)}
    _storage(system.settings, agency)
    client = Client(rekam)
    say("\n| question | p50 ms | p95 ms | answer |\n|---|---|---|---|")
    _rows(ask_all(client, agency.persons, ids, times))
    say("\n| export of the agency | rows | seconds | rows/s | size | memory of the API process, before → at most |")
    say("|---|---|---|---|---|---|")
    _rows(export_all(client, rekam))
    say("\n| change, until the profiles show it | profiles | p50 ms | p95 ms |\n|---|---|---|---|")
    _rows(following.links(client, agency.history, ids))
    _rows(following.cataloguing(client, system, agency.history, agency.persons, ids))
    say("\n| change, until everything follows | profiles | seconds | seconds of CPU |\n|---|---|---|---|")
    idle(system)
    _rows(following.a_post(rekam, agency.persons, agency.catalogue.parent))
    idle(system)
    _rows(following.rules(client, system))
    idle(system)
    say("\n| step | seconds | rate | seconds of CPU |\n|---|---|---|---|")
    words = ("profiles", "rebuild", "--restart", "--processes", "2")
    _command(rekam, "rebuild --processes 2, of everything", len(agency.persons), "employees", *words)
    return wrong + _check(rekam, agency)


def _load(rekam: Installation, system: System, agency: Agency) -> None:
    """Sent, recorded, profiled: each at work while the one before still is."""
    count = len(agency.history.told)
    before = Cpu()
    started = time.monotonic()
    told = rekam.cli("statements", "load", str(agency.statements), timeout=LONG_S).stdout
    found = re.search(r"(\d+) acknowledged, 0 refused.* ([\d.]+) s, ", told)
    assert found is not None, told
    assert int(found[1]) == count, told
    _row("sent over HTTP and acknowledged, the workers at work", float(found[2]), count, "statements", before)
    for worker, step in (("recorder", "all recorded"), ("profiler", "all profiled"), ("keeper", "and all rollups")):
        idle(system, worker)
        _row(f"{step} (since the first was sent)", time.monotonic() - started, count, "statements", before)
    idle(system)


def _check(rekam: Installation, agency: Agency) -> int:
    """Whether a rebuild would change anything."""
    before = Cpu()
    started = time.monotonic()
    told = rekam.cli("profiles", "rebuild", "--check", check=False, timeout=LONG_S).stdout.strip().splitlines()[-1]
    _row(f"rebuild --check: {told}", time.monotonic() - started, len(agency.persons), "employees", before)
    return not told.startswith("0 profiles differ")


def _storage(settings: Settings, agency: Agency) -> None:
    held = sizes(settings.store_url)
    total, people_count, count = sum(held.values()), len(agency.persons), agency.history.statements
    largest = sorted(held.items(), key=lambda found: -found[1])[:12]
    say(f"\nstore: {total / 1e6:,.0f} MB: {total / people_count / 1e3:,.1f} kB an employee, {total / count:,.0f} bytes a statement")
    say("; ".join(f"{name} {size / 1e6:,.1f} MB" for name, size in largest))
    if settings.event_log_url.startswith("sqlite:"):
        log = settings.event_log_url.removeprefix("sqlite:///")
        say(f"log: {Path(log).stat().st_size / 1e6:,.0f} MB")


def _command(rekam: Installation, step: str, count: int, what: str, *words: str) -> None:
    before = Cpu()
    started = time.monotonic()
    rekam.cli(*words, timeout=LONG_S)
    _row(step, time.monotonic() - started, count, what, before)


def idle(system: System, *workers: str) -> None:
    """Until these have nothing left to do; all of them, where none is named."""
    deadline = time.monotonic() + LONG_S
    while any(left for worker, left in system.behind().items() if not workers or worker in workers):
        assert time.monotonic() < deadline, f"still at work after {LONG_S} s: {system.behind()}"
        time.sleep(_LOOK_S)


def employees_of(system: System) -> Iterator[Employee]:
    after = None
    while page := system.store.directory.employees(after_id=after):
        yield from page
        after = page[-1].id


def _agency(folder: Path, count: int) -> Agency:
    persons = people(SEED, count)
    directory, catalogue, framework = write_files(folder, SEED, persons)
    history = Teller(SEED, persons).history()
    history.write(folder / "statements.ndjson")
    return Agency(persons, directory, catalogue, framework, history, folder / "statements.ndjson")


@contextmanager
def installation(mode: str, folder: Path) -> Iterator[Installation]:
    with ExitStack() as stack:
        settings = {"log_level": "warning", "api_processes": "2"}
        if mode == "full":
            kafka = stack.enter_context(new_kafka(kafka_source(), folder / "kafka")).start()
            mongo = stack.enter_context(_mongo(folder / "mongo")).start()
            settings |= {"event_log": f"kafka://{kafka.bootstrap}", "store": mongo.database_url("rekam")}
        yield stack.enter_context(Installation(folder / "var", **settings))


def _mongo(folder: Path) -> OwnMongo:
    """With a cache as a server has it, where it is a program of this machine; a test's is smaller."""
    source = mongo_source()
    return (
        MongoServer(source, folder, cache_gb=_CACHE_GB, oplog_mb=_OPLOG_MB)
        if isinstance(source, MongoProgram)
        else new_mongo(source, folder)
    )


def _row(step: str, seconds: float, count: int, what: str, cpu: Cpu) -> None:
    rate = f"{count / seconds:,.0f} {what}/s" if count else ""
    say(f"| {step} | {seconds:,.1f} | {rate} | {cpu} |")


def _rows(rows: Iterator[str]) -> None:
    for row in rows:
        say(row)


def say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
