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
        self._drawn: list[bytes] = []
        os.register_at_fork(after_in_child=self._drawn.clear)

    def __call__(self) -> UUID:
        try:
            raw = self._drawn.pop()  # of two threads, each gets another
        except IndexError:
            fresh = os.urandom(16 * _DRAWN)
            raw, *others = (fresh[at : at + 16] for at in range(0, len(fresh), 16))
            self._drawn.extend(others)
        return UUID(bytes=raw, version=4)
