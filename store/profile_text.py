"""A profile's text as it is kept: compressed. Its members have the same names over and over, so a sixth is left of it.

zlib at its fastest: what stronger levels save more costs the workers several times as much.
"""

from __future__ import annotations

import zlib

_FASTEST = 1
_BRACE = ord("{")


def pack(text: bytes) -> bytes:
    return zlib.compress(text, _FASTEST)


def unpack(held: bytes) -> bytes:
    """Also of what an older program kept as it was: JSON begins with a brace, what is compressed never."""
    return held if held[0] == _BRACE else zlib.decompress(held)
