"""How a process handles its memory: Python's search for circular garbage, and what the C library keeps of what was given back."""

from __future__ import annotations

import ctypes
import gc
import sys
from typing import Final

_MMAP_THRESHOLD, _ARENA_MAX = -3, -8
"""As malloc.h of the GNU C library names them."""
_LARGE_BYTES: Final = 1 << 20
_ARENAS: Final = 2

_NEW_VALUES: Final = 20_000
"""So many more values than were let go of before it looks through the new ones. A parsed statement is some sixty, and none of them
is in a circle: at Python's 700 a rebuild spent a fifth of its time looking."""


def look_less_often(*, middle_every: int = 20, all_every: int = 50) -> None:
    """Called once, when a process begins its work: what is there by then stays, and is not looked through any more. Every so many
    looks through the new values it looks through those that stayed a while; and of these, every so many times through all."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_NEW_VALUES, middle_every, all_every)


def give_back_large_blocks() -> None:
    """Called once, before a process starts threads. Else the C library, once it has seen a body of 20 MB, keeps blocks of that size
    in the heaps of as many threads as there are, for whom they fit no more. Elsewhere than on the GNU C library nothing is done."""
    if sys.platform == "linux" and hasattr(library := ctypes.CDLL(None), "mallopt"):
        library.mallopt(_MMAP_THRESHOLD, _LARGE_BYTES)
        library.mallopt(_ARENA_MAX, _ARENAS)
