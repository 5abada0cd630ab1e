"""Profiles, each guarded by its revision, and the questions over all of them. A document of `profiles`:

    _id             the employee's id
    revision
    digest          of the text (`store.port.digest_of`)
    figures         what the rollup of the unit adds up
    text            compressed (`store.profile_text`)
    path            the unit path as one string (`store.unit_paths`)
    marks           a string for each question that it is in the answer of (`store.profile_marks`)
    next_change_on  a day's ordinal
    written_by      which `put_many` wrote it last, if one did

One that an older program wrote has its text as it is and neither digest nor figures; one of a still older program has neither path,
marks nor day: it is in no answer, and due at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import Any

from bson.objectid import ObjectId
from pymongo import UpdateOne
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from competency.facts import ProfileFacts
from competency.hours import Standing
from store import profile_marks, unit_paths
from store.mongodb import commands
from store.mongodb.client import Connection, Document
from store.mongodb.commands import Update
from store.mongodb.indexes import PROFILES_BY_CHANGE, PROFILES_BY_MARK, name_of
from store.port import ProfileAfter, ProfileFigures, ProfileHead, ProfilePut, StoredProfile, digest_of
from store.profile_text import pack, unpack

_PAGE = 200
_IDS_AT_ONCE = 1_000
_PUTS_AT_ONCE = 200
_HEAD = {"revision": 1, "digest": 1, "path": 1, "marks": 1}
_READABLE = {"revision": 1, "text": 1, "path": 1, "marks": 1}


class MongoProfileStore:
    """`store.port.ProfileStore`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, employee_id: str) -> StoredProfile | None:
        return self.get_many([employee_id]).get(employee_id)

    def get_many(self, employee_ids: Iterable[str]) -> dict[str, StoredProfile]:
        remaining = iter(dict.fromkeys(employee_ids))
        found: dict[str, StoredProfile] = {}
        with self._connection.database() as database:
            while ids := list(islice(remaining, _IDS_AT_ONCE)):
                for document in database["profiles"].find({"_id": {"$in": ids}}, _READABLE):
                    found[document["_id"]] = _profile(document)
        return found

    def heads(self, employee_ids: Iterable[str]) -> dict[str, ProfileHead]:
        remaining = iter(dict.fromkeys(employee_ids))
        found: dict[str, ProfileHead] = {}
        older: list[str] = []
        with self._connection.database() as database:
            while ids := list(islice(remaining, _IDS_AT_ONCE)):
                for document in database["profiles"].find({"_id": {"$in": ids}}, _HEAD):
                    if "digest" in document:
                        found[document["_id"]] = _head(document, document["digest"])
                    else:
                        older.append(document["_id"])
            for start in range(0, len(older), _PAGE):
                portion = {"_id": {"$in": older[start : start + _PAGE]}}
                for document in database["profiles"].find(portion, _READABLE):
                    found[document["_id"]] = _head(document, digest_of(unpack(document["text"])))
        return found

    def put(self, employee_id: str, text: bytes, facts: ProfileFacts, *, expected_revision: int) -> bool:
        written = _document(ProfilePut(employee_id, text, facts, expected_revision))
        with self._connection.database() as database:
            if expected_revision == 0:
                try:
                    database["profiles"].insert_one({"_id": employee_id, **written})
                except DuplicateKeyError:
                    return False
                return True
            held = {"_id": employee_id, "revision": expected_revision}
            return database["profiles"].update_one(held, {"$set": written}).matched_count == 1

    def put_many(self, puts: Sequence[ProfilePut]) -> frozenset[str]:
        with self._connection.database() as database:
            written: set[str] = set()
            for portion in commands.portions(puts, lambda one: len(one.text), _PUTS_AT_ONCE):
                written |= _put_portion(database, portion)
        return frozenset(written)

    def add_figures(self, figures: Mapping[str, tuple[int, bytes]]) -> None:
        writes = [
            UpdateOne({"_id": name, "revision": revision, "figures": None}, {"$set": {"figures": of_it}})
            for name, (revision, of_it) in figures.items()
        ]
        with self._connection.database() as database:
            for start in range(0, len(writes), _PUTS_AT_ONCE):
                database["profiles"].bulk_write(writes[start : start + _PUTS_AT_ONCE], ordered=False)

    def all(self) -> Iterator[StoredProfile]:
        after: str | None = None
        while True:
            beyond = {} if after is None else {"_id": {"$gt": after}}
            with self._connection.database() as database:
                page = [_profile(one) for one in database["profiles"].find(beyond, _READABLE, limit=_PAGE).sort("_id", 1)]
            yield from page
            if len(page) < _PAGE:
                return
            after = page[-1].employee_id

    def due(self, on: date, *, after_id: str | None, limit: int) -> list[str]:
        # Day by day, of which few are due at once: so a page is read from the index in order, however many are due.
        found: list[str] = []
        beyond = {"$gt": after_id or ""}
        index = name_of(PROFILES_BY_CHANGE)
        with self._connection.database() as database:
            profiles = database["profiles"]
            day: int | None = None  # what those of an older program have
            while True:
                of_day = profiles.find({"next_change_on": day, "_id": beyond}, {"_id": 1}, limit=limit, hint=index).sort("_id", 1)
                found += [one["_id"] for one in of_day]
                later = {"next_change_on": {"$gt": -1 if day is None else day, "$lte": on.toordinal()}}
                following = profiles.find_one(later, {"_id": 0, "next_change_on": 1}, sort=[("next_change_on", 1)], hint=index)
                if following is None:
                    return sorted(found)[:limit]
                day = following["next_change_on"]


class MongoProfileQueries:
    """`store.port.ProfileQueries`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def in_unit(
        self,
        prefix: tuple[str, ...] | None,
        *,
        direct: bool = False,
        include_left: bool = False,
        after: ProfileAfter | None,
        limit: int,
    ) -> list[StoredProfile]:
        mark = profile_marks.EVERYBODY if include_left else profile_marks.HERE
        return self._answer(mark, prefix, after, limit, direct=direct)

    def figures_in_unit(self, prefix: tuple[str, ...], *, after: ProfileAfter | None, limit: int) -> list[ProfileFigures]:
        return [
            ProfileFigures(one["_id"], unit_paths.of_text(one["path"]), one.get("figures"))
            for one in self._documents(profile_marks.HERE, prefix, after, limit, direct=True, readable={"path": 1, "figures": 1})
        ]

    def of_standing(
        self, prefix: tuple[str, ...] | None, year: int, standing: Standing, *, after: ProfileAfter | None, limit: int
    ) -> list[StoredProfile]:
        return self._answer(profile_marks.of_standing(year, standing), prefix, after, limit)

    def below_standard(
        self, prefix: tuple[str, ...] | None, competency_id: str, *, after: ProfileAfter | None, limit: int
    ) -> list[StoredProfile]:
        return self._answer(profile_marks.below_standard(competency_id), prefix, after, limit)

    def over_ceiling(self, prefix: tuple[str, ...] | None, *, after: ProfileAfter | None, limit: int) -> list[StoredProfile]:
        return self._answer(profile_marks.OVER_CEILING, prefix, after, limit)

    def _answer(
        self, mark: str, prefix: tuple[str, ...] | None, after: ProfileAfter | None, limit: int, *, direct: bool = False
    ) -> list[StoredProfile]:
        return [_profile(one) for one in self._documents(mark, prefix, after, limit, direct=direct, readable=_READABLE)]

    def _documents(
        self,
        mark: str,
        prefix: tuple[str, ...] | None,
        after: ProfileAfter | None,
        limit: int,
        *,
        direct: bool,
        readable: dict[str, int],
    ) -> list[Document]:
        found: list[Document] = []
        with self._connection.database() as database:
            for place in _places(unit_paths.to_text(prefix or ()), direct, after):
                missing = limit - len(found)
                if missing > 0:
                    page = database["profiles"].find(
                        {"marks": mark, **place}, readable, limit=missing, hint=name_of(PROFILES_BY_MARK)
                    )
                    found += page.sort([("path", 1), ("_id", 1)])
        return found


def _document(one: ProfilePut) -> Document:
    facts = one.facts
    return {
        "revision": one.expected_revision + 1,
        "digest": one.digest or digest_of(one.text),
        "figures": facts.figures,
        "text": pack(one.text),
        "path": unit_paths.to_text(facts.unit_path),
        "marks": list(profile_marks.marks_of(facts)),
        "next_change_on": facts.next_change_on.toordinal(),
    }


def _put_portion(database: Database[Document], puts: Sequence[ProfilePut]) -> set[str]:
    """The ids of those that were written. A command says how many documents it met, not which: where some are missing, the mark
    that this call leaves in a document tells, also when the driver sent the command twice."""
    call = ObjectId()
    inserts: list[Document] = []
    updates: list[Update] = []
    for one in puts:
        document = {**_document(one), "written_by": call}
        if one.expected_revision == 0:
            inserts.append({"_id": one.employee_id, **document})
        else:
            updates.append({"q": {"_id": one.employee_id, "revision": one.expected_revision}, "u": {"$set": document}})
    taken = commands.insert(database, "profiles", inserts) if inserts else []
    met = commands.update(database, "profiles", updates) if updates else 0
    if not taken and met == len(updates):
        return {one.employee_id for one in puts}
    mine = {"_id": {"$in": [one.employee_id for one in puts]}, "written_by": call}
    return {one["_id"] for one in database["profiles"].find(mine, {"_id": 1})}


def _places(first: str, direct: bool, after: ProfileAfter | None) -> list[dict[str, Any]]:
    """The conditions on the place to ask for one after the other, each one range of the index, which a single `$or` is not: first
    the rest of the unit, then the units beyond."""
    if after is None:
        beyond, rest = {"$gte": first}, []
    else:
        path = unit_paths.to_text(after.unit_path)
        if path < first:
            return _places(first, direct, None)
        beyond, rest = {"$gt": path}, [{"path": path, "_id": {"$gt": after.employee_id}}]
        if not path.startswith(first) or (direct and path != first):
            return []
    if direct:
        return rest or [{"path": first}]
    end = unit_paths.end_of_subtree(first)
    return [*rest, {"path": beyond if end is None else {**beyond, "$lt": end}}]


def _head(document: Document, digest: bytes) -> ProfileHead:
    return ProfileHead(document["_id"], document["revision"], digest, _path(document), _is_active(document))


def _profile(document: Document) -> StoredProfile:
    text = unpack(document["text"])
    return StoredProfile(document["_id"], document["revision"], text, _path(document), _is_active(document))


def _path(document: Document) -> tuple[str, ...]:
    return unit_paths.of_text(document.get("path", ""))


def _is_active(document: Document) -> bool:
    return profile_marks.HERE in document.get("marks", ())
