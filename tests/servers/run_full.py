"""Rekam on Kafka and MongoDB on one machine without Docker: what `make run-full` runs."""

import fcntl
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import FrameType

from tests.servers.cache import Unobtainable
from tests.servers.kafka_broker import KafkaServer, provision_kafka
from tests.servers.local_server import DidNotStart, LocalServer
from tests.servers.mongod import MongoServer, provision_mongod
from tests.servers.process import spawn_tethered

# Together below the 5 s within which Ctrl-C ends everything. A server that needs longer is killed: what it has
# acknowledged survives that.
REKAM_GRACE_SECONDS = 3.5
SERVER_GRACE_SECONDS = 1.0

_LOOK_EVERY_SECONDS = 0.1


class _CannotRun(Exception):
    """Says why, for the person at the terminal."""


def run_full(command: Sequence[str], data_dir: Path, *, flush_every_message: bool = False) -> int:
    """Start Kafka and MongoDB on `data_dir`, then `command` with their addresses in its environment; the exit status.

    Runs until `command` ends, a server ends, or SIGINT or SIGTERM comes: then ends `command` first (SIGTERM, so that it
    can still commit), the servers after it. The servers end also when this process is killed.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    try:
        with _exclusively(data_dir), ExitStack() as servers:
            kafka, mongo = _start_servers(servers, data_dir, flush_every_message)
            return _run(command, kafka, mongo, data_dir)
    except KeyboardInterrupt:
        return 0
    except (_CannotRun, Unobtainable, DidNotStart) as reason:
        print(f"Rekam cannot run in full mode: {reason}", file=sys.stderr, flush=True)
        return 1


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    # Once: a second Ctrl-C must not interrupt the orderly end that the first one began.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


@contextmanager
def _exclusively(data_dir: Path) -> Iterator[None]:
    data_dir.mkdir(parents=True, exist_ok=True)
    with (data_dir / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _CannotRun(f"another run uses {data_dir} (REKAM_DATA_DIR chooses another folder)") from None
        yield


def _start_servers(servers: ExitStack, data_dir: Path, flush_every_message: bool) -> tuple[KafkaServer, MongoServer]:
    print("Looking for Apache Kafka and MongoDB (the first time they are fetched, about 90 MB) …", flush=True)
    kafka = KafkaServer(
        provision_kafka(),
        data_dir / "kafka",
        heap_mb=768,
        short_lived=False,
        flush_every_message=flush_every_message,
    )
    mongo = MongoServer(provision_mongod(), data_dir / "mongodb", cache_gb=0.5, oplog_mb=512)
    servers.callback(_stop_together, [kafka, mongo])
    server: KafkaServer | MongoServer
    for server in (kafka, mongo):
        began = time.monotonic()
        server.start()
        print(f"{server.name} {server.version} serves {server.url} ({time.monotonic() - began:.1f} s)", flush=True)
    return kafka, mongo


def _run(command: Sequence[str], kafka: KafkaServer, mongo: MongoServer, data_dir: Path) -> int:
    addresses = {"REKAM_EVENT_LOG": kafka.url, "REKAM_STORE": mongo.database_url("rekam")}
    for name, value in addresses.items():
        print(f"{name}={value}", flush=True)
    print(f"Data and the servers' logs are in {data_dir}", flush=True)
    environment = os.environ | addresses | {"REKAM_DATA_DIR": str(data_dir)}
    # A session of its own keeps the terminal's Ctrl-C from reaching it twice: it is ended from here.
    rekam = spawn_tethered(command, environment=environment, on_parent_death=signal.SIGTERM)
    try:
        while rekam.poll() is None:
            for server in (kafka, mongo):
                if not server.is_running():
                    raise _CannotRun(f"{server.name} ended; its log is {server.log}")
            time.sleep(_LOOK_EVERY_SECONDS)
        return rekam.returncode
    finally:
        _end(rekam)


def _end(rekam: subprocess.Popen[bytes]) -> None:
    if rekam.poll() is None:
        rekam.terminate()
        with suppress(subprocess.TimeoutExpired):
            rekam.wait(REKAM_GRACE_SECONDS)
    with suppress(ProcessLookupError):  # whatever of it is left
        os.killpg(rekam.pid, signal.SIGKILL)
    rekam.wait()


def _stop_together(servers: Sequence[LocalServer]) -> None:
    stopping = [threading.Thread(target=server.stop, args=(SERVER_GRACE_SECONDS,)) for server in servers]
    for thread in stopping:
        thread.start()
    for thread in stopping:
        thread.join()
