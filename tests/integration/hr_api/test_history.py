"""The learning history: pages, filters, links."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from competency.catalogue import CatalogueEntry, FinishRule
from competency.directory import Employment
from competency.facts import ProfileFacts
from tests.integration.hr_api.world import BUDI, COURSE, SEMINAR, SITI, WORKSHOP, World, said, uid

HISTORY = f"/api/v1/employees/{SITI}/history"


def _learned(world: World) -> None:
    """Seven items: four of 2026 and three of 2025, of three kinds by two providers; two of them at the same moment."""
    finished = [
        (SEMINAR, "2026-01-20T01:00:00Z"),
        (SEMINAR, "2026-01-10T01:00:00Z"),
        (COURSE, "2026-01-10T01:00:00Z"),
        (WORKSHOP, "2026-01-02T01:00:00Z"),
        (COURSE, "2025-12-31T10:00:00Z"),
        (SEMINAR, "2025-06-01T01:00:00Z"),
        (WORKSHOP, "2025-02-01T01:00:00Z"),
    ]
    world.learn(*(said(7 - number, activity=activity, timestamp=at) for number, (activity, at) in enumerate(finished)))


def _pages(world: World, path: str) -> list[list[dict[str, Any]]]:
    pages = []
    link: str | None = path
    while link is not None:
        answer = world.get(link).get_json()
        pages.append(answer["items"])
        link = answer["next"]
        assert len(pages) < 50
    return pages


def _numbers(items: list[dict[str, Any]]) -> list[int]:
    by_id = {str(uid(number)): number for number in range(1, 8)}
    return [by_id[item["statementId"]] for item in items]


def test_an_item_says_what_why_and_where(world: World) -> None:
    world.learn(said(1, timestamp="2026-01-31T06:00:00Z"))
    assert world.get(HISTORY).get_json() == {
        "items": [
            {
                "statementId": str(uid(1)),
                "catalogueId": "cat-1",
                "activityId": SEMINAR,
                "title": "Seminar Reformasi Birokrasi",
                "kind": {"id": "9", "name": "Seminar"},
                "provider": "Universitas A",
                "jp": 7.5,
                "year": 2026,
                "counted": True,
                "countedJp": 7.5,
                "why": None,
                "finishedOn": "2026-01-31",
                "rule": "finish-completed/1",
                "links": {
                    "statement": f"/xapi/statements?statementId={uid(1)}",
                    "receipt": f"/api/v1/receipts/{uid(1)}",
                },
            }
        ],
        "next": None,
    }


def test_the_receipt_link_leads_to_the_receipt(world: World) -> None:
    world.learn(said(1))
    link = world.get(HISTORY).get_json()["items"][0]["links"]["receipt"]
    assert world.get(link).get_json()["profile"]["state"] == "profiled"


def _items(world: World) -> dict[int, dict[str, Any]]:
    """By the number of the statement."""
    items = world.get(HISTORY).get_json()["items"]
    return dict(zip(_numbers(items), items, strict=True))


def test_what_counts_nothing_says_why_and_the_sum_is_that_of_the_profile(world: World) -> None:
    _learned(world)
    items = _items(world)
    profile = world.get(f"/api/v1/employees/{SITI}/profile").get_json()["profile"]
    for year in profile["hours"]:
        assert sum(item["countedJp"] for item in items.values() if item["year"] == year["year"]) == year["jp"]
    repeated, first = items[7], items[6]
    assert (first["counted"], first["countedJp"], first["why"]) == (False, 0, _counted_by(2, "an earlier year (2025)"))
    assert (repeated["counted"], repeated["countedJp"], repeated["jp"]) == (False, 0, 7.5)
    assert (items[2]["counted"], items[2]["countedJp"], items[2]["why"]) == (True, 7.5, None)


def _counted_by(number: int, when: str) -> str:
    return f"counted in {when}, by statement {uid(number)}; the catalogue lets it count only once"


def test_statements_of_one_occasion_count_once_and_the_others_say_with_which(world: World) -> None:
    world.learn(said(1, timestamp="2026-01-20T01:00:00Z"), said(2, timestamp="2026-01-20T01:02:00Z"))
    items = _items(world)
    assert (items[1]["counted"], items[1]["countedJp"], items[1]["why"]) == (True, 7.5, None)
    assert (items[2]["counted"], items[2]["countedJp"]) == (True, 0)
    assert items[2]["why"] == f"it tells of the same occasion as statement {uid(1)}, which counts once"


def test_what_counts_less_than_it_is_says_why(world: World) -> None:
    rules = world.get("/api/v1/rules").get_json()["file"]
    rules["version"] = "capped"
    for rule in rules["hours"]:
        rule["cap_per_item"] = 5
    assert world.ask("PUT", "/api/v1/rules", who="cataloguer", json=rules).status_code == 200
    world.keep()
    world.learn(said(1))
    item = _items(world)[1]
    assert (item["counted"], item["jp"], item["countedJp"]) == (True, 7.5, 5)
    assert item["why"].endswith("at most 5 JP of one item of the kind Seminar count")


def test_an_item_whose_profile_is_still_to_come_is_pending(world: World) -> None:
    world.learn(said(2, timestamp="2026-01-20T01:00:00Z"))
    before = world.store.profiles.get(SITI)
    assert before is not None
    world.learn(said(1, activity=COURSE, timestamp="2026-01-10T01:00:00Z"))
    held = world.store.profiles.get(SITI)
    assert held is not None
    facts = ProfileFacts(("unit-01",), Employment.PNS, True, date(2027, 1, 1), (), ())
    assert world.store.profiles.put(SITI, before.text, facts, expected_revision=held.revision)
    items = _items(world)
    assert (items[2]["counted"], items[1]["counted"], items[1]["countedJp"]) == (True, False, 0)
    assert items[1]["why"] == "pending: the profile will change and has not yet"


def test_what_is_finished_on_a_day_to_come_says_when(world: World) -> None:
    world.learn(said(1, timestamp="2026-02-10T01:00:00Z"))
    item = _items(world)[1]
    assert (item["counted"], item["countedJp"], item["year"]) == (False, 0, 2026)
    assert item["why"] == "finished on 2026-02-10, a day still to come"


def test_what_has_no_hours_says_so_in_the_words_of_its_receipt(world: World) -> None:
    entry = CatalogueEntry("cat-3", "Lokakarya Etika", "4", "Universitas A", None, FinishRule.COMPLETED, activity_ids=(WORKSHOP,))
    world.store.catalogue.put_entries([entry])
    world.learn(said(1, activity=WORKSHOP))
    item = _items(world)[1]
    receipt = world.get(item["links"]["receipt"]).get_json()
    (effect,) = receipt["profile"]["counted"][0]["hours"]
    assert item["why"] == effect["why"]
    assert (item["jp"], item["countedJp"], item["counted"]) == (None, 0, False)
    assert item["why"].startswith("no hours known")


@pytest.mark.parametrize(("limit", "lengths"), [(3, [3, 3, 1]), (7, [7]), (6, [6, 1]), (1, [1] * 7)])
def test_pages_hold_everything_once_newest_first(world: World, limit: int, lengths: list[int]) -> None:
    _learned(world)
    pages = _pages(world, f"{HISTORY}?limit={limit}")
    assert [len(page) for page in pages] == lengths
    items = [item for page in pages for item in page]
    assert sorted(_numbers(items)) == [1, 2, 3, 4, 5, 6, 7]
    days = [item["finishedOn"] for item in items]
    assert days == sorted(days, reverse=True)


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("kind=9", {7, 6, 2}),
        ("year=2025", {3, 2, 1}),
        ("provider=Universitas%20B", {5, 3}),
        ("kind=9&year=2026", {7, 6}),
        ("kind=16&provider=Universitas%20B&year=2025", {3}),
        ("kind=16&provider=Universitas%20A", set()),
        ("year=1999", set()),
    ],
)
def test_filters_all_hold_on_every_page(world: World, query: str, numbers: set[int]) -> None:
    _learned(world)
    for limit in (1, 50):
        items = [item for page in _pages(world, f"{HISTORY}?{query}&limit={limit}") for item in page]
        assert set(_numbers(items)) == numbers
        assert len(items) == len(numbers)


def test_what_comes_meanwhile_repeats_nothing(world: World) -> None:
    _learned(world)
    first = world.get(f"{HISTORY}?limit=3").get_json()
    world.learn(said(8, activity=WORKSHOP, timestamp="2026-01-30T01:00:00Z"))
    rest = [item for page in _pages(world, first["next"]) for item in page]
    assert sorted(_numbers(first["items"] + rest)) == [1, 2, 3, 4, 5, 6, 7]


def test_a_next_link_is_relative_and_names_nobody(world: World) -> None:
    _learned(world)
    link = world.get(f"{HISTORY}?kind=9&limit=1").get_json()["next"]
    assert link.startswith(f"{HISTORY}?kind=9&limit=1&after=")


def test_whoever_learned_nothing_has_an_empty_history(world: World) -> None:
    assert world.get(f"/api/v1/employees/{BUDI}/history").get_json() == {"items": [], "next": None}


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("after=nonsense", "/after"),
        ("after=WzEsMl0", "/after"),
        ("after=%F0%9F%98%80", "/after"),
        ("after=", "/after"),
        ("year=26", "/year"),
        ("year=2026.0", "/year"),
        ("year=x", "/year"),
        ("limit=0", "/limit"),
        ("limit=201", "/limit"),
        ("Kind=9", "/Kind"),
    ],
)
def test_what_is_no_such_parameter_is_refused(world: World, query: str, pointer: str) -> None:
    response = world.get(f"{HISTORY}?{query}")
    assert (response.status_code, response.get_json()["error"]["pointer"]) == (400, pointer)
    assert world.noted() == []
