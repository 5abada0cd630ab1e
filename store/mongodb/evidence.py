"""Evidence: one document per statement that proves something or did, with a piece per employee, so that what a statement proves is
exchanged in one write.

    _id             the statement's UUID
    finished_at_ms  when the learning of this statement was finished; the same in all its pieces
    pieces          [{employee_id, activity_id, kind_id, year, provider, body}]; empty when the statement proves nothing any more
    holders         every employee that ever had a piece, sorted; it only grows
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from operator import itemgetter
from typing import Any
from uuid import UUID

from pymongo import ReplaceOne
from pymongo.client_session import ClientSession
from pymongo.database import Database

from competency.evidence import Evidence
from store import evidence_text
from store.mongodb import commands
from store.mongodb.client import Connection, Document
from store.port import HistoryAfter, HistoryFilter

_IDS_AT_ONCE = 500
_INSERTED_AT_ONCE = 1_000
_OLDEST_FIRST = [("finished_at_ms", 1), ("_id", 1)]
_NEWEST_FIRST = [("finished_at_ms", -1), ("_id", -1)]


class MongoEvidenceStore:
    """`store.port.EvidenceStore`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def replace(self, statement_ids: Iterable[UUID], evidence: Sequence[Evidence]) -> frozenset[str]:
        ids = list(dict.fromkeys(statement_ids))
        wanted = _documents(evidence)
        with self._connection.database() as database:
            # Most statements prove nothing and never did, and the others prove something for the first time.
            if database["evidence"].find_one({"_id": {"$in": ids}}, {"_id": 1}) is None:
                documents = [_successor(None, one) for one in wanted.values()]
                taken = 0
                for portion in commands.portions(documents, _size, _INSERTED_AT_ONCE):
                    taken += len(commands.insert(database, "evidence", portion))
                if not taken:
                    return frozenset(holder for document in documents for holder in document["holders"])

        def replace(database: Database[Document], session: ClientSession) -> frozenset[str]:
            # A transaction, for whoever writes in between would not learn that what it wrote is gone.
            collection = database["evidence"]
            held = {one["_id"]: one for one in collection.find({"_id": {"$in": ids}}, session=session)}
            documents = {key: _successor(held.get(key), wanted.get(key)) for key in held.keys() | wanted.keys()}
            writes = [
                ReplaceOne({"_id": key}, document, upsert=True) for key, document in documents.items() if held.get(key) != document
            ]
            if writes:
                collection.bulk_write(writes, session=session)
            return frozenset(holder for document in documents.values() for holder in document["holders"])

        return self._connection.transaction(replace)

    def of_employee(self, employee_id: str) -> list[Evidence]:
        with self._connection.database() as database:
            found = database["evidence"].find({"pieces.employee_id": employee_id}, _pieces({"employee_id": employee_id}))
            return [piece for one in found.sort(_OLDEST_FIRST) for piece in _evidence(one)]

    def of_employees(self, employee_ids: Iterable[str]) -> dict[str, list[Evidence]]:
        return {one: [evidence_text.load(text) for text in texts] for one, texts in self.texts(employee_ids).items()}

    def texts(self, employee_ids: Iterable[str]) -> dict[str, list[bytes]]:
        found: dict[str, list[tuple[int, UUID, bytes]]] = {one: [] for one in employee_ids}
        remaining = iter(found)
        with self._connection.database() as database:
            while ids := list(islice(remaining, _IDS_AT_ONCE)):
                of_portion = {one: found[one] for one in ids}
                readable = {"finished_at_ms": 1, "pieces.employee_id": 1, "pieces.body": 1}
                for document in database["evidence"].find({"pieces.employee_id": {"$in": ids}}, readable):
                    for piece in document["pieces"]:
                        if (mine := of_portion.get(piece["employee_id"])) is not None:
                            mine.append((document["finished_at_ms"], document["_id"], piece["body"].encode()))
        # Several pieces of one statement are an employee's in no order of their own; theirs is that of the document.
        return {one: [text for *_, text in sorted(pieces, key=itemgetter(0, 1))] for one, pieces in found.items()}

    def of_statement(self, statement_id: UUID) -> list[Evidence]:
        with self._connection.database() as database:
            found = database["evidence"].find_one({"_id": statement_id})
        return [] if found is None else _evidence(found)

    def history(self, employee_id: str, wanted: HistoryFilter, *, after: HistoryAfter | None, limit: int) -> list[Evidence]:
        piece = _piece_conditions(employee_id, wanted)
        found: list[Evidence] = []
        with self._connection.database() as database:
            for place in _places(after):
                missing = limit - len(found)
                if missing > 0:
                    conditions = {"pieces": {"$elemMatch": piece}} | place
                    page = database["evidence"].find(conditions, _pieces(piece), limit=missing).sort(_NEWEST_FIRST)
                    found += [one for document in page for one in _evidence(document)]
        return found[:limit]

    def of_activities(self, activity_ids: Iterable[str], limit: int) -> list[Evidence]:
        newest: list[Evidence] = []
        with self._connection.database() as database:
            for activity_id in dict.fromkeys(activity_ids):
                of_it = _pieces({"activity_id": activity_id})
                found = database["evidence"].find({"pieces.activity_id": activity_id}, of_it, limit=limit).sort(_NEWEST_FIRST)
                newest += [one for document in found for one in _evidence(document)]
                newest = sorted(newest, key=lambda one: (one.finished_at_ms, one.statement_id), reverse=True)[:limit]
        return newest


def _documents(evidence: Sequence[Evidence]) -> dict[UUID, Document]:
    documents: dict[UUID, Document] = {}
    for one in sorted(evidence, key=lambda piece: (piece.statement_id, piece.employee_id, piece.catalogue_id)):
        document = documents.setdefault(
            one.statement_id, {"_id": one.statement_id, "finished_at_ms": one.finished_at_ms, "pieces": []}
        )
        document["pieces"].append(
            {
                "employee_id": one.employee_id,
                "activity_id": one.activity_id,
                "kind_id": one.kind_id,
                "year": one.year,
                "provider": one.provider,
                "body": evidence_text.dump(one).decode(),
            }
        )
    return documents


def _size(document: Document) -> int:
    return sum(len(piece["body"]) for piece in document["pieces"])


def _successor(held: Document | None, wanted: Document | None) -> Document:
    """What stands from now on: the wanted pieces, or none, and everyone who ever had one."""
    base = wanted or {**(held or {}), "pieces": []}
    holders = {*(held["holders"] if held else ()), *(piece["employee_id"] for piece in base["pieces"])}
    return {**base, "holders": sorted(holders)}


def _piece_conditions(employee_id: str, wanted: HistoryFilter) -> dict[str, Any]:
    given = {"employee_id": employee_id, "kind_id": wanted.kind_id, "year": wanted.year, "provider": wanted.provider}
    return {name: value for name, value in given.items() if value is not None}


def _pieces(conditions: Mapping[str, Any]) -> dict[str, Any]:
    """A projection to the pieces that meet `conditions`: a statement of a group holds those of others too."""
    meets = [{"$eq": [f"$$this.{name}", {"$literal": value}]} for name, value in conditions.items()]
    return {"finished_at_ms": 1, "pieces": {"$filter": {"input": "$pieces", "cond": {"$and": meets}}}}


def _places(after: HistoryAfter | None) -> list[dict[str, Any]]:
    if after is None:
        return [{}]
    return [
        {"finished_at_ms": after.finished_at_ms, "_id": {"$lt": after.statement_id}},
        {"finished_at_ms": {"$lt": after.finished_at_ms}},
    ]


def _evidence(document: Document) -> list[Evidence]:
    return [evidence_text.load(piece["body"]) for piece in document["pieces"]]
