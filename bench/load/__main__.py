"""`python -m bench.load list|run|compare|draw`. README.md in bench/ says how to read what it prints."""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from bench.load import ceilings, comparison, drawing, results, tables
from bench.load.connections import LoadFailed
from bench.load.filling import fill
from bench.load.measuring import Measuring, Plan
from bench.load.results import Run
from bench.load.statements import Rendered, rendered
from bench.load.subject import EMBEDDED, FULL, Subject, anywhere, own
from bench.load.workload import NoWorkload, Workload, every, names, workload

POOL = 10_000
USUAL = (
    *("post-single", "post-50", "post-500", "sustained", "freshness"),
    *("get-by-id", "get-by-agent", "get-by-activity", "get-by-registration", "more"),
)


def main(arguments: Sequence[str]) -> int:
    """The exit status: 2 for what was asked wrongly, 1 where something was refused or could not be measured."""
    asked = _parser().parse_args(arguments)
    try:
        if asked.command == "list":
            for name in names():
                one = workload(name)
                print(f"{name:20} {one.title} ({', '.join(map(str, one.connections))} connections, {one.seconds:g} s)")
        elif asked.command == "run":
            return _run(asked, list(arguments))
        elif asked.command == "compare":
            print("\n".join(comparison.document(results.read(asked.old), results.read(asked.new))))
        else:
            runs = [results.read(path) for path in asked.runs]
            asked.out.write_text(drawing.svg("Throughput and latency", drawing.lines(runs)))
            _tell(f"drawn: {asked.out}")
    except (NoWorkload, results.NoResults, ValueError) as error:
        _tell(str(error))
        return 2
    except LoadFailed as error:
        _tell(str(error))
        return 1
    return 0


def _run(asked: argparse.Namespace, arguments: list[str]) -> int:
    workloads = [_at(asked.rate, one) for one in every(asked.workloads or USUAL)]
    pool = rendered(asked.seed, POOL)
    plan = Plan(asked.repeats, asked.warm_up, asked.seconds, not asked.no_ceilings)
    busy = f"{os.getloadavg()[0]:.1f}"
    with _subject(asked) as subject:
        reading = any(not one.writes for one in workloads)
        filling = None
        if reading:
            _tell(f"{asked.held:,} statements to read")
            filling = fill(subject, pool, asked.seed, asked.held)
        measuring = Measuring(subject, pool, filling, plan, _tell)
        measuring.drained()
        # Reads first: what is written meanwhile would make what is held another number.
        outcomes = [measuring.outcome(one) for one in sorted(workloads, key=lambda one: one.writes)]
        stores = _stores(subject, pool, asked.repeats) if plan.ceilings and subject.settings else {}
        held = filling.count if filling else 0
        made_at = datetime.now(UTC).isoformat(timespec="seconds")
        run = Run(made_at, subject.name, dict(subject.versions), _machine(busy), asked.seed, arguments, outcomes, stores, held)
    path = asked.out or results.FOLDER / f"{run.made_at[:19].replace(':', '')}-{'other' if asked.url else asked.mode}.json"
    results.save(run, path)
    print("\n".join(tables.document(run)))
    _tell(f"saved: {path}")
    return 1 if any(one.refused for outcome in outcomes for one in outcome.repeats) else 0


def _at(rate: float | None, one: Workload) -> Workload:
    """The workload at another rate, if it has one."""
    return one if rate is None or not one.statements_per_second else replace(one, statements_per_second=rate)


def _subject(asked: argparse.Namespace) -> AbstractContextManager[Subject]:
    if asked.url:
        return anywhere(asked.url, asked.key, asked.secret)
    return own(asked.mode, dict(one.split("=", 1) for one in asked.set), _tell)


def _stores(subject: Subject, pool: Sequence[Rendered], repeats: int) -> dict[str, list[float]]:
    _tell("the bare store")
    if subject.mongo_url:
        return {"insert_many into MongoDB": ceilings.mongo_inserts(subject.mongo_url, pool, repeats)}
    return {"executemany into SQLite": ceilings.sqlite_inserts(subject.folder, pool, repeats)}


def _machine(busy: str) -> dict[str, str]:
    model = next((line.partition(":")[2].strip() for line in _cpu_info() if line.startswith("model name")), platform.machine())
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False).stdout.strip()
    memory_gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        **{"CPU": model, "cores": str(os.cpu_count()), "memory": f"{memory_gib:.0f} GiB", "system": platform.platform(terse=True)},
        **{"load before": busy, "commit": commit or "unknown"},
    }


def _cpu_info() -> list[str]:
    path = Path("/proc/cpuinfo")
    return path.read_text().splitlines() if path.exists() else []


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.load", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="the workloads there are")
    run = commands.add_parser("run", help="measure, print tables, save the results")
    run.add_argument("workloads", nargs="*", metavar="WORKLOAD", help=f"default: {' '.join(USUAL)}")
    run.add_argument("--mode", choices=(EMBEDDED, FULL), default=EMBEDDED, help="of the Rekam that is started (default: embedded)")
    run.add_argument("--url", help="put the load on an LRS that runs already: its endpoint, like http://127.0.0.1:8080/xapi")
    run.add_argument("--key", default="", help="of the LRS at --url")
    run.add_argument("--secret", default="", help="of the LRS at --url")
    run.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a setting of the Rekam that is started")
    run.add_argument("--repeats", type=int, default=3, help="measurements of each (default: 3)")
    run.add_argument(
        "--warm-up", type=float, default=2.0, metavar="S", help="seconds before the first that do not count (default: 2)"
    )
    run.add_argument("--seconds", type=float, metavar="S", help="of each measurement, instead of what the workload says")
    run.add_argument("--rate", type=float, metavar="N", help="statements a second, for workloads that have a rate")
    run.add_argument("--held", type=int, default=100_000, metavar="N", help="statements there are before reads (default: 100,000)")
    run.add_argument("--seed", type=int, default=1, help="of the statements (default: 1)")
    run.add_argument("--no-ceilings", action="store_true", help="measure no bare server and no bare store")
    run.add_argument("--out", type=Path, metavar="FILE", help="where the results go (default: bench/results/)")
    compare = commands.add_parser("compare", help="two runs beside each other: what is faster, what is noise")
    compare.add_argument("old", type=Path)
    compare.add_argument("new", type=Path)
    draw = commands.add_parser("draw", help="throughput against latency, as SVG")
    draw.add_argument("runs", type=Path, nargs="+")
    draw.add_argument("--out", type=Path, required=True)
    return parser


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
