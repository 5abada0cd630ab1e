"""The endpoint on the embedded log and store, with a recorder at work beside it."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from access.authenticator import Authenticator
from access.credentials import PARTNER_ROLES, Credential, Role, hash_secret
from eventlog.port import Topic, TopicSpec
from eventlog.sqlite import SqliteEventLog
from ingest_api.app import create_app
from ingest_api.cursors import CursorCipher
from ingest_api.services import IngestServices, IngestSettings
from store.port import Store, Unavailable
from store.sqlite import SqliteStore
from telemetry.clock import SystemClock
from workers.announcements import Announcer
from workers.following import LogFollower
from workers.loop import Stop, run
from workers.recorder import Recorder

PARTITIONS = 2
SECRET = "secret"


@dataclass(frozen=True)
class Caller:
    """Speaks to the endpoint with one partner's key."""

    app: Flask
    key: str

    def send(self, method: str, path: str = "/xapi/statements", *, body: Any = None, **more: Any) -> TestResponse:
        headers = {
            "X-Experience-API-Version": "1.0.3",
            "Authorization": "Basic " + base64.b64encode(f"{self.key}:{SECRET}".encode()).decode(),
            **more.pop("headers", {}),
        }
        if body is not None:
            more |= {"data": body if isinstance(body, bytes) else json.dumps(body).encode(), "content_type": "application/json"}
        return self.app.test_client().open(path, method=method, headers=headers, **more)

    def get(self, **parameters: Any) -> TestResponse:
        return self.send("GET", query_string=parameters)

    def found(self, **parameters: Any) -> list[dict[str, Any]]:
        """Every statement of the list, all pages."""
        answer = self.get(**parameters)
        assert answer.status_code == 200, answer.data
        statements: list[dict[str, Any]] = answer.json["statements"]
        while more := answer.json["more"]:
            answer = self.send("GET", more)
            statements += answer.json["statements"]
        return statements


class System:
    """One installation, embedded unless another store is given. Any number of API processes may be played by `api`; `recorder`
    works while its block runs."""

    def __init__(self, directory: Path, store: Store | None = None) -> None:
        self._clock = SystemClock()
        self._log = SqliteEventLog(directory / "log.db")
        self.store: Store = store or SqliteStore(directory / "store.db")
        self.store.prepare()
        admin = self._log.admin()
        admin.create_topics([TopicSpec(Topic.ACCEPTED, PARTITIONS), TopicSpec(Topic.RECORDED, PARTITIONS)])
        admin.close()
        self._closing: list[Any] = []

    def credential(self, partner: str, *roles: Role) -> str:
        key = f"{partner}-{'+'.join(role.name for role in roles)}"
        granted = frozenset(roles) or PARTNER_ROLES
        self.store.credentials.put(Credential(key, hash_secret(SECRET), partner, granted, self._clock.now_ms()))
        return key

    def api(self, *, read_wait_ms: int = 5_000) -> Flask:
        appender, inspector = self._log.appender(), self._log.inspector()
        app = create_app(
            IngestServices(
                appender=appender,
                inspector=inspector,
                statement_queries=self.store.statement_queries,
                activity_queries=self.store.activity_queries,
                positions=self.store.positions,
                documents=self.store.documents,
                attachments=self.store.attachments,
                store=self.store,
                authenticator=Authenticator(self.store.credentials, self._clock, unavailable=(Unavailable,)),
                cursors=CursorCipher(lambda: self.store.secrets.secret("cursor")),
                clock=self._clock,
                new_id=uuid4,
                settings=IngestSettings(authority_home_page="https://rekam.example.id", read_wait_ms=read_wait_ms),
            )
        )
        self._closing += [app.extensions["consistency"], appender, inspector]
        return app

    @contextmanager
    def recorder(self) -> Iterator[None]:
        appender = self._log.appender()
        announcer = Announcer(appender, self.store.secrets.secret("person"), PARTITIONS)
        inspector, held = self._log.inspector(), self.store
        follower = LogFollower(inspector, held.positions)
        recorder = Recorder(held.statements, held.positions, held.dead_letters, held.writes, announcer, self._clock, follower, dict)
        stop = Stop()

        def work() -> None:
            run(recorder, lambda: self._log.reader(Topic.ACCEPTED, "recorder", recorder.resume_at), stop, self._clock, poll_ms=50)

        thread = threading.Thread(target=work, name="recorder")
        thread.start()
        try:
            yield
        finally:
            stop.request()
            thread.join()
            inspector.close()
            appender.close()

    def close(self) -> None:
        for part in self._closing:
            part.close()
        self.store.close()


@pytest.fixture
def system(tmp_path: Path) -> Iterator[System]:
    made = System(tmp_path)
    yield made
    made.close()


@pytest.fixture
def partner(system: System) -> Iterator[Caller]:
    """A partner of a system whose recorder runs."""
    with system.recorder():
        yield Caller(system.api(), system.credential("univ-a"))
