"""Statements of a release that found them by texts are led forward."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from pymongo import ASCENDING, IndexModel
from pymongo.database import Database

from store.mongodb import MongoStore, statement_conversion
from store.mongodb.indexes import INDEXES
from store.mongodb.statement_keys import KINDS
from store.port import Recordable, Unavailable
from store.sqlite import SqliteStore
from tests.contract.store.builders import batch, recordable
from tests.contract.store.tangle import everything, tangle
from tests.servers.discovery import MongoAddress
from xapi.keys import in_order
from xapi.query import StatementFilter

Documents = Database[dict[str, Any]]
COUNT = 120


def _texts(row: Recordable) -> list[str]:
    """What the earlier release kept for keys."""
    every = ((KINDS[kind], value) for kind, value in in_order(row.extract.keys))
    return [f"{kind}:{value if len(value) <= 256 else '#' + sha256(value.encode()).hexdigest()}" for kind, value in every]


@pytest.fixture
def rows() -> list[Recordable]:
    return [recordable(one, index=index) for index, one in enumerate(tangle(11, COUNT))]


@pytest.fixture
def url(mongo_server: MongoAddress, mongo_database: str, behind: Documents, rows: list[Recordable]) -> str:
    """A database as the earlier release left it."""
    url = str(mongo_server.database_url(mongo_database))
    with closing(MongoStore(url)) as store:
        store.prepare()
        store.statements.record(batch(rows))
    statements = behind["statements"]
    statements.drop_index("by_key")
    texts = {row.extract.statement_id: _texts(row) for row in reversed(rows)}
    for document in list(statements.find({})):
        match = [{**entry, "of": entry.get("of", document["_id"])} for entry in document["match"]]
        match = [{"of": entry["of"], **entry, "keys": texts[entry["of"]][: len(entry["keys"])]} for entry in match]
        statements.update_one({"_id": document["_id"]}, {"$set": {"match": match}})
    partial = {"voided": False}
    keys = [("partner", ASCENDING), ("match.keys", ASCENDING), ("stored", ASCENDING), ("_id", ASCENDING)]
    statements.create_indexes([IndexModel(keys, name="by_partner_key", partialFilterExpression=partial)])
    behind["versions"].delete_one({"_id": "statement keys"})
    return url


@pytest.fixture
def reference(tmp_path: Path, rows: list[Recordable]) -> Any:
    with closing(SqliteStore(tmp_path / "reference.db")) as store:
        store.prepare()
        store.statements.record(batch(rows))
        return everything(store, COUNT)


def test_the_lists_are_those_of_a_store_that_was_never_another(
    url: str, behind: Documents, rows: list[Recordable], reference: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(statement_conversion, "_AT_ONCE", 7)
    with closing(MongoStore(url)) as store:
        store.prepare()
        store.prepare()
        assert everything(store, COUNT) == reference
        assert not store.statements.record(batch(rows)).recorded  # delivered again: nothing is added to what was led forward
        assert everything(store, COUNT) == reference
    assert set(behind["statements"].index_information()) == {str(one.document["name"]) for one in INDEXES["statements"]} | {"_id_"}
    assert behind["statements"].count_documents({"match.keys": {"$type": "string"}}) == 0


def test_several_processes_may_lead_it_forward_at_once(url: str, reference: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statement_conversion, "_AT_ONCE", 5)

    def prepare(_: int) -> None:
        with closing(MongoStore(url)) as opened:
            opened.prepare()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(prepare, range(4)))
    with closing(MongoStore(url)) as store:
        assert everything(store, COUNT) == reference


def test_who_dies_midway_is_carried_on(url: str, behind: Documents, reference: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    turns = iter(range(3))
    update = statement_conversion.commands.update

    def die_after_three(*arguments: Any) -> None:
        if next(turns, None) is None:
            raise Unavailable("the process died")
        update(*arguments)

    monkeypatch.setattr(statement_conversion, "_AT_ONCE", 5)
    with monkeypatch.context() as patched, closing(MongoStore(url)) as opened:
        patched.setattr(statement_conversion.commands, "update", die_after_three)
        with pytest.raises(Unavailable):
            opened.prepare()
    assert 0 < behind["statements"].count_documents({"match.keys": {"$type": "string"}}) < COUNT
    with closing(MongoStore(url)) as store:
        store.prepare()
        assert everything(store, COUNT) == reference


def test_a_new_database_has_nothing_to_lead_forward(mongo_store: MongoStore) -> None:
    assert mongo_store.statement_queries.find(StatementFilter(), after=None, limit=1).statements == ()
