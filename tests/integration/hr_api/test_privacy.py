"""NIPs that statements hold where they do not belong: whatever is answered or logged, nobody without the role reads them."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

import pytest
import structlog

from access.credentials import Credential, Role, hash_secret
from competency.catalogue import CatalogueEntry, Certificate, FinishRule
from competency.derivation import CERTIFICATE_NUMBER
from tests.integration.hr_api.world import ATTEMPTED, NOW, SITI, World, account, said, uid

NIP, MASKED = "198303032007011004", "19830303******1004"
MISTYPED = "198313032007011004"
WITHIN = f"https://lms.example/users/{NIP}/rapor"
PATHS = [
    f"/api/v1/employees/{SITI}/history",
    f"/api/v1/employees/{SITI}/profile",
    f"/api/v1/employees/{SITI}/profile?asOf=2026-02-01",
    f"/api/v1/employees/{SITI}/difference?fromDay=2025-12-31&throughDay=2026-01-31",
]


@pytest.fixture
def told(world: World) -> World:
    """Siti finished something whose activity id and certificate number hold a NIP."""
    entry = CatalogueEntry("cat-9", "Rapor", "9", "Universitas A", None, FinishRule.COMPLETED, certificate=Certificate())
    world.store.catalogue.put_entries([replace(entry, patterns=("https://lms.example/users/*",))])
    result = {"completion": True, "duration": "PT3H", "extensions": {CERTIFICATE_NUMBER: f"800/{NIP}/2026"}}
    world.learn(said(1, activity=WITHIN, result=result))
    world.store.credentials.put(Credential("hr-nip", hash_secret("s3cret"), "hr-nip", frozenset({Role.HR, Role.HR_NIP}), NOW))
    return world


@pytest.mark.parametrize("path", PATHS)
def test_they_are_masked_unless_the_role_allows_otherwise(told: World, path: str) -> None:
    masked = told.get(path)
    assert masked.status_code == 200
    assert NIP not in masked.text
    clear = told.get(path, who="hr-nip")
    if "difference" not in path or NIP in clear.text:
        assert MASKED in masked.text
        assert NIP in clear.text
    assert masked.text.replace(MASKED, NIP) == clear.text.replace(MASKED, NIP), "nothing else differs"


def test_the_profile_that_is_kept_stays_as_it_was_said(told: World) -> None:
    told.get(f"/api/v1/employees/{SITI}/profile")
    held = told.store.profiles.get(SITI)
    assert held is not None
    assert WITHIN.encode() in held.text
    assert held.text in told.get(f"/api/v1/employees/{SITI}/profile", who="hr-nip").data


def test_who_sees_another_text_has_another_etag(told: World) -> None:
    path = f"/api/v1/employees/{SITI}/profile"
    tags = {who: told.get(path, who=who).headers["ETag"] for who in ("hr", "hr-nip")}
    assert tags["hr"] != tags["hr-nip"]
    for who, tag in tags.items():
        assert told.get(path, who=who, headers={"If-None-Match": tag}).status_code == 304
    assert told.get(path, who="hr", headers={"If-None-Match": tags["hr-nip"]}).status_code == 200


def test_a_profile_without_any_is_answered_as_it_is_kept(world: World) -> None:
    world.learn(said(1))
    held = world.store.profiles.get(SITI)
    assert held is not None
    response = world.get(f"/api/v1/employees/{SITI}/profile")
    assert held.text in response.data
    assert response.headers["ETag"] == f'"{held.revision}"'


def test_the_history_and_the_receipt_mask_the_activity(told: World) -> None:
    (item,) = told.get(f"/api/v1/employees/{SITI}/history").get_json()["items"]
    assert item["activityId"] == WITHIN.replace(NIP, MASKED)
    told.learn(said(2, activity=f"https://other.example/{NIP}", verb=ATTEMPTED))
    for who in ("univ-a", "hr"):
        profile = told.get(f"/api/v1/receipts/{uid(2)}", who=who).get_json()["profile"]
        assert profile["why"]["detail"].endswith(f"https://other.example/{MASKED}")
        assert NIP not in str(profile)
    assert NIP in told.get(f"/api/v1/receipts/{uid(2)}", who="hr-nip").text


def test_exports_mask_what_the_profile_says(told: World) -> None:
    path = "/api/v1/units/unit-01/exports/history.csv"
    masked = told.get(path).data.decode("utf-8-sig")
    assert f"800/{MASKED}/2026" in masked
    assert NIP not in masked
    assert NIP not in told.get(path, who="hr-nip").text, "it was not asked for"
    assert f"800/{NIP}/2026" in told.get(f"{path}?nip=clear", who="hr-nip").text


@pytest.mark.parametrize("number", [NIP, MISTYPED])
def test_no_refusal_repeats_a_number_of_its_own_sender(world: World, number: str) -> None:
    requests: list[tuple[str, str, dict[str, Any]]] = [
        ("GET", f"/api/v1/employees/{SITI}/explanation?figure={number}", {}),
        ("GET", f"/api/v1/employees/{SITI}/explanation?figure=hours/{number}", {}),
        ("GET", f"/api/v1/employees/{SITI}/history?{number}=1", {}),
        ("GET", f"/api/v1/employees/{SITI}/history?year={number}", {}),
        ("GET", f"/api/v1/employees/{SITI}/history?after={number}", {}),
        ("GET", f"/api/v1/employees/{number}", {}),
        ("GET", f"/api/v1/{number}", {}),
        ("GET", f"/api/v1/units/{number}/employees", {}),
        ("GET", f"/api/v1/units/unit-01/exports/{number}.csv", {}),
        ("GET", f"/api/v1/receipts/{number}", {}),
        ("POST", "/api/v1/employees/lookup", {"json": {number: 1}}),
        ("POST", "/api/v1/employees/lookup", {"json": {"nip": f"{number}x"}}),
        ("POST", "/api/v1/employees/search", {"json": {"name": "a", "unitId": number}}),
        ("POST", "/api/v1/employees/search", {"json": {"employment": number}}),
        ("POST", "/api/v1/employees/lookup", {"data": f'{{"{number}": 1, "{number}": 2}}', "content_type": "application/json"}),
        ("POST", f"/api/v1/unlinked-actors/{number}/link", {"json": {"employeeId": number}}),
    ]
    for method, path, more in requests:
        response = world.ask(method, path, **more)
        assert 400 <= response.status_code < 500, f"{method} {path}: {response.status_code}"
        assert number not in response.text, f"{method} {path}: {response.text}"


def test_no_log_line_holds_one_on_its_whole_way(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    group = {"objectType": "Group", "member": [account(NIP), account(f"u-{NIP}")]}
    with structlog.testing.capture_logs() as logs:
        world.learn(
            said(1, actor=account(NIP), activity=WITHIN),
            said(2, actor=group, activity=WITHIN),
            said(3, NIP),
            said(4, activity=WITHIN),
        )
        world.learn(said(1, actor=account(NIP), activity=f"{WITHIN}/2"), partner="univ-b")  # another's id
        world.send(f'{{"id":"{uid(9)}","actor":{{"account":{{"name":"{NIP}"}}}},"{NIP}":1}}'.encode())
        world.record()
        letters = world.get("/api/v1/dead-letters", who="admin")
        assert len(letters.get_json()["items"]) == 2
        for number in range(1, 5):
            assert world.get(f"/api/v1/receipts/{uid(number)}").status_code == 200
        for path in ("unlinked-actors", "unmatched-activities"):
            listed = world.get(f"/api/v1/{path}")
            assert listed.status_code == 200
            assert MASKED in listed.text
            assert NIP not in listed.text
        assert NIP not in letters.text
    assert any(entry["event"] == "dead letter" for entry in logs)
    assert NIP not in str(logs) + caplog.text
