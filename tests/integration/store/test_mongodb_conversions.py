"""A database of the first release gets identifiers with a validity, entries with versions, and frameworks."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import pytest
from pymongo import ASCENDING, IndexModel
from pymongo.database import Database

from store.mongodb import MongoStore, conversions
from store.mongodb.indexes import INDEXES
from store.port import Order, OrderKind, Release, Unavailable
from tests.contract.store.builders import employee, evidence, facts
from tests.contract.store.conversion import everything_is_there, what_was_there_stands_as_if_it_had_been_put
from tests.contract.store.older import COMPETENCIES, EMPLOYEES, ENTRIES, POST, UNIT, body
from tests.servers.discovery import MongoAddress


@pytest.fixture
def filled(behind: Database[dict[str, Any]]) -> None:
    """What the first release left in the database."""
    people = []
    for one in EMPLOYEES:
        name = one["name"].casefold()
        document = {"_id": one["id"], "nip": one["nip"], "name": one["name"], "folded_name": name, "name_runs": [name[:3]]}
        people.append(
            {**document, "body": body(one).decode(), **({"identifiers": one["identifiers"]} if one["identifiers"] else {})}
        )
    behind["employees"].create_indexes(
        [
            IndexModel([("identifiers", ASCENDING)], name="by_identifier", unique=True, sparse=True),
            IndexModel([("nip", ASCENDING)], name="by_nip"),
            IndexModel([("name_runs", ASCENDING)], name="by_name_runs"),
            IndexModel([("name", ASCENDING), ("_id", ASCENDING)], name="by_name"),
        ]
    )
    behind["catalogue"].create_indexes([IndexModel([("activity_id", ASCENDING)], name="by_activity", unique=True)])
    behind["employees"].insert_many(people)
    behind["catalogue"].insert_many(
        [{"_id": one["id"], "activity_id": one["activity_id"], "body": body(one).decode()} for one in ENTRIES]
    )
    for collection, values in (("competencies", COMPETENCIES), ("units", [UNIT]), ("posts", [POST])):
        behind[collection].insert_many([{"_id": one["id"], "body": body(one).decode()} for one in values])
    behind["versions"].insert_many([{"_id": "directory", "version": 3}, {"_id": "directory refreshed", "version": 3}])


@pytest.fixture
def url(mongo_server: MongoAddress, mongo_database: str) -> str:
    return str(mongo_server.database_url(mongo_database))


@pytest.mark.usefixtures("filled")
def test_a_database_of_the_first_release_is_led_forward(url: str, behind: Database[dict[str, Any]]) -> None:
    with closing(MongoStore(url)) as opened:
        assert opened.release() is Release.EARLIER
        opened.prepare()
        opened.prepare()
        assert opened.release() is Release.THIS
        everything_is_there(opened)
        assert opened.directory.version() == 3
        for collection in ("employees", "catalogue_matches"):
            names = {str(index.document["name"]) for index in INDEXES[collection]}
            assert set(behind[collection].index_information()) == names | {"_id_"}
        what_was_there_stands_as_if_it_had_been_put(opened)


@pytest.mark.usefixtures("filled")
def test_several_processes_may_lead_it_forward_at_once(url: str) -> None:
    def prepare(_: int) -> None:
        with closing(MongoStore(url)) as opened:
            opened.prepare()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(prepare, range(4)))
    with closing(MongoStore(url)) as opened:
        everything_is_there(opened)


@pytest.mark.usefixtures("filled")
def test_who_dies_midway_is_carried_on(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def die(*_: object) -> bool:
        raise Unavailable("the process died")

    for step in ("_entries", "_competencies", "_finish"):
        with monkeypatch.context() as patch, closing(MongoStore(url)) as opened:
            patch.setattr(conversions, step, die)
            with pytest.raises(Unavailable, match="died"):
                opened.prepare()
    with closing(MongoStore(url)) as opened:
        opened.prepare()
        everything_is_there(opened)
        what_was_there_stands_as_if_it_had_been_put(opened)


def test_an_empty_database_leaves_nothing_to_do(mongo_store: MongoStore) -> None:
    assert mongo_store.orders.waiting() == 0


def test_who_has_evidence_without_durations_is_built_anew(mongo_store: MongoStore, behind: Database[dict[str, Any]]) -> None:
    mongo_store.directory.put_employees([employee("e1"), employee("e2", nip="198609262015051002")])
    mongo_store.evidence.replace([evidence(1).statement_id], [evidence(1)])
    behind["versions"].delete_one({"_id": "durations as said"})
    mongo_store.prepare()
    mongo_store.prepare()
    assert mongo_store.orders.of_kind(OrderKind.REBUILD) == [Order("durations-as-said", OrderKind.REBUILD, ("e1", "e2"))]


def test_profiles_of_before_the_question_about_ceilings_are_computed_anew(
    mongo_store: MongoStore, behind: Database[dict[str, Any]]
) -> None:
    assert mongo_store.profiles.put("e1", b"{}", facts(), expected_revision=0)
    behind["versions"].delete_one({"_id": "over ceiling"})
    mongo_store.prepare()
    mongo_store.prepare()
    assert mongo_store.orders.of_kind(OrderKind.EVERYONE) == [Order("over-ceiling-marks", OrderKind.EVERYONE)]
    assert mongo_store.orders.waiting() == 1
