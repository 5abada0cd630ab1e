"""The catalogue as HR reads it, and as who may changes it: what is put counts, and what was before is kept."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from competency.catalogue import CatalogueEntry
from hr_api.changes import Changes
from schemas.hr.catalogue import read_entry
from store.port import OrderKind
from tests.integration.hr_api.world import SEMINAR, SITI, UNKNOWN_ACTIVITY, World, said

CATALOGUE = "/api/v1/catalogue"
NEW: dict[str, Any] = {
    "activityIds": [UNKNOWN_ACTIVITY],
    "title": "Pengantar Risiko",
    "kind": "16",
    "provider": "Universitas B",
    "jp": 4,
    "finish": "completed",
}
FULL: dict[str, Any] = {
    **NEW,
    "patterns": ["https://lms.example.ac.id/risiko/*"],
    "definitions": [
        {"type": "http://adlnet.gov/expapi/activities/meeting", "name": "Risiko*", "extensions": {"http://x.example/s": "1"}}
    ],
    "jp": 4.5,
    "minScore": 0.7,
    "certificate": 36,
    "fromYear": 2024,
    "throughYear": 2027,
    "repeats": "yearly",
    "countsPer": "activity",
    "alignments": {"integritas": {"level": 2, "weight": 0.5}, "komunikasi": {"level": 3, "weight": 1.0}},
    "siasnTraining": "54",
}


def put(world: World, body: dict[str, Any], entry_id: str = "cat-9", **more: Any) -> Any:
    return world.ask("PUT", f"{CATALOGUE}/{entry_id}", who="cataloguer", json=body, **more)


def jp_of(world: World) -> float:
    profile = world.get(f"/api/v1/employees/{SITI}/profile").get_json()["profile"]
    return float(sum(year["jp"] for year in profile["hours"]))


def test_the_entries_come_by_id_in_pages(world: World) -> None:
    seen: list[str] = []
    following: str | None = f"{CATALOGUE}?limit=2"
    pages = 0
    while following is not None:
        page = world.get(following).get_json()
        seen += [one["id"] for one in page["items"]]
        following = page["next"]
        pages += 1
    assert (seen, pages) == (["cat-1", "cat-2", "cat-3"], 2)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("kind=16", ["cat-2"]),
        ("provider=Universitas%20A", ["cat-1", "cat-3"]),
        ("competency=komunikasi", ["cat-1"]),
        ("provider=Universitas%20A&kind=4", ["cat-3"]),
        ("kind=24", []),
    ],
)
def test_filters_hold_all_of_them(world: World, query: str, expected: list[str]) -> None:
    assert [one["id"] for one in world.get(f"{CATALOGUE}?{query}").get_json()["items"]] == expected


def test_filters_stay_on_the_following_pages(world: World) -> None:
    first = world.get(f"{CATALOGUE}?provider=Universitas%20A&limit=1").get_json()
    second = world.get(first["next"]).get_json()
    assert [one["id"] for one in second["items"]] == ["cat-3"]
    assert second["next"] is None


def test_an_entry_is_shown_whole_and_may_be_sent_back_as_it_is(world: World) -> None:
    assert put(world, FULL).status_code == 201
    read = world.get(f"{CATALOGUE}/cat-9")
    assert read.headers["ETag"] == '"1"'
    assert read.get_json() == {**FULL, "id": "cat-9", "version": 1}
    again = put(world, read.get_json())
    assert (again.status_code, again.get_json()) == (200, {"id": "cat-9", "version": 1, "changed": False})


def test_what_is_catalogued_counts_also_what_was_sent_before(world: World) -> None:
    world.learn(said(1, activity=UNKNOWN_ACTIVITY))
    assert jp_of(world) == 0
    made = put(world, NEW)
    assert (made.status_code, made.headers["Location"]) == (201, f"{CATALOGUE}/cat-9")
    world.keep()
    assert jp_of(world) == 4
    put(world, {**NEW, "jp": 6})
    world.keep()
    assert jp_of(world) == 6


def test_what_an_entry_no_longer_matches_counts_no_more(world: World) -> None:
    world.learn(said(1))
    assert jp_of(world) == 7.5
    entry = world.get(f"{CATALOGUE}/cat-1").get_json()
    put(world, {**entry, "activityIds": ["https://lms.example.ac.id/elsewhere"]}, "cat-1")
    world.keep()
    assert jp_of(world) == 0


def test_a_pattern_and_a_definition_count_what_was_sent_before(world: World) -> None:
    meeting = {"id": "https://zoom.example/77", "definition": {"type": "http://adlnet.gov/expapi/activities/meeting"}}
    world.learn(said(1, activity="https://lms.example.ac.id/risiko/7"), said(2, object=meeting))
    put(world, {**NEW, "activityIds": [], "patterns": ["https://lms.example.ac.id/risiko/*"]})
    put(world, {**NEW, "activityIds": None, "jp": 2, "definitions": [{"type": meeting["definition"]["type"]}]}, "cat-8")  # type: ignore[index]
    world.keep()
    assert jp_of(world) == 6


def test_each_activity_of_a_pattern_counts_and_the_ids_of_an_entry_count_once(world: World) -> None:
    series = [f"https://webinar.example/seri-{number}" for number in (1, 2)]
    runs = [f"https://lms.example.ac.id/run-{number}" for number in (1, 2)]
    days = ("2026-01-10T03:00:00Z", "2026-01-11T03:00:00Z")
    taken = [(n, activity, day) for n, (activity, day) in enumerate(zip((*series, *runs), days * 2, strict=True))]
    world.learn(*[said(number, activity=activity, timestamp=day) for number, activity, day in taken])
    assert put(world, {**NEW, "activityIds": [], "patterns": ["https://webinar.example/seri-*"]}).status_code == 201
    assert world.get(f"{CATALOGUE}/cat-9").get_json()["countsPer"] == "activity"
    world.keep()
    assert jp_of(world) == 8
    assert put(world, {**NEW, "activityIds": runs}, "cat-8").status_code == 201
    assert world.get(f"{CATALOGUE}/cat-8").get_json()["countsPer"] == "entry"
    world.keep()
    assert jp_of(world) == 12


def test_every_version_stays_readable(world: World) -> None:
    put(world, NEW)
    put(world, {**NEW, "jp": 6})
    versions = [world.get(f"{CATALOGUE}/cat-9/versions/{version}") for version in (1, 2)]
    assert [(one.get_json()["version"], one.get_json()["jp"], one.headers["ETag"]) for one in versions] == [
        (1, 4.0, '"1"'),
        (2, 6.0, '"2"'),
    ]
    for wrong in ("cat-9/versions/3", "cat-9/versions/0", "cat-9/versions/x", "nothing/versions/1", "nothing"):
        assert world.get(f"{CATALOGUE}/{wrong}").status_code == 404, wrong


def test_only_the_version_that_is_known_is_replaced(world: World) -> None:
    assert put(world, NEW, headers={"If-Match": '"1"'}).status_code == 412
    assert put(world, NEW, headers={"If-None-Match": "*"}).status_code == 201
    assert put(world, {**NEW, "jp": 5}, headers={"If-None-Match": "*"}).status_code == 412
    assert put(world, {**NEW, "jp": 6}, headers={"If-Match": '"1"'}).headers["ETag"] == '"2"'
    stale = put(world, {**NEW, "jp": 7}, headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    assert "version 2" in stale.get_json()["error"]["message"]
    assert put(world, {**NEW, "jp": 8}, headers={"If-Match": "*"}).get_json()["version"] == 3
    assert world.get(f"{CATALOGUE}/cat-9").get_json()["jp"] == 8


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"title": None}, "/title"),
        ({"jp": "4"}, "/jp"),
        ({"jp": 0}, "/jp"),
        ({"kind": "99"}, "/kind"),
        ({"finish": "Completed"}, "/finish"),
        ({"activityIds": ["not an iri"]}, "/activityIds"),
        ({"activityIds": []}, "/activityIds"),
        ({"patterns": ["*"]}, "/patterns"),
        ({"definitions": [{}]}, "/definitions"),
        ({"minScore": 2}, "/minScore"),
        ({"certificate": 0}, "/certificate"),
        ({"fromYear": 2026, "throughYear": 2025}, "/throughYear"),
        ({"alignments": {"komunikasi": 6}}, "/alignments"),
        ({"hours": 4}, "/hours"),
        ({"id": "cat-8"}, "/id"),
    ],
)
def test_what_is_no_entry_is_refused_with_its_place(world: World, change: dict[str, Any], pointer: str) -> None:
    response = put(world, {**NEW, **change})
    assert (response.status_code, response.get_json()["error"].get("pointer")) == (400, pointer)
    assert world.get(f"{CATALOGUE}/cat-9").status_code == 404


def test_an_id_that_is_none_is_refused(world: World) -> None:
    response = put(world, NEW, "cat 9")
    assert (response.status_code, response.get_json()["error"]["pointer"]) == (400, "/entryId")


def test_an_activity_of_another_entry_stays_there(world: World) -> None:
    response = put(world, {**NEW, "activityIds": [UNKNOWN_ACTIVITY, SEMINAR]})
    assert response.status_code == 409
    assert SEMINAR in response.get_json()["error"]["message"]
    assert "cat-1" in response.get_json()["error"]["message"]
    assert world.get(f"{CATALOGUE}/cat-9").status_code == 404


def test_a_change_is_written_with_its_orders_and_audited(world: World) -> None:
    put(world, NEW)
    (order,) = world.store.orders.of_kind(OrderKind.ACTIVITIES)
    assert order.keys == (UNKNOWN_ACTIVITY,)
    assert world.noted() == [("cataloguer", "catalogue.write", "catalogue cat-9")]
    world.keep()
    put(world, NEW)
    assert world.store.orders.waiting() == 0


class Interfered:
    """A catalogue that somebody else changes each time between what is read of it and what is written, for the first `times`."""

    def __init__(self, catalogue: Any, other: CatalogueEntry, times: int = 1) -> None:
        self._catalogue = catalogue
        self._other = other
        self._times = times

    def __getattr__(self, name: str) -> Any:
        return getattr(self._catalogue, name)

    def put_entries(self, entries: Any, **more: Any) -> bool:
        if self._times:
            self._times -= 1
            self._catalogue.put_entries([replace(self._other, title=f"{self._other.title} {self._times}")])
        return bool(self._catalogue.put_entries(entries, **more))


def test_what_somebody_else_wrote_in_between_is_not_overlooked(world: World) -> None:
    put(world, NEW)
    world.keep()
    mine = read_entry("cat-9", {**NEW, "activityIds": ["https://x.example/mine"]})
    theirs = read_entry("cat-9", {**NEW, "activityIds": ["https://x.example/theirs"]})
    changes = Changes(world.store.directory, Interfered(world.store.catalogue, theirs))
    done = changes.put_entry(mine, lambda _: None)
    assert (done.version, done.created, done.changed) == (3, False, True)
    (order,) = world.store.orders.of_kind(OrderKind.ACTIVITIES)
    assert set(order.keys) == {"https://x.example/mine", "https://x.example/theirs"}


def test_who_knows_an_older_version_does_not_win_by_being_late(world: World) -> None:
    put(world, NEW)
    theirs = read_entry("cat-9", {**NEW, "title": "Theirs"})
    world.replace(catalogue=Interfered(world.store.catalogue, theirs))
    assert put(world, {**NEW, "jp": 9}, headers={"If-Match": '"1"'}).status_code == 412
    assert world.get(f"{CATALOGUE}/cat-9").get_json()["title"] == "Theirs 0"


def test_hr_reads_and_does_not_write(world: World) -> None:
    assert world.ask("PUT", f"{CATALOGUE}/cat-9", who="hr", json=NEW).status_code == 403
    assert world.ask("PUT", f"{CATALOGUE}/cat-9", who="admin", json=NEW).status_code == 201
    for who in ("hr", "cataloguer"):
        assert world.get(f"{CATALOGUE}/cat-9", who=who).status_code == 200
    assert world.get(f"/api/v1/employees/{SITI}", who="cataloguer").status_code == 403
