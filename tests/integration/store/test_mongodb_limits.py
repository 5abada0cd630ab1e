"""What MongoDB's limits mean for the store: a document ends at 16 MB, a client does not survive a fork."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest
from pymongo.database import Database

from store.mongodb import MongoStore
from store.port import Rejected, Unavailable
from tests.contract.store.builders import (
    activity,
    agent,
    batch,
    employee,
    found,
    iri,
    letter,
    record,
    recordable,
    reference,
    statement,
    uid,
)
from tests.servers.discovery import OwnMongo

MB = 1 << 20


def test_a_dead_letter_keeps_a_payload_larger_than_a_document(mongo_store: MongoStore) -> None:
    payload = os.urandom(20 * MB)
    buried = replace(letter("large"), payload=payload)
    mongo_store.dead_letters.bury([letter("small"), buried])
    mongo_store.dead_letters.bury([replace(buried, payload=b"x" * 20 * MB)])  # again: it stays as it is
    assert mongo_store.dead_letters.get("large") == buried
    assert [one.id for one in mongo_store.dead_letters.page()] == ["large", "small"]


def test_a_statement_larger_than_a_document_is_rejected_and_the_others_are_recorded_without_it(mongo_store: MongoStore) -> None:
    large = recordable(statement(1, result={"response": "x" * 17 * MB}))
    rows = [recordable(statement(n)) for n in range(2, 30)]
    with pytest.raises(Rejected):
        mongo_store.statements.record(batch([rows[0], large, *rows[1:]]))
    mongo_store.statements.record(batch(rows))  # the recorder found the culprit
    assert sorted(found(mongo_store)) == list(range(2, 30))


def test_a_batch_of_twenty_megabytes_is_recorded(mongo_store: MongoStore) -> None:
    rows = [recordable(statement(n, result={"response": "é" * 25_000})) for n in range(400)]
    outcome = mongo_store.statements.record(batch(rows))
    assert len(outcome.recorded) == 400
    assert len(mongo_store.statements.record(batch(rows)).duplicates) == 400
    texts = mongo_store.statement_queries.get_many(uid(n) for n in range(400))
    assert all(texts[row.extract.statement_id].text == row.text for row in rows)


def test_a_batch_of_very_many_small_statements_is_recorded(mongo_store: MongoStore) -> None:
    rows = [recordable(statement(n)) for n in range(6_000)]
    assert len(mongo_store.statements.record(batch(rows)).recorded) == 6_000
    assert len(mongo_store.statements.record(batch(rows)).duplicates) == 6_000
    assert mongo_store.statement_queries.count() == 6_000


def test_what_does_not_fit_into_an_activity_any_more_fails_no_statement(mongo_store: MongoStore) -> None:
    for number in range(3):
        what = activity("a", {"extensions": {f"http://example.com/{number}": "x" * 7 * MB}})
        record(mongo_store, statement(number, target=what))
    record(mongo_store, statement(3, target=activity("a", {"type": iri("type")})))
    assert sorted(found(mongo_store)) == [0, 1, 2, 3]
    definition = mongo_store.activity_queries.activities([iri("a")])[iri("a")].definition()
    assert definition["type"] == iri("type")
    assert len(definition["extensions"]) == 2


def test_a_chain_whose_keys_no_document_can_hold_fails_no_statement(mongo_store: MongoStore) -> None:
    members = {"objectType": "Group", "member": [agent(f"member-{n}-{'x' * 900}") for n in range(2_000)]}
    said: list[dict[str, Any]] = [statement(0, actor=members)]
    said += [statement(n, actor=members, target=reference(n - 1)) for n in range(1, 12)]
    for one in said:
        record(mongo_store, one)
    assert sorted(found(mongo_store)) == list(range(12))
    assert set(found(mongo_store, activity=iri("a"))) >= {0, 1, 2}


@pytest.mark.parametrize(
    "name", ["http://example.com/a.b/$set/%2E", "http://example.com/é\u0000", "http://example.com/" + "x" * 2_000, "a:%25.%24$"]
)
def test_leaves_of_any_name_come_back(mongo_store: MongoStore, name: str) -> None:
    value = {"$gt": [1, 2.50, "3", None, True, {"a.b": 2**63}]}
    record(mongo_store, json.dumps(statement(1, target=activity("a", {"extensions": {name: value}}))).encode())
    definition = mongo_store.activity_queries.activities([iri("a")])[iri("a")].definition()
    assert definition == {"extensions": {name: value}}


def test_activities_that_are_only_named_are_written_once(mongo_store: MongoStore, behind: Database[dict[str, Any]]) -> None:
    record(mongo_store, statement(1))
    behind["activities"].delete_many({})
    record(mongo_store, statement(2))
    assert behind["activities"].count_documents({}) == 0


def test_a_child_process_gets_a_connection_of_its_own(mongo_store: MongoStore) -> None:
    record(mongo_store, statement(1))
    child = os.fork()
    if child == 0:
        try:
            record(mongo_store, statement(2), partition=1)
            os._exit(0 if found(mongo_store) == [2, 1] else 3)
        except BaseException:
            os._exit(4)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    assert found(mongo_store) == [2, 1]


@pytest.mark.parametrize("words", ["a\0b", "(", "a|b .*", "\\d", "é", "%", "   "])
def test_a_search_takes_any_words_literally(mongo_store: MongoStore, words: str) -> None:
    mongo_store.directory.put_employees([employee("e1", f"Siti {words} Rahmawati"), employee("e2", "Budi 1")])
    wanted = ["e1"] if words.strip() else ["e2", "e1"]
    assert [one.id for one in mongo_store.directory.search(words)] == wanted


@pytest.mark.parametrize("url", ["mongodb://127.0.0.1:1", "mongodb://127.0.0.1:1/", "sqlite:///x", "mongodb:///"])
def test_a_url_without_a_database_is_refused_at_once(url: str) -> None:
    with pytest.raises(ValueError, match="database"):
        MongoStore(url)


def test_building_a_store_connects_to_nothing() -> None:
    with closing(MongoStore("mongodb://127.0.0.1:1/nowhere")) as store:
        begun = time.monotonic()
        with pytest.raises(Unavailable):
            store.ping()
        assert time.monotonic() - begun < 3


@pytest.fixture
def hanging(private_mongo: OwnMongo) -> Iterator[MongoStore]:
    """A store whose mongod stopped answering with its connections open."""
    pid = getattr(private_mongo, "pid", None)
    if pid is None:
        pytest.skip("only a mongod of this machine can be stopped")
    with closing(MongoStore(private_mongo.database_url("hanging"))) as store:
        store.prepare()
        record(store, statement(1))
        os.kill(pid, signal.SIGSTOP)
        try:
            yield store
        finally:
            os.kill(pid, signal.SIGCONT)


def test_a_mongod_that_hangs_is_unavailable_in_bounded_time(hanging: MongoStore) -> None:
    begun = time.monotonic()
    with pytest.raises(Unavailable):
        hanging.ping()
    assert time.monotonic() - begun < 3
    begun = time.monotonic()
    with pytest.raises(Unavailable):
        hanging.statement_queries.count()
    assert time.monotonic() - begun < 10
