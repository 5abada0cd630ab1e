"""A page of an allowed origin can call the endpoint from a browser; others can't. Source: the Fetch standard, 3.2."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from werkzeug.test import TestResponse

from tests.unit.ingest_api.conftest import SETTINGS, Caller, Endpoint, running, statement

LMS, STRANGER = "https://lms.example.id", "https://elsewhere.example"
ASKED = {"Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "authorization,x-experience-api-version"}
A = "11111111-1111-4111-8111-111111111111"


@contextmanager
def allowing(*origins: str) -> Iterator[Endpoint]:
    endpoints = running(replace(SETTINGS, cors_origins=origins))
    try:
        yield next(endpoints)
    finally:
        next(endpoints, None)


def preflight(endpoint: Endpoint, origin: str, path: str = "/xapi/statements") -> TestResponse:
    """As a browser asks: with neither credential nor version."""
    nobody = Caller(endpoint.app, None, {"X-Experience-API-Version": None})
    return nobody.send("OPTIONS", path, headers={"Origin": origin, **ASKED})


def words(answer: TestResponse, name: str) -> set[str]:
    return {word.strip().lower() for word in answer.headers[name].split(",")}


@pytest.mark.parametrize("path", ["/xapi/statements", "/xapi/activities/state", "/xapi/agents/profile", "/xapi/about"])
def test_a_preflight_is_answered_for_every_resource(path: str) -> None:
    with allowing(LMS, "http://localhost:3000") as endpoint:
        answer = preflight(endpoint, LMS, path)
        assert (answer.status_code, answer.data) == (204, b"")
        assert answer.headers["Access-Control-Allow-Origin"] == LMS
        assert {"get", "put", "post", "delete"} <= words(answer, "Access-Control-Allow-Methods")
        needed = {"authorization", "content-type", "x-experience-api-version", "if-match", "if-none-match"}
        assert needed <= words(answer, "Access-Control-Allow-Headers")
        assert int(answer.headers["Access-Control-Max-Age"]) > 0
        assert words(answer, "Vary") == {"origin"}


def test_an_answer_may_be_read_with_its_headers_errors_too() -> None:
    with allowing(LMS) as endpoint:
        partner = endpoint.caller()
        sent = partner.post(statement(id=A), headers={"Origin": LMS})
        got = partner.send("GET", query_string={"statementId": A}, headers={"Origin": LMS})
        refused = partner.post({}, headers={"Origin": LMS})
        stranger = partner.send("GET", headers={"Origin": LMS, "Authorization": None})
        assert [answer.status_code for answer in (sent, got, refused, stranger)] == [200, 200, 400, 401]
        exposed = {"etag", "last-modified", "x-experience-api-version", "x-experience-api-consistent-through", "x-request-id"}
        for answer in (sent, got, refused, stranger):
            assert answer.headers["Access-Control-Allow-Origin"] == LMS
            assert exposed <= words(answer, "Access-Control-Expose-Headers")
            assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize(
    "origin", [STRANGER, "http://lms.example.id", "https://lms.example.id:8443", "null", LMS + ".evil.example"]
)
def test_other_origins_are_told_nothing(origin: str) -> None:
    with allowing(LMS) as endpoint:
        for answer in (preflight(endpoint, origin), endpoint.caller().send("GET", headers={"Origin": origin})):
            assert not [name for name, _ in answer.headers if name.startswith("Access-Control")]
            assert words(answer, "Vary") == {"origin"}


def test_an_origin_is_compared_without_case_and_answered_as_it_came() -> None:
    with allowing(LMS) as endpoint:
        assert preflight(endpoint, "https://LMS.example.id").headers["Access-Control-Allow-Origin"] == "https://LMS.example.id"


def test_every_page_where_that_is_wanted() -> None:
    with allowing("*") as endpoint:
        answer = preflight(endpoint, STRANGER)
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "Vary" not in answer.headers


def test_without_the_setting_there_is_nothing_of_it(endpoint: Endpoint, partner: Caller) -> None:
    for answer in (preflight(endpoint, LMS), partner.send("GET", headers={"Origin": LMS})):
        assert not [name for name, _ in answer.headers if name.startswith("Access-Control")]


def test_operations_are_no_business_of_pages() -> None:
    with allowing("*") as endpoint:
        answer = endpoint.caller().send("GET", "/metrics", headers={"Origin": LMS})
        assert "Access-Control-Allow-Origin" not in answer.headers


def test_options_that_is_no_preflight_says_what_is_allowed() -> None:
    with allowing(LMS) as endpoint:
        answer = endpoint.caller().send("OPTIONS")
        assert {"get", "put", "post"} <= words(answer, "Allow")
