"""What processes use while something is measured: seconds of CPU by role, the most memory, and how large stores have become."""

from __future__ import annotations

import contextlib
import os
import resource
import sqlite3
import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType
from urllib.parse import urlsplit

import psutil
from pymongo import MongoClient

from tests.e2e.installation import Installation

_SAMPLE_S = 0.02
_PAGE_ROWS = "SELECT m.tbl_name, SUM(d.pgsize) FROM dbstat d JOIN sqlite_master m ON m.name = d.name GROUP BY 1"


class Cpu:
    """Seconds of CPU since it was made, of the processes of an installation, of servers that this program started, and of the
    commands that it ran and that have ended."""

    def __init__(self) -> None:
        self._before = self._now()

    def used(self) -> dict[str, float]:
        used = {role: seconds - self._before[role] for role, seconds in self._now().items()}
        return {role: seconds for role, seconds in sorted(used.items()) if seconds >= 0.05}

    def __str__(self) -> str:
        return ", ".join(f"{role} {seconds:,.1f}" for role, seconds in self.used().items())

    def _now(self) -> defaultdict[str, float]:
        found: defaultdict[str, float] = defaultdict(float)
        ended = resource.getrusage(resource.RUSAGE_CHILDREN)
        found["the command"] = ended.ru_utime + ended.ru_stime
        for process in psutil.Process().children(recursive=True):
            with contextlib.suppress(psutil.Error):
                times = process.cpu_times()
                found[_role(process.name(), process.cmdline())] += times.user + times.system
        return found


class PeakMemory:
    """A context manager: the most resident memory (bytes) that any one API process had meanwhile, and the least at its start."""

    def __init__(self, rekam: Installation) -> None:
        self._processes = [child for process in rekam.members("serve") for child in process.children()]
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="memory", daemon=True)
        self.before = max(process.memory_info().rss for process in self._processes)
        self.peak = self.before

    def __enter__(self) -> PeakMemory:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(_SAMPLE_S):
            for process in self._processes:
                self.peak = max(self.peak, process.memory_info().rss)


def sizes(store_url: str) -> Mapping[str, int]:
    """Bytes on disk of each table or collection of a store, its indexes among them."""
    if store_url.startswith("sqlite:"):
        path = store_url.removeprefix("sqlite:///")
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            return dict(connection.execute(_PAGE_ROWS))
    with MongoClient[dict[str, object]](store_url) as client:
        database = client[urlsplit(store_url).path.removeprefix("/")]
        found = {name: database.command("collStats", name) for name in database.list_collection_names()}
        return {name: int(one["storageSize"]) + int(one["totalIndexSize"]) for name, one in found.items()}


@contextmanager
def environment(variables: Mapping[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _role(name: str, command: list[str]) -> str:
    if name in ("mongod", "java"):
        return {"java": "Kafka"}.get(name, name)
    if command[-2:-1] == ["work"]:
        return command[-1]
    return {"serve": "API", "up": "supervisor"}.get(command[-1] if command else "", name)
