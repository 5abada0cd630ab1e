"""A lock that is taken in the order in which it was asked for."""

from __future__ import annotations

import threading
from collections import deque


class Turns:
    """One holder at a time, first come first served. Of `threading.Lock` a thread that asks often can starve one that waits."""

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._taken = False

    def take(self, timeout_s: float) -> bool:
        """Wait at most `timeout_s` seconds; False when the turn did not come."""
        with self._mutex:
            if not self._taken:
                self._taken = True
                return True
            turn = threading.Lock()
            turn.acquire()
            self._waiting.append(turn)
        if turn.acquire(timeout=max(timeout_s, 0.0)):
            return True
        with self._mutex:
            if turn in self._waiting:
                self._waiting.remove(turn)
                return False
            return True  # it came between the end of the wait and now

    def give(self) -> None:
        """Pass the turn on. Only its holder may."""
        with self._mutex:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._taken = False
