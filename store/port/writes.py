"""Several commands as one write."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol


class Writes(Protocol):
    def together(self) -> AbstractContextManager[None]:
        """What this thread commands in the block is one write, where the store has such: durable when the block ends, all of it or
        none, and it waits for other writers and for the disk once. Elsewhere each command takes effect by itself, in order, so
        the order must be one that mends itself after a death between any two.

        In the block nothing is to be read that was written in it, and nothing long is to be done: others wait.
        """
        ...
