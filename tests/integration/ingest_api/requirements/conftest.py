"""One installation per kind of store, and one speaker per version, for all tests here: each uses names that no other knows."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.contract.store.opening import open_store
from tests.integration.ingest_api.conftest import Caller, System

VERSIONS = ("1.0.3", "2.0.0")
VERBS = "http://adlnet.gov/expapi/verbs/"


@dataclass(frozen=True)
class Speaker:
    """A partner that speaks one version."""

    caller: Caller
    version: str

    def send(self, method: str, path: str = "/xapi/statements", **more: Any) -> TestResponse:
        headers = {"X-Experience-API-Version": self.version, **more.pop("headers", {})}
        return self.caller.send(method, path, headers=headers, **more)

    def post(self, body: Any, **more: Any) -> TestResponse:
        return self.send("POST", body=body, **more)

    def put(self, body: Any, statement_id: object, **more: Any) -> TestResponse:
        return self.send("PUT", body=body, query_string={"statementId": str(statement_id)}, **more)

    def get(self, **parameters: Any) -> TestResponse:
        return self.send("GET", query_string=parameters)


_numbers = count(1)


def _next_id() -> str:
    """Statements that are stored within one millisecond are listed by id: so these are listed in the order they were made."""
    return str(uuid.UUID(int=(next(_numbers) << 96) | (uuid.uuid4().int & ((1 << 96) - 1)), version=4))


def statement(**members: Any) -> dict[str, Any]:
    """A valid statement with an id; a member of None is left out."""
    plain = {
        "id": _next_id(),
        "actor": {"mbox": "mailto:ani@example.com"},
        "verb": {"id": VERBS + "attended"},
        "object": {"id": "http://example.com/activities/course-1"},
    }
    return {name: value for name, value in (plain | members).items() if value is not None}


def referring(target: dict[str, Any], verb: str, **members: Any) -> dict[str, Any]:
    return statement(verb={"id": verb}, object={"objectType": "StatementRef", "id": target["id"]}, **members)


@pytest.fixture(scope="package", params=["sqlite", pytest.param("mongo", marks=pytest.mark.mongo)])
def system(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    directory = tmp_path_factory.mktemp("requirements")
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


@pytest.fixture(scope="package", params=VERSIONS)
def speaker(request: pytest.FixtureRequest, partner: Caller) -> Speaker:
    return Speaker(partner, request.param)
