"""The questions of HR at the size of a large agency: how long each takes over HTTP, one after another.

    python -m bench.questions --employees 100000 [--mode embedded|full] [--times 100]

People and catalogue are those of `bench.hr`. Their evidence is what the statements of the first 2,000 of them prove, given to all;
the statements themselves are not in the store, for none of these questions reads them (`bench.hr` measures what does). Two
processes compute the profiles from the evidence.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path
from uuid import UUID

import jiter
from msgspec.structs import replace

from bench.asking import Client, ask_all, export_all
from bench.histories import Teller
from bench.hr import SEED, employees_of, idle, installation, say
from bench.people import people, write_files
from bench.watching import Cpu, environment, sizes
from competency.derivation import derive
from competency.evidence import Evidence
from rekam.settings import Settings
from rekam.wiring import System
from xapi.agents import learner_keys

TOLD = 2_000
"""So many people's statements are made; whoever comes after them has done what one of these did."""
PROCESSES = 2
_AT_ONCE = 200


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--employees", type=int, default=2_000)
    parser.add_argument("--mode", choices=("embedded", "full"), default="embedded")
    parser.add_argument("--times", type=int, default=100, help="how often each question is asked")
    options = parser.parse_args()
    persons = people(SEED, options.employees)
    with tempfile.TemporaryDirectory(prefix="rekam-bench-") as name:
        directory, catalogue, framework = write_files(Path(name), SEED, persons)
        with (
            installation(options.mode, Path(name) / options.mode) as rekam,
            environment(rekam.environment),
            closing(System.open(Settings.read())) as system,
        ):
            say(f"### {options.mode}, {len(persons):,} employees\n\n| step | seconds | rate | seconds of CPU |\n|---|---|---|---|")
            rekam.cli("frameworks", "import", str(framework))
            rekam.cli("catalogue", "import", str(catalogue))
            before, started = Cpu(), time.monotonic()
            rekam.cli("directory", "import", *map(str, directory), timeout=3600)
            idle(system)
            _row("directory imported, everyone has a profile", started, len(persons), "employees", before)
            ids = {employee.nip: employee.id for employee in employees_of(system)}
            before, started = Cpu(), time.monotonic()
            put = _give_evidence(system, [ids[person.nip] for person in persons], _proven(system, Teller(SEED, persons[:TOLD])))
            _row("evidence put into the store", started, put, "pieces", before)
            before, started = Cpu(), time.monotonic()
            _compute(sorted(ids.values()))
            _row(f"profiles computed by {PROCESSES} processes", started, len(persons), "profiles", before)
            idle(system)
            _row("and all rollups", started, len(persons), "profiles", before)
            held = sizes(system.settings.store_url)
            say(f"\nstore: {sum(held.values()) / len(persons) / 1e3:,.1f} kB an employee")
            client = Client(rekam)
            say("\n| question | p50 ms | p95 ms | answer |\n|---|---|---|---|")
            for row in ask_all(client, persons, ids, options.times, of_statements=False):
                say(row)
            say("\n| export of the agency | rows | seconds | rows/s | size | memory of the API process, before → at most |")
            say("|---|---|---|---|---|---|")
            for row in export_all(client, rekam, ("hours.csv", "riwayat-kursus.csv", "riwayat-kursus.xlsx")):
                say(row)
    return 0


def _proven(system: System, teller: Teller) -> list[list[Evidence]]:
    """What the statements prove of each person they are about."""
    reference = system.references.current()
    found: dict[str, list[Evidence]] = {}
    for moment, line in teller.history().told:
        statement = jiter.from_json(line)
        if statement["object"].get("objectType") == "StatementRef":
            continue
        keys = learner_keys(statement["actor"])
        for piece in derive(
            statement,
            stored_ms=round(moment.timestamp() * 1000),
            voided=False,
            catalogue=reference.catalogue,
            employees=system.store.directory.by_identifiers(keys),
            rules=reference.rules,
        ).evidence:
            found.setdefault(piece.employee_id, []).append(piece)
    return list(found.values())


def _give_evidence(system: System, employee_ids: Sequence[str], proven: Sequence[Sequence[Evidence]]) -> int:
    """Everyone has the pieces of somebody, with statement ids of their own; returns how many it was."""
    count = 0
    numbered = iter(enumerate(employee_ids))
    while portion := list(islice(numbered, _AT_ONCE)):
        pieces = []
        for number, employee_id in portion:
            for piece in proven[number % len(proven)]:
                count += 1
                pieces.append(replace(piece, employee_id=employee_id, statement_id=UUID(int=(38 << 64) + count)))
        system.store.evidence.replace([piece.statement_id for piece in pieces], pieces)
    return count


def _compute(employee_ids: Sequence[str]) -> None:
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_update, args=(employee_ids[place::PROCESSES],)) for place in range(PROCESSES)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
        if process.exitcode:
            raise SystemExit(f"a process that computes profiles ended with {process.exitcode}")


def _update(employee_ids: Sequence[str]) -> None:
    with closing(System.open(Settings.read())) as system:
        system.profiler().update(employee_ids)


def _row(step: str, started: float, count: int, what: str, cpu: Cpu) -> None:
    seconds = time.monotonic() - started
    say(f"| {step} | {seconds:,.1f} | {count / seconds:,.0f} {what}/s | {cpu} |")


if __name__ == "__main__":
    sys.exit(main())
