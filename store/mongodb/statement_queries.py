"""Reading statements: by id, and lists that walk an index in order and stop at the end of the page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any
from uuid import UUID

from pymongo import ASCENDING, DESCENDING
from pymongo.collection import Collection

from store.mongodb.client import Connection, Document
from store.mongodb.indexes import BY_KEY, BY_PARTNER, BY_PARTNER_KEY, BY_TIME, name_of
from store.mongodb.statement_document import READABLE, to_statement, wanted_keys
from store.port import Page, StoredStatement
from xapi.query import StatementFilter, StoredAt

_IDS_AT_ONCE = 5_000

Conditions = dict[str, Any]


class MongoStatementQueries:
    """`store.port.StatementQueries`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get_many(self, statement_ids: Iterable[UUID]) -> dict[UUID, StoredStatement]:
        remaining = iter(dict.fromkeys(statement_ids))
        found: dict[UUID, StoredStatement] = {}
        with self._connection.database() as database:
            while ids := list(islice(remaining, _IDS_AT_ONCE)):
                for document in database["statements"].find({"_id": {"$in": ids}}, READABLE):
                    found[document["_id"]] = to_statement(document)
        return found

    def find(self, wanted: StatementFilter, *, after: StoredAt | None, limit: int) -> Page:
        found: list[StoredStatement] = []
        with self._connection.database() as database:
            for conditions in list_conditions(wanted, after):
                missing = limit + 1 - len(found)
                if missing > 0:
                    found += map(to_statement, _in_order(database["statements"], wanted, conditions, missing))
        page = tuple(found[:limit])
        return Page(page, page[-1].at if len(found) > limit and page else None)

    def count(self) -> int:
        with self._connection.database() as database:
            return database["statements"].estimated_document_count()


def list_conditions(wanted: StatementFilter, after: StoredAt | None) -> list[Conditions]:
    """The conditions to ask for one after the other, each one range of an index, which a single `$or` is not.

    A place in the order is (stored, id): first the rest of its millisecond, then what is beyond.
    """
    times: Conditions = {}
    if wanted.since_ms is not None:
        times["$gt"] = wanted.since_ms
    if wanted.until_ms is not None:
        times["$lte"] = wanted.until_ms
    if after is None:
        return [_conditions(wanted, times)]
    beyond = "$gt" if wanted.ascending else "$lt"
    if wanted.ascending:
        times["$gt"] = max(after.stored_ms, times.get("$gt", after.stored_ms))
    else:
        times["$lt"] = after.stored_ms
        if "$lte" in times and times["$lte"] < after.stored_ms:
            del times["$lt"]
    result = [_conditions(wanted, times)]
    in_range = (wanted.since_ms is None or after.stored_ms > wanted.since_ms) and (
        wanted.until_ms is None or after.stored_ms <= wanted.until_ms
    )
    if in_range:
        same_ms = _conditions(wanted, {"$eq": after.stored_ms})
        same_ms["_id"] = {beyond: after.statement_id}
        result.insert(0, same_ms)
    return result


def index_for(wanted: StatementFilter) -> str:
    """The index that has what is wanted in order; named to the server, which else guesses from what it ran before."""
    if wanted_keys(wanted):
        return name_of(BY_KEY if wanted.owner is None else BY_PARTNER_KEY)
    return name_of(BY_TIME if wanted.owner is None else BY_PARTNER)


def _conditions(wanted: StatementFilter, times: Conditions) -> Conditions:
    conditions: Conditions = {"voided": False}
    if wanted.owner is not None:
        conditions["partner"] = wanted.owner
    keys = [{"keys": one[0] if len(one) == 1 else {"$in": one}} for one in wanted_keys(wanted)]
    if keys:
        conditions["match"] = {"$elemMatch": keys[0] if len(keys) == 1 else {"$and": keys}}
    if times:
        conditions["stored"] = times
    return conditions


def _in_order(statements: Collection[Document], wanted: StatementFilter, conditions: Conditions, limit: int) -> Iterator[Document]:
    direction = ASCENDING if wanted.ascending else DESCENDING
    cursor = statements.find(conditions, READABLE, hint=index_for(wanted), limit=limit)
    return cursor.sort([("stored", direction), ("_id", direction)])
