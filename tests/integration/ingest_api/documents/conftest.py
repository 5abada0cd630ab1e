"""One installation per kind of store for all tests here: each speaks of documents and activities that no other knows."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from tests.contract.store.opening import open_store
from tests.integration.ingest_api.conftest import Caller, System
from tests.integration.ingest_api.documents.resource import KINDS, Resource


@pytest.fixture(scope="package", params=["sqlite", pytest.param("mongo", marks=pytest.mark.mongo)])
def system(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    directory = tmp_path_factory.mktemp("documents")
    if request.param == "sqlite":
        made = System(directory)
        yield made
        made.close()
        return
    from pymongo import MongoClient

    server, name = request.getfixturevalue("mongo_server"), f"t{uuid.uuid4().hex[:12]}"
    made = System(directory, open_store(server.database_url(name)))
    yield made
    made.close()
    client: MongoClient[dict[str, Any]]
    with MongoClient(server.url) as client:
        client.drop_database(name)


@pytest.fixture(scope="package")
def partner(system: System) -> Iterator[Caller]:
    """A partner of a system whose recorder runs."""
    with system.recorder():
        yield Caller(system.api(), system.credential("univ-a"))


@pytest.fixture(params=KINDS)
def resource(request: pytest.FixtureRequest, partner: Caller) -> Resource:
    return KINDS[request.param](partner)
