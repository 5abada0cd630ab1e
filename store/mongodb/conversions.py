"""What an earlier release wrote, turned into what this one reads. Done once per database; several processes may begin it at once,
and one that dies is carried on by the next: each portion is a transaction that leaves nothing of the earlier shape."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from pymongo.client_session import ClientSession
from pymongo.database import Database
from pymongo.errors import OperationFailure

from competency.directory import Employee
from store import older_bodies, profile_marks
from store.mongodb.client import Connection, Document
from store.mongodb.employee_documents import to_document
from store.mongodb.identifiers import identify
from store.mongodb.orders import place
from store.mongodb.values import of_body
from store.port import Order, OrderKind

_AT_ONCE = 200
_IDENTITIES = "identities"
_DURATIONS = "durations as said"
_CEILINGS = "over ceiling"
MARKS = frozenset({_IDENTITIES, _DURATIONS, _CEILINGS})
"""What tells in `versions` that a conversion was done."""
_NO_INDEX = 27
_NO_COLLECTION = 26
_OUTDATED = (("employees", "by_identifier"), ("employees", "by_name_runs"), ("catalogue", "by_activity"))

Portion = Callable[[Database[Document], ClientSession], bool]


def convert(connection: Connection) -> None:
    """After the indexes of this release were made."""
    with connection.database() as database:
        marks = {one["_id"] for one in database["versions"].find({"_id": {"$in": sorted(MARKS)}})}
    if _IDENTITIES not in marks:
        _to_identities(connection)
    if _DURATIONS not in marks:
        connection.transaction(_to_durations)
    if _CEILINGS not in marks:
        connection.transaction(_to_ceilings)


def _to_identities(connection: Connection) -> None:
    with connection.database() as database:
        for collection, index in _OUTDATED:
            _drop_index(database, collection, index)
    for portion in (_employees, _entries, _competencies):
        while connection.transaction(portion):
            pass
    connection.transaction(_finish)


def _employees(database: Database[Document], session: ClientSession) -> bool:
    older = list(database["employees"].find({"keys": {"$exists": False}}, limit=_AT_ONCE, session=session))
    people = [of_body(json.dumps(older_bodies.employee(json.loads(one["body"]))), Employee) for one in older]
    if people:
        identify(database, session, [], people)
    for person in people:
        database["employees"].replace_one({"_id": person.id}, to_document(person), session=session)
    return bool(older)


def _entries(database: Database[Document], session: ClientSession) -> bool:
    older = list(database["catalogue"].find({"activity_id": {"$exists": True}}, limit=_AT_ONCE, session=session))
    for one in older:
        entry = older_bodies.entry(json.loads(one["body"]))
        _keep(database, session, "catalogue", "catalogue_versions", entry)
        for activity_id in entry["activity_ids"]:
            match = {"_id": f"activity id {activity_id}", "entry": entry["id"]}
            database["catalogue_matches"].insert_one(match, session=session)
    return bool(older)


def _competencies(database: Database[Document], session: ClientSession) -> bool:
    older = [json.loads(one["body"]) for one in database["competencies"].find({}, session=session).sort("_id", 1)]
    for framework in older_bodies.frameworks(older):
        _keep(database, session, "frameworks", "framework_versions", framework)
    if older:
        database["competencies"].delete_many({}, session=session)
    return False


def _finish(database: Database[Document], session: ClientSession) -> None:
    """Let every employee be built anew: what is proved says more now than it did."""
    if database["versions"].find_one({"_id": _IDENTITIES}, session=session) is not None:
        return
    database["versions"].insert_one({"_id": _IDENTITIES, "version": 1}, session=session)
    database["versions"].delete_many({"_id": {"$in": ["directory refreshed", "catalogue refreshed"]}}, session=session)
    _order_rebuild(database, session, older_bodies.REBUILD)


def _to_durations(database: Database[Document], session: ClientSession) -> None:
    """Let who has evidence be built anew: durations are kept as they were said, and what is kept doesn't tell that. Unless an
    earlier step of this very upgrade has everybody built anew."""
    if database["versions"].find_one({"_id": _DURATIONS}, session=session) is not None:
        return
    database["versions"].insert_one({"_id": _DURATIONS, "version": 1}, session=session)
    unbegun = {"_id": older_bodies.REBUILD, "cursor": ""}
    if database["evidence"].find_one({}, {"_id": 1}, session=session) and not database["orders"].find_one(unbegun, session=session):
        _order_rebuild(database, session, older_bodies.REBUILD_DURATIONS)


def _to_ceilings(database: Database[Document], session: ClientSession) -> None:
    """Let profiles that are in the answers of questions be computed anew: who has gone over a ceiling is another answer."""
    if database["versions"].find_one({"_id": _CEILINGS}, session=session) is not None:
        return
    database["versions"].insert_one({"_id": _CEILINGS, "version": 1}, session=session)
    if database["profiles"].find_one({"marks": profile_marks.EVERYBODY}, {"_id": 1}, session=session) is not None:
        place(database, session, [Order(profile_marks.MARKED_ANEW, OrderKind.EVERYONE)])


def _order_rebuild(database: Database[Document], session: ClientSession, order_id: str) -> None:
    ends = [database["employees"].find_one({}, {"_id": 1}, sort=[("_id", way)], session=session) for way in (1, -1)]
    keys = tuple(one["_id"] for one in ends if one is not None)
    if keys:
        place(database, session, [Order(order_id, OrderKind.REBUILD, keys)])


def _keep(database: Database[Document], session: ClientSession, newest: str, versions: str, value: dict[str, Any]) -> None:
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    database[newest].replace_one({"_id": value["id"]}, {"_id": value["id"], "body": body}, upsert=True, session=session)
    database[versions].insert_one({"_id": {"id": value["id"], "version": 1}, "body": body}, session=session)


def _drop_index(database: Database[Document], collection: str, index: str) -> None:
    try:
        database[collection].drop_index(index)
    except OperationFailure as error:
        if error.code not in {_NO_INDEX, _NO_COLLECTION}:
            raise
