"""Processes of one installation: ending with their parent, and being asked to stop."""

from __future__ import annotations

import ctypes
import os
import signal
from collections.abc import Callable
from types import FrameType

_PR_SET_PDEATHSIG = 1
SUPERVISOR_PID = "REKAM_SUPERVISOR_PID"


def end_with_parent(expected_parent: int | None = None) -> None:
    """Have the kernel end this process when its parent dies, however it dies (Linux; elsewhere nothing happens).

    `expected_parent`: end at once if the parent is gone already.
    """
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    except (OSError, AttributeError):
        return
    if expected_parent is not None and os.getppid() != expected_parent:
        os.kill(os.getpid(), signal.SIGTERM)


def end_with_supervisor() -> None:
    """End with `rekam up`, when this process was started by one."""
    supervisor = os.environ.get(SUPERVISOR_PID)
    if supervisor is not None:
        end_with_parent(int(supervisor))


def on_stop_signal(act: Callable[[], None]) -> None:
    """Call `act` on SIGTERM and SIGINT."""

    def handle(signum: int, frame: FrameType | None) -> None:
        act()

    signal.signal(signal.SIGTERM, handle)
    signal.signal(signal.SIGINT, handle)
