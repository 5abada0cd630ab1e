from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from competency.directory import Assessment, Post, PostKind
from competency.rules import core_competencies
from competency.standards import CompetencyStanding, GapFrom, job_person_match, standards_of, standings
from tests.unit.competency.making import PNS, POST, RULES, assessment, piece

TODAY = date(2025, 11, 24)
CORE = {one.id: one for one in core_competencies()}


def standing(
    *, assessed: tuple[Assessment, ...] = (), suggested: tuple[int, ...] = (), standard: int | None = 3
) -> CompetencyStanding:
    employee = replace(PNS, assessments=assessed)
    post = replace(POST, standards={} if standard is None else {"integritas": standard})
    evidence = [piece(f"s{n}", activity=f"a{n}", aligned={"integritas": level}) for n, level in enumerate(suggested)]
    found = {one.competency_id: one for one in standings(employee, post, evidence, {}, RULES, TODAY)}
    return found["integritas"]


@pytest.mark.parametrize(
    ("assessed", "suggested", "standard", "gap", "gap_from"),
    [
        (2, 3, 3, -1, GapFrom.ASSESSED),  # learning never overrules an assessment
        (4, 1, 3, 1, GapFrom.ASSESSED),
        (3, None, 3, 0, GapFrom.ASSESSED),
        (None, 2, 3, -1, GapFrom.SUGGESTED),
        (None, 3, 3, 0, GapFrom.SUGGESTED),
        (None, None, 3, None, None),
        (4, 4, None, None, None),
    ],
)
def test_the_gap_is_the_level_minus_the_standard_from_the_assessed_level_where_there_is_one(
    assessed: int | None, suggested: int | None, standard: int | None, gap: int | None, gap_from: GapFrom | None
) -> None:
    found = standing(
        assessed=() if assessed is None else (assessment(assessed),),
        suggested=() if suggested is None else (suggested,),
        standard=standard,
    )
    assert (found.gap, found.gap_from) == (gap, gap_from)


def test_of_several_assessments_the_latest_is_the_level_and_of_one_day_the_highest() -> None:
    old, new, same_day = assessment(5, date(2023, 1, 1)), assessment(2), assessment(3)
    for order in ((old, new, same_day), (same_day, new, old)):
        assert standing(assessed=order).assessed == same_day


@pytest.mark.parametrize(
    ("tier", "level"),
    [("pelaksana", 1), ("pengawas", 2), ("Administrator", 3), ("JPT Pratama", 4), ("jpt-madya", 5), ("jpt-utama", 5)],
)
def test_the_tier_demands_its_level_of_all_nine_core_competencies(tier: str, level: int) -> None:
    found = standards_of(Post("p", "P", PostKind.STRUKTURAL, tier), CORE, RULES, 2025)
    assert {one: (each.level, each.rule) for one, each in found.items()} == dict.fromkeys(CORE, (level, "standard-tier/1"))


def test_what_the_post_says_itself_goes_before_its_tier() -> None:
    found = standards_of(Post("p", "P", PostKind.STRUKTURAL, "pengawas", {"integritas": 4, "teknis-sdm": 1}), CORE, RULES, 2025)
    assert (found["integritas"].level, found["integritas"].rule) == (4, "standard-post/1")
    assert found["teknis-sdm"].level == 1
    assert found["komunikasi"].level == 2


def test_a_tier_without_a_standard_demands_only_what_the_post_says() -> None:
    assert set(standards_of(POST, CORE, RULES, 2025)) == set(POST.standards)
    assert standards_of(None, CORE, RULES, 2025) == {}


@pytest.mark.parametrize(
    ("levels", "percent", "steps"),
    [
        ((4, 4), "114.29", ["Memenuhi Syarat", "Optimal"]),
        ((3, 4), "100", ["Memenuhi Syarat", "Optimal"]),
        ((2, 4), "85.71", ["Memenuhi Syarat", "Cukup Optimal"]),
        ((2, 3), "71.43", ["Masih Memenuhi Syarat", "Kurang Optimal"]),
        ((1, 3), "57.14", ["Kurang Memenuhi Syarat", "Kurang Optimal"]),
    ],
)
def test_the_job_person_match_is_levels_by_standards_in_per_cent(levels: tuple[int, int], percent: str, steps: list[str]) -> None:
    employee = replace(PNS, assessments=(assessment(levels[0]), assessment(levels[1], competency="teknis-sdm")))
    match = job_person_match(standings(employee, POST, [], {}, RULES, TODAY), RULES)
    assert match is not None
    assert match.rounded == Decimal(percent)
    assert [step for _, step in match.bands] == steps


def test_without_an_assessment_of_every_standard_there_is_no_job_person_match() -> None:
    employee = replace(PNS, assessments=(assessment(3),))
    evidence = [piece("s", aligned={"teknis-sdm": 4})]
    assert job_person_match(standings(employee, POST, evidence, {}, RULES, TODAY), RULES) is None


def test_evidence_that_is_not_enough_suggests_no_level_and_gives_no_gap() -> None:
    post = replace(POST, standards={"integritas": 3})
    weak = piece("s", aligned={"integritas": 2}, weight="0.4")
    (found,) = standings(PNS, post, [weak], {}, RULES, TODAY)
    assert found.suggested is not None
    assert (found.suggested_level, found.gap, found.gap_from) == (None, None, None)


def test_an_assessment_of_a_later_day_is_none_yet() -> None:
    employee = replace(PNS, assessments=(assessment(2, date(2024, 1, 1)), assessment(4, date(2025, 11, 25))))
    assert [one.assessed.level for one in standings(employee, POST, [], {}, RULES, TODAY) if one.assessed] == [2]
    assert [one.assessed.level for one in standings(employee, POST, [], {}, RULES, date(2025, 11, 25)) if one.assessed] == [4]


def test_a_tier_demands_nothing_before_the_year_its_standard_holds_from() -> None:
    assert standards_of(Post("p", "P", PostKind.STRUKTURAL, "pengawas"), CORE, RULES, 2016) == {}
