"""Bytes of attachments, in pieces of their own rows.

Content is addressed by its hash, so a piece says the same whoever writes it: writers of the same content, and those that take up
what another left half done, meet in the same rows and change nothing. The row in `attachment` is written last and makes it whole.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from itertools import islice

from store.pieces import count, even
from store.sqlite.database import Database

_PIECES_AT_ONCE = 8
"""2 MB in one transaction: other writers wait for milliseconds, whatever the size of the whole."""


class SqliteAttachments:
    """`store.port.Attachments`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, owner: str, sha2: str, pieces: Iterable[bytes]) -> int:
        held = self._length(owner, sha2)
        if held is not None:
            return held
        numbered = enumerate(even(pieces))
        length = 0
        while batch := list(islice(numbered, _PIECES_AT_ONCE)):
            with self._database.write() as connection:
                # The writer's cache would grow by every piece, and nobody will ask it for one again.
                connection.execute("PRAGMA shrink_memory")
                connection.executemany(
                    "INSERT INTO attachment_piece (owner, sha2, number, data) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                    [(owner, sha2, number, data) for number, data in batch],
                )
            length += sum(len(data) for _, data in batch)
        with self._database.write() as connection:
            connection.execute(
                "INSERT INTO attachment (owner, sha2, length) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", (owner, sha2, length)
            )
            connection.execute("PRAGMA shrink_memory")
        return length

    def lengths(self, owner: str, hashes: Iterable[str]) -> dict[str, int]:
        with self._database.read() as connection:
            found = {sha2: _length(connection, owner, sha2) for sha2 in hashes}
        return {sha2: length for sha2, length in found.items() if length is not None}

    def read(self, owner: str, sha2: str) -> Iterator[bytes]:
        length = self._length(owner, sha2)
        if length is None:
            raise KeyError(sha2)
        return self._pieces(owner, sha2, count(length))

    def _pieces(self, owner: str, sha2: str, pieces: int) -> Iterator[bytes]:
        # Each in a snapshot of its own: one that stays open while a slow reader reads would keep the WAL from being copied back.
        for number in range(pieces):
            with self._database.read() as connection:
                row = connection.execute(
                    "SELECT data FROM attachment_piece WHERE owner = ? AND sha2 = ? AND number = ?", (owner, sha2, number)
                ).fetchone()
            yield row[0]

    def _length(self, owner: str, sha2: str) -> int | None:
        with self._database.read() as connection:
            return _length(connection, owner, sha2)


def _length(connection: sqlite3.Connection, owner: str, sha2: str) -> int | None:
    row = connection.execute("SELECT length FROM attachment WHERE owner = ? AND sha2 = ?", (owner, sha2)).fetchone()
    return None if row is None else int(row[0])
