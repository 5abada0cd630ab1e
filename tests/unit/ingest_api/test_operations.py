"""About, metrics, the access log."""

from __future__ import annotations

from dataclasses import replace

import structlog
from structlog.testing import capture_logs

from tests.unit.ingest_api.conftest import SETTINGS, Caller, Endpoint, basic, running, statement


def test_about_needs_neither_credential_nor_version(endpoint: Endpoint) -> None:
    """xAPI 1.0.3, Communication 2.8."""
    stranger = Caller(endpoint.app, None, {"X-Experience-API-Version": None})
    answer = stranger.send("GET", "/xapi/about")
    assert (answer.status_code, answer.json) == (200, {"version": ["1.0.3", "2.0.0"]})
    assert answer.headers["X-Experience-API-Version"] == "1.0.3"
    newer = Caller(endpoint.app, None, {"X-Experience-API-Version": "2.0"}).send("GET", "/xapi/about")
    assert (newer.status_code, newer.headers["X-Experience-API-Version"]) == (200, "2.0.0")
    assert stranger.send("HEAD", "/xapi/about").data == b""


def test_metrics_count_by_resource_method_and_status(partner: Caller) -> None:
    def shown() -> str:
        return partner.send("GET", "/metrics").text

    def value(name: str) -> float:
        return next((float(line.rpartition(" ")[2]) for line in shown().splitlines() if line.startswith(name + " ")), 0.0)

    accepted = 'rekam_statements_accepted_total{partner="univ-a"}'
    refused = 'rekam_requests_refused_total{partner="univ-a"}'
    posted = 'rekam_http_requests_total{method="POST",resource="statements",status="200"}'
    odd = 'rekam_http_requests_total{method="other",resource="none",status="405"}'
    before = [value(name) for name in (accepted, refused, posted, odd)]
    partner.post([statement(), statement()])
    partner.post({})
    partner.send("BREW")
    after = [value(name) for name in (accepted, refused, posted, odd)]
    assert [now - then for now, then in zip(after, before, strict=True)] == [2, 1, 1, 1]
    assert "ani@example.com" not in shown()


def test_the_access_log_tells_what_happened_and_nothing_of_people(partner: Caller) -> None:
    structlog.reset_defaults()
    with capture_logs() as lines:
        answer = partner.send(
            "POST", json_body=statement(), query_string="nip=198609262015051001", headers={"User-Agent": "ani@example.com"}
        )
        partner.get(agent='{"mbox":"mailto:ani@example.com"}')
        partner.send("GET", "/healthz")
    first, second = lines
    assert first["request_id"] == answer.headers["X-Request-Id"]
    assert (first["method"], first["route"], first["status"], first["partner"]) == ("POST", "/xapi/statements", 400, "univ-a")
    assert first["duration_ms"] >= 0
    assert second["status"] == 200
    assert "ani" not in str(lines)
    assert "1986" not in str(lines)


def test_a_key_is_told_in_the_log_only_after_it_was_checked(endpoint: Endpoint) -> None:
    structlog.reset_defaults()
    with capture_logs() as lines:
        Caller(endpoint.app, None).send("GET", headers={"Authorization": basic("198609262015051001")})
    assert lines[0]["partner"] is None
    assert "1986" not in str(lines)


def test_ready_says_which_start_this_is_where_there_is_one(endpoint: Endpoint, partner: Caller) -> None:
    assert partner.send("GET", "/readyz").json == {"ready": True, "log": True, "store": True}
    for other in running(replace(SETTINGS, instance="0f9a")):
        assert other.caller().send("GET", "/readyz").json == {"ready": True, "log": True, "store": True, "instance": "0f9a"}
