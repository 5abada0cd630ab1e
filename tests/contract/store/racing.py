"""Letting several threads do something to one store at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

Result = TypeVar("Result")


def at_once(*acts: Callable[[], Result]) -> list[Result]:
    """Run `acts` in a thread each, none before all are there. Returns what they return, in order; raises what one raises."""
    gate = Barrier(len(acts), timeout=30)

    def run(act: Callable[[], Result]) -> Result:
        gate.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as threads:
        return [running.result() for running in [threads.submit(run, act) for act in acts]]
