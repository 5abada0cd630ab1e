"""Dead letters. A payload may be a whole record, larger than a document can be, so a large one is kept in parts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from pymongo import UpdateOne
from pymongo.database import Database
from pymongo.errors import BulkWriteError

from store.mongodb.client import Connection, Document
from store.mongodb.errors import is_duplicate
from store.port import DeadLetter

PART_BYTES = 4 << 20


class MongoDeadLetters:
    """`store.port.DeadLetters`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def bury(self, letters: Sequence[DeadLetter]) -> None:
        with self._connection.database() as database:
            for letter in letters:
                _write_parts(database, letter)  # before the letter, which must not be seen without its payload
            if letters:
                writes = [UpdateOne({"_id": one.id}, {"$setOnInsert": _document(one)}, upsert=True) for one in letters]
                try:
                    database["dead_letters"].bulk_write(writes, ordered=False)
                except BulkWriteError as error:  # another recorder buried it in this moment: it stays as it is
                    if not is_duplicate(error):
                        raise

    def page(self, *, reason: str | None = None, after_id: str | None = None, limit: int = 100) -> list[DeadLetter]:
        conditions: dict[str, Any] = {}
        if reason is not None:
            conditions["reason"] = reason
        if after_id is not None:
            conditions["_id"] = {"$gt": after_id}
        return self._find(conditions, limit)

    def get(self, letter_id: str) -> DeadLetter | None:
        return next(iter(self._find({"_id": letter_id})), None)

    def of_statement(self, statement_id: UUID) -> list[DeadLetter]:
        return self._find({"statement_id": statement_id})

    def mark_resubmitted(self, letter_id: str, at_ms: int) -> None:
        with self._connection.database() as database:
            marked = {"$set": {"resubmitted_at_ms": at_ms}, "$unset": {"waiting": ""}}
            database["dead_letters"].update_one({"_id": letter_id}, marked)

    def count(self) -> int:
        with self._connection.database() as database:
            return database["dead_letters"].count_documents({"waiting": True}, hint="waiting")

    def _find(self, conditions: dict[str, Any], limit: int = 0) -> list[DeadLetter]:
        with self._connection.database() as database:
            found = list(database["dead_letters"].find(conditions, limit=limit).sort("_id", 1))
            return [_letter(one, _read_payload(database, one)) for one in found]


def _document(letter: DeadLetter) -> Document:
    document: Document = {
        "reason": letter.reason,
        "detail": letter.detail,
        "topic": letter.topic,
        "partition": letter.partition,
        "offset": letter.offset,
        "index": letter.index,
        "partner": letter.partner,
        "created_at_ms": letter.created_at_ms,
        "resubmitted_at_ms": letter.resubmitted_at_ms,
    }
    if letter.statement_id is not None:
        document["statement_id"] = letter.statement_id
    if letter.resubmitted_at_ms is None:
        document["waiting"] = True
    if len(letter.payload) > PART_BYTES:
        document["parts"] = len(_parts(letter.payload))
    else:
        document["payload"] = letter.payload
    return document


def _letter(document: Document, payload: bytes) -> DeadLetter:
    return DeadLetter(
        id=document["_id"],
        reason=document["reason"],
        detail=document["detail"],
        payload=payload,
        topic=document["topic"],
        partition=document["partition"],
        offset=document["offset"],
        index=document["index"],
        statement_id=document.get("statement_id"),
        partner=document["partner"],
        created_at_ms=document["created_at_ms"],
        resubmitted_at_ms=document["resubmitted_at_ms"],
    )


def _parts(payload: bytes) -> list[bytes]:
    return [payload[start : start + PART_BYTES] for start in range(0, len(payload), PART_BYTES)]


def _write_parts(database: Database[Document], letter: DeadLetter) -> None:
    if len(letter.payload) <= PART_BYTES or database["dead_letters"].find_one({"_id": letter.id}, {"_id": 1}) is not None:
        return
    for number, part in enumerate(_parts(letter.payload)):
        key = {"letter": letter.id, "part": number}
        database["dead_letter_parts"].replace_one({"_id": key}, {"data": part}, upsert=True)


def _read_payload(database: Database[Document], document: Document) -> bytes:
    if "parts" not in document:
        payload: bytes = document["payload"]
        return payload
    keys = [{"letter": document["_id"], "part": number} for number in range(document["parts"])]
    parts = {one["_id"]["part"]: one["data"] for one in database["dead_letter_parts"].find({"_id": {"$in": keys}})}
    return b"".join(parts[number] for number in range(document["parts"]))
