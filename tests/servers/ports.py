"""Ports for servers that must come back on the same port after a kill.

A port the kernel hands out for port 0 may be taken, between closing and reopening it, by any outgoing connection on
the machine. So ports come from below the kernel's range for outgoing connections, and a lock file per port keeps this
machine's runs from choosing the same one.
"""

import fcntl
import os
import random
import socket
import tempfile
from pathlib import Path
from typing import IO

LOWEST = 15_000
_KERNEL_RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")


class Port:
    """A port on 127.0.0.1 that no other run chooses until `release()` or the end of this process."""

    def __init__(self, number: int, lock: IO[str]) -> None:
        self.number = number
        self._lock = lock

    def release(self) -> None:
        self._lock.close()


def _highest() -> int:
    try:
        first_outgoing = int(_KERNEL_RANGE.read_text().split()[0])
    except (OSError, ValueError):
        first_outgoing = 32_768
    return first_outgoing - 1 if first_outgoing > LOWEST + 1_000 else 32_767


def _is_free(number: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", number))
        except OSError:
            return False
    return True


def reserve(number: int) -> Port | None:
    """That very port, or None when someone has it."""
    directory = Path(tempfile.gettempdir()) / f"rekam-ports-{os.getuid()}"
    directory.mkdir(mode=0o700, exist_ok=True)
    lock = (directory / str(number)).open("a")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        return None
    if not _is_free(number):
        lock.close()
        return None
    return Port(number, lock)


def reserve_any(preferred: int | None = None) -> Port:
    """The preferred port if it is free, else a free one chosen at random. `OSError` when there is none."""
    if preferred is not None and (port := reserve(preferred)):
        return port
    choose = random.SystemRandom()
    for _ in range(200):
        if port := reserve(choose.randint(LOWEST, _highest())):
            return port
    raise OSError(f"no free port on 127.0.0.1 between {LOWEST} and {_highest()}")
