"""Whose statements are: actors that nobody is linked to, and what linking, unlinking and rejecting them does."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import structlog
from werkzeug.test import TestResponse

from competency.directory import Identifier
from tests.contract.store.racing import at_once
from tests.integration.hr_api.world import (
    ACCOUNTS,
    AISYAH,
    BUDI,
    BUDI_NIP,
    CAMPUS,
    COURSE,
    SITI,
    SITI_AISYAH_NIP,
    SITI_NIP,
    WORKSHOP,
    World,
    account,
    said,
    uid,
    voiding,
)

ACADEMY = "https://akademi.example"
ACTORS = "/api/v1/unlinked-actors"
STRANGER = "200001012020011001"


def mailbox(address: str, label: str = "") -> dict[str, Any]:
    return {"mbox": f"mailto:{address}", **({"name": label} if label else {})}


def waiting(world: World, query: str = "") -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = world.get(f"{ACTORS}{query}").get_json()["items"]
    return items


def the_one(world: World) -> dict[str, Any]:
    (one,) = waiting(world)
    return one


def suggested(world: World, actor_id: str) -> list[tuple[str, str]]:
    found = world.get(f"{ACTORS}/{actor_id}").get_json()["suggestions"]
    return [(one["employee"]["id"], one["reason"]) for one in found]


def link(world: World, actor_id: str, employee_id: str, **days: str) -> TestResponse:
    response = world.ask("POST", f"{ACTORS}/{actor_id}/link", json={"employeeId": employee_id, **days})
    world.keep()
    return response


def reject(world: World, actor_id: str, **body: str) -> bool:
    response = world.ask("POST", f"{ACTORS}/{actor_id}/rejection", json=body)
    assert response.status_code == 200
    changed: bool = response.get_json()["changed"]
    return changed


def take_back(world: World, actor_id: str, query: str = "") -> bool:
    response = world.ask("DELETE", f"{ACTORS}/{actor_id}/rejection{query}")
    assert response.status_code == 200, response.data
    return bool(response.get_json()["changed"])


def unlink(world: World, employee_id: str, identifier: str) -> TestResponse:
    path = f"/api/v1/employees/{employee_id}/identifiers"
    listed = world.get(path).get_json()["identifiers"]
    (found,) = [one for one in listed if one["identifier"] == identifier]
    response = world.ask("DELETE", f"{path}/{found['id']}")
    world.keep()
    return response


def jp(world: World, employee_id: str, year: int = 2026) -> float:
    profile = world.get(f"/api/v1/employees/{employee_id}/profile").get_json()["profile"]
    hours: float = sum(part["jp"] for part in profile["hours"] if part["year"] == year)
    return hours


def test_statements_of_an_unknown_actor_wait_and_lose_nothing(world: World) -> None:
    world.learn(said(1, actor=account("siti.r")), said(2, actor=account("siti.r"), activity=COURSE))
    held = world.store.statement_queries.get_many([uid(1), uid(2)])
    assert set(held) == {uid(1), uid(2)}
    one = the_one(world)
    assert (one["kind"], one["homePage"], one["identifier"], one["status"]) == ("account", CAMPUS, "siti.r", "waiting")
    assert one["partner"] == "univ-a"
    assert [jp(world, employee) for employee in (SITI, BUDI, AISYAH)] == [0, 0, 0]
    for number in (1, 2):
        receipt = world.get(f"/api/v1/receipts/{uid(number)}").get_json()
        assert receipt["profile"]["why"]["reason"] == "actor not linked to an employee"


def test_counts_and_the_first_and_last_time_are_exact_and_name_and_partner_the_latest(world: World) -> None:
    world.learn(said(1, actor=account("s", label="Siti R")))
    world.clock.advance_ms(90_000)
    world.learn(said(2, actor=account("s", label="Siti Rahma")), said(3, actor=account("s", label="Siti Rahma")), partner="univ-b")
    world.learn(said(3, actor=account("s", label="Siti Rahma")), partner="univ-b")  # sent again: it is stored once
    one = the_one(world)
    assert one["seen"] == {
        "statements": 3,
        "atLeast": False,
        "first": "2026-01-31T07:15:00.000Z",
        "last": "2026-01-31T07:16:30.000Z",
    }
    assert (one["name"], one["partner"]) == ("Siti Rahma", "univ-b")


def test_a_voided_statement_is_not_counted(world: World) -> None:
    world.learn(said(1, actor=account("s")), said(2, actor=account("s")))
    world.learn(voiding(3, 1))
    assert the_one(world)["seen"]["statements"] == 1


def test_what_is_not_in_the_catalogue_or_not_finished_shows_its_actor_too(world: World) -> None:
    """Whoever links early does not have to look again when the training is catalogued."""
    world.learn(said(1, actor=account("a"), activity="https://lms.example.ac.id/unheard-of"))
    world.learn(said(2, actor=account("b"), verb="http://adlnet.gov/expapi/verbs/attempted"))
    assert {one["identifier"] for one in waiting(world)} == {"a", "b"}


def test_those_named_most_often_come_first_and_pages_show_each_once(world: World) -> None:
    numbers = iter(range(1, 1000))
    for place in range(7):
        world.learn(*(said(next(numbers), actor=account(f"p{place}")) for _ in range(place + 1)))
    pages = list(_pages(world, f"{ACTORS}?limit=3"))
    assert [[one["identifier"] for one in page["items"]] for page in pages] == [["p6", "p5", "p4"], ["p3", "p2", "p1"], ["p0"]]
    assert [one["seen"]["statements"] for page in pages for one in page["items"]] == [7, 6, 5, 4, 3, 2, 1]


def test_a_page_ends_without_a_next_that_leads_nowhere(world: World) -> None:
    world.learn(said(1, actor=account("a")), said(2, actor=account("b")))
    assert world.get(f"{ACTORS}?limit=2").get_json()["next"] is None
    assert world.get(f"{ACTORS}?limit=1").get_json()["next"] is not None


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("?after=x", "/after"),
        ("?limit=0", "/limit"),
        ("?limit=201", "/limit"),
        ("?status=lost", "/status"),
        ("?status=", "/status"),
    ],
)
def test_what_cannot_be_asked_is_refused(world: World, query: str, pointer: str) -> None:
    response = world.get(ACTORS + query)
    assert (response.status_code, response.get_json()["error"]["pointer"]) == (400, pointer)


def test_an_actor_that_nobody_heard_of_is_not_there(world: World) -> None:
    world.learn(said(1, activity="https://lms.example.ac.id/unheard-of"))
    activity = world.get("/api/v1/unmatched-activities").get_json()["items"][0]["id"]
    for unknown in ("nothing", activity):
        assert world.get(f"{ACTORS}/{unknown}").status_code == 404
        assert link(world, unknown, SITI).status_code == 404
        assert world.ask("POST", f"{ACTORS}/{unknown}/rejection", json={}).status_code == 404
        assert world.ask("DELETE", f"{ACTORS}/{unknown}/rejection").status_code == 404


def test_the_same_nip_under_another_home_page_is_suggested_and_not_merged(world: World) -> None:
    world.learn(said(1, actor=account(SITI_NIP)))
    one = the_one(world)
    assert one["identifier"] == "19860926******2001"
    assert suggested(world, one["id"]) == [(SITI, "same NIP")]
    assert jp(world, SITI) == 0


@pytest.mark.parametrize(
    "who",
    [
        mailbox(f"{BUDI_NIP}@bkn.example"),
        account(f"u-{BUDI_NIP}"),
        account(f"https://kuliah.example/u/{BUDI_NIP}/"),
        {"openid": f"https://id.example/{BUDI_NIP}"},
    ],
    ids=["address", "account", "IRI", "openid"],
)
def test_a_nip_within_an_identifier_is_masked_and_its_holder_suggested(world: World, who: dict[str, Any]) -> None:
    world.learn(said(1, actor={**who, "name": f"Peserta {BUDI_NIP}"}))
    one = the_one(world)
    assert "19790102******1002" in one["identifier"]
    assert suggested(world, one["id"]) == [(BUDI, "same NIP")]
    link(world, one["id"], BUDI)
    pages = [
        world.get(path).text for path in (ACTORS, f"{ACTORS}/{one['id']}", f"/api/v1/employees/{BUDI}/identifiers", "/api/v1/audit")
    ]
    assert not any(BUDI_NIP in page for page in pages)


@pytest.mark.parametrize("address", ["SITI@Kementerian.go.id", "Siti@kementerian.go.id"])
def test_the_same_address_in_another_spelling_is_suggested(world: World, address: str) -> None:
    _give(world, SITI, Identifier("mbox|mailto:siti@kementerian.go.id"))
    world.learn(said(1, actor=mailbox(address)))
    assert suggested(world, the_one(world)["id"]) == [(SITI, "same e-mail address")]


def test_an_account_named_by_an_address_is_suggested_too(world: World) -> None:
    _give(world, SITI, Identifier("mbox|mailto:siti@kementerian.go.id"))
    world.learn(said(1, actor=account("siti@kementerian.go.id")))
    assert suggested(world, the_one(world)["id"]) == [(SITI, "same e-mail address")]


def test_a_similar_name_is_suggested_first_where_colleagues_took_part(world: World) -> None:
    """Two are called alike; the one whose colleagues were at the seminar comes first."""
    siti = world.store.directory.employee(SITI)
    assert siti is not None
    namesake = replace(siti, id="emp-0000", nip="198801012012012001", unit_id="unit-0100", identifiers=(), assessments=())
    world.store.directory.put_employees([namesake])
    world.learn(said(1, BUDI_NIP), said(2, actor=account("s", label="Siti Rachmawati, S.Kom.")))
    assert suggested(world, the_one(world)["id"]) == [
        (SITI, "similar name, in a unit whose people took part in the same activities"),
        ("emp-0000", "similar name"),
    ]


def test_an_identifier_weighs_more_than_a_name_and_nobody_is_suggested_twice(world: World) -> None:
    _give(world, BUDI, Identifier("mbox|mailto:siti@kementerian.go.id"))
    _give(world, SITI, Identifier("mbox|mailto:other@kementerian.go.id"))
    world.learn(said(1, actor=mailbox("Siti@kementerian.go.id", "Siti Rahmawati")))
    found = suggested(world, the_one(world)["id"])
    assert found == [(BUDI, "same e-mail address"), (SITI, "similar name")]


def test_whoever_had_the_identifier_at_another_time_is_suggested(world: World) -> None:
    world.learn(said(1, actor=account("s"), timestamp="2026-01-05T03:00:00Z"))
    link(world, the_one(world)["id"], SITI, validThrough="2025-12-31")
    assert suggested(world, the_one(world)["id"]) == [(SITI, "the identifier was this employee's at another time")]


def test_who_was_ruled_out_is_suggested_no_more(world: World) -> None:
    world.learn(*(said(n, actor=account(f"s{n}", label="Siti Rahmawati Aisyah")) for n in (1, 2)))
    first, second = waiting(world)
    before = suggested(world, first["id"])
    assert {employee for employee, _ in before} == {SITI, AISYAH}
    assert reject(world, first["id"], employeeId=SITI)
    assert not reject(world, first["id"], employeeId=SITI)
    assert suggested(world, first["id"]) == [one for one in before if one[0] != SITI]
    assert suggested(world, second["id"]) == before, "of this actor nothing was said"
    assert len(waiting(world)) == 2, "it may be somebody else's"
    assert take_back(world, first["id"], f"?employeeId={SITI}")
    assert suggested(world, first["id"]) == before
    assert world.ask("DELETE", f"{ACTORS}/{first['id']}/rejection?employee={SITI}").status_code == 400
    assert ("hr", "actor.reject.undo", SITI) in world.noted()


def test_whom_nobody_resembles_has_no_suggestion(world: World) -> None:
    world.learn(said(1, actor=account("x", label="Zulkifli Harahap")), said(2, actor=account("y")))
    assert [suggested(world, one["id"]) for one in waiting(world)] == [[], []]


def test_linking_counts_at_once_what_was_sent_before_and_what_comes(world: World) -> None:
    world.learn(said(1, actor=account("siti.r")), said(2, actor=account("siti.r"), activity=COURSE))
    response = link(world, the_one(world)["id"], SITI)
    assert (response.status_code, response.get_json()) == (200, {"changed": True})
    assert jp(world, SITI) == 27.5
    assert waiting(world) == []
    assert world.get("/api/v1/units/unit-01/hours").get_json()["jp"] == 27.5
    world.learn(said(3, actor=account("siti.r"), activity=WORKSHOP))
    assert jp(world, SITI) == 30.5
    assert waiting(world) == []


def test_linking_again_changes_nothing(world: World) -> None:
    world.learn(said(1, actor=account("siti.r")))
    actor_id = the_one(world)["id"]
    link(world, actor_id, SITI)
    assert link(world, actor_id, SITI).get_json() == {"changed": False}
    assert jp(world, SITI) == 7.5


def test_unlinking_takes_away_on_both_sides_and_the_actor_waits_again(world: World) -> None:
    world.learn(said(1, actor=account("s")), said(2, BUDI_NIP, COURSE))
    actor_id = the_one(world)["id"]
    link(world, actor_id, SITI)
    assert (jp(world, SITI), jp(world, BUDI)) == (7.5, 20)
    assert unlink(world, SITI, "s").get_json() == {"changed": True}
    assert (jp(world, SITI), jp(world, BUDI)) == (0, 20)
    again = the_one(world)
    assert (again["id"], again["identifier"], again["seen"]["statements"]) == (actor_id, "s", 1)
    link(world, actor_id, BUDI)
    assert (jp(world, SITI), jp(world, BUDI)) == (0, 27.5)
    assert waiting(world) == []


def test_what_the_directory_gave_can_be_taken_away_too(world: World) -> None:
    world.learn(said(1))
    assert jp(world, SITI) == 7.5
    assert unlink(world, SITI, "19860926******2001").status_code == 200
    assert jp(world, SITI) == 0
    assert suggested(world, the_one(world)["id"]) == [(SITI, "same NIP")]


def test_the_identifiers_of_an_employee_say_since_when_and_who_says_so(world: World) -> None:
    world.learn(said(1, actor=account("s")))
    link(world, the_one(world)["id"], SITI, validFrom="2025-03-01")
    listed = world.get(f"/api/v1/employees/{SITI}/identifiers").get_json()["identifiers"]
    assert [(one["identifier"], one["validFrom"], one["validThrough"], one["source"]) for one in listed] == [
        ("19860926******2001", None, None, "directory"),
        ("s", "2025-03-01", None, "hr"),
    ]
    assert world.ask("DELETE", f"/api/v1/employees/{BUDI}/identifiers/{listed[1]['id']}").status_code == 404
    assert world.ask("DELETE", f"/api/v1/employees/{SITI}/identifiers/nothing").status_code == 404


LAST_MOMENT, FIRST_MOMENT = "2025-06-30T16:59:59.999Z", "2025-06-30T17:00:00Z"
"""Of the 30th of June, and of the first of July, in Jakarta."""


def test_the_day_of_the_statement_in_jakarta_decides_whose_it_is(world: World) -> None:
    world.learn(
        said(1, actor=account("s"), timestamp=LAST_MOMENT),
        said(2, actor=account("s"), timestamp=FIRST_MOMENT, activity=COURSE),
    )
    actor_id = the_one(world)["id"]
    link(world, actor_id, SITI, validThrough="2025-06-30")
    assert (jp(world, SITI, 2025), jp(world, BUDI, 2025)) == (7.5, 0)
    assert the_one(world)["id"] == actor_id, "what came later still waits"
    link(world, actor_id, BUDI, validFrom="2025-07-01")
    assert (jp(world, SITI, 2025), jp(world, BUDI, 2025)) == (7.5, 20)
    assert waiting(world) == []


def test_a_link_with_days_can_be_widened(world: World) -> None:
    world.learn(said(1, actor=account("s"), timestamp=LAST_MOMENT), said(2, actor=account("s"), activity=COURSE))
    actor_id = the_one(world)["id"]
    link(world, actor_id, SITI, validThrough="2025-06-30")
    assert link(world, actor_id, SITI).get_json() == {"changed": True}
    assert (jp(world, SITI, 2025), jp(world, SITI, 2026)) == (7.5, 20)


def test_what_came_earlier_still_waits_when_something_newer_is_known(world: World) -> None:
    world.learn(said(1, actor=account("s"), timestamp=FIRST_MOMENT))
    link(world, the_one(world)["id"], SITI, validFrom="2026-01-01")
    world.learn(said(2, actor=account("s"), activity=COURSE))
    assert jp(world, SITI) == 20
    assert the_one(world)["seen"]["statements"] == 2


@pytest.mark.parametrize(
    ("first", "second", "status"),
    [
        ({}, {}, 409),
        ({"validThrough": "2025-06-30"}, {"validFrom": "2025-06-30"}, 409),
        ({"validThrough": "2025-06-30"}, {"validFrom": "2025-07-01"}, 200),
        ({"validFrom": "2025-01-01", "validThrough": "2025-12-31"}, {}, 409),
    ],
)
def test_an_identifier_is_one_employees_on_a_day(world: World, first: dict[str, str], second: dict[str, str], status: int) -> None:
    world.learn(said(1, actor=account("s")))
    actor_id = the_one(world)["id"]
    assert link(world, actor_id, SITI, **first).status_code == 200
    before = world.store.directory.employee(SITI)
    response = link(world, actor_id, BUDI, **second)
    assert response.status_code == status
    if status == 409:
        message = response.get_json()["error"]["message"]
        assert "unlink it there first" in message
        assert SITI not in message, "whose it is, only a reading that is noted may tell"
    assert world.store.directory.employee(SITI) == before


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/employeeId"),
        ({"employeeId": ""}, "/employeeId"),
        ({"employeeId": SITI, "validFrom": "2025-02-30"}, "/validFrom"),
        ({"employeeId": SITI, "validFrom": "20250202"}, "/validFrom"),
        ({"employeeId": SITI, "validFrom": "2025-02-02", "validThrough": "2025-02-01"}, "/validThrough"),
        ({"employeeId": SITI, "nip": SITI_NIP}, "/nip"),
    ],
)
def test_a_link_that_makes_no_sense_is_refused(world: World, body: dict[str, str], pointer: str) -> None:
    world.learn(said(1, actor=account("s")))
    response = world.ask("POST", f"{ACTORS}/{the_one(world)['id']}/link", json=body)
    assert (response.status_code, response.get_json()["error"]["pointer"]) == (400, pointer)


def test_linking_to_nobody_is_a_404(world: World) -> None:
    world.learn(said(1, actor=account("s")))
    assert link(world, the_one(world)["id"], "emp-nobody").status_code == 404
    assert len(waiting(world)) == 1


def test_an_actor_that_is_nobodys_leaves_the_list_and_keeps_its_statements(world: World) -> None:
    world.learn(said(1, actor=account("robot")))
    actor_id = the_one(world)["id"]
    assert reject(world, actor_id)
    assert not reject(world, actor_id)
    world.learn(said(2, actor=account("robot"), activity=COURSE))
    assert waiting(world) == []
    (rejected,) = waiting(world, "?status=rejected")
    assert (rejected["id"], rejected["status"], rejected["seen"]["statements"]) == (actor_id, "rejected", 2)
    assert take_back(world, actor_id)
    assert not take_back(world, actor_id)
    assert the_one(world)["id"] == actor_id
    assert reject(world, actor_id)
    link(world, actor_id, SITI)  # it was somebody's after all
    assert jp(world, SITI) == 27.5
    assert waiting(world, "?status=rejected") == []


def test_two_with_one_account_name_under_different_home_pages_are_never_one(world: World) -> None:
    world.learn(
        said(1, actor=account("siti", home=CAMPUS)),
        said(2, actor=account("siti", home=ACADEMY), activity=COURSE),
        said(3, actor=account(SITI_NIP, home=ACADEMY), activity=WORKSHOP),
    )
    found = {(one["homePage"], one["identifier"]): one for one in waiting(world)}
    assert set(found) == {(CAMPUS, "siti"), (ACADEMY, "siti"), (ACADEMY, "19860926******2001")}
    link(world, found[CAMPUS, "siti"]["id"], SITI)
    assert jp(world, SITI) == 7.5
    assert len(waiting(world)) == 2
    link(world, found[ACADEMY, "siti"]["id"], AISYAH)
    assert (jp(world, SITI), jp(world, AISYAH)) == (7.5, 20)


def test_of_a_group_each_known_member_is_credited_and_each_unknown_one_waits(world: World) -> None:
    members = [_official(SITI_NIP), _official(BUDI_NIP), account("tamu", label="Siti Aisyah"), mailbox("x@x.example")]
    world.learn(said(1, actor={"objectType": "Group", "member": members}))
    assert [jp(world, one) for one in (SITI, BUDI, AISYAH)] == [7.5, 7.5, 0]
    found = {one["identifier"]: one for one in waiting(world)}
    assert set(found) == {"tamu", "x@x.example"}
    assert (found["tamu"]["name"], found["tamu"]["seen"]["statements"]) == ("Siti Aisyah", 1)
    link(world, found["tamu"]["id"], AISYAH)
    assert [jp(world, one) for one in (SITI, BUDI, AISYAH)] == [7.5, 7.5, 7.5]
    assert [one["identifier"] for one in waiting(world)] == ["x@x.example"]


def test_every_kind_of_identifier_is_shown(world: World) -> None:
    sha1 = "5baa61e4c9b93f3f0682250b6cf8331b7ee68fd8"
    agents = [account("s"), mailbox("s@x.example"), {"mbox_sha1sum": sha1}, {"openid": "https://id.example/s"}]
    world.learn(*(said(number, actor=one) for number, one in enumerate(agents, start=1)))
    assert {(one["kind"], one["homePage"], one["identifier"]) for one in waiting(world)} == {
        ("account", CAMPUS, "s"),
        ("mbox", None, "s@x.example"),
        ("mbox_sha1sum", None, sha1),
        ("openid", None, "https://id.example/s"),
    }


def test_nothing_personal_stands_in_addresses_logs_and_the_audit_trail(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    numbers = iter(range(1, 1000))
    people = [account(STRANGER, label="Siti Rahmawati"), mailbox("siti.rahma@x.example", "Siti Rahmawati"), account("siti.rahma")]
    with structlog.testing.capture_logs() as logs:
        for one in people:
            world.learn(said(next(numbers), actor=one))
        pages = list(_pages(world, f"{ACTORS}?limit=1"))
        addresses = [page["next"] for page in pages if page["next"]]
        for page in pages:
            (item,) = page["items"]
            suggested(world, item["id"])
            link(world, item["id"], SITI)
            addresses.append(item["id"])
        listed = world.get(f"/api/v1/employees/{SITI}/identifiers").get_json()["identifiers"]
        for one in listed:
            addresses.append(one["id"])
            world.ask("DELETE", f"/api/v1/employees/{SITI}/identifiers/{one['id']}")
            world.keep()
        reject(world, pages[0]["items"][0]["id"], employeeId=SITI)
        reject(world, pages[0]["items"][0]["id"])
    assert len(addresses) == 2 + 3 + 4
    text = (str(addresses) + str(logs) + caplog.text + str(world.noted())).lower()
    for personal in (STRANGER, SITI_NIP, "siti", "rahma", "x.example"):
        assert personal not in text


def test_reading_and_changing_are_noted_with_whom_they_concern(world: World) -> None:
    world.learn(said(1, actor=account("s", label="Siti Rahmawati")))
    actor_id = the_one(world)["id"]
    assert world.noted() == [("hr", "actors.read", "unlinked actors")]
    suggested(world, actor_id)
    link(world, actor_id, SITI)
    reject(world, actor_id, employeeId=BUDI)
    reject(world, actor_id)
    unlink(world, SITI, "s")
    assert world.noted()[1:] == [
        ("hr", "actor.read", f"actor {actor_id}"),
        ("hr", "actor.suggested", SITI),
        ("hr", "actor.link", SITI),
        ("hr", "actor.reject", BUDI),
        ("hr", "actor.reject", f"actor {actor_id}"),
        ("hr", "identifiers.read", SITI),
        ("hr", "actor.unlink", SITI),
    ]


@pytest.mark.parametrize("who", ["univ-a", "auditor", "writer"])
def test_only_hr_may_link(world: World, who: str) -> None:
    world.learn(said(1, actor=account("s")))
    actor_id = the_one(world)["id"]
    identifier = world.get(f"/api/v1/employees/{SITI}/identifiers").get_json()["identifiers"][0]["id"]
    assert world.get(ACTORS, who=who).status_code == 403
    assert world.get(f"{ACTORS}/{actor_id}", who=who).status_code == 403
    assert world.ask("POST", f"{ACTORS}/{actor_id}/link", who=who, json={"employeeId": SITI}).status_code == 403
    assert world.ask("POST", f"{ACTORS}/{actor_id}/rejection", who=who, json={}).status_code == 403
    assert world.get(f"/api/v1/employees/{SITI}/identifiers", who=who).status_code == 403
    assert world.ask("DELETE", f"/api/v1/employees/{SITI}/identifiers/{identifier}", who=who).status_code == 403
    world.keep()
    assert (jp(world, SITI), len(waiting(world))) == (0, 1)


def test_links_made_at_once_are_all_there(world: World) -> None:
    names = [f"s{number}" for number in range(12)]
    world.learn(*(said(number, actor=account(name)) for number, name in enumerate(names, start=1)))
    ids = [one["id"] for one in waiting(world)]
    with structlog.testing.capture_logs():
        answers = at_once(*(_linking(world, one) for one in ids))
    assert answers == [200] * len(names)
    world.keep()
    listed = world.get(f"/api/v1/employees/{SITI}/identifiers").get_json()["identifiers"]
    assert {one["identifier"] for one in listed} == {*names, "19860926******2001"}
    assert waiting(world) == []
    assert jp(world, SITI) == 7.5, "the same seminar counts once, by whatever name"


def test_an_import_of_the_directory_keeps_what_hr_linked(world: World, tmp_path: Any) -> None:
    world.learn(said(1, actor=account("s")), said(2, actor=account("t"), activity=COURSE))
    for one in waiting(world):
        link(world, one["id"], SITI, **({"validThrough": "2026-06-30"} if one["identifier"] == "t" else {}))
    assert jp(world, SITI) == 27.5
    lines = ["nip,nama,status,unit,jabatan"]
    for nip, name in ((SITI_NIP, "Siti Rahmawati M.Si."), (BUDI_NIP, "Budi Santoso"), (SITI_AISYAH_NIP, "Siti Aisyah")):
        lines.append(f"{nip},{name},PNS,unit-0101,post-1")
    file = tmp_path / "employees.csv"
    file.write_text("\n".join(lines) + "\n")
    world.import_files(file)
    siti = world.store.directory.employee(SITI)
    assert siti is not None
    assert siti.name == "Siti Rahmawati M.Si."
    assert jp(world, SITI) == 27.5
    assert waiting(world) == []


def test_a_directory_written_whole_keeps_what_hr_linked_meanwhile(world: World) -> None:
    """Whoever read the employee before the link was made and writes it after."""
    world.learn(said(1, actor=account("s")))
    read_before = world.store.directory.employee(SITI)
    assert read_before is not None
    link(world, the_one(world)["id"], SITI)
    world.store.directory.put_employees([replace(read_before, name="Siti R.")])
    world.compute_everyone()
    assert jp(world, SITI) == 7.5
    assert unlink(world, SITI, "s").status_code == 200
    assert jp(world, SITI) == 0


def _linking(world: World, actor_id: str) -> Any:
    client = world.another_client()

    def post() -> int:
        answer = client.post(f"{ACTORS}/{actor_id}/link", json={"employeeId": SITI}, auth=("hr", "s3cret"))
        return answer.status_code

    return post


def _pages(world: World, path: str) -> Iterator[dict[str, Any]]:
    following: str | None = path
    while following is not None:
        answer = world.get(following).get_json()
        yield answer
        following = answer["next"]


def _give(world: World, employee_id: str, identifier: Identifier) -> None:
    """The directory says so."""
    employee = world.store.directory.employee(employee_id)
    assert employee is not None
    identifiers = tuple(sorted((*employee.identifiers, identifier), key=lambda one: (one.key, one.valid_from or date.min)))
    world.store.directory.put_employees([replace(employee, identifiers=identifiers)])


def _official(nip: str) -> dict[str, Any]:
    return account(nip, home=ACCOUNTS)
