"""Random UUIDs, drawn from the kernel by the hundred."""

from __future__ import annotations

import os
from uuid import UUID

_DRAWN = 256


class RandomIds:
    """Gives a random UUID (version 4) for each call, as `uuid.uuid4` does. Thread-safe.

    Asking the kernel lets the interpreter lock go, and among many threads it takes a while to come back: so it is asked once for
    many. A process that is forked draws its own.
    """

    def __init__(self) -> None:
        self._drawn: list[UUID] = []
        os.register_at_fork(after_in_child=self._drawn.clear)

    def __call__(self) -> UUID:
        try:
            return self._drawn.pop()  # of two threads, each gets another
        except IndexError:
            fresh = os.urandom(16 * _DRAWN)
            drawn = [UUID(bytes=fresh[at : at + 16], version=4) for at in range(0, len(fresh), 16)]
            mine = drawn.pop()
            self._drawn.extend(drawn)
            return mine
