"""Values of the domain as JSON text in a document's `body`, beside the fields that queries look at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec
from pymongo.client_session import ClientSession
from pymongo.database import Database

from store.mongodb.client import Document

Value = TypeVar("Value")


def to_body(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def of_body(body: str, kind: type[Value]) -> Value:
    return msgspec.json.decode(body, type=kind)


def replace_changed(
    database: Database[Document],
    session: ClientSession,
    collection: str,
    documents: Mapping[str, Document],
    *,
    version: str,
) -> bool:
    """In a transaction, let `documents` (by id) stand in the collection, and the version grow if that changes anything; whether it
    did."""
    ids = {"_id": {"$in": list(documents)}}
    held = {one["_id"]: one["body"] for one in database[collection].find(ids, {"body": 1}, session=session)}
    changed = {key: document for key, document in documents.items() if held.get(key) != document["body"]}
    if not changed:
        return False
    # Gone first, so that two of them may exchange what only one may have.
    if held:
        database[collection].delete_many({"_id": {"$in": list(changed)}}, session=session)
    database[collection].insert_many(list(changed.values()), session=session)
    database["versions"].update_one({"_id": version}, {"$inc": {"version": 1}}, upsert=True, session=session)
    return True


def version_of(database: Database[Document], version: str) -> int:
    return _number(database, version) or 0


def refreshed_of(database: Database[Document], version: str) -> int | None:
    """The version that profiles have followed."""
    return _number(database, f"{version} refreshed")


def mark_refreshed(database: Database[Document], version: str, number: int) -> None:
    database["versions"].update_one({"_id": f"{version} refreshed"}, {"$max": {"version": number}}, upsert=True)


def _number(database: Database[Document], document_id: str) -> int | None:
    found = database["versions"].find_one({"_id": document_id})
    return None if found is None else int(found["version"])
