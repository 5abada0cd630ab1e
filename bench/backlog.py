"""A backlog, worked off stage by stage: what each stage costs alone, and how two of a kind do beside one.

    python -m bench.backlog [--mode embedded|full] [--statements 100000] [--most 2]

The statements of `bench.load` are accepted first (fifty a request, two partitions), with no worker there. Then recorders alone work
off what was accepted, then profilers alone what was recorded; for each number of them from an installation of its own. So no stage
competes with another for the cores, and its CPU is its own. Memory is the most that any one process of the stage had.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import psutil

from bench import servers
from bench.load.connections import drive
from bench.load.conversations import Posting, Tally
from bench.load.population import write_files
from bench.load.processes import Member, Watch, with_children
from bench.load.requests import Endpoint, Ids, Posts
from bench.load.statements import rendered
from bench.watching import sizes
from rekam.settings import Settings
from rekam.wiring import System
from tests.e2e.installation import KEY, SECRET, Installation
from tests.servers.kafka_broker import KafkaServer
from tests.servers.mongod import MongoServer

BATCH = 50
PARTITIONS = 2
_POOL = 10_000
_CONNECTIONS = 16
_LONGEST_S = 3_600.0
_LOOK_S = 0.05
_NOT_OURS = ("client", "kafka")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mode", choices=("embedded", "full"), default="embedded")
    parser.add_argument("--statements", type=int, default=100_000)
    parser.add_argument("--most", type=int, default=2, help="so many recorders, and profilers, at most (default: 2)")
    asked = parser.parse_args()
    print(f"### {asked.mode}, {asked.statements:,} statements\n")
    print("| stage | processes | statements/s | µs of CPU a statement | most memory |\n|---|---|---|---|---|")
    for number in range(1, asked.most + 1):
        _work_off(asked.mode, asked.statements, number)
    return 0


def _work_off(mode: str, count: int, number: int) -> None:
    with ExitStack() as at_end:
        folder = Path(at_end.enter_context(tempfile.TemporaryDirectory(prefix="rekam-bench-")))
        chosen, seen = _servers(mode, folder, at_end)
        partitions = {"accepted_partitions": str(PARTITIONS), "recorded_partitions": str(PARTITIONS)}
        rekam = Installation(folder / "var", log_level="warning", **partitions, **chosen)
        rekam.folder.mkdir(parents=True)
        rekam.cli("setup")
        directory, catalogue = write_files(folder)
        rekam.cli("directory", "import", *map(str, directory), timeout=_LONGEST_S)
        rekam.cli("catalogue", "import", str(catalogue))
        system = at_end.enter_context(closing(System.open(Settings.read(rekam.environment))))
        sizes_before = sum(sizes(system.settings.store_url).values())
        rekam.start("serve")
        answering = [Member("api", process) for process in rekam.family()]
        _stage("accept", len(answering), count, [*seen, *answering], lambda: _post(rekam, count))
        rekam.stop()
        for name in ("recorder", "profiler"):
            with ExitStack() as ending:
                workers = [ending.enter_context(_started(rekam, "work", name)) for _ in range(number)]
                members = [*seen, *(Member(name, worker) for worker in workers)]
                _stage(name, number, count, members, lambda name=name: _until_done(system, name))  # type: ignore[misc]
        if number == 1:
            grown = sum(sizes(system.settings.store_url).values()) - sizes_before
            print(f"| (store grown by, a statement) | | | | {grown / count:,.0f} bytes |", flush=True)


def _stage(name: str, number: int, count: int, members: Sequence[Member], work: Callable[[], None]) -> None:
    started = time.monotonic()
    with Watch(lambda: members) as watch:
        work()
    took_s = time.monotonic() - started
    cpu = ", ".join(f"{role} {seconds / count * 1e6:,.0f}" for role, seconds in watch.cpu_s.items() if seconds >= 0.05)
    memory = ", ".join(
        f"{role} {most / 2**20:,.0f} MB" for role, most in watch.peak_bytes.items() if role not in ("client", "kafka")
    )
    print(f"| {name} | {number} | {count / took_s:,.0f} | {cpu} | {memory} |", flush=True)


def _post(rekam: Installation, count: int) -> None:
    endpoint = Endpoint.of(f"{rekam.base}/xapi", KEY, SECRET)
    posts, tally = Posts(endpoint, rendered(1, _POOL), BATCH, Ids("backlog")), Tally()
    drive(endpoint.address, [Posting(posts, tally, most=count // BATCH) for _ in range(_CONNECTIONS)], _LONGEST_S)
    assert not tally.refused, tally.first_refusal


def _until_done(system: System, name: str) -> None:
    while system.behind()[name]:
        time.sleep(_LOOK_S)


@contextmanager
def _started(rekam: Installation, *arguments: str) -> Iterator[psutil.Process]:
    """`rekam …` until the end of the block."""
    with (rekam.folder / "up.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "rekam", *arguments], env=rekam.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
    try:
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(60)


def _servers(mode: str, folder: Path, at_end: ExitStack) -> tuple[dict[str, str], list[Member]]:
    if mode == "embedded":
        return {}, []
    kafka = servers.kafka(folder / "kafka", at_end)
    mongo = servers.mongo(folder / "mongo", at_end)
    seen = with_children("kafka", psutil.Process(kafka.pid)) if isinstance(kafka, KafkaServer) else []
    seen += with_children("mongod", psutil.Process(mongo.pid)) if isinstance(mongo, MongoServer) else []
    return {"event_log": f"kafka://{kafka.bootstrap}", "store": mongo.database_url("rekam")}, seen


if __name__ == "__main__":
    sys.exit(main())
