"""Nobody is read without a trace, and without a trace nobody is read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

import store.port
from store.port import AuditEntry
from tests.integration.hr_api.world import AISYAH, SITI, SITI_NIP, Down, World, said, uid


@pytest.mark.parametrize(("path", "action"), [("", "employee.read"), ("/profile", "profile.read"), ("/history", "history.read")])
def test_reading_a_person_is_noted(world: World, path: str, action: str) -> None:
    response = world.get(f"/api/v1/employees/{SITI}{path}")
    assert world.noted() == [("hr", action, SITI)]
    entry = world.store.audit.entries()[0]
    assert (entry.at_ms, entry.request_id) == (world.clock.now_ms(), response.headers["X-Request-Id"])


def test_a_lookup_is_noted_in_neutral_words_with_whom_it_showed(world: World) -> None:
    world.lookup(nip=SITI_NIP)
    world.lookup(name="siti")
    world.lookup(name="nobody of this name")
    assert world.noted() == [
        ("hr", "employee.lookup", "lookup by nip"),
        ("hr", "employee.found", SITI),
        ("hr", "employee.lookup", "lookup by name"),
        ("hr", "employee.found", AISYAH),
        ("hr", "employee.found", SITI),
        ("hr", "employee.lookup", "lookup by name"),
    ]


def test_a_receipt_that_names_employees_is_noted(world: World) -> None:
    world.learn(said(1), said(2, activity="https://example.com/other"))
    world.get(f"/api/v1/receipts/{uid(1)}")
    world.get(f"/api/v1/receipts/{uid(2)}")  # names nobody
    world.get(f"/api/v1/receipts/{uid(1)}", who="univ-a")  # is not told of anybody
    assert world.noted() == [("hr", "receipt.read", SITI)]


class _Watched:
    """Keeps an audit, and what else was asked by the time of each entry."""

    def __init__(self, events: list[str]) -> None:
        self._events = events

    def note_many(self, entries: Sequence[AuditEntry]) -> None:
        self._events.extend(f"noted {entry.action}" for entry in entries)


class _WatchedProfiles:
    def __init__(self, events: list[str], held: Any) -> None:
        self._events = events
        self._held = held

    def get(self, employee_id: str) -> Any:
        self._events.append("read the profile")
        return self._held.get(employee_id)


def test_the_entry_comes_before_the_reading(world: World) -> None:
    events: list[str] = []
    world.replace(audit=_Watched(events), profiles=_WatchedProfiles(events, world.store.profiles))
    world.get(f"/api/v1/employees/{SITI}/profile")
    assert events == ["noted profile.read", "read the profile"]


@pytest.mark.parametrize(
    "error", [store.port.Unavailable("down"), store.port.Rejected("never"), OSError("disk full")], ids=lambda e: type(e).__name__
)
def test_what_cannot_be_noted_is_not_told(world: World, error: Exception) -> None:
    world.learn(said(1))
    world.replace(audit=Down(error))
    responses = [
        world.get(f"/api/v1/employees/{SITI}"),
        world.get(f"/api/v1/employees/{SITI}/profile"),
        world.get(f"/api/v1/employees/{SITI}/history"),
        world.lookup(nip=SITI_NIP),
        world.lookup(name="siti"),
        world.get(f"/api/v1/receipts/{uid(1)}"),
        world.get("/api/v1/audit", who="admin"),
    ]
    for response in responses:
        assert response.status_code == 503
        assert "Retry-After" in response.headers
        assert SITI not in response.text
        assert "Rahmawati" not in response.text


def test_an_administrator_reads_the_trail_of_a_person(world: World) -> None:
    world.get(f"/api/v1/employees/{SITI}")
    world.clock.advance_ms(1000)
    world.get(f"/api/v1/employees/{SITI}/history")
    world.get(f"/api/v1/employees/{AISYAH}")
    entries = world.get(f"/api/v1/audit?subject={SITI}", who="admin").get_json()["entries"]
    assert [(entry["at"], entry["credential"], entry["action"], entry["subject"]) for entry in entries] == [
        ("2026-01-31T07:15:01.000Z", "hr", "history.read", SITI),
        ("2026-01-31T07:15:00.000Z", "hr", "employee.read", SITI),
    ]
    everything = world.get("/api/v1/audit?limit=3", who="admin").get_json()["entries"]
    assert [(entry["action"], entry["subject"]) for entry in everything] == [
        ("audit.read", "audit trail"),
        ("audit.read", "audit trail"),
        ("employee.read", AISYAH),
    ]


@pytest.mark.parametrize("limit", ["0", "1001", "-1", "x", "1.0", "%2B5", " 5", "1_0", ""])
def test_a_limit_is_a_whole_number_within_bounds(world: World, limit: str) -> None:
    response = world.get(f"/api/v1/audit?limit={limit}", who="admin")
    assert (response.status_code, response.get_json()["error"]["pointer"]) == (400, "/limit")
