"""A form that is posted with `?method=` is served as the request it stands for. Source: xAPI 1.0.3, Communication 1.3."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote_from_bytes

import pytest
from werkzeug.test import TestResponse

from tests.unit.ingest_api.conftest import Caller, Endpoint, basic, statement

A = "11111111-1111-4111-8111-111111111111"
VERSION = "X-Experience-API-Version"
FORM = "application/x-www-form-urlencoded"
STATE = {"activityId": "http://example.com/a", "agent": '{"mbox":"mailto:a@example.com"}', "stateId": "s&1=é"}


def form(fields: dict[str, str | bytes]) -> bytes:
    def quoted(value: str | bytes) -> str:
        return quote_from_bytes(value if isinstance(value, bytes) else value.encode(), safe="")

    return "&".join(f"{quoted(name)}={quoted(value)}" for name, value in fields.items()).encode()


def send(
    caller: Caller, method: str, fields: dict[str, Any], path: str = "/xapi/statements", content_type: str | None = FORM
) -> TestResponse:
    return caller.send("POST", f"{path}?method={method}", data=form(fields), headers={"Content-Type": content_type})


def test_put_and_get_of_a_statement(partner: Caller) -> None:
    sent = send(partner, "PUT", {"statementId": A, "content": json.dumps(statement())})
    assert (sent.status_code, sent.data) == (204, b"")
    assert partner.get(statementId=A).status_code == 200
    got = send(partner, "GET", {"limit": "1"})
    assert [found["id"] for found in got.json["statements"]] == [A]
    head = send(partner, "HEAD", {"statementId": A})
    assert (head.status_code, head.data) == (200, b"")


def test_post_of_statements(partner: Caller) -> None:
    assert send(partner, "POST", {"content": json.dumps([statement(id=A)]), "Content-Type": "application/json"}).json == [A]


def test_documents_of_any_bytes(partner: Caller) -> None:
    content = bytes(range(256)) + b"+%26&="
    path = "/xapi/activities/state"
    assert send(partner, "PUT", STATE | {"content": content, "Content-Type": "image/png"}, path).status_code == 204
    got = send(partner, "GET", STATE, path)
    assert (got.data, got.content_type) == (content, "image/png")
    tag = got.headers["ETag"]
    assert send(partner, "DELETE", STATE | {"If-Match": '"0"'}, path).status_code == 412
    assert send(partner, "DELETE", STATE | {"If-Match": tag}, path).status_code == 204
    assert send(partner, "GET", STATE, path).status_code == 404


def test_version_and_credential_may_be_in_the_form(endpoint: Endpoint) -> None:
    partner = endpoint.caller()
    fields = {"limit": "1", VERSION: "1.0.3", "Authorization": basic(partner.key or "")}
    nobody = Caller(endpoint.app, None, {VERSION: None})
    assert send(nobody, "GET", fields).status_code == 200
    assert send(nobody, "GET", fields | {"Authorization": "Basic eDp5"}).status_code == 401
    assert send(nobody, "GET", {"limit": "1", VERSION: "1.0.3"}).status_code == 401


@pytest.mark.parametrize("content_type", [FORM, f"{FORM}; charset=UTF-8", "text/plain", None])
def test_the_type_of_the_form_is_what_old_browsers_send(partner: Caller, content_type: str | None) -> None:
    assert send(partner, "GET", {"limit": "1"}, content_type=content_type).status_code == 200


PUT = {"statementId": A, "content": json.dumps(statement())}
NEWER = "no alternate request syntax"
REFUSED: dict[str, tuple[str, bytes, dict[str, str | None], str]] = {
    "a parameter beside method": (f"method=PUT&statementId={A}", form(PUT), {}, "beside"),
    "method twice": ("method=PUT&method=GET", form(PUT), {}, "beside"),
    "an unknown method": ("method=BREW", form(PUT), {}, "must be one of"),
    "a method in lower case": ("method=put", form(PUT), {}, "must be one of"),
    "PUT without content": ("method=PUT", form({"statementId": A}), {}, "content"),
    "PUT of nothing at all": ("method=PUT", b"", {}, "content"),
    "JSON instead of a form": ("method=PUT", json.dumps(PUT).encode(), {}, "form"),
    "another type of body": ("method=PUT", form(PUT), {"Content-Type": "application/json"}, "form"),
    "a field twice": ("method=PUT", form(PUT) + b"&statementId=" + A.encode(), {}, "once"),
    "a wrong length": ("method=PUT", form(PUT | {"Content-Length": "7"}), {}, "length"),
    "an older version in the form": ("method=PUT", form(PUT | {VERSION: "0.8"}), {}, "not supported"),
    "a header of two lines": ("method=PUT", form(PUT | {"If-Match": "a\r\nb: c"}), {}, "character"),
    "too many fields": ("method=PUT", form({f"f{number}": "" for number in range(60)} | PUT), {}, "more than 50"),
    "nothing but separators": ("method=PUT", b"&" * 10_000, {}, "more than 50"),
    "an unknown field": ("method=GET", form({"color": "red"}), {}, "color"),
    "2.0 in the header": ("method=PUT", form(PUT), {VERSION: "2.0.0"}, NEWER),
    "2.0 in the form": ("method=PUT", form(PUT | {VERSION: "2.0.0"}), {}, NEWER),
    "2.0 and nothing else": ("method=GET", b"", {VERSION: "2.0"}, NEWER),
}


@pytest.mark.parametrize(("query", "body", "headers", "words"), REFUSED.values(), ids=REFUSED.keys())
def test_refused(endpoint: Endpoint, partner: Caller, query: str, body: bytes, headers: dict[str, str | None], words: str) -> None:
    answer = partner.send("POST", f"/xapi/statements?{query}", data=body, headers={"Content-Type": FORM, **headers})
    assert answer.status_code == 400
    assert words in answer.json["error"]["message"]
    assert answer.json["error"]["request_id"] == answer.headers["X-Request-Id"]
    assert answer.headers[VERSION] == ("2.0.0" if words == NEWER else "1.0.3")
    assert "X-Experience-API-Consistent-Through" in answer.headers
    assert endpoint.log.records == []


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_only_a_post_can_stand_for_another_request(partner: Caller, method: str) -> None:
    """XAPI-00336."""
    answer = partner.send(method, "/xapi/activities/profile?method=GET", data=b"x=1", headers={"Content-Type": FORM})
    assert answer.status_code == 400


def test_a_form_larger_than_a_body_may_be_is_not_read(partner: Caller) -> None:
    answer = send(partner, "PUT", {"statementId": A, "content": "x" * 1_000_000})
    assert answer.status_code == 413
