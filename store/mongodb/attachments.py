"""Bytes of attachments, in pieces of their own documents.

Content is addressed by its hash, so a piece says the same whoever writes it: writers of the same content, and those that take up
what another left half done, meet in the same documents and change nothing. The document in `attachments` is written last and makes
it whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice

from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import BulkWriteError, DuplicateKeyError

from store.mongodb.client import MAJORITY_READS, Connection, Document
from store.mongodb.errors import is_duplicate
from store.pieces import count, even
from store.port import Unavailable

_PIECES_AT_ONCE = 8
"""2 MB in one command."""
_HASHES_AT_ONCE = 1_000


class MongoAttachments:
    """`store.port.Attachments`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, owner: str, sha2: str, pieces: Iterable[bytes]) -> int:
        held = self.lengths(owner, [sha2])
        if held:
            return held[sha2]
        numbered = enumerate(even(pieces))
        length = 0
        # What the caller's iterable raises is the caller's: only the driver's errors are translated.
        while batch := list(islice(numbered, _PIECES_AT_ONCE)):
            with self._connection.database() as database:
                _insert(database["attachment_pieces"], owner, sha2, batch)
            length += sum(len(data) for _, data in batch)
        with self._connection.database() as database, suppress(DuplicateKeyError):  # another has just kept the same
            database["attachments"].insert_one({"_id": _key(owner, sha2), "length": length})
        return length

    def lengths(self, owner: str, hashes: Iterable[str]) -> dict[str, int]:
        wanted = iter(dict.fromkeys(hashes))
        found: dict[str, int] = {}
        with self._connection.database() as database:
            while portion := list(islice(wanted, _HASHES_AT_ONCE)):
                for one in _whole(database).find({"_id": {"$in": [_key(owner, sha2) for sha2 in portion]}}):
                    found[one["_id"]["sha2"]] = one["length"]
        return found

    def read(self, owner: str, sha2: str) -> Iterator[bytes]:
        length = self.lengths(owner, [sha2])[sha2]
        return self._pieces(owner, sha2, count(length))

    def _pieces(self, owner: str, sha2: str, pieces: int) -> Iterator[bytes]:
        # One by one: a cursor would be closed by the server while a slow reader takes its time.
        for number in range(pieces):
            with self._connection.database() as database:
                piece = database["attachment_pieces"].find_one({"_id": _piece_key(owner, sha2, number)})
            if piece is None:
                raise Unavailable("a piece of an attachment is not there right now")
            yield piece["data"]


def _whole(database: Database[Document]) -> Collection[Document]:
    """What is said to be kept is relied upon, and a failover must not take it back."""
    return database.get_collection("attachments", read_concern=MAJORITY_READS)


def _key(owner: str, sha2: str) -> Document:
    return {"owner": owner, "sha2": sha2}


def _piece_key(owner: str, sha2: str, number: int) -> Document:
    return {"owner": owner, "sha2": sha2, "number": number}


def _insert(collection: Collection[Document], owner: str, sha2: str, batch: list[tuple[int, bytes]]) -> None:
    try:
        collection.insert_many([{"_id": _piece_key(owner, sha2, number), "data": data} for number, data in batch], ordered=False)
    except BulkWriteError as error:  # those pieces are there already, and say the same
        if not is_duplicate(error):
            raise
