"""Credentials of partners and people, and the secrets that all processes share."""

from __future__ import annotations

import secrets
from contextlib import suppress

from pymongo.errors import DuplicateKeyError

from access.credentials import Credential
from store.mongodb.client import MAJORITY_READS, Connection
from store.mongodb.values import of_body, to_body
from store.port import Unavailable

_SECRET_BYTES = 32


class MongoCredentials:
    """`store.port.Credentials`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, credential: Credential) -> None:
        body = to_body(credential)
        with self._connection.database() as database:
            try:
                database["credentials"].replace_one({"_id": credential.key}, {"body": body}, upsert=True)
            except DuplicateKeyError:  # another process added it in this moment: now it is there to be replaced
                database["credentials"].replace_one({"_id": credential.key}, {"body": body}, upsert=True)

    def get(self, key: str) -> Credential | None:
        with self._connection.database() as database:
            found = database["credentials"].find_one({"_id": key})
        return None if found is None else of_body(found["body"], Credential)

    def all(self) -> list[Credential]:
        with self._connection.database() as database:
            return [of_body(one["body"], Credential) for one in database["credentials"].find().sort("_id", 1)]


class MongoSecrets:
    """`store.port.Secrets`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def secret(self, name: str) -> bytes:
        with self._connection.database() as database:
            # Only what a majority has on disk may be given out, for a failover could take it back.
            collection = database.get_collection("secrets", read_concern=MAJORITY_READS)
            found = collection.find_one({"_id": name})
            if found is None:
                with suppress(DuplicateKeyError):  # another process made it in this moment
                    collection.insert_one({"_id": name, "value": secrets.token_bytes(_SECRET_BYTES)})
                found = collection.find_one({"_id": name})
        if found is None:
            raise Unavailable("a secret that another process is making is not durable yet", retry_after_s=1)
        value: bytes = found["value"]
        return value
