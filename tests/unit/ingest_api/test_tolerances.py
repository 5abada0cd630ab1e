"""Tolerances at the door: strict unless the credential has one, and what is promised then."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from prometheus_client import REGISTRY

from schemas.events import AcceptedRequest, decode_accepted
from tests.unit.ingest_api.conftest import SETTINGS, Caller, Endpoint, running, statement, voiding
from tests.unit.ingest_api.mixing import attachment, content_part, request_of, statements_part
from tests.unit.xapi.signing import certificate, sign

EMPTY = {"context": {"contextActivities": {}}}


@pytest.fixture
def lenient(endpoint: Endpoint) -> Caller:
    """A partner with two tolerances."""
    return allowed(endpoint, "empty-context-activities", "language-tags")


def allowed(endpoint: Endpoint, *names: str, partner: str = "builder") -> Caller:
    caller = endpoint.caller(partner)
    key = str(caller.key)
    endpoint.store.credentials[key] = replace(endpoint.store.credentials[key], tolerances=frozenset(names))
    return caller


def requests_of(endpoint: Endpoint) -> list[AcceptedRequest]:
    return [request for record in endpoint.log.records for request in decode_accepted(record.value).requests]


def counted(partner: str, tolerance: str) -> float:
    labels = {"partner": partner, "tolerance": tolerance}
    return REGISTRY.get_sample_value("rekam_statements_tolerated_total", labels) or 0.0


def test_strict_is_the_default(endpoint: Endpoint, partner: Caller) -> None:
    answer = partner.post(statement(**EMPTY))
    assert (answer.status_code, answer.json["error"]["pointer"]) == (400, "/context/contextActivities")
    assert endpoint.log.records == []


def test_a_tolerance_is_for_one_credential_alone(endpoint: Endpoint, lenient: Caller) -> None:
    assert lenient.post(statement(**EMPTY)).status_code == 200
    assert (
        endpoint.caller("builder", *endpoint.store.credentials["builder-partner"].roles).post(statement(**EMPTY)).status_code == 400
    )


def test_what_is_read_follows_the_rules(lenient: Caller) -> None:
    sent = statement(id=str(uuid4()), **EMPTY)
    assert lenient.post(sent).json == [sent["id"]]
    found = lenient.get(statementId=sent["id"]).json
    assert found["context"] == {}
    assert {name: found[name] for name in ("id", "actor", "object")} == {name: sent[name] for name in ("id", "actor", "object")}


def test_the_log_has_both_texts_and_why(endpoint: Endpoint, lenient: Caller) -> None:
    plain = statement(id=str(uuid4()))
    sent = b'[%s, {"actor" : {"mbox":"mailto:ani@example.com"},"verb":{"id":"http://x.example/v","display":"\\u00e9"},"object":{"id":"http://x.example/a"}}]'
    raw = sent % json.dumps(plain).encode()
    assert lenient.send("POST", data=raw).status_code == 200
    (request,) = requests_of(endpoint)
    (toleration,) = request.tolerated
    assert (toleration.index, toleration.tolerances) == (1, ["language-tags"])
    assert bytes(toleration.received) == raw[raw.index(b', {"actor" : ') + 2 : -1]
    assert b'"display":{"und":"\\u00e9"}' in bytes(request.statements[1])


def test_the_index_counts_what_is_new(endpoint: Endpoint, lenient: Caller) -> None:
    known = statement(id=str(uuid4()))
    lenient.post(known)
    lenient.post([known, statement(**EMPTY)])
    assert [one.index for one in requests_of(endpoint)[1].tolerated] == [0]


def test_requests_without_tolerances_say_nothing_of_them(endpoint: Endpoint, lenient: Caller) -> None:
    lenient.post(statement())
    assert b"tolerated" not in endpoint.log.records[0].value


def test_a_retry_is_a_success_and_another_content_a_conflict(endpoint: Endpoint, lenient: Caller) -> None:
    sent = statement(id=str(uuid4()), **EMPTY)
    for _ in range(2):
        assert lenient.post(sent).status_code == 200
        assert lenient.put(sent, sent["id"]).status_code == 204
    assert len(endpoint.log.records) == 1
    corrected = {**sent, "context": {}}
    assert lenient.post(corrected).status_code == 200  # the partner could change after all
    other = {**sent, "object": {"id": "http://example.com/activities/other"}}
    assert lenient.post(other).status_code == 409


def test_what_is_still_wrong_is_told_with_its_place_in_the_batch(endpoint: Endpoint, lenient: Caller) -> None:
    wrong = statement(result={"score": {"raw": "85"}}, **EMPTY)
    answer = lenient.post([statement(**EMPTY), wrong])
    assert (answer.status_code, answer.json["error"]["pointer"]) == (400, "/1/result/score/raw")
    assert endpoint.log.records == []


def test_put_takes_the_id_of_the_url(endpoint: Endpoint) -> None:
    caller, statement_id = allowed(endpoint, "null-values"), uuid4()
    assert caller.put({**statement(), "id": None}, statement_id).status_code == 204
    assert caller.get(statementId=str(statement_id)).status_code == 200


def test_a_voiding_statement_with_a_fault_voids(endpoint: Endpoint, lenient: Caller) -> None:
    target = str(uuid4())
    lenient.post(statement(id=target))
    assert lenient.post(voiding(target, **EMPTY)).status_code == 200
    assert lenient.get(voidedStatementId=target).status_code == 200


def test_the_rules_are_those_of_the_version_of_the_request(endpoint: Endpoint) -> None:
    caller = allowed(endpoint, "old-versions")
    sent = statement(id=str(uuid4()), version="1.0.1", timestamp="2013-05-20T10:00")
    for version, time in (("1.0.3", "2013-05-20T10:00"), ("2.0.0", "2013-05-20T10:00:00Z")):
        one = {**sent, "id": str(uuid4())}
        assert caller.post(one, headers={"X-Experience-API-Version": version}).status_code == 200
        found = caller.send("GET", query_string={"statementId": one["id"]}).json
        assert (found["version"], found["timestamp"]) == ("1.0.1", time)


def test_every_acknowledged_one_is_counted_per_partner_and_tolerance(endpoint: Endpoint) -> None:
    caller = allowed(endpoint, "empty-context-activities", "language-tags", partner="counted")
    verb = {"id": "http://example.com/verbs/read", "display": {"en_US": "read"}}
    caller.post([statement(), statement(**EMPTY), statement(verb=verb, **EMPTY)])
    caller.post(statement(result={"success": "yes"}, **EMPTY))  # refused, so nothing was tolerated
    assert (counted("counted", "empty-context-activities"), counted("counted", "language-tags")) == (2, 1)
    assert (
        'rekam_statements_tolerated_total{partner="counted",tolerance="language-tags"} 1.0' in caller.send("GET", "/metrics").text
    )


def test_a_signature_signs_what_was_sent_so_nothing_is_tolerated(lenient: Caller) -> None:
    sent = statement(**EMPTY)
    jws = sign(json.dumps(sent).encode(), x5c=[certificate("signer", "signer")])
    signature = attachment(jws, usageType="http://adlnet.gov/expapi/attachments/signature", contentType="application/octet-stream")
    answer = lenient.send(
        "POST",
        **request_of(
            statements_part({**sent, "attachments": [signature]}), content_part(jws, Content_Type="application/octet-stream")
        ),
    )
    assert (answer.status_code, answer.json["error"]["pointer"]) == (400, "/attachments/0")
    assert "/context/contextActivities" in answer.json["error"]["message"]


def test_both_texts_together_must_fit() -> None:
    for endpoint in running(replace(SETTINGS, max_statement_bytes=4_000)):
        caller = allowed(endpoint, "empty-context-activities")
        for length, status in ((1_000, 200), (2_500, 413)):
            sent: dict[str, Any] = statement(result={"response": "x" * length}, **EMPTY)
            assert caller.post(sent).status_code == status
        assert caller.post(statement(result={"response": "x" * 2_500})).status_code == 200


def test_a_name_this_program_does_not_know_changes_nothing(endpoint: Endpoint) -> None:
    assert allowed(endpoint, "of-a-newer-program").post(statement(**EMPTY)).status_code == 400
