"""An officer of HR who changes catalogue, posts and directory while things die, so that keepers have something to die over."""

from __future__ import annotations

import contextlib
import random
import threading
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from competency.directory import Identifier, Post, PostKind, Unit
from store.consequences import everyone, of_employees, of_entries
from store.port import Store, Unavailable
from tests.e2e.crash.people import HOME_PAGE

PAUSE_S = 0.25


class Officer(threading.Thread):
    """Each change is one command of the store, with what follows from it; `changes` counts those that were acknowledged."""

    def __init__(self, store: Store, seed: str, stop: threading.Event) -> None:
        super().__init__(name="officer")
        self.changes = 0
        self._store = store
        self._random = random.Random(seed)
        self._stop_requested = stop

    def run(self) -> None:
        acts: tuple[Callable[[], bool], ...] = (self._entry, self._post, self._employee)
        while not self._stop_requested.wait(PAUSE_S):
            with contextlib.suppress(Unavailable):
                self.changes += self._random.choice(acts)()

    def _entry(self) -> bool:
        held = {entry.id: entry for entry in self._store.catalogue.entries()}
        entry = replace(held[self._random.choice(sorted(held))], jp=Decimal(self._random.randint(1, 12)))
        return self._store.catalogue.put_entries([entry], orders=of_entries([entry], held))

    def _post(self) -> bool:
        standards = {"k1": self._random.randint(1, 5), "k2": self._random.randint(1, 5)}
        post = Post("p1", "Analis", PostKind.FUNGSIONAL, "pelaksana", standards)
        return self._store.directory.put_posts([post], orders=everyone())

    def _employee(self) -> bool:
        """Somebody is moved to another unit, or loses the account that statements name, or gets it back."""
        directory = self._store.directory
        directory.put_units([Unit("u2", "Bidang", "u1")])
        held = {employee.id: employee for employee in directory.employees()}
        employee = held[self._random.choice(sorted(held))]
        accounts = () if self._random.random() < 0.3 else (Identifier(f"account|{HOME_PAGE}|{employee.nip}"),)
        now = [replace(employee, unit_id=self._random.choice(("u1", "u2")), identifiers=accounts)]
        return directory.put_employees(now, orders=of_employees(now, held))
