"""What differs between two profiles of one employee."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import given
from msgspec import structs

from competency.difference import difference, render
from competency.directory import PostKind
from competency.evidence import Evidence
from competency.profile import Profile
from tests.unit.competency.making import PNS, POST, assessment, piece
from tests.unit.competency.profiles import TODAY, built, several

INTEGRITY = piece("integrity", aligned={"integritas": 3})
LATER = piece("later", activity="b", on="2025-08-01T03:00:00Z", jp="16", aligned={"integritas": 3})


def told(before: Profile, after: Profile) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(render(difference(before, after)), parse_float=Decimal)
    return found


def test_between_two_days_it_tells_the_hours_and_lines_that_came() -> None:
    both = [INTEGRITY, LATER]
    found = told(built(both, as_of=date(2025, 7, 1)), built(both, as_of=date(2025, 9, 1)))
    (year,) = found["years"]
    assert (year["year"], year["jpBefore"], year["jpAfter"], year["change"]) == (2025, 4, 20, 16)
    assert (year["standingBefore"], year["standingAfter"]) == ("missing", "met")
    assert [line["statementIds"] for line in year["linesAdded"]] == [[str(LATER.statement_id)]]
    assert (year["linesRemoved"], year["linesChanged"]) == ([], [])
    (competency,) = found["competencies"]
    assert (competency["id"], competency["evidenceAdded"]) == ("integritas", [str(LATER.statement_id)])


def test_a_line_that_is_withdrawn_or_told_otherwise_is_told() -> None:
    other_hours = structs.replace(INTEGRITY, jp=Decimal(6), catalogue_version=2)
    (year,) = told(built([INTEGRITY, LATER]), built([other_hours]))["years"]
    assert [line["title"] for line in year["linesRemoved"]] == ["Course b"]
    (changed,) = year["linesChanged"]
    assert (changed["before"]["jp"], changed["after"]["jp"], changed["after"]["catalogueVersion"]) == (4, 6, 2)


def test_a_new_year_appears_with_what_is_owed_in_it() -> None:
    found = told(built([INTEGRITY], as_of=date(2025, 12, 31)), built([INTEGRITY], as_of=date(2026, 1, 1)))
    (year,) = found["years"]
    assert (year["year"], year["change"], year["standingBefore"], year["standingAfter"]) == (2026, 0, None, "missing")


def test_levels_and_gaps_say_from_what_to_what() -> None:
    assessed = replace(PNS, assessments=(assessment(2),))
    (competency,) = told(built([INTEGRITY]), built([INTEGRITY], assessed))["competencies"]
    assert competency["before"] == {
        "suggested": 3,
        "assessed": None,
        "assessedOn": None,
        "assessedBy": None,
        "standard": 3,
        "gap": 0,
        "gapFrom": "suggested",
    }
    assert competency["after"] == {
        "suggested": 3,
        "assessed": 2,
        "assessedOn": "2025-03-01",
        "assessedBy": "AC 2025",
        "standard": 3,
        "gap": -1,
        "gapFrom": "assessed",
    }


def test_a_level_that_time_took_is_told_with_the_evidence_it_lost() -> None:
    found = told(built([INTEGRITY], as_of=date(2025, 7, 1)), built([INTEGRITY], as_of=date(2033, 7, 1)))
    (competency,) = found["competencies"]
    assert (competency["before"]["suggested"], competency["after"]["suggested"]) == (3, None)
    assert competency["evidenceRemoved"] == [str(INTEGRITY.statement_id)]


def test_certificates_that_came_and_that_expired_are_told() -> None:
    expiring = piece("c", expires_on=date(2025, 9, 1))
    fresh = piece("d", activity="d", on="2025-10-01T03:00:00Z", expires_on=date(2030, 1, 1))
    found = told(built([expiring, fresh], as_of=date(2025, 8, 31)), built([expiring, fresh], as_of=TODAY))["certificates"]
    assert [one["title"] for one in found["expired"]] == ["Course a"]
    assert [one["title"] for one in found["added"]] == ["Course d"]
    assert found["removed"] == []


def test_the_index_is_told_by_component() -> None:
    technical = piece("t", activity="t", kind="3", jp="20")
    found = told(built([]), built([technical]))["index"]
    assert (found["before"], found["after"]) == (0, 15)
    assert found["components"] == [{"id": "technical", "before": 0, "after": 15, "missing": None}]
    lost = told(built([technical], as_of=date(2025, 7, 1)), built([technical], as_of=date(2026, 7, 1)))["index"]
    assert (lost["before"], lost["after"], lost["components"][0]["missing"][:5]) == (15, 0, "20 JP")


def test_a_new_post_and_new_versions_are_told() -> None:
    leader = replace(POST, id="post-2", title="Kepala Bagian", kind=PostKind.STRUKTURAL, version=3)
    found = told(built([]), built([], post=leader, frameworks_versions={"kamus-teknis": 5}))
    assert (found["place"]["postBefore"]["id"], found["place"]["postAfter"]["id"]) == ("post-1", "post-2")
    assert found["computedWith"]["after"]["frameworks"][0] == {"id": "kamus-teknis", "version": 5}
    assert [(one["id"], one["missing"] is None) for one in found["index"]["components"]] == [
        ("leadership", False),  # asked of the new post
        ("functional", True),  # no longer asked
    ]


def test_the_job_person_match_is_told_when_it_appears() -> None:
    assessed = replace(PNS, assessments=(assessment(3), assessment(2, competency="teknis-sdm")))
    assert told(built([]), built([], assessed))["jobPersonMatch"] == {"before": None, "after": Decimal("71.43")}


@given(several)
def test_a_profile_does_not_differ_from_itself(evidence: list[Evidence]) -> None:
    assert difference(built(evidence), built(evidence)).is_empty


@given(several, several)
def test_the_change_of_a_year_is_that_of_its_lines(before: list[Evidence], after: list[Evidence]) -> None:
    found = difference(built(before), built(after))
    for year in found.years:
        added = sum(line.jp for line in year.lines_added) - sum(line.jp for line in year.lines_removed)
        assert year.change == added + sum(one.after.jp - one.before.jp for one in year.lines_changed)
    back = difference(built(after), built(before))
    assert {(one.year, -one.change) for one in back.years} == {(one.year, one.change) for one in found.years}
