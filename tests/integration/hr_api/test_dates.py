"""A profile as of another day, and what changed between two days."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from competency.catalogue import Certificate
from competency.directory import Assessment
from tests.integration.hr_api.world import BUDI, COURSE, SITI, WORKSHOP, World, said, uid

PROFILE, DIFFERENCE = f"/api/v1/employees/{SITI}/profile", f"/api/v1/employees/{SITI}/difference"


@pytest.fixture
def years(world: World) -> World:
    """Siti finished the seminar in May 2025, the course in January 2026, and the workshop is to come in March 2026."""
    siti = world.store.directory.employee(SITI)
    assert siti is not None
    later = Assessment("komunikasi", 3, date(2026, 1, 20), "Assessment Center 2026")
    world.store.directory.put_employees([replace(siti, assessments=(*siti.assessments, later))])
    world.learn(
        said(1, timestamp="2025-05-05T03:00:00Z"),
        said(2, activity=COURSE, timestamp="2026-01-10T03:00:00Z"),
        said(3, activity=WORKSHOP, timestamp="2026-03-10T03:00:00Z"),
    )
    world.compute_everyone()
    return world


def as_of(world: World, day: str) -> dict[str, Any]:
    answer = world.get(f"{PROFILE}?asOf={day}").get_json()
    assert (answer["asOf"], answer["revision"]) == (day, 0)
    profile: dict[str, Any] = answer["profile"]
    return profile


def hours(profile: dict[str, Any]) -> dict[int, float]:
    return {part["year"]: part["jp"] for part in profile["hours"]}


def komunikasi(profile: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in profile["competencies"] if one["id"] == "komunikasi")
    return found


def between(world: World, query: str) -> dict[str, Any]:
    response = world.get(f"{DIFFERENCE}?{query}")
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.get_json()
    return found


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2025-05-04", {2025: 0}),
        ("2025-05-05", {2025: 7.5}),
        ("2025-12-31", {2025: 7.5}),
        ("2026-01-09", {2025: 7.5, 2026: 0}),
        ("2026-01-31", {2025: 7.5, 2026: 20}),
        ("2026-03-10", {2025: 7.5, 2026: 23}),
        ("2027-01-01", {2025: 7.5, 2026: 23, 2027: 0}),
    ],
)
def test_a_profile_tells_what_had_happened_by_the_day(years: World, day: str, expected: dict[int, float]) -> None:
    found = hours(as_of(years, day))
    assert {year: jp for year, jp in found.items() if year >= 2025} == expected


def test_levels_are_those_of_the_day(years: World) -> None:
    before, later = komunikasi(as_of(years, "2025-05-01")), komunikasi(as_of(years, "2026-01-31"))
    assert (before["assessed"], before["suggested"], before["gap"]) == (None, None, None)
    assert (later["assessed"]["level"], later["suggested"]["level"], later["gap"]) == (3, 3, 0)
    between_them = komunikasi(as_of(years, "2025-12-31"))
    assert (between_them["assessed"]["level"], between_them["gap"], between_them["gapFrom"]) == (2, -1, "assessed")


def test_the_day_of_a_statement_begins_at_midnight_in_jakarta(world: World) -> None:
    world.learn(said(1, timestamp="2025-12-31T17:00:00Z"))
    assert hours(as_of(world, "2025-12-31"))[2025] == 0
    assert hours(as_of(world, "2026-01-01"))[2026] == 7.5


def test_today_is_what_is_kept(years: World) -> None:
    kept = years.get(PROFILE).get_json()
    assert kept["asOf"] is None
    assert as_of(years, "2026-01-31") == kept["profile"]


def test_a_certificate_is_valid_until_it_expires(world: World) -> None:
    entry = next(one for one in world.store.catalogue.entries() if one.id == "cat-1")
    world.store.catalogue.put_entries([replace(entry, certificate=Certificate(valid_months=6))])
    world.learn(said(1, timestamp="2025-05-05T03:00:00Z"))
    valid = {day: as_of(world, day)["certificates"][0]["valid"] for day in ("2025-11-04", "2025-11-05")}
    assert valid == {"2025-11-04": True, "2025-11-05": False}
    found = between(world, "fromDay=2025-11-04&throughDay=2025-11-05")
    assert [one["statementIds"] for one in found["certificates"]["expired"]] == [[str(uid(1))]]


def test_the_etag_of_another_day_follows_its_text(years: World) -> None:
    etag = years.get(f"{PROFILE}?asOf=2025-06-01").headers["ETag"]
    assert years.get(f"{PROFILE}?asOf=2025-06-01", headers={"If-None-Match": etag}).status_code == 304
    assert years.get(f"{PROFILE}?asOf=2026-01-15", headers={"If-None-Match": etag}).status_code == 200


@pytest.mark.parametrize(
    "day", ["2025-02-30", "31-12-2025", "2025", "yesterday", "20251231", "2025-W01-1", "2025-12-31T00:00:00Z", ""]
)
def test_a_day_that_is_none_is_refused(world: World, day: str) -> None:
    response = world.get(f"{PROFILE}?asOf={day}")
    assert (response.status_code, response.get_json()["error"]["pointer"]) == (400, "/asOf")


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_the_first_and_the_last_day_there_are_can_be_asked(years: World, day: str) -> None:
    """Rekam's calendar ends with the year 9999; a profile of that day is no error."""
    assert years.get(f"{PROFILE}?asOf={day}").status_code == 200


def test_what_changed_between_two_days(years: World) -> None:
    found = between(years, "fromDay=2025-12-31&throughDay=2026-01-31")
    (year,) = [one for one in found["years"] if one["year"] == 2026]
    assert (year["jpBefore"], year["jpAfter"], year["change"], year["standingAfter"]) == (0, 20, 20, "met")
    assert [line["statementIds"] for line in year["linesAdded"]] == [[str(uid(2))]]
    (competency,) = found["competencies"]
    assert competency["id"] == "komunikasi"
    assert (competency["before"]["assessed"], competency["after"]["assessed"]) == (2, 3)
    assert (competency["before"]["gap"], competency["after"]["gap"]) == (-1, 0)
    assert competency["after"]["assessedOn"] == "2026-01-20"
    assert found["place"] is None


def test_without_a_later_day_it_is_today(years: World) -> None:
    assert between(years, "fromDay=2025-12-31") == between(years, "fromDay=2025-12-31&throughDay=2026-01-31")


def test_between_a_day_and_itself_nothing_differs(years: World) -> None:
    found = between(years, "fromDay=2026-01-31&throughDay=2026-01-31")
    assert (found["years"], found["competencies"], found["index"], found["place"]) == ([], [], None, None)
    assert found["certificates"] == {"added": [], "removed": [], "expired": []}


def test_a_difference_reaches_into_the_future(years: World) -> None:
    (year,) = between(years, "fromDay=2026-01-31&throughDay=2026-03-10")["years"]
    assert (year["year"], year["change"]) == (2026, 3)


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("", "/fromDay"),
        ("throughDay=2026-01-01", "/fromDay"),
        ("fromDay=2026-01-02&throughDay=2026-01-01", "/throughDay"),
        ("fromDay=2026-02-01", "/fromDay"),
        ("fromDay=x", "/fromDay"),
    ],
)
def test_days_in_the_wrong_order_are_refused(world: World, query: str, pointer: str) -> None:
    response = world.get(f"{DIFFERENCE}?{query}")
    assert (response.status_code, response.get_json()["error"]["pointer"]) == (400, pointer)


def test_the_questions_are_noted(world: World) -> None:
    world.get(f"{PROFILE}?asOf=2025-12-31")
    world.get(f"{DIFFERENCE}?fromDay=2025-12-31")
    assert world.noted() == [("hr", "profile.read", SITI), ("hr", "difference.read", SITI)]
    assert world.get("/api/v1/employees/nobody/difference?fromDay=2025-12-31").status_code == 404


def test_asking_of_another_day_keeps_nothing(world: World) -> None:
    world.get(f"/api/v1/employees/{BUDI}/profile?asOf=2025-12-31")
    assert world.store.profiles.get(BUDI) is None
