"""Python's search for circular garbage, as a process that goes through many small values wants it."""

from __future__ import annotations

import gc
from typing import Final

_NEW_VALUES: Final = 20_000
"""So many more values than were let go of before it looks through the new ones. A parsed statement is some sixty, and none of them
is in a circle: at Python's 700 a rebuild spent a fifth of its time looking."""


def look_less_often(*, middle_every: int = 20, all_every: int = 50) -> None:
    """Called once, when a process begins its work: what is there by then stays, and is not looked through any more. Every so many
    looks through the new values it looks through those that stayed a while; and of these, every so many times through all."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_NEW_VALUES, middle_every, all_every)
