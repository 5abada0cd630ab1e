"""Employees as documents, and the conditions that find them:

_id, nip, name, unit_id, post_id, employment
keys        the agent keys the person has at some time
left_on     a day as an ISO date, 9999-12-31 for who has not left
words       the words of the name (`store.names`), each after a space
beginnings  what the words begin with, up to six letters: of those that a search asks for, the rarest leads to the people
body
"""

from __future__ import annotations

from datetime import date
from typing import Any

from competency.directory import Employee
from store.mongodb.client import Document
from store.mongodb.values import of_body, to_body
from store.names import words_of
from store.port import EmployeeSearch, SearchAfter

_LETTERS = (6, 3, 1)
_STAYS = date.max.isoformat()
_DAY_BEFORE_STAYS = "9999-12-30"


def to_document(employee: Employee) -> Document:
    words = words_of(employee.name)
    return {
        "_id": employee.id,
        "nip": employee.nip,
        "name": employee.name,
        "unit_id": employee.unit_id,
        "post_id": employee.post_id,
        "employment": employee.employment.value,
        "keys": list(employee.keys),
        "left_on": _STAYS if employee.left_on is None else employee.left_on.isoformat(),
        "words": "".join(f" {word}" for word in words),
        "beginnings": list(dict.fromkeys(word[:count] for word in words for count in _LETTERS if count <= len(word))),
        "body": to_body(employee),
    }


def to_employee(document: Document) -> Employee:
    return of_body(document["body"], Employee)


def conditions(wanted: EmployeeSearch) -> dict[str, Any]:
    words = list(dict.fromkeys(words_of(wanted.words)))
    found: dict[str, Any] = {}
    if words:
        found["beginnings"] = {"$all": list(dict.fromkeys(map(_beginning, words)))}
        longer = [word for word in words if len(word) not in _LETTERS]
        if longer:  # words are letters and digits, nothing that means something in a pattern
            found["$and"] = [{"words": {"$regex": f" {word}"}} for word in longer]
    if wanted.unit_ids is not None:
        found["unit_id"] = {"$in": sorted(wanted.unit_ids)}
    if wanted.post_id is not None:
        found["post_id"] = wanted.post_id
    if wanted.employment is not None:
        found["employment"] = wanted.employment.value
    if not wanted.include_left:
        found["left_on"] = {"$gt": _DAY_BEFORE_STAYS if wanted.today is None else min(wanted.today.isoformat(), _DAY_BEFORE_STAYS)}
    return found


def _beginning(word: str) -> str:
    return word[: next(count for count in _LETTERS if count <= len(word))]


def places(after: SearchAfter | None) -> list[dict[str, Any]]:
    """The conditions on the place to ask for one after the other, each one range of an index, which a single `$or` is not."""
    if after is None:
        return [{}]
    return [{"name": after.name, "_id": {"$gt": after.id}}, {"name": {"$gt": after.name}}]
