"""NIPs in statements and requests: no problem detail and no log line repeats them, whoever wrote them and wherever."""

from __future__ import annotations

import logging
import time
from typing import Any
from uuid import uuid4

import pytest
import structlog

from tests.integration.ingest_api.conftest import Caller, System

NIP, MISTYPED = "198303032007011004", "198313032007011004"
ACTIVITY = f"https://lms.example/users/{NIP}/rapor"
COMPLETED = "http://adlnet.gov/expapi/verbs/completed"


def statement(**more: Any) -> dict[str, Any]:
    return {
        "id": str(uuid4()),
        "actor": {"account": {"homePage": "https://asn.example.go.id/nip", "name": NIP}},
        "verb": {"id": COMPLETED},
        "object": {"id": ACTIVITY},
        **more,
    }


def _spaced(number: str) -> str:
    return f"{number[:8]} {number[8:14]} {number[14]} {number[15:]}"


def _broken(number: str) -> list[dict[str, Any]]:
    """Statements that are refused, each with the number where it is wrong."""
    account = {"homePage": "https://asn.example.go.id/nip", "name": number}
    return [
        statement(id=number),
        statement(**{number: 1}),
        statement(actor={"account": {**account, number: "x"}}),
        statement(actor={"account": {"homePage": number, "name": number}}),
        statement(actor={"mbox": number}),
        statement(actor={"mbox": f"mailto:{number}"}),
        statement(actor={"openid": number}),
        statement(actor={"mbox_sha1sum": number}),
        statement(actor={"account": account, "mbox": f"mailto:{number}@bkn.example"}),
        statement(verb={"id": number}),
        statement(verb={"id": COMPLETED, "display": {number: "selesai"}}),
        statement(object={"id": number}),
        statement(object={"id": ACTIVITY, "definition": {"extensions": {number: 1}}}),
        statement(object={"objectType": number, "id": ACTIVITY}),
        statement(timestamp=number),
        statement(result={"duration": number}),
        statement(result={"score": {"scaled": int(number)}}),
        statement(result={"extensions": {_spaced(number): 1}}),
        statement(context={"registration": number}),
        statement(context={"language": number}),
        statement(version=number),
        statement(attachments=[{number: 1}]),
    ]


@pytest.mark.parametrize("number", [NIP, MISTYPED])
def test_no_refusal_of_a_statement_repeats_a_number(partner: Caller, number: str) -> None:
    for broken in _broken(number):
        for body in (broken, [statement(), broken]):
            answer = partner.send("POST", body=body)
            assert answer.status_code == 400, (answer.data, broken)
            assert number not in answer.text, answer.text
            assert _spaced(number) not in answer.text, answer.text


@pytest.mark.parametrize("number", [NIP, MISTYPED])
def test_no_refusal_of_a_request_repeats_a_number(partner: Caller, number: str) -> None:
    requests: list[tuple[str, str, dict[str, Any]]] = [
        ("GET", f"/xapi/statements?{number}=1", {}),
        ("GET", f"/xapi/statements?statementId={number}", {}),
        ("GET", f"/xapi/statements?agent={number}", {}),
        ("GET", "/xapi/statements", {"query_string": {"agent": f'{{"mbox":"{number}"}}'}}),
        ("GET", f"/xapi/statements?limit={number}&since={number}", {}),
        ("GET", f"/xapi/statements?cursor={number}", {}),
        ("GET", f"/xapi/{number}", {}),
        ("PUT", f"/xapi/statements?statementId={number}", {"body": statement()}),
        ("GET", f"/xapi/activities?activityId={number}", {}),
        ("GET", f"/xapi/activities/state?activityId={number}&agent={number}", {}),
        ("POST", "/xapi/statements", {"body": f'{{"{number}": 1, "{number}": 2}}'.encode()}),
        ("POST", "/xapi/statements", {"body": f'{{"id": {number}'.encode()}),
        ("GET", "/xapi/statements", {"headers": {"X-Experience-API-Version": number}}),
    ]
    for method, path, more in requests:
        answer = partner.send(method, path, **more)
        assert 400 <= answer.status_code < 500, (path, answer.data)
        assert number not in answer.text, (path, answer.text)


def test_no_log_line_holds_a_number_from_the_door_to_the_store(system: System, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    caller = Caller(system.api(), system.credential("univ-a"))
    other = Caller(system.api(), system.credential("univ-b"))
    with structlog.testing.capture_logs() as logs, system.recorder():
        sent = [statement(), statement(object={"id": f"{ACTIVITY}/2"})]
        assert caller.send("POST", body=sent).status_code == 200
        assert caller.get(statementId=sent[0]["id"]).status_code == 200
        # Another's id: dead-lettered or refused at the door.
        other.send("POST", body={**sent[0], "object": {"id": f"{ACTIVITY}/3"}})
        for broken in _broken(NIP)[:4]:
            caller.send("POST", body=broken)
        caller.send("GET", f"/xapi/{NIP}")
        caller.get(statementId=NIP)
        deadline = time.monotonic() + 10
        while caller.get(statementId=sent[1]["id"]).status_code != 200:
            assert time.monotonic() < deadline
    assert [entry["status"] for entry in logs if entry["event"] == "request"].count(400) >= 5
    assert NIP not in str(logs) + caplog.text
