"""The bytes of statements' attachments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol


class Attachments(Protocol):
    """Bytes of attachments, content-addressed by their SHA-2 (lower-case hexadecimal), kept in pieces: never held whole.

    `owner` is the partner whose statements name them. Each owner has its own: naming the hash of another's content leads nowhere.
    """

    def put(self, owner: str, sha2: str, pieces: Iterable[bytes]) -> int:
        """Keep the content, whole or not at all; returns its length in bytes. The caller has checked that `sha2` is its hash.
        Content that is there already is not written again."""
        ...

    def lengths(self, owner: str, hashes: Iterable[str]) -> dict[str, int]:
        """Length in bytes of those that exist."""
        ...

    def read(self, owner: str, sha2: str) -> Iterator[bytes]:
        """The content in pieces of at most 256 KiB. Raises KeyError when there is none."""
        ...
