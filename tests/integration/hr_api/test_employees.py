"""Who somebody is: lookup by NIP and name, and the card."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from competency.directory import Identifier, Unit
from hr_api.services import HrSettings
from tests.integration.hr_api.world import ACCOUNTS, AISYAH, BUDI, BUDI_NIP, SITI, SITI_NIP, World

SPACED = "19860926 201505 2 001"
CARD = {
    "id": SITI,
    "name": "Siti Rahmawati",
    "nipMasked": "19860926******2001",
    "employment": "PNS",
    "leftOn": None,
    "unit": {
        "id": "unit-0101",
        "name": "Bagian Kepegawaian",
        "path": ["Kementerian Contoh", "Sekretariat Jenderal", "Bagian Kepegawaian"],
    },
    "post": {"id": "post-1", "title": "Analis SDM Aparatur", "kind": "fungsional", "tier": "pengawas"},
}


@pytest.mark.parametrize("written", [SITI_NIP, SPACED])
def test_a_nip_finds_its_owner(world: World, written: str) -> None:
    response = world.lookup(nip=written)
    assert response.get_json() == {"employees": [CARD]}
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("who", ["hr", "admin"])
def test_no_answer_has_the_nip(world: World, who: str) -> None:
    assert SITI_NIP not in world.lookup(nip=SITI_NIP, who=who).text
    assert SITI_NIP not in world.get(f"/api/v1/employees/{SITI}", who=who).text


def test_a_number_of_another_time_finds_everyone_who_had_it_and_the_present_holder_first(world: World) -> None:
    former = "199109262015052007"

    def have(employee_id: str, number: str, since: date | None, until: date | None) -> None:
        held = world.store.directory.employee(employee_id)
        assert held is not None
        one = Identifier(f"account|{ACCOUNTS}|{number}", since, until)
        world.store.directory.put_employees([replace(held, identifiers=tuple(sorted((*held.identifiers, one), key=str)))])

    have(BUDI, former, date(2018, 1, 1), date(2019, 12, 31))
    have(AISYAH, former, None, date(2017, 12, 31))
    assert [one["id"] for one in world.lookup(nip=former).get_json()["employees"]] == [BUDI, AISYAH]
    held = world.store.directory.employee(AISYAH)
    assert held is not None
    world.store.directory.put_employees([replace(held, nip=former)])
    found = world.lookup(nip=former).get_json()["employees"]
    assert [one["id"] for one in found] == [AISYAH, BUDI]
    assert [one["id"] for one in world.lookup(nip=BUDI_NIP).get_json()["employees"]] == [BUDI]


def test_the_card_and_what_a_search_finds_say_since_when_somebody_has_left(world: World) -> None:
    held = world.store.directory.employee(SITI)
    assert held is not None
    world.store.directory.put_employees([replace(held, left_on=date(2025, 7, 1))])
    assert world.get(f"/api/v1/employees/{SITI}").get_json()["leftOn"] == "2025-07-01"
    found = world.ask("POST", "/api/v1/employees/search", json={"includeLeft": True}).get_json()["employees"]
    assert {one["id"]: one["leftOn"] for one in found} == {SITI: "2025-07-01", BUDI: None, AISYAH: None}


def test_a_nip_nobody_has_finds_nobody(world: World) -> None:
    response = world.lookup(nip="198001012005011009")
    assert (response.status_code, response.get_json()) == (200, {"employees": []})


@pytest.mark.parametrize("written", ["1986092620150520", "19860926201505200X", ""])
def test_what_is_no_nip_is_refused_without_repeating_it(world: World, written: str) -> None:
    response = world.lookup(nip=written)
    assert response.status_code == 400
    assert response.get_json()["error"]["pointer"] == "/nip"
    assert "18" in response.get_json()["error"]["message"]
    assert not written or written not in response.text


def test_a_name_is_found_by_its_words_in_any_case(world: World) -> None:
    def found(name: str) -> list[str]:
        return [employee["id"] for employee in world.lookup(name=name).get_json()["employees"]]

    assert found("siti") == [AISYAH, SITI]  # ordered by name
    assert found("RAHMA siti") == [SITI]
    assert found("santoso") == [BUDI]
    assert found("siti santoso") == []


def test_a_limit_holds(world: World) -> None:
    assert len(world.lookup(name="siti", limit=1).get_json()["employees"]) == 1


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, None),
        ({"nip": SITI_NIP, "name": "siti"}, None),
        ({"name": "siti", "limit": "5"}, "/limit"),
        ({"name": "siti", "limit": True}, "/limit"),
        ({"name": "siti", "limit": 0}, "/limit"),
        ({"name": "siti", "limit": 51}, "/limit"),
        ({"name": "siti", "limit": None}, "/limit"),
        ({"name": "siti", "unit": "x"}, "/unit"),
        ({"nip": SITI_NIP, "limit": 3}, "/limit"),
        ({"nip": 198609262015052001}, "/nip"),
        ({"name": "   "}, "/name"),
        ({"name": None}, "/name"),
    ],
)
def test_a_body_that_is_not_exactly_right_is_refused(world: World, body: dict[str, object], pointer: str | None) -> None:
    response = world.lookup(**body)
    assert response.status_code == 400
    assert response.get_json()["error"].get("pointer") == pointer
    assert world.noted() == []


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'{"name":"siti","name":"budi"}', b'{"name":NaN}', b"\xff\xfe"])
def test_what_is_no_json_object_is_refused(world: World, body: bytes) -> None:
    response = world.ask("POST", "/api/v1/employees/lookup", data=body, content_type="application/json")
    assert response.status_code == 400
    assert "JSON" in response.get_json()["error"]["message"]


def test_a_body_has_to_say_that_it_is_json(world: World) -> None:
    response = world.ask("POST", "/api/v1/employees/lookup", data=b'{"name":"siti"}', content_type="text/plain")
    assert response.status_code == 415


def test_an_enormous_body_is_refused(world: World) -> None:
    world.replace(settings=HrSettings(max_body_bytes=1000))
    response = world.lookup(name="x" * 1000)
    assert response.status_code == 413


def test_the_card_by_id(world: World) -> None:
    response = world.get(f"/api/v1/employees/{SITI}")
    assert response.get_json() == CARD
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["", "/profile", "/history"])
@pytest.mark.parametrize("employee_id", ["emp-9999", SITI_NIP])
def test_an_unknown_id_is_a_404(world: World, employee_id: str, path: str) -> None:
    response = world.get(f"/api/v1/employees/{employee_id}{path}")
    assert response.status_code == 404
    assert "lookup" in response.get_json()["error"]["message"]
    assert world.noted() == []


def test_a_change_of_the_directory_shows_at_once(world: World) -> None:
    world.get(f"/api/v1/employees/{SITI}")
    world.store.directory.put_units([Unit("unit-0101", "Biro SDM", "unit-01")])
    assert world.get(f"/api/v1/employees/{SITI}").get_json()["unit"] == {
        "id": "unit-0101",
        "name": "Biro SDM",
        "path": ["Kementerian Contoh", "Biro SDM"],
    }
