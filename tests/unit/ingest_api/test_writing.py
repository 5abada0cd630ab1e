"""PUT and POST of statements. Sections are those of xAPI 1.0.3, Part Three (Communication) unless said otherwise."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID, uuid4

import pytest

from access.credentials import Role
from schemas.events import decode_accepted
from tests.unit.ingest_api.conftest import Caller, Endpoint, statement, voiding

A, B = "aaaaaaaa-0000-4000-8000-000000000001", "bbbbbbbb-0000-4000-8000-000000000002"


def test_a_posted_statement_gets_an_id_and_comes_back_as_it_was_sent(partner: Caller) -> None:
    """2.1.2, and Data 2.4: id, authority, version, stored and timestamp are added, the text around them is kept."""
    sent = (
        b'{ "actor":{"mbox":"mailto:ani@example.com"},"verb":{"id":"http://v.id/did"},"object":{"id":"http://a.id/1"},\n'
        b'"result":{"extensions":{"http://x.id/a.b":1.10, "http://x.id/\\u00e9":12345678901234567890123}}}'
    )
    answer = partner.send("POST", data=sent)
    assert answer.status_code == 200
    assert answer.content_type == "application/json"
    (statement_id,) = answer.json
    kept = partner.get(statementId=statement_id)
    assert kept.data.startswith(sent.rstrip()[:-1])
    assert kept.json["id"] == statement_id
    assert kept.json["version"] == "1.0.0"
    assert kept.json["authority"] == {
        "objectType": "Agent",
        "account": {"homePage": "https://rekam.example.id", "name": "univ-a"},
    }
    assert kept.json["timestamp"] == kept.json["stored"] == "2026-05-28T20:26:40.123Z"


def test_a_batch_answers_the_ids_in_its_order(partner: Caller) -> None:
    answer = partner.post([statement(id=A), statement(), statement(id=B.upper())])
    assert answer.status_code == 200
    first, second, third = answer.json
    assert (first, third) == (A, B.upper())
    assert UUID(second)
    assert {found["id"] for found in partner.get().json["statements"]} == {first, second, third}


def test_a_request_is_one_record_of_the_log(endpoint: Endpoint, partner: Caller) -> None:
    partner.post([statement(), statement(), statement()])
    (record,) = endpoint.log.records
    (request,) = decode_accepted(record.value).requests
    assert len(request.statements) == 3
    assert (request.partner, request.may_void_any) == ("univ-a", False)


def test_an_empty_batch_is_accepted_and_leaves_nothing_behind(endpoint: Endpoint, partner: Caller) -> None:
    answer = partner.post([])
    assert (answer.status_code, answer.json) == (200, [])
    assert endpoint.log.records == []


def test_one_bad_statement_refuses_the_batch_and_none_of_it_is_kept(endpoint: Endpoint, partner: Caller) -> None:
    """2.1.2 and XAPI-00326."""
    answer = partner.post([statement(), statement(actor={"mbox": "ani@example.com"})])
    assert answer.status_code == 400
    assert answer.json["error"]["pointer"] == "/1/actor/mbox"
    assert endpoint.log.records == []


OAUTH = {
    "objectType": "Group",
    "member": [{"account": {"homePage": "http://oauth.example.com", "name": "app"}}, {"mbox": "mailto:user@example.com"}],
}


@pytest.mark.parametrize(
    "authority", [{"mbox": "mailto:someone@example.com"}, OAUTH], ids=["an Agent", "an application with a user"]
)
def test_what_the_client_says_of_stored_and_authority_is_replaced(partner: Caller, authority: dict[str, Any]) -> None:
    """Data 2.4.8 and 2.4.9: whatever is claimed, the credential decides."""
    assert partner.post(statement(id=A, stored="2001-01-01T00:00:00Z", authority=authority)).status_code == 200
    kept = partner.get(statementId=A).json
    assert kept["stored"] == "2026-05-28T20:26:40.123Z"
    assert kept["authority"]["account"]["name"] == "univ-a"


def test_put_keeps_the_statement_under_the_id_of_the_url(partner: Caller) -> None:
    """2.1.1."""
    answer = partner.put(statement(), A)
    assert (answer.status_code, answer.data) == (204, b"")
    assert "Content-Type" not in answer.headers
    assert partner.get(statementId=A).json["id"] == A
    assert partner.put(statement(id=B.upper()), B).status_code == 204


REFUSED: dict[str, tuple[str, dict[str, Any], int, str]] = {
    "PUT without statementId (2.1.1)": ("PUT", {"json_body": statement()}, 400, "statementId"),
    "PUT with an id that is no UUID": ("PUT", {"json_body": statement(), "query_string": {"statementId": "1"}}, 400, "a UUID"),
    "PUT with two ids": ("PUT", {"json_body": statement(), "query_string": f"statementId={A}&statementId={B}"}, 400, "twice"),
    "PUT with another id in the body (2.1.1)": (
        "PUT",
        {"json_body": statement(id=B), "query_string": {"statementId": A}},
        400,
        "differs from the parameter",
    ),
    "PUT of an array (2.1.1)": ("PUT", {"json_body": [statement()], "query_string": {"statementId": A}}, 400, "POST"),
    "PUT with more parameters (3.2)": (
        "PUT",
        {"json_body": statement(), "query_string": {"statementId": A, "x": "1"}},
        400,
        "unknown query parameter",
    ),
    "PUT with a parameter in the wrong case (3.2)": (
        "PUT",
        {"json_body": statement(), "query_string": {"statementid": A}},
        400,
        'write "statementId"',
    ),
    "POST with statementId (2.1.2)": ("POST", {"json_body": statement(), "query_string": {"statementId": A}}, 400, "PUT"),
    "POST with any parameter (3.2)": (
        "POST",
        {"json_body": statement(), "query_string": {"x": ""}},
        400,
        "unknown query parameter",
    ),
    "POST of a form (1.5)": (
        "POST",
        {"data": b"x=1", "headers": {"Content-Type": "application/x-www-form-urlencoded"}},
        400,
        "application/json",
    ),
    "POST of multipart/form-data (1.5.2)": (
        "POST",
        {"data": b"", "headers": {"Content-Type": "multipart/form-data; boundary=x"}},
        400,
        "application/json",
    ),
    "POST of a compressed multipart body": (
        "POST",
        {"data": b"", "headers": {"Content-Type": "multipart/mixed; boundary=x", "Content-Encoding": "gzip"}},
        415,
        "Content-Encoding",
    ),
    "POST without a Content-Type": ("POST", {"data": b"{}", "headers": {"Content-Type": None}}, 400, "application/json"),
    "POST of a compressed body": ("POST", {"data": b"{}", "headers": {"Content-Encoding": "gzip"}}, 415, "Content-Encoding"),
    "POST of nothing": ("POST", {"data": b""}, 400, "empty"),
    "the same id twice in a batch (2.1.2)": (
        "POST",
        {"json_body": [statement(id=A), statement(id=A.upper())]},
        400,
        "ids must differ",
    ),
    "an attachment without fileUrl in application/json (1.5.1)": (
        "POST",
        {
            "json_body": statement(
                attachments=[
                    {
                        "usageType": "http://example.com/usage",
                        "display": {"en": "x"},
                        "contentType": "text/plain",
                        "length": 1,
                        "sha2": "0" * 64,
                    }
                ]
            )
        },
        400,
        "fileUrl",
    ),
    "no version header (3.3)": (
        "POST",
        {"json_body": statement(), "headers": {"X-Experience-API-Version": None}},
        400,
        "is missing",
    ),
    "an older version (3.3)": ("POST", {"json_body": statement(), "headers": {"X-Experience-API-Version": "0.95"}}, 400, "1.0.3"),
    "a newer version (3.3)": ("POST", {"json_body": statement(), "headers": {"X-Experience-API-Version": "1.1.0"}}, 400, "1.0.3"),
    "no credential (4.0)": ("POST", {"json_body": statement(), "headers": {"Authorization": None}}, 401, "Basic"),
    "another scheme (4.0)": ("POST", {"json_body": statement(), "headers": {"Authorization": "Bearer x"}}, 401, "Basic"),
    "an unknown key (4.0)": ("POST", {"json_body": statement(), "headers": {"Authorization": "Basic eDp5"}}, 401, "unknown key"),
    "a header that is no base64": ("POST", {"json_body": statement(), "headers": {"Authorization": "Basic é!"}}, 401, "base64"),
}


@pytest.mark.parametrize(("method", "request_", "status", "words"), REFUSED.values(), ids=REFUSED.keys())
def test_refused(endpoint: Endpoint, partner: Caller, method: str, request_: dict[str, Any], status: int, words: str) -> None:
    answer = partner.send(method, **request_)
    assert answer.status_code == status
    error = answer.json["error"]
    assert words in error["message"]
    assert error["status"] == status
    assert error["request_id"] == answer.headers["X-Request-Id"]
    assert answer.headers["X-Experience-API-Version"] == "1.0.3"
    assert "X-Experience-API-Consistent-Through" in answer.headers
    assert ("WWW-Authenticate" in answer.headers) is (status == 401)
    assert endpoint.log.records == []


@pytest.mark.parametrize("version", ["1.0", "1.0.0", "1.0.1", "1.0.9"])
def test_versions_of_the_family_are_accepted_and_answered_with_the_latest(partner: Caller, version: str) -> None:
    answer = partner.post(statement(), headers={"X-Experience-API-Version": version})
    assert (answer.status_code, answer.headers["X-Experience-API-Version"]) == (200, "1.0.3")


def test_a_credential_without_the_role_may_not_write(endpoint: Endpoint) -> None:
    reader = endpoint.caller("univ-a", Role.READ_ALL)
    assert reader.post(statement()).status_code == 403
    assert reader.put(statement(), A).status_code == 403
    assert endpoint.log.records == []


def test_a_content_type_may_have_parameters(partner: Caller) -> None:
    assert partner.post(statement(), headers={"Content-Type": "Application/JSON; charset=utf-8"}).status_code == 200


class TestRepeatedIds:
    """Data 2.3.1: a statement never changes; 2.1.1: 409 for other content."""

    def test_same_content_is_success_and_nothing_is_appended(self, endpoint: Endpoint, partner: Caller) -> None:
        assert partner.put(statement(), A).status_code == 204
        partner.get()
        again = {"object": statement()["object"], "verb": statement()["verb"], "actor": statement()["actor"]}
        assert partner.put(again, A).status_code == 204
        assert partner.post([statement(id=A)]).json == [A]
        assert len(endpoint.log.records) == 1

    def test_other_content_is_a_conflict_and_changes_nothing(self, partner: Caller) -> None:
        partner.put(statement(), A)
        before = partner.get(statementId=A).data
        other = statement(verb={"id": "http://adlnet.gov/expapi/verbs/failed"})
        for answer in (partner.put(other, A), partner.post([statement(), other | {"id": A}])):
            assert answer.status_code == 409
        assert answer.json["error"]["pointer"] == "/1/id"
        assert partner.get(statementId=A).data == before
        assert len(partner.get().json["statements"]) == 1

    def test_of_a_batch_only_what_is_new_is_appended(self, endpoint: Endpoint, partner: Caller) -> None:
        partner.put(statement(), A)
        partner.get()
        assert partner.post([statement(id=A), statement(id=B)]).json == [A, B]
        (request,) = decode_accepted(endpoint.log.records[-1].value).requests
        assert [json.loads(bytes(raw))["id"] for raw in request.statements] == [B]

    def test_a_conflict_with_a_foreign_statement_tells_nothing_of_it(self, endpoint: Endpoint, partner: Caller) -> None:
        partner.put(statement(actor={"mbox": "mailto:secret@example.com"}), A)
        partner.get()
        answer = endpoint.caller("univ-b").put(statement(), A)
        assert answer.status_code == 409
        assert b"secret" not in answer.data
        assert b"univ-a" not in answer.data

    def test_the_id_of_a_foreign_statement_is_taken_whatever_the_content(self, endpoint: Endpoint, partner: Caller) -> None:
        """Success would promise what the sender can't read, and tell it what the other has sent."""
        partner.put(statement(), A)
        partner.get()
        other = endpoint.caller("univ-b")
        refusals = [
            other.put(said, A).json["error"]["message"] for said in (statement(), statement(actor={"mbox": "mailto:x@example.com"}))
        ]
        assert refusals[0] == refusals[1]
        refused = other.post([statement(), statement(id=A)])
        assert (refused.status_code, refused.json["error"]["pointer"]) == (409, "/1/id")
        assert len(endpoint.log.records) == 1
        assert other.get(statementId=A).status_code == 404
        assert endpoint.caller("bkn", Role.WRITE, Role.READ_ALL).put(statement(), A).status_code == 409
        assert partner.put(statement(), A).status_code == 204

    def test_numbers_are_compared_exactly(self, partner: Caller) -> None:
        for number, status in (("1", 204), ("1.00", 204), ("1.00000000000000000001", 409)):
            text = json.dumps(statement(result={"extensions": {"http://x.id/n": "N"}})).replace('"N"', number)
            answer = partner.send("PUT", data=text.encode(), query_string={"statementId": A})
            assert answer.status_code == status
            partner.get()

    def test_statements_without_ids_cost_no_look_up(self, endpoint: Endpoint, partner: Caller) -> None:
        partner.post([statement(), statement()])
        assert endpoint.store.look_ups == 0
        partner.post([statement(id=str(uuid4())) for _ in range(5)])
        assert endpoint.store.look_ups == 1


class TestVoiding:
    """Data 2.3.2."""

    def test_the_target_is_seen_only_as_voided_from_then_on(self, partner: Caller) -> None:
        partner.put(statement(), A)
        assert partner.get(voidedStatementId=A).status_code == 404
        assert partner.post(voiding(A)).status_code == 200
        assert partner.get(statementId=A).status_code == 404
        assert partner.get(voidedStatementId=A).json["id"] == A

    def test_an_unknown_target_is_accepted(self, partner: Caller) -> None:
        assert partner.post(voiding(A)).status_code == 200

    def test_a_voiding_statement_can_not_be_voided(self, endpoint: Endpoint, partner: Caller) -> None:
        partner.put(voiding(A), B)
        partner.get()
        answer = partner.post([statement(), voiding(B)])
        assert answer.status_code == 400
        assert answer.json["error"]["pointer"] == "/1/object/id"
        assert len(endpoint.log.records) == 1

    def test_nor_can_one_of_the_same_batch(self, partner: Caller) -> None:
        assert partner.post([voiding(B), voiding(A, id=B)]).status_code == 400

    def test_what_belongs_to_another_partner_is_not_voided(self, endpoint: Endpoint, partner: Caller) -> None:
        partner.put(statement(), A)
        partner.get()
        assert endpoint.caller("univ-b").post(voiding(A)).status_code == 403
        assert endpoint.caller("bkn", Role.WRITE, Role.VOID_ANY).post(voiding(A)).status_code == 200
        assert partner.get(voidedStatementId=A).status_code == 200

    def test_a_retry_of_a_voiding_statement_is_success(self, endpoint: Endpoint, partner: Caller) -> None:
        """Also when what it names has turned out to be a voiding statement, which came later."""
        partner.put(voiding(B), A)
        partner.get()
        partner.put(voiding("cccccccc-0000-4000-8000-000000000003"), B)
        partner.get()
        assert partner.put(voiding(B), A).status_code == 204


def test_sizes_are_limited(endpoint: Endpoint, partner: Caller) -> None:
    """3.2: 413. The limits of the body, of one statement, and of what the log takes."""
    big = statement(result={"response": "x" * 60_000})
    assert partner.post(big).json["error"]["message"].endswith("at most 50000 are taken")
    assert partner.post([statement(result={"response": "x" * 40_000})] * 4).status_code == 413
    assert partner.post([statement(result={"response": "x" * 49_000})] * 5).status_code == 413
    assert endpoint.log.records == []
