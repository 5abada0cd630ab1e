"""Values of the domain as JSON text in a document's `body`, beside the fields that queries look at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any, TypeVar

import msgspec
from pymongo import ReplaceOne
from pymongo.client_session import ClientSession
from pymongo.database import Database

from store.mongodb.client import Document
from store.versioning import Versioned, successor

Value = TypeVar("Value")
_AT_ONCE = 1_000


def to_body(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def of_body(body: str, kind: type[Value]) -> Value:
    return msgspec.json.decode(body, type=kind)


def all_of(database: Database[Document], collection: str, kind: type[Value]) -> list[Value]:
    """Ordered by id."""
    return [of_body(one["body"], kind) for one in database[collection].find({}, {"body": 1}).sort("_id", 1)]


def held_by_id(
    database: Database[Document], collection: str, ids: Iterable[str], kind: type[Value], session: ClientSession | None = None
) -> dict[str, Value]:
    """By id, those that are there; any number of ids."""
    remaining = iter(dict.fromkeys(ids))
    found: dict[str, Value] = {}
    while portion := list(islice(remaining, _AT_ONCE)):
        for one in database[collection].find({"_id": {"$in": portion}}, {"body": 1}, session=session):
            found[one["_id"]] = of_body(one["body"], kind)
    return found


def write(
    database: Database[Document], session: ClientSession, collection: str, documents: Iterable[Document], held: Mapping[Any, Any]
) -> None:
    """Let `documents` stand; `held` has the ids of those that are there already."""
    replaced: list[ReplaceOne[Document]] = []
    new: list[Document] = []
    for document in documents:
        if document["_id"] in held:
            replaced.append(ReplaceOne({"_id": document["_id"]}, document))
        else:
            new.append(document)
    if replaced:
        database[collection].bulk_write(replaced, session=session, ordered=False)
    if new:
        database[collection].insert_many(new, session=session, ordered=False)


def put_versions(
    database: Database[Document], session: ClientSession, collection: str, values: Iterable[Versioned], kind: type[Versioned]
) -> list[Versioned]:
    """Let `values` stand in the collection with their next versions, of several with one id the last; those that changed."""
    latest = {one.id: one for one in values}
    held = held_by_id(database, collection, latest, kind, session)
    following = (successor(value, held.get(value_id)) for value_id, value in latest.items())
    changed = [value for value in following if value is not None]
    write(database, session, collection, ({"_id": one.id, "body": to_body(one)} for one in changed), held)
    return changed


def keep_versions(database: Database[Document], session: ClientSession, collection: str, values: Iterable[Versioned]) -> None:
    """Keep these versions for good, in the collection of all versions."""
    documents = [{"_id": {"id": one.id, "version": one.version}, "body": to_body(one)} for one in values]
    if documents:
        database[collection].insert_many(documents, session=session, ordered=False)


def one_version(database: Database[Document], collection: str, value_id: str, version: int, kind: type[Value]) -> Value | None:
    found = database[collection].find_one({"_id": {"id": value_id, "version": version}})
    return None if found is None else of_body(found["body"], kind)


def bump(database: Database[Document], session: ClientSession, version: str) -> None:
    """Let the version of an aggregate grow."""
    database["versions"].update_one({"_id": version}, {"$inc": {"version": 1}}, upsert=True, session=session)


def version_of(database: Database[Document], version: str) -> int:
    found = database["versions"].find_one({"_id": version})
    return 0 if found is None else int(found["version"])
