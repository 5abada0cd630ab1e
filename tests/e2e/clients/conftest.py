"""Rekam, a partner's credential and the JavaScript clients, shared by all tests of clients."""

from __future__ import annotations

import os
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import urllib3
from pymongo import MongoClient

from tests.e2e.clients.node_clients import NodeClients
from tests.e2e.clients.page_server import PageServer
from tests.e2e.installation import Installation
from tests.servers.cache import Unobtainable
from tests.servers.discovery import KafkaAddress, MongoAddress

IN_FULL = [pytest.mark.kafka, pytest.mark.mongo]
"""Marks of a test on the full mode."""


@dataclass(frozen=True, slots=True)
class Partner:
    """A credential of a partner, made as an administrator makes one: it may send, and read what its partner sent."""

    rekam: Installation
    key: str
    secret: str

    @property
    def endpoint(self) -> str:
        return f"{self.rekam.base}/xapi"

    @property
    def environment(self) -> dict[str, str]:
        """What the scripts in `node/` want to know."""
        return {"LRS_ENDPOINT": f"{self.endpoint}/", "LRS_KEY": self.key, "LRS_SECRET": self.secret}

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> urllib3.BaseHTTPResponse:
        """A request without any client's help."""
        basic = urllib3.make_headers(basic_auth=f"{self.key}:{self.secret}")
        return self.rekam.ask(method, f"/xapi{path}", body, **basic, **headers)


def new_partner(rekam: Installation, name: str) -> Partner:
    printed = rekam.cli("credentials", "add", name).stdout
    key, secret = re.findall(r"^(?:key|secret) +(\S+)$", printed, flags=re.MULTILINE)
    return Partner(rekam, key, secret)


@pytest.fixture(scope="session")
def page_server() -> Iterator[PageServer]:
    """An origin of its own, whose pages the embedded Rekam lets in."""
    with PageServer() as server:
        yield server


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory, page_server: PageServer) -> Iterator[Partner]:
    settings = {"log_level": "warning", "cors_origins": page_server.origin}
    with Installation(tmp_path_factory.mktemp("clients") / "var", **settings) as rekam:
        yield new_partner(rekam, "universitas")


@pytest.fixture(scope="session")
def full(tmp_path_factory: pytest.TempPathFactory, kafka_server: KafkaAddress, mongo_server: MongoAddress) -> Iterator[Partner]:
    name = f"t{uuid.uuid4().hex[:12]}"
    settings = {"event_log": kafka_server.url, "store": mongo_server.database_url(name), "topic_prefix": f"{name}."}
    with Installation(tmp_path_factory.mktemp("clients") / "var", log_level="warning", **settings) as rekam:
        yield new_partner(rekam, "universitas")
    client: MongoClient[dict[str, Any]]
    with MongoClient(mongo_server.url) as client:
        client.drop_database(name)


@pytest.fixture(scope="session", params=["embedded", pytest.param("full", marks=IN_FULL)])
def partner(request: pytest.FixtureRequest) -> Partner:
    """On the embedded and on the full mode."""
    found: Partner = request.getfixturevalue(request.param)
    return found


@pytest.fixture(scope="session")
def node(tmp_path_factory: pytest.TempPathFactory) -> NodeClients:
    try:
        return NodeClients(tmp_path_factory.mktemp("node"))
    except Unobtainable as unobtainable:
        reason = f"the JavaScript clients could not be had: {unobtainable.reason}"
    if os.environ.get("REKAM_TEST_SERVICES") == "required":
        pytest.fail(f"{reason} (REKAM_TEST_SERVICES=required)", pytrace=False)
    pytest.skip(reason)
