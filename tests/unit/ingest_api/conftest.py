"""The endpoint over ports in memory, and a caller that speaks to it as a partner would."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from access.authenticator import Authenticator
from access.credentials import PARTNER_ROLES, Credential, Role, hash_secret
from ingest_api.app import create_app
from ingest_api.cursors import CursorCipher
from ingest_api.services import IngestServices, IngestSettings
from store.port import Unavailable
from telemetry.clock import FixedClock
from tests.unit.ingest_api.memory import MemoryLog, MemoryStore
from tests.unit.ingest_api.memory_documents import MemoryDocuments

NOW_MS = 1_780_000_000_123
SETTINGS = IngestSettings(
    authority_home_page="https://rekam.example.id",
    max_body_bytes=200_000,
    max_attachments_bytes=2_000_000,
    max_statement_bytes=50_000,
    page_limit=3,
    max_page_limit=5,
    read_wait_ms=150,
)


@dataclass
class Caller:
    """Sends requests with a partner's key and the version header; `None` for a header leaves it out."""

    app: Flask
    key: str | None
    headers: dict[str, str | None] = field(default_factory=dict)

    def send(
        self,
        method: str,
        path: str = "/xapi/statements",
        *,
        json_body: Any = None,
        headers: dict[str, str | None] | None = None,
        **more: Any,
    ) -> TestResponse:
        sent: dict[str, str | None] = {"X-Experience-API-Version": "1.0.3"}
        if self.key is not None:
            sent["Authorization"] = basic(self.key)
        if json_body is not None:
            more["data"] = json.dumps(json_body).encode()
        if "data" in more:
            sent["Content-Type"] = "application/json"
        sent |= self.headers | (headers or {})
        kept = {name: value for name, value in sent.items() if value is not None}
        return self.app.test_client().open(path, method=method, headers=kept, **more)

    def get(self, **parameters: Any) -> TestResponse:
        return self.send("GET", query_string=parameters)

    def post(self, body: Any, **more: Any) -> TestResponse:
        return self.send("POST", json_body=body, **more)

    def put(self, body: Any, statement_id: object, **more: Any) -> TestResponse:
        return self.send("PUT", json_body=body, query_string={"statementId": str(statement_id)}, **more)


@dataclass
class Endpoint:
    """The endpoint with what stands behind it."""

    app: Flask
    clock: FixedClock
    log: MemoryLog
    store: MemoryStore

    def caller(self, partner: str = "univ-a", *roles: Role) -> Caller:
        """A caller of this partner; with the roles of a partner unless others are named."""
        key = f"{partner}-{'+'.join(role.name for role in roles) or 'partner'}"
        self.credential(key, partner, *roles)
        return Caller(self.app, key)

    def credential(self, key: str, partner: str, *roles: Role) -> None:
        granted = frozenset(roles) or PARTNER_ROLES
        self.store.credentials[key] = Credential(key, hash_secret("secret"), partner, granted, NOW_MS)


def basic(key: str, secret: str = "secret") -> str:
    return "Basic " + base64.b64encode(f"{key}:{secret}".encode()).decode()


def statement(**members: Any) -> dict[str, Any]:
    """A valid statement; a member of None is left out."""
    plain = {
        "actor": {"mbox": "mailto:ani@example.com"},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/completed"},
        "object": {"id": "http://example.com/activities/course-1"},
    }
    return {name: value for name, value in (plain | members).items() if value is not None}


def voiding(target: object, **members: Any) -> dict[str, Any]:
    return statement(
        verb={"id": "http://adlnet.gov/expapi/verbs/voided"}, object={"objectType": "StatementRef", "id": str(target)}, **members
    )


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    yield from running()


@pytest.fixture(scope="module")
def shared_caller() -> Iterator[Caller]:
    """One endpoint for all examples of a property."""
    for started in running():
        yield started.caller()


def running(settings: IngestSettings = SETTINGS, new_id: Callable[[], UUID] = uuid4) -> Iterator[Endpoint]:
    """An endpoint with these settings, closed when the iteration goes on."""
    clock = FixedClock(NOW_MS)
    log = MemoryLog(clock, max_record_bytes=150_000)
    store = MemoryStore(log)
    services = IngestServices(
        appender=log,
        inspector=log,
        statement_queries=store,
        activity_queries=store,
        positions=store,
        documents=MemoryDocuments(),
        attachments=store.attachments,
        store=store,
        authenticator=Authenticator(store, clock, unavailable=(Unavailable,)),
        cursors=CursorCipher(lambda: b"k" * 32),
        clock=clock,
        new_id=new_id,
        settings=settings,
    )
    app = create_app(services)
    yield Endpoint(app, clock, log, store)
    app.extensions["consistency"].close()


@pytest.fixture
def partner(endpoint: Endpoint) -> Caller:
    return endpoint.caller()
