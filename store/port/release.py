"""How far a store was led: a program of this release works on no other than its own."""

from __future__ import annotations

from enum import Enum


class Release(Enum):
    """Of which release a store is."""

    NONE = "nothing was prepared yet"
    EARLIER = "an earlier one: `Store.prepare` leads it forward, and until then nothing else may be asked of it"
    THIS = "this one"
    LATER = "a later one, which this program doesn't know"
