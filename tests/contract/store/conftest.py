"""The stores under test. Every test of this folder runs unchanged on each of them."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from store.port import Store
from tests.contract.store.opening import open_store


@pytest.fixture(scope="session")
def lasting_database() -> str:
    """The name of a MongoDB database for `emptied_database`. To make a database anew takes ten times as long as to empty one."""
    return f"t{uuid.uuid4().hex[:12]}"


@pytest.fixture
def emptied_database(mongo_server: Any, lasting_database: str) -> Iterator[str]:
    """A URL of a database without a document, whose collections and indexes may be there, as an earlier test left them."""
    from pymongo import MongoClient

    yield mongo_server.database_url(lasting_database)
    client: MongoClient[dict[str, Any]]
    with MongoClient(mongo_server.url, w="majority") as client:
        database = client[lasting_database]
        for name in database.list_collection_names():
            database[name].delete_many({})


@pytest.fixture(params=["sqlite", pytest.param("mongo", marks=pytest.mark.mongo)])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty store, as a URL for `open_store`."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'store.db'}"
    return str(request.getfixturevalue("emptied_database"))


@pytest.fixture(params=["sqlite", pytest.param("mongo", marks=pytest.mark.mongo)])
def new_store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A store that was never prepared, as a URL for `open_store`."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'store.db'}"
    server = request.getfixturevalue("mongo_server")
    return str(server.database_url(request.getfixturevalue("mongo_database")))


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """An empty, prepared store."""
    with closing(open_store(store_url)) as opened:
        opened.prepare()
        yield opened
