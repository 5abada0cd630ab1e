"""Several commands as one write: here each is by itself, for a transaction over several documents costs more than it saves."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext


class MongoWrites:
    """`store.port.Writes`."""

    def together(self) -> AbstractContextManager[None]:
        return nullcontext()
