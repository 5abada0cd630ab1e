"""Keeping a set of processes alive: starts them, restarts what dies, ends all of them within a bound."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rekam.processes import SUPERVISOR_PID
from telemetry.clock import Clock
from telemetry.logs import logger

CHECK_S = 0.1
FIRST_RESTART_S = 0.2
LONGEST_RESTART_S = 5.0
GRACE_S = 10.0
"""How long processes that are asked to end have for it: the recorder and the profiler finish the step in hand."""
STEADY_S = 5.0
"""A process that lived this long is restarted without waiting when it dies."""


@dataclass(frozen=True, slots=True)
class Program:
    """A process to keep alive: its name in the log and the arguments of `rekam`."""

    name: str
    arguments: tuple[str, ...]


@dataclass(slots=True)
class _Child:
    program: Program
    process: subprocess.Popen[bytes]
    started_at: float
    wait_s: float = FIRST_RESTART_S
    restart_at: float | None = field(default=None)


class Supervisor:
    """Runs programs as `python -m rekam …` with the given environment."""

    def __init__(
        self, programs: Sequence[Program], environment: Mapping[str, str], clock: Clock, *, grace_s: float = GRACE_S
    ) -> None:
        self._programs = programs
        self._environment = {**environment, SUPERVISOR_PID: str(os.getpid())}
        self._clock = clock
        self._grace_s = grace_s
        self._stop = threading.Event()
        self._children: list[_Child] = []

    def start(self) -> None:
        self._children = [_Child(program, self._spawn(program), self._clock.monotonic()) for program in self._programs]

    def request_stop(self) -> None:
        self._stop.set()

    @property
    def stopping(self) -> bool:
        return self._stop.is_set()

    def watch(self) -> None:
        """Restart what dies until a stop is requested; then end everything. Returns when nothing is left."""
        try:
            while not self._stop.wait(CHECK_S):
                for child in self._children:
                    self._revive(child)
        finally:
            self.end()

    def end(self) -> None:
        """Ask all to finish; after `grace_s` seconds end them by force."""
        living = [child for child in self._children if child.process.poll() is None]
        for child in living:
            child.process.terminate()
        deadline = self._clock.monotonic() + self._grace_s
        for child in living:
            try:
                child.process.wait(max(0.0, deadline - self._clock.monotonic()))
            except subprocess.TimeoutExpired:
                logger("supervisor").warning("ended by force", program=child.program.name)
                child.process.kill()
                child.process.wait()

    def _revive(self, child: _Child) -> None:
        code = child.process.poll()
        if code is None:
            return
        now = self._clock.monotonic()
        if child.restart_at is None:
            child.wait_s = FIRST_RESTART_S if now - child.started_at > STEADY_S else min(child.wait_s * 2, LONGEST_RESTART_S)
            child.restart_at = now + child.wait_s
            logger("supervisor").warning("died, will be restarted", program=child.program.name, code=code, wait_s=child.wait_s)
        elif now >= child.restart_at:
            child.process = self._spawn(child.program)
            child.started_at = now
            child.restart_at = None

    def _spawn(self, program: Program) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-m", "rekam", *program.arguments],
            env=self._environment,
            stdin=subprocess.DEVNULL,
            # A group of their own: Ctrl-C reaches the supervisor alone, which ends them in good order.
            process_group=0,
        )


def worker_programs(recorders: int, profilers: int, keepers: int, notifiers: int) -> list[Program]:
    """So many of each kind of worker."""
    kinds = [("recorder", recorders), ("profiler", profilers), ("keeper", keepers), ("notifier", notifiers)]
    return [Program(f"{kind}-{number + 1}", ("work", kind)) for kind, count in kinds for number in range(count)]
