"""From a statement that strict rules refuse to its receipt, over HTTP, on each store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

import store.port
from access.authenticator import Authenticator
from access.credentials import Role
from competency.rules import load_rules
from eventlog.sqlite import SqliteEventLog
from hr_api.app import create_app
from hr_api.services import HrServices, HrSettings
from schemas.events import decode_accepted
from telemetry.clock import SystemClock
from tests.contract.store.opening import open_store
from tests.integration.hr_api.world import Closed
from tests.integration.ingest_api.conftest import Caller, System

PARTNER = "course-builder"


@pytest.fixture(params=["sqlite", pytest.param("mongo", marks=pytest.mark.mongo)])
def system(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[System]:
    url = f"sqlite:///{tmp_path / 'store.db'}"
    if request.param == "mongo":
        url = str(request.getfixturevalue("mongo_server").database_url(request.getfixturevalue("mongo_database")))
    made = System(tmp_path, open_store(url))
    yield made
    made.close()


@pytest.fixture
def receipts(system: System, tmp_path: Path) -> Iterator[Caller]:
    """The other half of the server, where receipts are."""
    held, clock = system.store, SystemClock()
    with ExitStack() as later:
        inspector = later.enter_context(closing(SqliteEventLog(tmp_path / "log.db").inspector()))
        services = HrServices(
            statement_queries=held.statement_queries,
            evidence=held.evidence,
            profiles=held.profiles,
            profile_queries=held.profile_queries,
            rollups=held.rollups,
            sightings=held.sightings,
            orders=held.orders,
            secrets=held.secrets,
            webhooks=held.webhooks,
            deliveries=held.deliveries,
            pending_imports=held.pending_imports,
            front_door=Closed(),
            directory=held.directory,
            catalogue=held.catalogue,
            dead_letters=held.dead_letters,
            positions=held.positions,
            inspector=inspector,
            audit=held.audit,
            authenticator=Authenticator(held.credentials, clock, unavailable=(store.port.Unavailable,)),
            clock=clock,
            rules=load_rules(),
            settings=HrSettings(receipt_wait_ms=5_000),
        )
        yield Caller(create_app(services), lenient(system))


def lenient(system: System, *names: str) -> str:
    key = system.credential(PARTNER)
    held = system.store.credentials.get(key)
    assert held is not None
    tolerances = frozenset(names or ("empty-context-activities", "language-tags"))
    system.store.credentials.put(replace(held, tolerances=tolerances))
    return key


def course(statement_id: str) -> bytes:
    """As a course builder sends it, with two faults and a spelling of its own."""
    return (
        f'{{ "id":"{statement_id}", "actor":{{"mbox":"mailto:ani@example.com"}},"verb":{{"id":"http://x.example/v","display":"\\u00e9"}},\n'
        '"object":{"id":"http://x.example/a"},"context":{ "contextActivities":{}, "platform":"Builder 1.0" } }'
    ).encode()


def test_from_a_fault_to_its_receipt(system: System, receipts: Caller) -> None:
    api, strict = system.api(), system.credential("univ-a", Role.WRITE, Role.READ_MINE)
    partner, statement_id = Caller(api, receipts.key), str(uuid4())
    sent = course(statement_id)
    before = counted(partner)
    assert Caller(api, strict).send("POST", body=sent).status_code == 400
    with system.recorder():
        assert partner.send("POST", body=sent).json == [statement_id]
        found = partner.get(statementId=statement_id)
        assert b'"context":{ "platform":"Builder 1.0" }' in found.data
        assert b'"display":{"und":"\\u00e9"}' in found.data
        told: dict[str, Any] = receipts.send("GET", f"/api/v1/receipts/{statement_id}").json
        assert (told["state"], told["tolerated"]) == ("stored", ["empty-context-activities", "language-tags"])
        assert told["received"] == sent.decode()
        assert [one - other for one, other in zip(counted(partner), before, strict=True)] == [1, 1]

        assert partner.send("POST", body=sent).status_code == 200  # again, as after a lost answer
        assert partner.send("POST", body=sent.replace(b"/a", b"/b")).status_code == 409
        assert len(partner.found()) == 1


def counted(caller: Caller) -> list[float]:
    lines = caller.send("GET", "/metrics").text.splitlines()
    starts = [
        f'rekam_statements_tolerated_total{{partner="{PARTNER}",tolerance="{name}"}} '
        for name in ("empty-context-activities", "language-tags")
    ]
    return [sum(float(line.removeprefix(start)) for line in lines if line.startswith(start)) for start in starts]


def test_a_race_lost_by_one_with_faults_keeps_what_was_sent_in_its_dead_letter(system: System, receipts: Caller) -> None:
    """Two contents under one id, accepted before either was recorded."""
    partner, statement_id = Caller(system.api(), receipts.key), str(uuid4())
    first, second = course(statement_id), course(statement_id).replace(b"x.example/a", b"x.example/b")
    for sent in (first, second):
        assert partner.send("POST", body=sent).status_code == 200
    with system.recorder():
        assert receipts.send("GET", f"/api/v1/receipts/{statement_id}").json["state"] == "stored"
    (letter,) = system.store.dead_letters.page()
    (request,) = decode_accepted(letter.payload).requests
    (toleration,) = request.tolerated
    (kept,) = system.store.statement_queries.get_many([UUID(statement_id)]).values()
    assert {bytes(toleration.received), kept.received} == {first, second}
    assert toleration.tolerances == list(kept.tolerated) == ["empty-context-activities", "language-tags"]
