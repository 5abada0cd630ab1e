"""A rebuild of all profiles by several processes, with its progress."""

from __future__ import annotations

import atexit
import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import cache
from multiprocessing.process import BaseProcess

from rekam.memory import look_less_often
from rekam.settings import Settings
from rekam.wiring import System
from store.port import OrderKind
from telemetry import logs
from workers.rebuild import Difference, Rebuild, Stretch
from workers.refresher import LEASE_MS, Refresher

KINDS = frozenset({OrderKind.REBUILD})
LOOK_S = 0.5
Say = Callable[[str], None]


def cores() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class RebuildEnded(Exception):
    """A process of the rebuild ended before there was nothing left; the message says what to do."""


def rebuild_all(system: System, processes: int, say: Say, *, anew: bool) -> int:
    """Go on with a rebuild that was not finished, or begin one (`anew`: whatever is left of an earlier one); returns how many parts
    were there to do. `say` is told of progress. Raises RebuildEnded, and Unavailable of log or store; run again, it goes on."""
    rebuild = system.rebuild()
    parts = rebuild.begin(anew=anew)
    processes = max(1, min(processes, parts))
    say(f"{parts} parts to rebuild, {processes} at a time")
    if processes == 1:
        look_less_often()
        _until_nothing_is_left(system.refresher(), rebuild, system, say)
        return parts
    # Spawned, not forked: connections and threads of this process are its own.
    context = multiprocessing.get_context("spawn")
    children = [context.Process(target=_child, name=f"rebuild-{number + 1}") for number in range(processes)]
    for child in children:
        child.start()
    try:
        _watch(children, rebuild, say)
    finally:
        for child in children:
            child.terminate()
            child.join()
    return parts


def differences(system: System, processes: int) -> Iterator[Difference]:
    """What `Rebuild.check` finds, in the same order, by several processes. Raises RebuildEnded, and Unavailable of log or store."""
    rebuild = system.rebuild()
    stretches = rebuild.stretches()
    processes = min(processes, len(stretches))
    if processes <= 1:
        look_less_often()
        yield from rebuild.check()
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context) as pool:
        try:
            for found in pool.map(_differing, stretches):
                yield from found
        except BrokenProcessPool as ended:
            raise RebuildEnded("a process ended early; nothing was changed, run the same command again") from ended


def _watch(children: Sequence[BaseProcess], rebuild: Rebuild, say: Say) -> None:
    shown = -1
    while any(child.is_alive() for child in children):
        left = len(rebuild.left())
        if left != shown:
            say(f"{left} parts left")
            shown = left
        next(child for child in children if child.is_alive()).join(LOOK_S)
    ended = [child.name for child in children if child.exitcode != 0]
    if ended and rebuild.left():
        raise RebuildEnded(f"{', '.join(ended)} ended early; run the same command again, it goes on with the parts that are left")


def _until_nothing_is_left(refresher: Refresher, rebuild: Rebuild, system: System, say: Say) -> None:
    """A part that another process has taken is waited for: it may have died, and then its lease ends."""
    while left := len(rebuild.left()):
        say(f"{left} parts left")
        if not refresher.carry_out_one(KINDS):
            system.clock.sleep(min(LOOK_S, LEASE_MS / 1000))


def _differing(stretch: Stretch) -> list[Difference]:
    return list(_own_system().rebuild().check(stretch))


@cache
def _own_system() -> System:
    """This process's, for all stretches that it is given."""
    system = _opened()
    atexit.register(system.close)
    return system


def _opened() -> System:
    settings = Settings.read()
    logs.configure(settings.log_level)
    system = System.open(settings)
    look_less_often()
    return system


def _child() -> None:
    system = _opened()
    try:
        _until_nothing_is_left(system.refresher(), system.rebuild(), system, lambda _: None)
    finally:
        system.close()
