"""Outages are not errors: 503 with Retry-After and nothing half done, or an answer that is honest about its age."""

from __future__ import annotations

import pytest

from eventlog.port import Appended, Outgoing, Topic
from tests.unit.ingest_api.conftest import Caller, Endpoint, statement, voiding

A = "aaaaaaaa-0000-4000-8000-000000000001"
THROUGH = "X-Experience-API-Consistent-Through"
START = "1970-01-01T00:00:00.000Z"


def test_without_the_log_nothing_is_acknowledged(endpoint: Endpoint, partner: Caller) -> None:
    endpoint.log.down = True
    for answer in (partner.post(statement()), partner.put(statement(), A)):
        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == "3"
        assert answer.json["error"]["status"] == 503
    endpoint.log.down = False
    assert partner.get().json["statements"] == []
    assert partner.put(statement(), A).status_code == 204


def test_without_the_log_what_is_recorded_can_be_read(endpoint: Endpoint, partner: Caller) -> None:
    partner.put(statement(), A)
    before = partner.get().headers[THROUGH]
    endpoint.clock.advance_ms(60_000)
    endpoint.log.down = True
    answer = partner.get(statementId=A)
    assert answer.status_code == 200
    assert answer.headers[THROUGH] == before


def test_without_the_store_statements_are_accepted_and_reads_are_not_served(endpoint: Endpoint, partner: Caller) -> None:
    partner.post(statement())  # the credential is remembered from here on
    endpoint.store.down = True
    assert partner.put(statement(), A).status_code == 204
    assert partner.post(voiding(A)).status_code == 200
    answer = partner.get()
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "4"
    assert THROUGH in answer.headers
    endpoint.store.down = False
    assert partner.get(voidedStatementId=A).status_code == 200


def test_a_store_that_is_down_is_not_asked_for_every_write(endpoint: Endpoint, partner: Caller) -> None:
    partner.post(statement())
    endpoint.store.down = True
    for _ in range(20):
        partner.put(statement(), A)
    assert endpoint.store.look_ups == 1
    endpoint.clock.advance_ms(2_500)
    partner.put(statement(), A)
    partner.put(statement(), A)
    assert endpoint.store.look_ups == 2
    endpoint.store.down = False
    endpoint.clock.advance_ms(2_500)
    partner.get()
    other = statement(verb={"id": "http://v.id/other"})
    assert [partner.put(other, A).status_code for _ in range(3)] == [409] * 3


def test_a_credential_never_seen_can_not_be_decided_without_the_store(endpoint: Endpoint, partner: Caller) -> None:
    endpoint.store.down = True
    answer = partner.post(statement())
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "2"
    assert answer.headers[THROUGH] == START


def test_a_recorder_that_is_down_makes_reads_old_and_honest(endpoint: Endpoint, partner: Caller) -> None:
    partner.get()
    before = partner.get().headers[THROUGH]
    endpoint.store.recorder_down = True
    partner.put(statement(), A)
    endpoint.clock.advance_ms(5_000)
    answer = partner.get()
    assert (answer.status_code, answer.json["statements"]) == (200, [])
    assert answer.headers[THROUGH] == before
    endpoint.store.recorder_down = False
    assert [found["id"] for found in partner.get().json["statements"]] == [A]


def test_readiness_tells_which_part_is_missing(endpoint: Endpoint, partner: Caller) -> None:
    assert partner.send("GET", "/readyz").json == {"ready": True, "log": True, "store": True}
    endpoint.store.down = True
    answer = partner.send("GET", "/readyz")
    assert (answer.status_code, answer.json) == (503, {"ready": False, "log": True, "store": False})
    assert answer.headers["Retry-After"]
    endpoint.log.down = True
    assert partner.send("GET", "/readyz").json == {"ready": False, "log": False, "store": False}
    assert partner.send("GET", "/healthz").status_code == 200


def test_a_defect_is_a_500_that_tells_nothing_but_its_request(
    endpoint: Endpoint, partner: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(topic: Topic, record: Outgoing) -> Appended:
        raise KeyError("mailto:ani@example.com")

    monkeypatch.setattr(endpoint.log, "append", broken)
    answer = partner.post(statement())
    assert answer.status_code == 500
    assert answer.content_type == "application/json"
    assert b"ani" not in answer.data
    assert answer.json["error"]["request_id"] == answer.headers["X-Request-Id"]
    assert answer.headers[THROUGH] == START
