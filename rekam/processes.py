"""Processes of one installation: ending with their parent, and being asked to stop."""

from __future__ import annotations

import ctypes
import os
import signal
from collections.abc import Callable
from types import FrameType

_PR_SET_PDEATHSIG = 1
SUPERVISOR_PID = "REKAM_SUPERVISOR_PID"
SERVER_PID = "REKAM_SERVER_PID"
"""How a process knows whose child it is, when that one may die before it can ask."""

_NICENESS = {"recorder": 2, "profiler": 5, "notifier": 5, "keeper": 10}


def end_with_parent(parent: int, by: signal.Signals) -> None:
    """Have the kernel send this process the signal `by` when the process `parent` dies, however it dies; at once if it is gone
    already. (Linux; elsewhere nothing happens.)"""
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(_PR_SET_PDEATHSIG, by, 0, 0, 0)
    except (OSError, AttributeError):
        return
    if os.getppid() != parent:
        os.kill(os.getpid(), by)


def end_with_supervisor() -> None:
    """End in good order with `rekam up`, when this process was started by one."""
    supervisor = os.environ.get(SUPERVISOR_PID)
    if supervisor is not None:
        end_with_parent(int(supervisor), signal.SIGTERM)


def end_with_server() -> None:
    """End with the `rekam serve` that this server process belongs to. At once: a server that was killed can't wait for it."""
    end_with_parent(int(os.environ[SERVER_PID]), signal.SIGKILL)


def on_stop_signal(act: Callable[[], None]) -> None:
    """Call `act` on SIGTERM and SIGINT."""

    def handle(signum: int, frame: FrameType | None) -> None:
        act()

    signal.signal(signal.SIGTERM, handle)
    signal.signal(signal.SIGINT, handle)


def yield_to_callers(kind: str) -> None:
    """Let the API have the processor before this worker, which shares a machine with it: callers wait for the one, and what the
    other has not done yet is in the log. Those that nobody waits for come last."""
    if SUPERVISOR_PID in os.environ:
        os.nice(_NICENESS[kind])
