"""Who has an agent key when. A document of `identifiers` per key that somebody has:

    _id      the agent key
    holders  [{employee, from, through}], days as ISO dates, 0001-01-01 and 9999-12-31 where there is no bound

Two transactions that give a key to somebody write the same document, so that one of them runs again and sees what the other wrote.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import combinations, islice

from pymongo.client_session import ClientSession
from pymongo.database import Database

from competency.directory import Employee, Holding
from store.mongodb.client import Document
from store.mongodb.values import write
from store.port import Rejected

_KEYS_AT_ONCE = 1_000
_EVER_SINCE, _FOR_EVER = date.min.isoformat(), date.max.isoformat()

_Holding = tuple[str, str, str]
"""Employee id, first day, last day."""


def identify(database: Database[Document], session: ClientSession, before: Sequence[Employee], after: Sequence[Employee]) -> None:
    """Let the identifiers of these employees, which were those of `before`, be those of `after`. Raises Rejected when one names
    two people on a day."""
    old, new = _holdings(before), _holdings(after)
    touched = [key for key in old.keys() | new.keys() if old.get(key) != new.get(key)]
    concerned = {one.id for one in after}
    held = _held(database, session, touched)
    documents = []
    gone = []
    for key in touched:
        others = {one for one in held.get(key, ()) if one[0] not in concerned}
        holders = others | new.get(key, set())
        _refuse_clash(holders)
        if holders:
            documents.append(_document(key, holders))
        else:
            gone.append(key)
    if gone:
        database["identifiers"].delete_many({"_id": {"$in": gone}}, session=session)
    write(database, session, "identifiers", documents, held)


def holders(database: Database[Document], keys: Iterable[str]) -> dict[str, tuple[Holding, ...]]:
    """Who has these keys, as `DirectoryStore.holders` says."""
    remaining = iter(dict.fromkeys(keys))
    found: dict[str, tuple[Holding, ...]] = {}
    while portion := list(islice(remaining, _KEYS_AT_ONCE)):
        found |= {key: tuple(map(_holding, sorted(its))) for key, its in _held(database, None, portion).items()}
    return found


def _holding(held: _Holding) -> Holding:
    employee_id, first, last = held
    return Holding(
        employee_id,
        None if first == _EVER_SINCE else date.fromisoformat(first),
        None if last == _FOR_EVER else date.fromisoformat(last),
    )


def _holdings(employees: Iterable[Employee]) -> dict[str, set[_Holding]]:
    found: dict[str, set[_Holding]] = {}
    for employee in employees:
        for one in employee.identifiers:
            first = _EVER_SINCE if one.valid_from is None else one.valid_from.isoformat()
            last = _FOR_EVER if one.valid_through is None else one.valid_through.isoformat()
            found.setdefault(one.key, set()).add((employee.id, first, last))
    return found


def _held(database: Database[Document], session: ClientSession | None, keys: Sequence[str]) -> dict[str, list[_Holding]]:
    found: dict[str, list[_Holding]] = {}
    for start in range(0, len(keys), _KEYS_AT_ONCE):
        for one in database["identifiers"].find({"_id": {"$in": keys[start : start + _KEYS_AT_ONCE]}}, session=session):
            found[one["_id"]] = [(each["employee"], each["from"], each["through"]) for each in one["holders"]]
    return found


def _refuse_clash(holders: Iterable[_Holding]) -> None:
    for (one, first, last), (other, other_first, other_last) in combinations(sorted(holders), 2):
        if one != other and first <= other_last and other_first <= last:
            raise Rejected(
                f"an identifier would name both employee {one} and employee {other} on the same day; nothing was written"
            )


def _document(key: str, holders: Iterable[_Holding]) -> Document:
    return {"_id": key, "holders": [{"employee": one, "from": first, "through": last} for one, first, last in sorted(holders)]}
