"""A MongoDB store, and the driver beside it to look behind the port."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.database import Database

from store.mongodb import MongoStore
from tests.servers.discovery import MongoAddress


@pytest.fixture
def mongo_store(mongo_server: MongoAddress, mongo_database: str) -> Iterator[MongoStore]:
    """An empty, prepared store."""
    with closing(MongoStore(mongo_server.database_url(mongo_database))) as store:
        store.prepare()
        yield store


@pytest.fixture
def behind(mongo_server: MongoAddress, mongo_database: str) -> Iterator[Database[dict[str, Any]]]:
    """The database of `mongo_store`."""
    client: MongoClient[dict[str, Any]]
    with MongoClient(mongo_server.url, uuidRepresentation="standard") as client:
        yield client[mongo_database]
