"""Reading statements: by id, and lists that walk an index in order and stop at the end of the page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from heapq import merge
from itertools import chain, islice
from typing import Any
from uuid import UUID

from pymongo import ASCENDING, DESCENDING
from pymongo.collection import Collection
from pymongo.command_cursor import CommandCursor
from pymongo.database import Database

from store.mongodb.client import BARE, Connection, Document
from store.mongodb.indexes import BY_KEY, BY_PARTNER, name_of
from store.mongodb.lookups import SharedLookups
from store.mongodb.partners import ListedPartners, all_partners
from store.mongodb.statement_batches import RAW, statements_in
from store.mongodb.statement_document import READABLE, bare_id, to_statement
from store.mongodb.statement_keys import of_partner, wanted_hashes
from store.pages import first_page
from store.port import SEEN_LIMIT, Page, Seen, StoredStatement
from xapi.query import StatementFilter, StoredAt

WALKS_AT_ONCE = 200
"""Up to so many combinations of partner and key MongoDB merges in order (internalQueryMaxScansToExplode); with more it sorts."""

_IDS_AT_ONCE = 5_000
_KEYS_AT_ONCE = 500

Conditions = dict[str, Any]


class MongoStatementQueries:
    """`store.port.StatementQueries`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._partners = ListedPartners()
        self._lookups = SharedLookups(self._get)

    def get_many(self, statement_ids: Iterable[UUID]) -> dict[UUID, StoredStatement]:
        remaining = iter(dict.fromkeys(statement_ids))
        found: dict[UUID, StoredStatement] = {}
        while ids := list(islice(remaining, _IDS_AT_ONCE)):
            found.update(self._lookups.get(ids))
        return found

    def any_voided(self, statement_ids: Iterable[UUID]) -> bool:
        remaining = iter(statement_ids)
        with self._connection.database() as database:
            while ids := list(islice(remaining, _IDS_AT_ONCE)):
                if database["statements"].find_one({"_id": {"$in": ids}, "voided": True}, {"_id": 1}) is not None:
                    return True
        return False

    def find(self, wanted: StatementFilter, *, after: StoredAt | None, limit: int) -> Page:
        with self._connection.bare_database() as database, ExitStack() as closing_later:
            partners = self._partners.all(database) if wanted.owner is None else [wanted.owner]
            walks = (_walk(database, wanted, partners, place, limit + 1, closing_later) for place in places(wanted, after))
            return first_page(chain.from_iterable(walks), limit)

    def naming(self, agents: Iterable[str]) -> Iterator[StoredStatement]:
        hashes = [one for agent in dict.fromkeys(agents) for (one,) in wanted_hashes(StatementFilter(agent=agent))]
        given: set[bytes] = set()
        with self._connection.bare_database() as database:
            partners = all_partners(database)
            keys = [key for partner in partners for key in of_partner(hashes, partner)]
            for start in range(0, len(keys), _KEYS_AT_ONCE):
                named = keys[start : start + _KEYS_AT_ONCE]
                with _asked(database, _having(named), hint=name_of(BY_KEY)) as documents:
                    for statement in map(to_statement, documents):
                        if statement.key not in given:
                            given.add(statement.key)
                            yield statement

    def seen(self, agents: Iterable[str], activities: Iterable[str]) -> dict[str, Seen]:
        wanted = {one: StatementFilter(agent=one) for one in agents} | {one: StatementFilter(activity=one) for one in activities}
        result: dict[str, Seen] = {}
        with self._connection.database() as database:
            partners = all_partners(database)
            for named, filter_ in wanted.items():
                (hashes,) = wanted_hashes(filter_)
                keys = [key for partner in partners for key in of_partner(hashes, partner)]
                found = _seen(database["statements"], keys)
                if found is not None:
                    result[named] = found
        return result

    def count(self) -> int:
        with self._connection.database() as database:
            return database["statements"].estimated_document_count()

    def _get(self, ids: Sequence[UUID]) -> dict[UUID, StoredStatement]:
        with (
            self._connection.bare_database() as database,
            _asked(database, {"_id": _one_of(ids)}, batchSize=len(ids) + 1) as documents,
        ):
            return {statement.statement_id: statement for statement in map(to_statement, documents)}


def places(wanted: StatementFilter, after: StoredAt | None) -> list[Conditions]:
    """The conditions on the place to ask for one after the other, each one range of an index, which a single `$or` is not.

    A place in the order is (stored, id): first the rest of its millisecond, then what is beyond.
    """
    times: Conditions = {}
    if wanted.since_ms is not None:
        times["$gt"] = wanted.since_ms
    if wanted.until_ms is not None:
        times["$lte"] = wanted.until_ms
    if after is None:
        return [{"stored": times} if times else {}]
    beyond = "$gt" if wanted.ascending else "$lt"
    result: list[Conditions] = []
    if _within(wanted, after.stored_ms):
        result.append({"stored": after.stored_ms, "_id": {beyond: bare_id(after.statement_id)}})
    if wanted.ascending:
        times["$gt"] = max(after.stored_ms, times.get("$gt", after.stored_ms))
    else:
        times["$lt"] = after.stored_ms
    return [*result, {"stored": times}]


def conditions(wanted: StatementFilter, partners: Sequence[str], place: Conditions) -> Conditions:
    """What to ask of `statements` for the unvoided ones of `partners` at `place`."""
    every = [[key for partner in partners for key in of_partner(hashes, partner)] for hashes in wanted_hashes(wanted)]
    asked: Conditions = {"voided": False}
    if len(partners) == 1:
        asked["partner"] = partners[0]
    elif not every:
        asked["partner"] = {"$in": list(partners)}
    rarest = every[0] if every else []
    key: Any = rarest[0] if len(rarest) == 1 else {"$in": rarest}
    if len(every) == 1:
        asked["match.keys"] = key
    elif every:
        # In words that no index answers, for the server would else try each of them each time.
        others = [{"$nor": [{"keys": {"$nin": one}}]} for one in every[1:]]
        asked["match"] = {"$elemMatch": {"$and": [{"keys": key}, *others]}}
    return asked | place


def order(wanted: StatementFilter, place: Conditions) -> list[tuple[str, int]]:
    """By (stored, id); within one millisecond by id alone, which is the same but lets MongoDB see that the index has it."""
    direction = ASCENDING if wanted.ascending else DESCENDING
    return [("_id", direction)] if "_id" in place else [("stored", direction), ("_id", direction)]


def index_for(wanted: StatementFilter) -> str:
    """The index that has what is wanted in order; named to the server, which else guesses from what it ran before."""
    return name_of(BY_KEY if wanted_hashes(wanted) else BY_PARTNER)


def _one_of(ids: Sequence[UUID]) -> Any:
    return bare_id(ids[0]) if len(ids) == 1 else {"$in": [bare_id(one) for one in ids]}


def _within(wanted: StatementFilter, stored_ms: int) -> bool:
    return (wanted.since_ms is None or stored_ms > wanted.since_ms) and (wanted.until_ms is None or stored_ms <= wanted.until_ms)


def _asked(database: Database[Document], filter_: Conditions, **how: Any) -> CommandCursor[Document]:
    """The statements that meet `filter_`. `Collection.find` sends the same command, but takes 30 µs of CPU more, of 200 for one."""
    return database.cursor_command({"find": "statements", "filter": filter_, "projection": READABLE, **how}, codec_options=BARE)


def _walk(
    database: Database[Document],
    wanted: StatementFilter,
    partners: Sequence[str],
    place: Conditions,
    limit: int,
    closing_later: ExitStack,
) -> Iterable[StoredStatement]:
    """The first statements at `place` in order, `limit` of them if there are so many."""
    at_once = WALKS_AT_ONCE // max((len(one) for one in wanted_hashes(wanted)), default=1)
    # A batch that could hold more than there is: so the server finds the end at once, and nothing is left open.
    how: Conditions = {"sort": dict(order(wanted, place)), "hint": index_for(wanted), "limit": limit, "batchSize": limit + 1}
    found = [
        _listed(database, conditions(wanted, partners[start : start + at_once], place), how, closing_later)
        for start in range(0, len(partners), at_once)
    ]
    return found[0] if len(found) == 1 else merge(*found, key=lambda one: one.at, reverse=not wanted.ascending)


def _listed(
    database: Database[Document], filter_: Conditions, how: Conditions, closing_later: ExitStack
) -> Iterable[StoredStatement]:
    command = {"find": "statements", "filter": filter_, "projection": READABLE, **how}
    answer = database.command(command, codec_options=RAW)
    found = statements_in(answer)
    if found is not None:
        return found
    # More than one answer takes: rare, and the driver's to put together.
    database.command({"killCursors": "statements", "cursors": [answer["cursor"]["id"]]})
    return map(to_statement, closing_later.enter_context(_asked(database, filter_, **how)))


def _seen(statements: Collection[Document], keys: Sequence[int]) -> Seen | None:
    """What has one of the keys itself: the first source of a `match` is the statement's own."""
    index = name_of(BY_KEY)
    own = _having(keys)
    counted: Conditions = {"_id": None, "count": {"$sum": 1}, "first": {"$min": "$stored"}, "last": {"$max": "$stored"}}
    found = next(iter(statements.aggregate([{"$match": own}, {"$limit": SEEN_LIMIT}, {"$group": counted}], hint=index)), None)
    if found is None:
        return None
    if found["count"] < SEEN_LIMIT:
        return Seen(found["count"], found["first"], found["last"])
    # Not all were looked at: the ends of the index's ranges say when the first and the last were.
    ends: dict[int, list[int]] = {ASCENDING: [], DESCENDING: []}
    for direction, times in ends.items():
        for start in range(0, len(keys), WALKS_AT_ONCE):
            among = _having(keys[start : start + WALKS_AT_ONCE])
            end = statements.find_one(among, {"stored": 1}, sort=[("stored", direction), ("_id", direction)], hint=index)
            times += [] if end is None else [end["stored"]]
    return Seen(found["count"], min(ends[ASCENDING]), max(ends[DESCENDING]))


def _having(keys: Sequence[int]) -> Conditions:
    one_of = {"$in": list(keys)}
    return {"voided": False, "match.keys": one_of, "match.0.keys": one_of}
