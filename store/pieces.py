"""How large content is cut, so that whoever keeps the same content keeps the same pieces. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

PIECE_BYTES = 256 * 1024


def even(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same content in pieces of exactly PIECE_BYTES; only the last one may be shorter, and none is empty."""
    gathered = bytearray()
    for piece in pieces:
        gathered += piece
        while len(gathered) >= PIECE_BYTES:
            yield bytes(gathered[:PIECE_BYTES])
            del gathered[:PIECE_BYTES]
    if gathered:
        yield bytes(gathered)


def count(length: int) -> int:
    """How many pieces content of `length` bytes has."""
    return -(-length // PIECE_BYTES)
