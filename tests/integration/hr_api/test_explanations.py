"""Why a figure is what it is, and why a statement counts or does not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import product
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from competency.catalogue import Repeats
from competency.directory import Employment
from samples.demo import SEED, demo_batches, showcase, write_files
from tests.integration.hr_api.world import (
    ACCOUNTS,
    ATTEMPTED,
    BUDI,
    BUDI_NIP,
    COURSE,
    NOW,
    SITI,
    UNKNOWN_ACTIVITY,
    World,
    account,
    said,
    uid,
)

AUTUMN = int(datetime(2026, 10, 1, 3, tzinfo=UTC).timestamp() * 1000)
Profile = dict[str, Any]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, founded: Path) -> Iterator[World]:
    """The demonstration in the autumn of 2026, when everything in it has happened. Nothing here changes it."""
    with ExitStack() as later:
        world = World(tmp_path_factory.mktemp("demo"), later, like=founded)
        world.clock.advance_ms(AUTUMN - NOW)
        world.import_files(*write_files(tmp_path_factory.mktemp("files"), SEED))
        for batch in demo_batches(SEED, ACCOUNTS):
            world.send(*batch.statements, partner=batch.partner)
        world.record()
        world.profile()
        world.keep()
        yield world


@pytest.fixture(scope="module")
def richest(demo: World) -> str:
    """The employee whose profile shows most."""
    (found,) = demo.lookup(nip=showcase(SEED).nip).get_json()["employees"]
    employee_id: str = found["id"]
    return employee_id


@pytest.fixture(scope="module")
def profile(demo: World, richest: str) -> Profile:
    found: Profile = demo.get(f"/api/v1/employees/{richest}/profile").get_json()["profile"]
    return found


def figures(profile: Profile) -> dict[str, float | None]:
    """Every figure of a profile by its name, read off the profile itself."""
    found: dict[str, float | None] = {}
    for name, years in (("hours", profile["hours"]), ("contract-hours", profile["contractHours"])):
        found |= {f"{name}/{one['year']}": one["jp"] for one in years}
    for one in profile["competencies"]:
        for aspect in ("suggested", "assessed", "standard"):
            found[f"competencies/{one['id']}/{aspect}"] = None if one[aspect] is None else one[aspect]["level"]
        found[f"competencies/{one['id']}/gap"] = one["gap"]
    match, index = profile["jobPersonMatch"], profile["index"]
    found["job-person-match"] = None if match is None else match["percent"]
    if index is not None:
        found["index"] = index["score"]
        found |= {f"index/{one['id']}": one["score"] for one in index["components"]}
    return found


def explained(world: World, employee_id: str, figure: str, more: str = "") -> dict[str, Any]:
    response = world.get(f"/api/v1/employees/{employee_id}/explanation?figure={figure}{more}")
    assert response.status_code == 200, response.text
    explanation: dict[str, Any] = response.get_json()
    return explanation


def test_every_figure_of_the_richest_profile_is_explained_with_its_own_number(demo: World, richest: str, profile: Profile) -> None:
    wanted = figures(profile)
    assert len(wanted) > 40
    assert sum(value is not None for value in wanted.values()) > 30, "the showcase shows something"
    assert {name: explained(demo, richest, name)["value"] for name in wanted} == wanted


def test_what_is_explained_leads_to_statements_and_rules_that_there_are(demo: World, richest: str, profile: Profile) -> None:
    named: set[str] = set()
    for figure in figures(profile):
        found = explained(demo, richest, figure)
        assert found["formula"], figure
        assert found["rules"], figure
        assert all(rule["says"] and rule["source"] and rule["mark"] for rule in found["rules"]), figure
        lines = [one for line in found["lines"] for one in line["statementIds"]]
        assert set(found["statementIds"]) <= set(lines), figure
        named |= set(lines)
    assert len(named) > 10
    held = demo.store.statement_queries.get_many([UUID(one) for one in named])
    assert {str(one) for one in held} == named
    assert not any(one.voided for one in held.values())
    some = min(named)
    receipt = demo.get(f"/api/v1/receipts/{some}").get_json()
    assert richest in {one["employeeId"] for one in receipt["profile"]["counted"]}


def test_the_lines_that_count_add_up_to_the_hours(demo: World, richest: str, profile: Profile) -> None:
    for year in profile["hours"]:
        found = explained(demo, richest, f"hours/{year['year']}")
        assert sum(line["amount"] for line in found["lines"] if line["counted"]) == year["jp"]
        assert all(line["amount"] == 0 for line in found["lines"] if not line["counted"])
        assert all(line["why"] for line in found["lines"])
        assert [line["title"] for line in found["lines"]] == [line["title"] for line in year["lines"]]


def test_the_versions_are_those_of_the_profile(demo: World, richest: str, profile: Profile) -> None:
    versions = explained(demo, richest, "hours/2026")["versions"]
    assert versions["rules"] == profile["computedWith"]["rules"]
    assert versions["post"] == {"id": profile["post"]["id"], "version": profile["post"]["version"]}
    assert versions["frameworks"] == profile["computedWith"]["frameworks"]
    held = {entry.id: entry.version for entry in demo.store.catalogue.entries()}
    assert {one["id"]: one["version"] for one in versions["catalogue"]}.items() <= held.items()
    assert versions["catalogue"]


@pytest.mark.parametrize("figure", ["hours/1999", "nonsense", "competencies/komunikasi", "index/", "%2e%2e/hours"])
def test_an_unknown_figure_is_refused_with_those_there_are(demo: World, richest: str, profile: Profile, figure: str) -> None:
    response = demo.get(f"/api/v1/employees/{richest}/explanation?figure={figure}")
    error = response.get_json()["error"]
    assert (response.status_code, error["pointer"]) == (400, "/figure")
    assert set(_spelt_out(error["message"].partition("there are: ")[2].split(", "))) == set(figures(profile))


def _spelt_out(listed: list[str]) -> Iterator[str]:
    """`a/(b|c)/(d|e)` stands for four names."""
    for name in listed:
        parts = [part.strip("()").split("|") for part in name.split("/")]
        yield from map("/".join, product(*parts))


def test_a_question_without_a_figure_or_of_nobody_is_refused(world: World) -> None:
    missing = world.get(f"/api/v1/employees/{SITI}/explanation")
    assert (missing.status_code, missing.get_json()["error"]["pointer"]) == (400, "/figure")
    assert world.get("/api/v1/employees/nobody/explanation?figure=index").status_code == 404


def test_an_employee_without_evidence_is_explained_too(world: World) -> None:
    found = explained(world, BUDI, "hours/2026")
    assert (found["value"], found["lines"], found["statementIds"]) == (0, [], [])
    assert "20 JP" in found["formula"]


def test_a_figure_as_of_another_day_is_that_of_the_profile_of_that_day(demo: World, richest: str) -> None:
    day = "2025-12-31"
    then = demo.get(f"/api/v1/employees/{richest}/profile?asOf={day}").get_json()["profile"]
    for figure, value in figures(then).items():
        assert explained(demo, richest, figure, f"&asOf={day}")["value"] == value
    unknown = demo.get(f"/api/v1/employees/{richest}/explanation?figure=hours/2026&asOf={day}")
    assert unknown.status_code == 400, "that year had not begun"


def test_explaining_is_noted(world: World) -> None:
    explained(world, SITI, "hours/2026")
    assert world.noted() == [("hr", "explanation.read", SITI)]


def _profiled(world: World, number: int) -> dict[str, Any]:
    part: dict[str, Any] = world.get(f"/api/v1/receipts/{uid(number)}").get_json()["profile"]
    return part


def _effect(world: World, number: int) -> dict[str, Any]:
    """What the statement is for the calendar year of the one employee it is about."""
    part = _profiled(world, number)
    assert part["state"] == "profiled"
    (counted,) = part["counted"]
    (hours,) = [one for one in counted["hours"] if one["period"] == "calendar-year"]
    found: dict[str, Any] = hours
    return found


@pytest.mark.parametrize(
    ("statement", "reason", "detail"),
    [
        (said(1, activity=UNKNOWN_ACTIVITY), "no catalogue entry", f"no entry for the activity {UNKNOWN_ACTIVITY}"),
        (said(1, actor=account("s")), "actor not linked to an employee", "links its actor to no employee on that day"),
        (said(1, verb=ATTEMPTED), "not finished", "cat-1"),
        (
            said(1, activity=COURSE, timestamp="2024-05-05T03:00:00Z"),
            "outside the years the catalogue entry counts in",
            "from 2025",
        ),
    ],
    ids=["catalogue", "actor", "finish", "years"],
)
def test_a_statement_that_changes_nothing_says_why(world: World, statement: dict[str, Any], reason: str, detail: str) -> None:
    entry = next(one for one in world.store.catalogue.entries() if one.id == "cat-2")
    world.store.catalogue.put_entries([replace(entry, from_year=2025)])
    world.learn(statement)
    part = _profiled(world, 1)
    assert (part["state"], part["why"]["reason"]) == ("not relevant", reason)
    assert detail in part["why"]["detail"]


def test_what_counted_already_names_what_counts_instead(world: World) -> None:
    world.learn(said(1, timestamp="2026-01-05T03:00:00Z"), said(2, timestamp="2026-01-07T03:00:00Z"))
    first, again = _effect(world, 1), _effect(world, 2)
    assert (first["counted"], first["jp"]) == (True, 7.5)
    assert (again["counted"], again["jp"]) == (False, 0)
    assert "already counted" in again["why"]
    assert str(uid(1)) in again["why"]


def test_the_same_occasion_told_twice_counts_once_and_names_both(world: World) -> None:
    world.learn(said(1, timestamp="2026-01-05T03:00:00Z"), said(2, timestamp="2026-01-05T03:02:00Z"))
    assert [_effect(world, number)["togetherWith"] for number in (1, 2)] == [[str(uid(2))], [str(uid(1))]]
    assert [_effect(world, number)["jp"] for number in (1, 2)] == [7.5, 7.5]


def test_what_counted_in_an_earlier_year_says_so_unless_it_repeats(world: World) -> None:
    world.learn(said(1, timestamp="2025-05-05T03:00:00Z"), said(2, timestamp="2026-01-05T03:00:00Z"))
    again = _effect(world, 2)
    assert (again["counted"], again["jp"]) == (False, 0)
    assert "earlier year" in again["why"]
    assert str(uid(1)) in again["why"]
    entry = next(one for one in world.store.catalogue.entries() if one.id == "cat-1")
    world.store.catalogue.put_entries([replace(entry, repeats=Repeats.YEARLY)])
    world.learn(said(1, timestamp="2025-05-05T03:00:00Z"), said(2, timestamp="2026-01-05T03:00:00Z"))
    assert (_effect(world, 2)["counted"], _effect(world, 2)["jp"]) == (True, 7.5)


def test_what_is_finished_on_a_day_to_come_counts_from_then_on(world: World) -> None:
    world.learn(said(1, timestamp="2026-02-02T03:00:00Z"))
    (counted,) = _profiled(world, 1)["counted"]
    assert (counted["later"], counted["hours"], counted["competencies"]) == ("2026-02-02", [], [])
    assert world.get(f"/api/v1/employees/{SITI}/profile").get_json()["profile"]["hours"][-1]["jp"] == 0
    world.clock.advance_ms(3 * 24 * 3600 * 1000)
    world.keep()
    (counted,) = _profiled(world, 1)["counted"]
    assert (counted["later"], counted["hours"][0]["jp"]) == (None, 7.5)


def test_what_was_finished_before_the_contract_counts_in_no_contract_year(world: World) -> None:
    budi = world.store.directory.employee(BUDI)
    assert budi is not None
    world.store.directory.put_employees([replace(budi, employment=Employment.PPPK, contract_start=date(2025, 9, 1))])
    world.learn(said(1, BUDI_NIP, timestamp="2025-08-31T16:59:00Z"), said(2, BUDI_NIP, COURSE, timestamp="2025-08-31T17:00:00Z"))
    (before,), (within,) = (_profiled(world, number)["counted"] for number in (1, 2))
    assert [(one["period"], one["year"], one["jp"], one["counted"]) for one in within["hours"]] == [
        ("calendar-year", 2025, 20, True),
        ("contract-year", 1, 20, True),
    ]
    assert [(one["period"], one["year"], one["jp"], one["counted"]) for one in before["hours"]] == [
        ("calendar-year", 2025, 7.5, True),
        ("contract-year", None, 0, False),
    ]
    assert before["hours"][1]["why"] == "finished before the contract began on 2025-09-01"


def test_what_was_finished_in_a_former_contract_counts_in_its_year_and_is_told_of_once(world: World) -> None:
    budi = world.store.directory.employee(BUDI)
    assert budi is not None
    renewed = replace(budi, employment=Employment.PPPK, contract_start=date(2025, 9, 1), former_contracts=(date(2023, 7, 1),))
    world.store.directory.put_employees([renewed])
    world.learn(said(1, BUDI_NIP, timestamp="2025-08-31T16:59:00Z"), said(2, BUDI_NIP, COURSE, timestamp="2025-08-31T17:00:00Z"))
    (former,), (present,) = (_profiled(world, number)["counted"] for number in (1, 2))
    assert [(one["period"], one["year"], one["jp"], one["counted"]) for one in former["hours"]] == [
        ("calendar-year", 2025, 7.5, True),
        ("contract-year", 3, 7.5, True),
    ]
    assert [(one["period"], one["year"]) for one in present["hours"]] == [("calendar-year", 2025), ("contract-year", 4)]


def test_a_partner_is_told_of_nobody(world: World) -> None:
    world.learn(said(1))
    part = world.get(f"/api/v1/receipts/{uid(1)}", who="univ-a").get_json()["profile"]
    assert part == {"state": "profiled"}
