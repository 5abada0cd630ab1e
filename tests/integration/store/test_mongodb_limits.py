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
from store.mongodb.statement_document import KEYS_AT_ONCE
from store.port import EmployeeSearch, Rejected, Unavailable
from tests.contract.store.builders import (
    COMPLETED,
    T0,
    activity,
    agent,
    agent_key_of,
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
    voiding,
)
from tests.servers.discovery import OwnMongo
from tests.servers.process import freeze
from xapi.activities import LEAF_BYTES, MOST_LEAVES

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


def test_the_document_of_an_activity_stays_small(mongo_store: MongoStore, behind: Database[dict[str, Any]]) -> None:
    for number in range(8):
        extensions = {f"http://example.com/{number}/{place}": "x" * (LEAF_BYTES - 100) for place in range(400)}
        record(mongo_store, statement(number, target=activity("a", {"extensions": extensions})), at_ms=T0 + number)
    record(mongo_store, statement(8, target=activity("a", {"type": iri("type")})), at_ms=T0 + 8)
    assert sorted(found(mongo_store)) == list(range(9))
    definition = mongo_store.activity_queries.activities([iri("a")], owner="univ-a")[iri("a")].definition()
    assert definition["type"] == iri("type")
    assert len(definition["extensions"]) == MOST_LEAVES - 1
    (document,) = behind["activities"].find({})
    assert len(document["leaves"]) == MOST_LEAVES


def test_what_a_recorder_died_before_trimming_is_not_seen_and_trimmed_by_the_next(
    mongo_store: MongoStore, behind: Database[dict[str, Any]]
) -> None:
    record(mongo_store, statement(1, target=activity("a", {"type": iri("type")})), at_ms=T0 + 1)
    surplus = {f"name/x-{number}": {"at": T0, "by": str(uid(0)), "said": b'"x"'} for number in range(100)}
    behind["activities"].update_one({}, {"$set": {f"leaves.{name}": leaf for name, leaf in surplus.items()}})
    before = mongo_store.activity_queries.activities([iri("a")], owner=None)[iri("a")]
    assert len(before.leaves) == MOST_LEAVES
    record(mongo_store, statement(2, target=activity("a", {"type": iri("other")})), at_ms=T0 + 2)
    after = mongo_store.activity_queries.activities([iri("a")], owner=None)[iri("a")]
    assert after.definition() == before.definition() | {"type": iri("other")}
    (document,) = behind["activities"].find({})
    assert len(document["leaves"]) == MOST_LEAVES


def test_a_statement_that_has_no_room_for_what_it_borrows_is_recorded_all_the_same(mongo_store: MongoStore) -> None:
    members = {"objectType": "Group", "member": [agent(f"{n}-{'x' * 200}") for n in range(300)]}
    full = statement(2, target=reference(1), result={"response": "x" * (16 * MB - 2_500)})
    record(mongo_store, statement(1, actor=members))
    record(mongo_store, full)
    record(mongo_store, statement(3, target=reference(2)))
    assert found(mongo_store, agent=agent_key_of(f"0-{'x' * 200}")) == [3, 1]
    assert sorted(found(mongo_store)) == [1, 2, 3]


def test_a_larger_crowd_than_the_cache_takes_at_once_is_recorded_and_voided(mongo_store: MongoStore) -> None:
    last = agent_key_of("m119999")
    crowd = statement(1, actor={"objectType": "Group", "member": [agent(f"m{n}") for n in range(120_000)]})
    record(mongo_store, crowd)
    assert found(mongo_store, agent=last) == [1]
    assert len(record(mongo_store, crowd).duplicates) == 1
    assert found(mongo_store, agent=last) == [1]
    record(mongo_store, voiding(2, 1))
    assert len(record(mongo_store, crowd).duplicates) == 1
    assert found(mongo_store, agent=last) == []
    assert found(mongo_store) == [2]


def test_a_crowd_whose_recorder_died_gets_the_rest_of_its_keys_when_it_is_delivered_again(
    mongo_store: MongoStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd = statement(1, actor={"objectType": "Group", "member": [agent(f"m{n}") for n in range(3 * KEYS_AT_ONCE)]})
    with monkeypatch.context() as patched:
        patched.setattr("store.mongodb.crowds.complete", _die)
        with pytest.raises(InterruptedError):
            record(mongo_store, crowd)
    last = agent_key_of(f"m{3 * KEYS_AT_ONCE - 1}")
    assert found(mongo_store, agent=last) == []
    record(mongo_store, crowd)
    assert found(mongo_store, agent=last) == found(mongo_store, agent=agent_key_of("m0"), verb=COMPLETED) == [1]


def _die(*_: object) -> None:
    raise InterruptedError


@pytest.mark.parametrize(
    "name", ["http://example.com/a.b/$set/%2E", "http://example.com/é\u0000", "http://example.com/" + "x" * 2_000, "a:%25.%24$"]
)
def test_leaves_of_any_name_come_back(mongo_store: MongoStore, name: str) -> None:
    value = {"$gt": [1, 2.50, "3", None, True, {"a.b": 2**63}]}
    record(mongo_store, json.dumps(statement(1, target=activity("a", {"extensions": {name: value}}))).encode())
    definition = mongo_store.activity_queries.activities([iri("a")], owner="univ-a")[iri("a")].definition()
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


@pytest.mark.parametrize("words", ["ax\0by", "(zulkifliansyah", "a|zulkifli .*", "\\dua", "é", "$where: 7", "zulkifl\u0000iansyah"])
def test_a_search_takes_any_words_literally(mongo_store: MongoStore, words: str) -> None:
    mongo_store.directory.put_employees([employee("e1", f"Siti {words} Rahmawati"), employee("e2", "Budi 1")])
    assert [one.id for one in mongo_store.directory.search(EmployeeSearch(words))] == ["e1"]


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
        freeze(pid)
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
