"""Room in memory for large bodies: what is worked on at the same time is bounded, whatever is sent at once.

A body is held several times over while its statements are checked and written. Who has to wait has not been read yet, so it waits
in its sender's hands.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

SMALL_BYTES: Final = 256 * 1024
"""A body up to this size is not counted: nearly all are smaller, and as many are worked on as there are threads."""


class NoRoom(Exception):
    """Large bodies of others took all the room for too long; nothing of this one was read."""

    retry_after_s: Final = 5.0


class Room:
    """For large bodies of `most_bytes` together, in the order in which they come. Thread-safe."""

    def __init__(self, most_bytes: int, patience_s: float) -> None:
        self._most_bytes = most_bytes
        self._patience_s = patience_s
        self._changed = threading.Condition()
        self._waiting: deque[object] = deque()
        self._taken_bytes = 0

    @contextmanager
    def of(self, body_bytes: int) -> Iterator[None]:
        """Hold so much room, or all of it for a larger body. Raises NoRoom when there is none for the patience's seconds."""
        if body_bytes <= SMALL_BYTES:
            yield
            return
        wanted = min(body_bytes, self._most_bytes)
        self._take(wanted)
        try:
            yield
        finally:
            with self._changed:
                self._taken_bytes -= wanted
                self._changed.notify_all()

    def _take(self, wanted: int) -> None:
        mine = object()
        with self._changed:
            self._waiting.append(mine)
            try:
                fits = self._changed.wait_for(
                    lambda: self._waiting[0] is mine and self._taken_bytes + wanted <= self._most_bytes, self._patience_s
                )
                if not fits:
                    raise NoRoom
                self._taken_bytes += wanted
            finally:
                self._waiting.remove(mine)
                self._changed.notify_all()
