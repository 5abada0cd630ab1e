"""Who may ask, and what happens when the question cannot be answered."""

from __future__ import annotations

import logging
from dataclasses import fields, replace

import pytest
import structlog

import eventlog.port
import store.port
from access.authenticator import Authenticator
from hr_api.services import HrServices
from tests.integration.hr_api.documented import document, example_body, example_path
from tests.integration.hr_api.world import BUDI_NIP, NOW, SITI, SITI_NIP, UNIT, Down, World, said, uid

PATHS = {
    "employeeId": SITI,
    "statementId": str(uid(1)),
    "deadLetterId": "statements.accepted:0:0:0",
    "unitId": UNIT,
    "competency": "komunikasi",
}
OPERATIONS = {
    operation["operationId"]: (method.upper(), example_path(path, operation, PATHS), operation)
    for path, operations in document()["paths"].items()
    for method, operation in operations.items()
}
BY_CALL = {(method, path): operation for method, path, operation in OPERATIONS.values()}
GUARDED = [pytest.param(method, path, id=name) for name, (method, path, operation) in OPERATIONS.items() if operation["security"]]
ALL = [pytest.param(method, path, id=name) for name, (method, path, _) in OPERATIONS.items()]


def _body(method: str, path: str) -> dict[str, object]:
    return example_body(BY_CALL[method, path])


@pytest.mark.parametrize(("method", "path"), GUARDED)
def test_without_credentials_nothing_is_told(world: World, method: str, path: str) -> None:
    for who, secret in ((None, ""), ("hr", "wrong"), ("nobody", "s3cret")):
        response = world.ask(method, path, who=who, secret=secret, **_body(method, path))
        assert response.status_code == 401
        assert response.headers["WWW-Authenticate"].startswith("Basic ")
    assert world.noted() == []


@pytest.mark.parametrize(("method", "path"), GUARDED)
def test_who_only_sends_statements_may_ask_nothing_here(world: World, method: str, path: str) -> None:
    response = world.ask(method, path, who="writer", **_body(method, path))
    assert response.status_code == 403
    assert "role" in response.get_json()["error"]["message"]


@pytest.mark.parametrize(("method", "path"), GUARDED)
def test_a_partner_may_ask_for_receipts_only(world: World, method: str, path: str) -> None:
    world.learn(said(1))
    response = world.ask(method, path, who="univ-a", **_body(method, path))
    assert response.status_code == (200 if "/receipts/" in path else 403)


@pytest.mark.parametrize("path", ["/api/v1/dead-letters", "/api/v1/dead-letters/x", "/api/v1/audit"])
def test_hr_is_no_administrator(world: World, path: str) -> None:
    assert world.get(path, who="hr").status_code == 403


def test_a_revoked_credential_is_refused(world: World) -> None:
    held = world.store.credentials.get("hr")
    assert held is not None
    world.store.credentials.put(replace(held, revoked_at_ms=NOW))
    assert world.get(f"/api/v1/employees/{SITI}").status_code == 401


@pytest.mark.parametrize(("method", "path"), ALL)
def test_an_unknown_parameter_is_refused(world: World, method: str, path: str) -> None:
    response = world.ask(method, path + ("&" if "?" in path else "?") + "nonsense=1", who="admin", **_body(method, path))
    assert response.status_code == 400
    assert response.get_json()["error"]["pointer"] == "/nonsense"


def test_a_parameter_given_twice_is_refused(world: World) -> None:
    response = world.get(f"/api/v1/employees/{SITI}/history?year=2025&year=2026")
    assert (response.status_code, response.get_json()["error"]["pointer"]) == (400, "/year")


def test_unknown_paths_and_methods_are_json_errors(world: World) -> None:
    for method, path, status in (("GET", "/api/v1/nothing", 404), ("DELETE", f"/api/v1/employees/{SITI}", 405)):
        response = world.ask(method, path)
        assert response.status_code == status
        assert response.get_json()["error"]["status"] == status
        assert response.get_json()["error"]["request_id"] == response.headers["X-Request-Id"]


@pytest.mark.parametrize(
    ("method", "path"), [one for one in GUARDED if not any(part in str(one.values[1]) for part in ("dead-letters", "/imports"))]
)
def test_while_the_store_is_down_the_answer_is_to_come_back(world: World, method: str, path: str) -> None:
    world.ask(method, path, who="admin", **_body(method, path))  # the credential is remembered from here on
    down = Down(store.port.Unavailable("down", 7))
    kept = world.services.authenticator
    parts = [part.name for part in fields(HrServices) if part.name not in ("authenticator", "clock", "rules", "settings")]
    world.replace(**dict.fromkeys(parts, down), authenticator=kept)
    response = world.ask(method, path, who="admin", **_body(method, path))
    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0


def test_credentials_that_cannot_be_checked_are_not_refused(world: World) -> None:
    down = Authenticator(Down(store.port.Unavailable("down")), world.clock, unavailable=(store.port.Unavailable,))
    world.replace(authenticator=down)
    response = world.get(f"/api/v1/employees/{SITI}")
    assert (response.status_code, response.headers["Retry-After"]) == (503, "2")


def test_a_fault_of_ours_tells_nothing_and_is_logged_without_personal_data(world: World, caplog: pytest.LogCaptureFixture) -> None:
    world.replace(directory=Down(RuntimeError(f"no idea what to do with {SITI_NIP}")))
    with structlog.testing.capture_logs() as logs:
        response = world.get(f"/api/v1/employees/{SITI}")
    assert response.status_code == 500
    error = next(entry for entry in logs if entry["log_level"] == "error")
    assert error["error"] == "RuntimeError"
    assert error["request_id"] == response.get_json()["error"]["request_id"]
    assert SITI_NIP not in response.text + str(logs) + caplog.text


def test_nothing_personal_is_logged(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    world.learn(said(1))
    with structlog.testing.capture_logs() as logs:
        world.lookup(nip=SITI_NIP)
        world.lookup(nip=BUDI_NIP[:-1])
        world.lookup(name="rahmawati")
        world.get(f"/api/v1/employees/{SITI}/history?provider=Universitas%20A")
    assert [entry["status"] for entry in logs if entry["event"] == "answered"] == [200, 400, 200, 200]
    text = (str(logs) + caplog.text).lower()
    for personal in (SITI_NIP, BUDI_NIP[:-1], "rahmawati", "universitas"):
        assert personal not in text


def test_a_log_that_does_not_answer_is_no_reason_to_refuse_a_profile(world: World) -> None:
    world.replace(inspector=Down(eventlog.port.Unavailable("down")))
    assert world.get(f"/api/v1/employees/{SITI}/profile").status_code == 200
