"""The connection to MongoDB: built on first use in the process that uses it, every driver error translated in one place."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

import pymongo
from bson.binary import UuidRepresentation
from bson.codec_options import CodecOptions, TypeDecoder, TypeRegistry
from bson.int64 import Int64
from pymongo import MongoClient, ReadPreference
from pymongo.client_session import ClientSession
from pymongo.database import Database
from pymongo.errors import ConnectionFailure, PyMongoError
from pymongo.read_concern import ReadConcern

from store.mongodb.errors import DRIVER_ERRORS, duplicate_fields, translated
from store.port import Unavailable

Document = dict[str, Any]
Result = TypeVar("Result")

MAJORITY_READS = ReadConcern("majority")
"""For what a promise to the outside rests on: never shows what a failover could take back."""

_PRIMARY = ReadPreference.PRIMARY
_PING_TIMEOUT_S = 2.0
_CONFLICT_PATIENCE_S = 4.0


class _PlainInt(TypeDecoder):
    """BSON's 64-bit integers as plain `int`: the driver's subclass is one that a JSON encoder may refuse."""

    bson_type = Int64

    def transform_bson(self, value: int) -> int:
        return int(value)


_CODEC: CodecOptions[Document] = CodecOptions(
    uuid_representation=UuidRepresentation.STANDARD, type_registry=TypeRegistry([_PlainInt()])
)
BARE: CodecOptions[Document] = CodecOptions(uuid_representation=UuidRepresentation.UNSPECIFIED)
"""With UUIDs as `Binary`, and numbers as the driver makes them. What the other codec does to every number and id costs more than
all else about a statement."""

_OPTIONS: dict[str, Any] = {
    "appname": "rekam",
    "connectTimeoutMS": 2_000,
    "serverSelectionTimeoutMS": 2_000,
    # How soon a server that hangs is noticed, together with connectTimeoutMS; who waits for it is then let go.
    "heartbeatFrequencyMS": 2_500,
    # One command's time. Bulk writes are cut so that each takes a fraction of it.
    "socketTimeoutMS": 20_000,
    "waitQueueTimeoutMS": 2_000,
    "retryReads": True,
    "retryWrites": True,
    "w": "majority",
}


class Duplicate(Exception):
    """A transaction was refused, for another document has the value of a unique field (other than `_id`)."""


class Connection:
    """One MongoDB database. Thread-safe; after a fork the child gets a client of its own, as PyMongo demands."""

    def __init__(self, url: str) -> None:
        """`url` is `mongodb://…/database`. Raises ValueError when it names no database."""
        name = unquote(urlsplit(url).path.strip("/"))
        if not url.startswith(("mongodb://", "mongodb+srv://")) or not name:
            raise ValueError("a MongoDB store needs a URL like mongodb://host:27017/database?replicaSet=name")
        self._url = url
        self._name = name
        self._lock = Lock()
        self._client: MongoClient[Document] | None = None
        self._databases: tuple[Database[Document], Database[Document]] | None = None
        self._pid = 0
        self._closed = False
        # Never used again, and never let go of: ending it here would reach into what the parent process uses.
        self._of_parent: list[MongoClient[Document]] = []

    @contextmanager
    def database(self) -> Iterator[Database[Document]]:
        """The database, for commands inside the block; what the driver raises there comes out as a `StoreError`."""
        try:
            yield self._open()[0]
        except DRIVER_ERRORS as error:
            raise translated(error) from error

    @contextmanager
    def bare_database(self) -> Iterator[Database[Document]]:
        """The same by the codec `BARE`."""
        try:
            yield self._open()[1]
        except DRIVER_ERRORS as error:
            raise translated(error) from error

    def transaction(self, act: Callable[[Database[Document], ClientSession], Result]) -> Result:
        """What `act` writes, all of it or nothing. `act` runs again (for a few seconds at most) when another transaction
        touched the same documents. Raises `Duplicate`, or a `StoreError`.
        """
        deadline = time.monotonic() + _CONFLICT_PATIENCE_S
        while True:
            try:
                return self._attempt(act)
            except DRIVER_ERRORS as error:
                taken = duplicate_fields(error)
                if taken and taken != {"_id"}:
                    raise Duplicate from error
                # A document that another inserted in this moment: next time it is there to be replaced.
                if not (taken or _lost_a_race(error)) or time.monotonic() > deadline:
                    raise translated(error) from error
            time.sleep(random.uniform(0.001, 0.02))  # noqa: S311 (spreads those who collided)

    def ping(self) -> None:
        """Raise Unavailable unless a primary answers within about two seconds."""
        with self.database() as database, pymongo.timeout(_PING_TIMEOUT_S):
            database.command("ping")

    def close(self) -> None:
        with self._lock:
            client, self._client, self._databases = self._client, None, None
            self._closed = True
            if client is not None and self._pid == os.getpid():
                client.close()

    def _attempt(self, act: Callable[[Database[Document], ClientSession], Result]) -> Result:
        database, _ = self._open()
        with database.client.start_session() as session, session.start_transaction(read_concern=ReadConcern("snapshot")):
            return act(database, session)

    def _open(self) -> tuple[Database[Document], Database[Document]]:
        """By either codec. Kept, for making one takes a tenth of what a look-up by id does."""
        databases = self._databases
        return databases if databases is not None and self._pid == os.getpid() else self._connect()

    def _connect(self) -> tuple[Database[Document], Database[Document]]:
        with self._lock:
            if self._closed:
                raise Unavailable("the store is closed")
            if self._databases is None or self._pid != os.getpid():
                if self._client is not None:
                    self._of_parent.append(self._client)
                client: MongoClient[Document] = MongoClient(self._url, **_OPTIONS)
                self._client = client
                self._databases = client.get_database(self._name, _CODEC, _PRIMARY), client.get_database(self._name, BARE, _PRIMARY)
                self._pid = os.getpid()
            return self._databases


def _lost_a_race(error: Exception) -> bool:
    # A lost connection carries the label too; waiting for a server is the caller's business.
    return (
        isinstance(error, PyMongoError)
        and not isinstance(error, ConnectionFailure)
        and error.has_error_label("TransientTransactionError")
    )
