"""Nothing acknowledged is lost, nothing counts twice, nothing is there in part, whatever process is killed when.

A seeded load with duplicates, retries, conflicts and voiding runs while processes are killed. `REKAM_TEST_SEED` chooses the
seed, which a failure prints. What dies between which two steps is left to chance here; `tests/integration/workers/test_deaths.py`
goes through all of them.
"""

from __future__ import annotations

import contextlib
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
from store.port import Positions, Store, Unavailable
from tests.e2e.crash.officer import Officer
from tests.e2e.crash.partners import Memory, Partner
from tests.e2e.crash.people import settle
from tests.e2e.crash.replica import Replica
from tests.e2e.crash.verdict import violations
from tests.e2e.installation import Installation
from tests.servers.discovery import OwnKafka, OwnMongo

KILLS = 30
PARTNERS = 6
SERVER_DOWN_S = 1.5
ALL_AT_ONCE = 2
ORPHANS_END_S = 10.0
CALM_READS = 20
AT_WORK_WITHIN_S = 1.5
KINDS = (("serve",), ("work", "recorder"), ("work", "profiler"), ("work", "keeper"), ("api worker",))
WEIGHTS = (4, 8, 5, 5, 5)
TAKEN_FOR_DEAD_S = {"embedded": 4.0, "full": 12.0}
"""A recorder that stands still so long comes back when another went on where it stood: longer than a lease or a session lasts."""


@dataclass(slots=True)
class Victims:
    """Whom to kill. `servers` die once each, by name, everything of Rekam at once a few times, its processes one by one as often
    as it takes."""

    rekam: Installation
    positions: Positions
    taken_for_dead_s: float
    servers: dict[str, Callable[[], None]] = field(default_factory=dict)

    def kill(self, dice: random.Random, count: int) -> Iterator[str]:
        """Kill `count` times; yields whom."""
        events = {**self.servers, **{f"everything ({number + 1})": self._everything for number in range(ALL_AT_ONCE)}}
        events["a pause of the recorders"] = lambda: self._pause(dice)
        schedule: dict[int, str] = dict(zip(dice.sample(range(3, count - 3), len(events)), events, strict=True))
        done = 0
        while done < count:
            time.sleep(dice.uniform(0.4, 1.4))
            if done in schedule:
                events[schedule[done]]()
                yield schedule[done]
                done += 1
                continue
            (words,) = dice.choices(KINDS, WEIGHTS)
            victims = self._api_workers() if words == ("api worker",) else self.rekam.members(*words)
            if victims:
                if "recorder" in words:
                    self._await_a_claim(released=dice.random() < 0.4)
                # Of recorders all: those that stand by are not worth a kill, and nobody can tell which they are.
                chosen = victims if "recorder" in words else [dice.choice(sorted(victims, key=lambda process: process.pid))]
                for victim in chosen:
                    with contextlib.suppress(psutil.NoSuchProcess):
                        victim.kill()
                yield " ".join(words)
                done += 1

    def _await_a_claim(self, *, released: bool) -> None:
        """Until a recorder is between two steps: it has claimed a position and not advanced it, or has `released` it just now."""
        deadline = time.monotonic() + AT_WORK_WITHIN_S
        claimed_before = False
        while time.monotonic() < deadline:
            try:
                claimed = any(position.claimed for position in self.positions.positions().values())
            except Unavailable:
                return
            if claimed != released and (claimed or claimed_before):
                return
            claimed_before = claimed_before or claimed
            time.sleep(0.0003)

    def _pause(self, dice: random.Random) -> None:
        """Each recorder stands still for longer than its share is kept, one after the other: the one at work is among them."""
        for recorder in self.rekam.members("work", "recorder"):
            with contextlib.suppress(psutil.NoSuchProcess):
                recorder.suspend()
                time.sleep(self.taken_for_dead_s)
                recorder.resume()
                time.sleep(dice.uniform(0.0, 0.5))

    def _everything(self) -> None:
        self.rekam.kill()
        self.rekam.start()

    def _api_workers(self) -> list[psutil.Process]:
        found: list[psutil.Process] = []
        for server in self.rekam.members("serve"):
            try:
                found += server.children()
            except psutil.Error:
                continue
        return found


def store_of(rekam: Installation) -> Store:
    return open_store(Settings.read({name: value for name, value in rekam.environment.items() if name.startswith("REKAM_")}))


def credentials(rekam: Installation) -> list[dict[str, str]]:
    """Headers of as many partners as send; directory and catalogue are filled as well."""
    with contextlib.closing(store_of(rekam)) as store:
        settle(store)
        for number in range(PARTNERS):
            store.credentials.put(Credential(f"p{number}", hash_secret("s"), f"partner{number}", PARTNER_ROLES, 0))
    return [Installation.headers(f"p{number}", "s") for number in range(PARTNERS)]


def storm(rekam: Installation, mode: str, servers: dict[str, Callable[[], None]], seed: str) -> None:
    headers = credentials(rekam)
    rekam.start()
    stop = threading.Event()
    partners = [Partner(f"{rekam.base}/xapi", each, f"{seed}:{number}", stop) for number, each in enumerate(headers)]
    replica = Replica(rekam.base, rekam.headers(), stop)
    killed: list[str] = []
    with contextlib.closing(store_of(rekam)) as store:
        officer = Officer(store, f"{seed}:officer", stop)
        threads: Sequence[threading.Thread] = [*partners, replica, officer]
        try:
            for thread in threads:
                thread.start()
            killed += Victims(rekam, store.positions, TAKEN_FOR_DEAD_S[mode], servers).kill(random.Random(seed), KILLS)
            time.sleep(2)
        finally:
            stop.set()
            for thread in threads:
                thread.join(30)
    rekam.wait_until_ready()
    rekam.wait_until_idle()
    calm = Partner(f"{rekam.base}/xapi", headers[0], f"{seed}:calm", threading.Event())
    calm.read_own(CALM_READS)
    partners.append(calm)
    rekam.wait_until_idle()
    replica.catch_up()
    survivors = rekam.strangers()
    found = violations(rekam, [partner.memory for partner in partners], replica)
    happened = Happened.of([partner.memory for partner in partners], replica, officer, killed)
    story = f"seed {seed}; {happened}; killed {killed}"
    print(story)
    assert not survivors, f"{story}\nprocesses whose parent was killed live on: {survivors}"
    assert not found, f"{story}\n" + "\n".join(found[:20])
    assert happened.is_enough(), f"too little happened to prove anything: {story}"
    rekam.kill_the_head()
    assert nobody_is_left(rekam), f"`rekam up` was killed and these live on: {rekam.strangers()}"


@dataclass(frozen=True, slots=True)
class Happened:
    """How much of each kind there was to go wrong."""

    acknowledged: int
    conflicts: int
    voids: int
    unknown: int
    read_back: int
    replica_passes: int
    changes: int
    kinds_killed: int

    @staticmethod
    def of(memories: Sequence[Memory], replica: Replica, officer: Officer, killed: Sequence[str]) -> Happened:
        return Happened(
            acknowledged=sum(len(memory.acknowledged) for memory in memories),
            conflicts=sum(len(memory.acknowledged_conflicts) for memory in memories),
            voids=sum(len(memory.voids) for memory in memories),
            unknown=sum(len(memory.unknown_batches) for memory in memories),
            read_back=sum(memory.read_back for memory in memories),
            replica_passes=replica.passes,
            changes=officer.changes,
            kinds_killed=len(set(killed)),
        )

    def is_enough(self) -> bool:
        return (
            self.acknowledged > 1_000
            and self.conflicts > 3
            and self.voids > 50
            and self.read_back > 50
            and self.replica_passes > KILLS // 3
            and self.changes > 30
            and self.kinds_killed >= 6
        )


def nobody_is_left(rekam: Installation) -> bool:
    deadline = time.monotonic() + ORPHANS_END_S
    while rekam.strangers():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


@pytest.fixture
def seed() -> str:
    return os.environ.get("REKAM_TEST_SEED") or str(random.SystemRandom().randrange(10**9))


@pytest.mark.timeout(420)
@pytest.mark.xdist_group("crash")
def test_embedded_survives_thirty_kills(tmp_path: Path, seed: str) -> None:
    with_profilers = {"recorders": "2", "profilers": "2", "api_processes": "2", "log_level": "warning"}
    rekam = Installation(tmp_path / "var", **with_profilers)
    try:
        storm(rekam, "embedded", {}, seed)
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
        storm(rekam, "full", {"Kafka": outage(private_kafka), "MongoDB": outage(private_mongo)}, seed)
    finally:
        rekam.__exit__()
