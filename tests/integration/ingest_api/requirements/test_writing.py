"""What is accepted, what is refused, and that what is refused leaves nothing behind.

Sections are those of xAPI 1.0.3; XAPI numbers are tests of ADL's conformance suite.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.ingest_api.requirements.conftest import VERBS, Speaker, referring, statement

Json = dict[str, Any]
NEW = str(uuid.uuid4())
ID = {"mbox": "mailto:user@example.com"}
APPLICATION = {"account": {"homePage": "http://oauth.example.com", "name": "app"}}
ATTACHMENT = {
    "usageType": "http://example.com/usage",
    "display": {"en-US": "A"},
    "contentType": "text/plain",
    "length": 27,
    "sha2": "495395e777cd98da653df9615d09c0fd6bb2f8d4788394cd53c56a3bfdcd848a",
}


def without(name: str) -> Json:
    return statement(**{name: None})


POSTED: dict[str, tuple[Callable[[], Any], int]] = {
    "a statement": (statement, 200),
    "a batch": (lambda: [statement(), statement()], 200),
    "an empty batch": (list, 200),
    "without an id (2.4.1)": (lambda: without("id"), 200),
    "without an actor": (lambda: without("actor"), 400),
    "a bad one in a batch (XAPI-00326)": (lambda: [statement(), without("verb")], 400),
    "an id twice in a batch (2.1.2)": (lambda: [statement(id=NEW), statement(id=NEW)], 400),
    "the same id in two spellings": (lambda: [statement(id=NEW), statement(id=NEW.upper())], 400),
    "an unknown property (XAPI-00006)": (lambda: statement(iD=NEW), 400),
    "null (XAPI-00001)": (lambda: statement() | {"result": None}, 400),
    "null in an extension": (lambda: statement(result={"extensions": {"http://x.y/z": None}}), 200),
    "voiding what is not known (2.3.2)": (lambda: referring({"id": str(uuid.uuid4())}, VERBS + "voided"), 200),
    "voiding an activity (XAPI-00017)": (lambda: statement(verb={"id": VERBS + "voided"}), 400),
    "an Agent as authority (2.4.9)": (lambda: statement(authority=ID), 200),
    "an application with a user (2.4.9)": (lambda: statement(authority={"objectType": "Group", "member": [APPLICATION, ID]}), 200),
    "an identified Group as authority (XAPI-00100)": (
        lambda: statement(authority={"objectType": "Group", **ID, "member": [APPLICATION, ID]}),
        400,
    ),
    "a Group of three as authority (XAPI-00098)": (
        lambda: statement(authority={"objectType": "Group", "member": [APPLICATION, ID, ID]}),
        400,
    ),
    "version 1.0 (2.4.10)": (lambda: statement(version="1.0"), 200),
    "version 1.0.9 (2.4.10)": (lambda: statement(version="1.0.9"), 200),
    "version 0.9.9 (2.4.10)": (lambda: statement(version="0.9.9"), 400),
    "version 1.1.0 (2.4.10)": (lambda: statement(version="1.1.0"), 400),
    "another zone (4.5)": (lambda: statement(timestamp="2023-05-04T12:00:00-05:00"), 200),
    "a zone that says nothing (XAPI-00123)": (lambda: statement(timestamp="2008-09-15T15:53:00.601-00:00"), 400),
    "a fine duration (4.6)": (lambda: statement(result={"duration": "P1DT12H36M0.12567S"}), 200),
    "an attachment elsewhere (1.5.1)": (lambda: statement(attachments=[{**ATTACHMENT, "fileUrl": "http://x.y/a"}]), 200),
    "an attachment nowhere (1.5.1)": (lambda: statement(attachments=[ATTACHMENT]), 400),
    "a string": (lambda: "statement", 400),
    "what is no JSON": (lambda: b"{", 400),
    "a property twice": (lambda: b'{"id":"' + NEW.encode() + b'","id":"' + NEW.encode() + b'"}', 400),
}


@pytest.mark.parametrize(("make", "status"), POSTED.values(), ids=POSTED.keys())
def test_post(speaker: Speaker, make: Callable[[], Any], status: int) -> None:
    sent = make()
    answer = speaker.post(sent)
    assert answer.status_code == status, answer.data
    statements = [each for each in (sent if isinstance(sent, list) else [sent]) if isinstance(each, dict)]
    given = [each["id"].lower() for each in statements if "id" in each]
    if status == 200:
        assert isinstance(answer.json, list)
        assert len(answer.json) == len(statements)
        assert all(speaker.get(statementId=each).status_code == 200 for each in answer.json)
    else:
        assert answer.json is not None
        assert answer.json["error"]["message"]
        assert all(speaker.get(statementId=each).status_code == 404 for each in given)


PUT: dict[str, tuple[Callable[[str], Any], dict[str, str], int]] = {
    "with the same id (XAPI-00143)": (lambda named: statement(id=named), {}, 204),
    "in another spelling": (lambda named: statement(id=named.upper()), {}, 204),
    "with no id": (lambda named: without("id"), {}, 204),
    "with another id": (lambda named: statement(), {}, 400),
    "of a batch": (lambda named: [statement(id=named)], {}, 400),
    "with a parameter too many": (lambda named: statement(id=named), {"verb": "http://x.y/z"}, 400),
    "with an id that is none": (lambda named: without("id"), {"statementId": "1"}, 400),
    "with a parameter in the wrong case": (lambda named: without("id"), {"statementid": NEW}, 400),
}


@pytest.mark.parametrize(("make", "more", "status"), PUT.values(), ids=PUT.keys())
def test_put(speaker: Speaker, make: Callable[[str], Any], more: dict[str, str], status: int) -> None:
    named = str(uuid.uuid4())
    answer = speaker.send("PUT", body=make(named), query_string={"statementId": named} | more)
    assert (answer.status_code, answer.data if status == 204 else b"") == (status, b""), answer.data
    assert speaker.get(statementId=named).status_code == (200 if status == 204 else 404)


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_a_recorded_statement_never_changes(speaker: Speaker, method: str) -> None:
    """2.1.1 and XAPI-00142: the same again is success, something else a conflict, and nothing changes either way."""
    sent = statement(result={"duration": "PT1.239S"})
    query = {"statementId": sent["id"]} if method == "PUT" else {}
    assert speaker.post(sent).status_code == 200
    held = speaker.get(statementId=sent["id"]).data
    again = [sent, sent | {"timestamp": "2030-01-01T00:00:00Z"}, sent | {"result": {"duration": "PT1.23S"}}]
    assert {speaker.send(method, body=each, query_string=query).status_code for each in again} == {204 if method == "PUT" else 200}
    other = [sent | {"verb": {"id": VERBS + "failed"}}, sent | {"result": {"duration": "PT1.24S"}}]
    assert {speaker.send(method, body=each, query_string=query).status_code for each in other} == {409}
    assert speaker.get(statementId=sent["id"]).data == held


def test_a_voiding_statement_can_not_be_voided(speaker: Speaker) -> None:
    """2.3.2: it stays, whether the attempt came before it was recorded (and has no effect) or after (and is refused)."""
    target = statement()
    voider = referring(target, VERBS + "voided")
    assert [speaker.post(each).status_code for each in (target, voider)] == [200, 200]
    assert speaker.post(referring(voider, VERBS + "voided")).status_code in (200, 400)
    assert speaker.get(statementId=voider["id"]).status_code == 200
    assert speaker.post(referring(voider, VERBS + "voided")).status_code == 400
    assert speaker.get(statementId=voider["id"]).status_code == 200
    assert speaker.get(voidedStatementId=target["id"]).status_code == 200


def test_what_is_voided_may_come_after_what_voids_it(speaker: Speaker) -> None:
    target = statement()
    assert speaker.post(referring(target, VERBS + "voided")).status_code == 200
    assert speaker.post(target).status_code == 200
    assert [speaker.get(**{name: target["id"]}).status_code for name in ("statementId", "voidedStatementId")] == [404, 200]
