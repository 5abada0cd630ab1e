"""Writes that may be repeated, as plain commands.

The driver makes its own writes safe to repeat: the server then notes each update of a command in the table of sessions, which is
half of what it costs. What is written here changes nothing when it is written again, or nothing that matters, so it goes without.
(The driver does send a command again after a lost connection.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from pymongo.database import Database
from pymongo.errors import BulkWriteError

from store.mongodb.client import Document
from store.mongodb.errors import is_duplicate

T = TypeVar("T")
_PORTION_BYTES = 4 << 20
"""A command is one document to the server, of 16 MB at most."""

Update = Mapping[str, Any]
"""`q`, what is updated, `u`, how, and whether with `upsert` or `multi`: as the command `update` has it."""


def portions(items: Iterable[T], size_of: Callable[[T], int], most: int) -> Iterator[list[T]]:
    """What one command may carry: `most` items, of about 4 MB together; an item that is larger goes alone."""
    portion: list[T] = []
    size = 0
    for item in items:
        its = size_of(item)
        if portion and (len(portion) >= most or size + its > _PORTION_BYTES):
            yield portion
            portion, size = [], 0
        portion.append(item)
        size += its
    if portion:
        yield portion


def insert(database: Database[Document], collection: str, documents: Sequence[Mapping[str, Any]]) -> list[int]:
    """Insert those whose `_id` is new; return the places of the others. Raises BulkWriteError where something else is wrong."""
    try:
        _write(database, {"insert": collection, "documents": documents})
    except BulkWriteError as error:
        if not is_duplicate(error):
            raise
        return [one["index"] for one in (error.details or {})["writeErrors"]]
    return []


def update(database: Database[Document], collection: str, updates: Sequence[Update]) -> int:
    """How many documents were met, or made. Raises BulkWriteError; those that are not named in it are done."""
    return int(_write(database, {"update": collection, "updates": updates})["n"])


def delete(database: Database[Document], collection: str, ids: Sequence[Any]) -> None:
    _write(database, {"delete": collection, "deletes": [{"q": {"_id": {"$in": ids}}, "limit": 0}]})


def _write(database: Database[Document], command: Document) -> Mapping[str, Any]:
    command |= {"ordered": False, "writeConcern": database.write_concern.document}
    answer: Mapping[str, Any] = database.command(command, codec_options=database.codec_options)
    failed, not_durable = answer.get("writeErrors", []), answer.get("writeConcernError")
    if failed or not_durable:
        raise BulkWriteError({"writeErrors": failed, "writeConcernErrors": [not_durable] if not_durable else []})
    return answer
