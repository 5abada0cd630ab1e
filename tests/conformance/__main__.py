"""`python -m tests.conformance /path/to/suite`: both versions against both modes, a fresh Rekam for each run."""

from __future__ import annotations

import argparse
import secrets
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.conformance.suite import CannotRun, Outcome, Suite
from tests.e2e.installation import KEY, SECRET, Installation
from tests.servers.cache import Unobtainable
from tests.servers.discovery import KafkaAddress, MongoAddress
from tests.servers.local_server import DidNotStart
from tests.servers.run_servers import ServersOfTheRun, Wanted

VERSIONS = ("1.0.3", "2.0.0")
MODES = ("embedded", "full")
API_PROCESSES = 2
_ROW = "{:<9} {:<8} {:>4} {:>7} {:>7} {:>8} {:>8}"


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the suite: the outcome, or None where there was none."""

    version: str
    mode: str
    number: int
    outcome: Outcome | None

    @property
    def row(self) -> str:
        found = self.outcome
        if found is None:
            return _ROW.format(self.mode, self.version, self.number, "-", "-", "-", "-")
        return _ROW.format(self.mode, self.version, self.number, found.passed, found.failed, found.not_run, f"{found.seconds:.1f}")


def main(arguments: Sequence[str]) -> int:
    """The exit status: 0 only if every test of every run passed."""
    parser = argparse.ArgumentParser(prog="python -m tests.conformance", description=__doc__)
    parser.add_argument("suite", type=Path, help="a checkout of adlnet/lrs-conformance-test-suite, after `npm install`")
    parser.add_argument("--versions", nargs="+", choices=VERSIONS, default=VERSIONS)
    parser.add_argument("--modes", nargs="+", choices=MODES, default=MODES)
    parser.add_argument("--runs", type=int, default=1, help="how often each is run, each time from an empty store")
    chosen = parser.parse_args(arguments)
    try:
        suite = Suite.at(chosen.suite.resolve())
    except CannotRun as reason:
        print(reason, file=sys.stderr)
        return 2
    print(f"lrs-conformance-test-suite at commit {suite.commit()}, {API_PROCESSES} API processes")
    print(_ROW.format("mode", "version", "run", "passed", "failed", "not run", "seconds"), flush=True)
    runs = []
    servers = ServersOfTheRun()
    try:
        for mode in chosen.modes:
            for version in chosen.versions:
                for number in range(1, chosen.runs + 1):
                    runs.append(_run(suite, servers, mode, version, number))
    finally:
        servers.end()
    for run in runs:
        for failure in run.outcome.failures if run.outcome is not None else ():
            print(f"\n{run.mode} {run.version} run {run.number}: {failure}")
    return 0 if all(run.outcome is not None and run.outcome.is_clean for run in runs) else 1


def _run(suite: Suite, servers: ServersOfTheRun, mode: str, version: str, number: int) -> Run:
    outcome = None
    try:
        with _fresh(servers, mode, version) as (installation, folder):
            outcome = suite.run(f"{installation.base}/xapi", version, KEY, SECRET, folder / "suite.txt")
    except (CannotRun, Unobtainable, DidNotStart, AssertionError) as reason:
        print(f"{mode} {version}: {reason}", file=sys.stderr)
    run = Run(version, mode, number, outcome)
    print(run.row, flush=True)
    return run


@contextmanager
def _fresh(servers: ServersOfTheRun, mode: str, version: str) -> Iterator[tuple[Installation, Path]]:
    """A Rekam that has nothing in it yet. The suites contradict each other on requests that name no version, so each meets the
    default that it expects."""
    settings = {"default_version": version, "api_processes": str(API_PROCESSES), "log_level": "warning"}
    if mode == "full":
        kafka, mongo = servers.ask(Wanted.KAFKA), servers.ask(Wanted.MONGO)
        assert isinstance(kafka, KafkaAddress)
        assert isinstance(mongo, MongoAddress)
        name = f"conformance_{secrets.token_hex(4)}"
        settings |= {"event_log": kafka.url, "store": mongo.database_url(name), "topic_prefix": f"{name}."}
    with (
        tempfile.TemporaryDirectory(prefix="rekam-conformance-") as folder,
        Installation(Path(folder), **settings) as installation,
    ):
        yield installation, Path(folder)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
