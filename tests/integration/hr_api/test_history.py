"""The learning history: pages, filters, links."""

from __future__ import annotations

from typing import Any

import pytest

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
