"""Nothing acknowledged is lost, nothing counts twice, nothing is there in part, whatever process is killed when.

A seeded load with duplicates, retries, conflicts and voiding runs while processes are killed. `REKAM_TEST_SEED` chooses the
seed, which a failure prints.
"""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from access.credentials import PARTNER_ROLES, Credential, hash_secret
from rekam.settings import Settings
from rekam.wiring import open_store
from tests.e2e.crash.partners import Partner
from tests.e2e.crash.people import settle
from tests.e2e.crash.replica import Replica
from tests.e2e.crash.verdict import violations
from tests.e2e.installation import Installation
from tests.servers.discovery import OwnKafka, OwnMongo

KILLS = 30
PARTNERS = 4
SERVER_DOWN_S = 1.5


@dataclass(slots=True)
class Victims:
    """Whom to kill. `servers` die once each, by name; processes of Rekam as often as it takes."""

    rekam: Installation
    servers: dict[str, Callable[[], None]] = field(default_factory=dict)

    def kill(self, dice: random.Random, count: int) -> Iterator[str]:
        """Kill `count` times; yields whom."""
        schedule: dict[int, str] = dict(zip(dice.sample(range(3, count - 3), len(self.servers)), self.servers, strict=True))
        done = 0
        while done < count:
            time.sleep(dice.uniform(0.6, 1.6))
            if done in schedule:
                self.servers[schedule[done]]()
                yield schedule[done]
                done += 1
                continue
            words = dice.choice((("serve",), ("work", "recorder"), ("work", "profiler"), ("api worker",)))
            victims = self._api_workers() if words == ("api worker",) else self.rekam.members(*words)
            if victims:
                dice.choice(sorted(victims, key=lambda process: process.pid)).kill()
                yield " ".join(words)
                done += 1

    def _api_workers(self) -> list[psutil.Process]:
        found: list[psutil.Process] = []
        for server in self.rekam.members("serve"):
            try:
                found += server.children()
            except psutil.Error:
                continue
        return found


def credentials(rekam: Installation) -> list[dict[str, str]]:
    """Headers of as many partners as send; directory and catalogue are filled as well."""
    store = open_store(Settings.read({name: value for name, value in rekam.environment.items() if name.startswith("REKAM_")}))
    settle(store)
    for number in range(PARTNERS):
        store.credentials.put(Credential(f"p{number}", hash_secret("s"), f"partner{number}", PARTNER_ROLES, 0))
    store.close()
    return [Installation.headers(f"p{number}", "s") for number in range(PARTNERS)]


def storm(rekam: Installation, servers: dict[str, Callable[[], None]], seed: str) -> None:
    headers = credentials(rekam)
    rekam.start()
    stop = threading.Event()
    partners = [Partner(f"{rekam.base}/xapi", each, f"{seed}:{number}", stop) for number, each in enumerate(headers)]
    replica = Replica(rekam.base, rekam.headers(), stop)
    threads: Sequence[threading.Thread] = [*partners, replica]
    killed: list[str] = []
    try:
        for thread in threads:
            thread.start()
        killed += Victims(rekam, servers).kill(random.Random(seed), KILLS)
        time.sleep(2)
    finally:
        stop.set()
        for thread in threads:
            thread.join(30)
    rekam.wait_until_ready()
    rekam.wait_until_idle()
    replica.catch_up()
    survivors = orphans(rekam)
    found = violations(rekam, [partner.memory for partner in partners], replica)
    acknowledged = sum(len(partner.memory.acknowledged) for partner in partners)
    story = f"seed {seed}; {acknowledged} acknowledged; {replica.passes} passes of the replica; killed {killed}"
    print(story)
    assert not survivors, f"{story}\nprocesses whose parent was killed live on: {survivors}"
    assert not found, f"{story}\n" + "\n".join(found[:20])
    assert acknowledged > 100, f"too little happened to prove anything: {story}"
    assert replica.passes > 3, story


def orphans(rekam: Installation) -> list[psutil.Process]:
    """Server processes of this installation that nobody supervises any more."""
    found = []
    for process in psutil.process_iter(["ppid", "cmdline"]):
        if process.info["ppid"] == 1 and process.info["cmdline"] and process.info["cmdline"][-1] == "serve":
            try:
                if process.environ().get("REKAM_DATA_DIR") == str(rekam.folder):
                    found.append(process)
            except psutil.Error:
                continue
    return found


@pytest.fixture
def seed() -> str:
    return os.environ.get("REKAM_TEST_SEED") or str(random.SystemRandom().randrange(10**9))


@pytest.mark.timeout(420)
@pytest.mark.xdist_group("crash")
def test_embedded_survives_thirty_kills(tmp_path: Path, seed: str) -> None:
    with_profilers = {"recorders": "1", "profilers": "2", "api_processes": "2", "log_level": "warning"}
    rekam = Installation(tmp_path / "var", **with_profilers)
    try:
        storm(rekam, {}, seed)
    finally:
        rekam.__exit__()


@pytest.mark.timeout(600)
@pytest.mark.xdist_group("crash")
def test_full_survives_thirty_kills(tmp_path: Path, private_kafka: OwnKafka, private_mongo: OwnMongo, seed: str) -> None:
    rekam = Installation(
        tmp_path / "var",
        event_log=f"kafka://{private_kafka.bootstrap}",
        store=private_mongo.database_url("rekam"),
        recorders="2",
        profilers="2",
        api_processes="2",
        log_level="warning",
    )

    def outage(server: OwnKafka | OwnMongo) -> Callable[[], None]:
        def act() -> None:
            server.kill()
            time.sleep(SERVER_DOWN_S)
            server.restart()

        return act

    try:
        storm(rekam, {"Kafka": outage(private_kafka), "MongoDB": outage(private_mongo)}, seed)
    finally:
        rekam.__exit__()
