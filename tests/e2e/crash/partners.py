"""Partners that send a seeded load while things die around them, and remember what they were told."""

from __future__ import annotations

import copy
import json
import random
import threading
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

import urllib3

from tests.e2e.crash.people import ACTIVITIES, EMPLOYEES, actor

VOIDED = "http://adlnet.gov/expapi/verbs/voided"
COMPLETED = "http://adlnet.gov/expapi/verbs/completed"
Statement = dict[str, Any]
T = TypeVar("T")
LATELY = 3
"""So few of what was acknowledged last that the recorder may not have seen them yet."""


@dataclass(slots=True)
class Memory:
    """What one partner sent, by what it was told. `violations` are answers no partner may ever get."""

    acknowledged: dict[str, Statement] = field(default_factory=dict)
    acknowledged_batches: list[list[Statement]] = field(default_factory=list)
    unknown_batches: list[list[Statement]] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    acknowledged_conflicts: set[str] = field(default_factory=set)
    possible_conflicts: set[str] = field(default_factory=set)
    other_contents: dict[str, list[Statement]] = field(default_factory=dict)
    read_back: int = 0
    possible_voids: set[str] = field(default_factory=set)
    voids: set[str] = field(default_factory=set)
    violations: list[str] = field(default_factory=list)


class Partner(threading.Thread):
    """One connection, one request at a time. All choices come from the seed; only what the server does in between varies."""

    def __init__(self, url: str, headers: dict[str, str], seed: str, stop: threading.Event) -> None:
        super().__init__(name=f"partner {seed}")
        self.memory = Memory()
        self._url = url
        self._random = random.Random(seed)
        self._stop_requested = stop
        self._pool = urllib3.PoolManager(maxsize=1, retries=False, timeout=6.0, headers=headers)
        self._ahead: list[str] = []
        self._acknowledged_at = 0.0

    def run(self) -> None:
        acts = (self._fresh, self._again, self._conflict, self._torn, self._void, self._read_back)
        try:
            while not self._stop_requested.is_set():
                self._random.choices(acts, weights=(10, 4, 3, 1, 3, 3))[0]()
                self._stop_requested.wait(self._random.uniform(0.0, 0.02))
        finally:
            self._pool.clear()

    def read_own(self, times: int) -> None:
        """When nothing dies, what is acknowledged is found by the very next request."""
        try:
            for _ in range(times):
                self._fresh()
                before = self.memory.read_back
                self._read_back()
                if self.memory.read_back == before:
                    self.memory.violations.append("nothing died, and a statement just acknowledged was not found")
        finally:
            self._pool.clear()

    def _fresh(self) -> None:
        batch = [self._statement() for _ in range(self._random.randint(1, 8))]
        status = self._send(batch, patient=self._random.random() < 0.7)
        if status is None:
            self.memory.unknown_batches.append(batch)
        elif status == 200:
            self.memory.acknowledged |= {one["id"]: one for one in batch}
            self.memory.acknowledged_batches.append(batch)
            self._acknowledged_at = time.time()
        else:
            self.memory.violations.append(f"a valid new batch was answered {status}")

    def _again(self) -> None:
        if not self.memory.acknowledged_batches:
            return
        batch = self._some(self.memory.acknowledged_batches)
        status = self._send(batch, patient=False)
        contested = {one["id"] for one in batch} & (self.memory.acknowledged_conflicts | self.memory.possible_conflicts)
        if status not in (200, None) and not (status == 409 and contested):
            self.memory.violations.append(f"an acknowledged batch sent again was answered {status}")

    def _conflict(self) -> None:
        if not self.memory.acknowledged_batches:
            return
        held = self._random.choice(self._some(self.memory.acknowledged_batches))
        if held["verb"]["id"] == VOIDED:
            return
        other = copy.deepcopy(held)
        other["result"] = {"completion": True, "response": f"changed {self._random.random()}"}
        self.memory.other_contents.setdefault(held["id"], []).append(other)
        status = self._send([other], patient=False)
        if status == 200:
            self.memory.acknowledged_conflicts.add(held["id"])
        elif status is None:
            self.memory.possible_conflicts.add(held["id"])
        elif status != 409:
            self.memory.violations.append(f"a conflicting statement was answered {status}")

    def _torn(self) -> None:
        batch = [self._statement() for _ in range(3)]
        del batch[self._random.randrange(3)]["verb"]
        status = self._send(batch, patient=False)
        self.memory.refused |= {one["id"] for one in batch}
        if status not in (400, None):
            self.memory.violations.append(f"a batch with an invalid statement was answered {status}")

    def _void(self) -> None:
        """Withdraw a statement that was acknowledged, or one that is yet to be sent."""
        plain = [held for held in self.memory.acknowledged.values() if held["verb"]["id"] != VOIDED]
        if plain and self._random.random() < 0.6:
            target = self._some(plain)["id"]
        else:
            target = self._new_id()
            self._ahead.append(target)
        voider: Statement = {
            "id": self._new_id(),
            "actor": actor(self._random.choice(EMPLOYEES)),
            "verb": {"id": VOIDED},
            "object": {"objectType": "StatementRef", "id": target},
            "timestamp": "2026-03-01T00:00:00.000Z",
        }
        status = self._send([voider], patient=True)
        if status == 200:
            self.memory.acknowledged[voider["id"]] = voider
            self.memory.voids.add(target)
        elif status is None:
            self.memory.unknown_batches.append([voider])
            self.memory.possible_voids.add(target)
        else:
            self.memory.violations.append(f"a voiding statement was answered {status}")

    def _read_back(self) -> None:
        """Look for one's own last statement. It may be missing only where the answer's promise does not reach so far."""
        if not self.memory.acknowledged_batches:
            return
        name = self._random.choice(self.memory.acknowledged_batches[-1])["id"]
        if name in self.memory.voids | self.memory.possible_voids:
            return
        try:
            answer = self._pool.request("GET", f"{self._url}/statements?statementId={name}")
        except urllib3.exceptions.HTTPError:
            return
        if answer.status == 200:
            self.memory.read_back += 1
        elif answer.status == 404:
            promised = answer.headers["X-Experience-API-Consistent-Through"]
            if datetime.fromisoformat(promised).timestamp() >= self._acknowledged_at:
                self.memory.violations.append(f"{name} was acknowledged, is said to be readable ({promised}), and is not found")
        elif answer.status != 503:
            self.memory.violations.append(f"reading one's own statement was answered {answer.status}")

    def _some(self, held: Sequence[T]) -> T:
        """One of these; as often as not one of the last, which the recorder may not have seen yet."""
        return self._random.choice(held[-LATELY:] if self._random.random() < 0.5 else held)

    def _send(self, batch: list[Statement], *, patient: bool) -> int | None:
        """The status, or None when nothing is known of the outcome. A patient partner tries the same again for a while."""
        body = json.dumps(batch).encode()
        for _ in range(60 if patient else 1):
            try:
                status = self._pool.request("POST", f"{self._url}/statements", body=body).status
            except urllib3.exceptions.HTTPError:
                status = 0
            if status not in (0, 503):
                return status
            if self._stop_requested.wait(0.2):
                break
        return None

    def _statement(self) -> Statement:
        return {
            "id": self._ahead.pop() if self._ahead and self._random.random() < 0.5 else self._new_id(),
            "actor": actor(self._random.choice(EMPLOYEES)),
            "verb": {"id": COMPLETED, "display": {"id-ID": "menyelesaikan"}},
            "object": {"id": self._random.choice(ACTIVITIES)},
            "result": {"completion": self._random.random() < 0.9},
            "context": {"extensions": {"https://example.go.id/x.y": self._random.random()}},
            "timestamp": f"202{self._random.randint(4, 6)}-0{self._random.randint(1, 9)}-15T08:00:00.000Z",
        }

    def _new_id(self) -> str:
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))
