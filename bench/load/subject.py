"""What is measured: a Rekam of our own, embedded or on Kafka and MongoDB, or any LRS at a URL."""

from __future__ import annotations

import platform
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import psutil

from bench import servers
from bench.load.population import write_files
from bench.load.processes import Member, rekam_members, with_children
from bench.load.requests import Endpoint
from rekam.settings import Settings
from rekam.wiring import System
from tests.e2e.installation import KEY, SECRET, Installation
from tests.servers.kafka_broker import KafkaServer
from tests.servers.mongod import MongoServer

EMBEDDED, FULL = "embedded", "full"


@dataclass(frozen=True, slots=True)
class Subject:
    """`members` are its processes that are ours to see. `behind` says how many records recorder and profiler have still to do; None
    where nobody can tell. `settings` are those of a Rekam of ours; `mongo_url` is where it has a MongoDB. `folder` is its disk."""

    name: str
    endpoint: Endpoint
    versions: Mapping[str, str]
    members: Callable[[], Sequence[Member]]
    behind: Callable[[], tuple[int, int]] | None
    settings: Settings | None
    mongo_url: str
    folder: Path


@contextmanager
def anywhere(url: str, key: str, secret: str) -> Iterator[Subject]:
    """An LRS that runs already."""
    with tempfile.TemporaryDirectory() as folder:
        yield Subject(url, Endpoint.of(url, key, secret), _versions(), lambda: [], None, None, "", Path(folder))


@contextmanager
def own(mode: str, settings: Mapping[str, str], tell: Callable[[str], None]) -> Iterator[Subject]:
    """A Rekam in a folder of its own, with the people in its directory and the courses in its catalogue."""
    with ExitStack() as closing:
        folder = Path(closing.enter_context(tempfile.TemporaryDirectory()))
        # What `Installation` starts is as small as its tests want it; what is measured is Rekam as it is started by others.
        usual = {"log_level": "warning", "api_processes": str(Settings.read({}).api_processes)}
        chosen, versions = {**usual, **settings}, dict(_versions())
        seen: list[tuple[str, int]] = []
        mongo_url = ""
        if mode == FULL:
            kafka = servers.kafka(folder / "kafka", closing)
            mongo = servers.mongo(folder / "mongo", closing)
            seen += [("kafka", kafka.pid)] if isinstance(kafka, KafkaServer) else []
            seen += [("mongod", mongo.pid)] if isinstance(mongo, MongoServer) else []
            mongo_url = mongo.database_url("ceiling")
            versions |= {"kafka": kafka.version, "mongod": mongo.version}
            chosen |= {"event_log": f"kafka://{kafka.bootstrap}", "store": mongo.database_url("rekam")}
        rekam = closing.enter_context(Installation(folder / "var", **chosen))
        tell("people into the directory, courses into the catalogue")
        directory, catalogue = write_files(folder)
        rekam.cli("directory", "import", *map(str, directory), timeout=900)
        rekam.cli("catalogue", "import", str(catalogue))
        read = Settings.read(rekam.environment)
        system = System.open(read)
        closing.callback(system.close)
        endpoint = Endpoint.of(f"{rekam.base}/xapi", KEY, SECRET)
        yield Subject(mode, endpoint, versions, lambda: _members(rekam, seen), lambda: _behind(system), read, mongo_url, folder)


def _members(rekam: Installation, servers: Sequence[tuple[str, int]]) -> list[Member]:
    (up,) = {process.parent() for process in rekam.family(recursive=False)}
    found = rekam_members(up) if up is not None else []
    for role, pid in servers:
        found += with_children(role, psutil.Process(pid))
    return found


def _behind(system: System) -> tuple[int, int]:
    left = system.behind()
    return left["recorder"], left["profiler"]


def _versions() -> Mapping[str, str]:
    packages = ("rekam", "granian", "flask", "kafka-python", "pymongo", "jsonschema-rs", "msgspec")
    return {"python": platform.python_version(), **{name: version(name) for name in packages}}
