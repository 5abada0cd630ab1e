"""Activities that nobody has catalogued: listed with counts, then catalogued or rejected."""

from __future__ import annotations

from typing import Any

from tests.integration.hr_api.world import BUDI_NIP, UNKNOWN_ACTIVITY, World, said, voiding

UNMATCHED = "/api/v1/unmatched-activities"
OTHER = "https://kuliah.example/mata-kuliah/7"
COURSE_TYPE = "http://adlnet.gov/expapi/activities/course"


def described(activity: str, name: str) -> dict[str, Any]:
    return {"object": {"id": activity, "definition": {"type": COURSE_TYPE, "name": {"id": name}}}}


def items(world: World, query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = world.get(UNMATCHED + query).get_json()["items"]
    return found


def test_what_no_entry_matches_is_listed_with_counts_the_most_named_first(world: World) -> None:
    world.learn(said(1, **described(OTHER, "Manajemen Risiko")), partner="univ-b")
    world.clock.advance_ms(60_000)
    world.learn(said(2, activity=UNKNOWN_ACTIVITY), said(3, activity=UNKNOWN_ACTIVITY, nip=BUDI_NIP), said(4))
    most, least = items(world)
    assert (most["activityId"], most["name"], most["type"], most["partner"]) == (UNKNOWN_ACTIVITY, "", "", "univ-a")
    assert most["seen"]["statements"] == 2
    assert least == {
        "id": least["id"],
        "activityId": OTHER,
        "name": "Manajemen Risiko",
        "type": COURSE_TYPE,
        "partner": "univ-b",
        "status": "waiting",
        "seen": {"statements": 1, "atLeast": False, "first": "2026-01-31T07:15:00.000Z", "last": "2026-01-31T07:15:00.000Z"},
    }


def test_also_what_is_not_finished_and_whoever_it_is_by_is_named(world: World) -> None:
    world.learn(said(1, nip="197001011990011009", activity=UNKNOWN_ACTIVITY, verb="http://adlnet.gov/expapi/verbs/attempted"))
    assert [one["activityId"] for one in items(world)] == [UNKNOWN_ACTIVITY]


def test_a_nip_in_the_activity_is_masked(world: World) -> None:
    world.learn(said(1, **described(f"https://lms.example/rapor/{BUDI_NIP}", f"Rapor {BUDI_NIP}")))
    (one,) = items(world)
    assert (one["activityId"], one["name"]) == ("https://lms.example/rapor/19790102******1002", "Rapor 19790102******1002")


def test_a_voided_statement_is_not_counted(world: World) -> None:
    world.learn(said(1, activity=UNKNOWN_ACTIVITY), said(2, activity=UNKNOWN_ACTIVITY))
    world.learn(voiding(3, 1))
    assert [one["seen"]["statements"] for one in items(world)] == [1]


def test_pages_follow_each_other(world: World) -> None:
    world.learn(*[said(number, activity=f"https://x.example/{number}") for number in range(1, 6)])
    seen: list[str] = []
    following: str | None = f"{UNMATCHED}?limit=2"
    while following is not None:
        page = world.get(following).get_json()
        seen += [one["activityId"] for one in page["items"]]
        following = page["next"]
    assert sorted(seen) == [f"https://x.example/{number}" for number in range(1, 6)]


def test_what_is_catalogued_leaves_the_list(world: World) -> None:
    world.learn(said(1, activity=UNKNOWN_ACTIVITY), said(2, activity=OTHER))
    entry = {"title": "Risiko", "kind": "16", "provider": "B", "jp": 4, "finish": "completed"}
    world.ask("PUT", "/api/v1/catalogue/cat-9", who="cataloguer", json={**entry, "activityIds": [UNKNOWN_ACTIVITY]})
    world.keep()
    assert [one["activityId"] for one in items(world)] == [OTHER]
    # And it comes back when the entry names something else.
    world.ask("PUT", "/api/v1/catalogue/cat-9", who="cataloguer", json={**entry, "activityIds": ["https://x.example/1"]})
    world.keep()
    assert sorted(one["activityId"] for one in items(world)) == sorted([OTHER, UNKNOWN_ACTIVITY])


def reject(world: World, activity_id: str, who: str = "cataloguer") -> Any:
    return world.ask("POST", f"{UNMATCHED}/{activity_id}/rejection", who=who, json={})


def test_what_is_no_training_waits_no_more_and_stays_rejected(world: World) -> None:
    world.learn(said(1, activity=UNKNOWN_ACTIVITY), said(2, activity=OTHER))
    wanted = next(one for one in items(world) if one["activityId"] == UNKNOWN_ACTIVITY)
    assert reject(world, wanted["id"], "hr").status_code == 403
    assert reject(world, wanted["id"]).get_json() == {"changed": True}
    assert reject(world, wanted["id"]).get_json() == {"changed": False}
    world.learn(said(3, activity=UNKNOWN_ACTIVITY))
    assert [one["activityId"] for one in items(world)] == [OTHER]
    (rejected,) = items(world, "?status=rejected")
    assert (rejected["activityId"], rejected["status"], rejected["seen"]["statements"]) == (UNKNOWN_ACTIVITY, "rejected", 2)
    assert ("cataloguer", "activity.reject", f"activity {wanted['id']}") in world.noted()
    undone = [world.ask("DELETE", f"{UNMATCHED}/{wanted['id']}/rejection", who="cataloguer").get_json() for _ in range(2)]
    assert undone == [{"changed": True}, {"changed": False}]
    assert items(world, "?status=rejected") == []
    assert wanted["id"] in {one["id"] for one in items(world)}


def test_an_id_of_something_else_is_no_activity(world: World) -> None:
    world.learn(said(1, nip="197001011990011009"))
    (actor,) = world.get("/api/v1/unlinked-actors").get_json()["items"]
    for wrong in (actor["id"], "nothing"):
        assert reject(world, wrong).status_code == 404


def test_what_an_entry_matches_by_now_is_not_rejected(world: World) -> None:
    world.learn(said(1, activity=UNKNOWN_ACTIVITY))
    (one,) = items(world)
    entry = {"title": "Risiko", "kind": "16", "provider": "B", "finish": "completed", "activityIds": [UNKNOWN_ACTIVITY]}
    world.ask("PUT", "/api/v1/catalogue/cat-9", who="cataloguer", json=entry)
    world.keep()
    assert reject(world, one["id"]).status_code == 409
