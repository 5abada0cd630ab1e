"""Every figure of a profile can be explained."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given

from competency.evidence import Evidence
from competency.explanation import Explanation, explain, figures, render
from competency.profile import Profile
from tests.unit.competency.making import PNS, PPPK, RULES, assessment, piece
from tests.unit.competency.profiles import built, several

FIRST = piece("first", jp="4", aligned={"integritas": 3}, catalogue_version=2)
AGAIN = piece("again", jp="4", on="2025-07-01T03:00:00Z", aligned={"integritas": 3}, catalogue_version=2)
OTHER = piece("other", activity="b", jp="1.5", kind="3", on="2025-06-02T03:00:00Z")


def why(figure: str, profile: Profile) -> Explanation:
    return explain(profile, figure, RULES)


def test_hours_are_explained_with_the_sum_what_is_owed_and_what_did_not_count() -> None:
    found = why("hours/2025", built([FIRST, AGAIN, OTHER]))
    assert (found.value, found.unit) == (Decimal("5.5"), "JP")
    assert found.formula == (
        "4 + 1.5 = 5.5 JP in 2025, from 2 items that count (1 more does not); at least 20 JP are owed: 5.5 − 20 = -14.5, "
        "14.5 JP missing"
    )
    assert [(line.title, line.amount, line.counted) for line in found.lines] == [
        ("Course a", 4, True),
        ("Course b", Decimal("1.5"), True),
        ("Course a", 0, False),
    ]
    assert str(FIRST.statement_id) in found.lines[2].why
    assert found.statement_ids == (FIRST.statement_id, OTHER.statement_id)
    assert {"obligation-pns/1", "hours-catalogue/1", "hours-repeat/1", "finish-completed/1"} <= {rule.name for rule in found.rules}
    obligation = next(rule for rule in found.rules if rule.name == "obligation-pns/1")
    assert (obligation.says, obligation.mark) == ("A PNS has at least 20 JP in a calendar year.", "verified")
    assert obligation.source == "PP 11/2017 art. 203(4), as amended by PP 17/2020"


def test_the_versions_it_was_computed_with_are_named() -> None:
    versions = why("hours/2025", built([FIRST, OTHER])).versions
    assert (versions.rules, versions.post and (versions.post.id, versions.post.version)) == (RULES.version, ("post-1", 1))
    assert [(one.id, one.version) for one in versions.catalogue] == [("cat-a", 2), ("cat-b", 1)]
    assert ("kamus-teknis", 4) in [(one.id, one.version) for one in versions.frameworks]


def test_contract_hours_speak_of_the_contract_year_and_its_ceiling() -> None:
    found = why("contract-hours/1", built([piece("p", of=PPPK, jp="30", on="2024-02-01T03:00:00Z")], PPPK))
    assert found.formula == (
        "30 JP in contract year 1 (2023-07-01 to 2024-06-30), from 1 item that counts; at most 24 JP are allowed: "
        "30 − 24 = 6, exceeded by 6 JP"
    )


def test_a_suggested_level_is_explained_with_its_weights_and_what_the_next_one_takes() -> None:
    found = why("competencies/integritas/suggested", built([FIRST, AGAIN]))
    assert (found.value, found.unit) == (Decimal(3), "level")
    assert found.formula == "level 3 Menengah: weights 1 at level 3 or above; it takes 1; level 4 takes 1.5, and there is 0"
    assert [rule.name for rule in found.rules] == ["suggested-level-weighted/1"]
    assert found.statement_ids == (AGAIN.statement_id,)
    assert "the same thing counts once" in found.lines[0].why
    assert "nothing from 2032-07-01" in found.lines[1].why
    none = why("competencies/teknis-sdm/suggested", built([FIRST]))
    assert (none.value, none.formula) == (None, "no level: nothing that was learnt is aligned to it")


def test_an_assessed_level_is_explained_with_its_date_and_source() -> None:
    found = why("competencies/integritas/assessed", built([], replace(PNS, assessments=(assessment(2),))))
    assert (found.value, found.lines[0].title, found.lines[0].finished_on) == (Decimal(2), "AC 2025", date(2025, 3, 1))
    assert "found on 2025-03-01 by AC 2025" in found.formula
    assert why("competencies/integritas/assessed", built([FIRST])).value is None


def test_a_standard_says_whether_the_post_or_its_tier_demands_it() -> None:
    assert why("competencies/integritas/standard", built([])).formula == "level 3 Menengah: the post demands it"


def test_a_gap_says_which_level_it_used() -> None:
    assessed = why("competencies/integritas/gap", built([FIRST], replace(PNS, assessments=(assessment(2),))))
    assert (assessed.value, assessed.formula) == (Decimal(-1), "assessed level 2 − standard 3 = -1")
    assert assessed.statement_ids == ()
    suggested = why("competencies/integritas/gap", built([FIRST]))
    assert (suggested.value, suggested.formula) == (Decimal(0), "suggested level 3 − standard 3 = 0")
    assert suggested.statement_ids == (FIRST.statement_id,)
    assert {rule.name for rule in suggested.rules} == {"gap/1", "standard-post/1", "suggested-level-weighted/1"}
    assert why("competencies/teknis-sdm/gap", built([])).value is None


def test_the_job_person_match_is_explained_also_where_there_is_none() -> None:
    whole = replace(PNS, assessments=(assessment(3), assessment(2, competency="teknis-sdm")))
    found = why("job-person-match", built([], whole))
    assert found.value == Decimal("71.43")
    assert found.formula == (
        "assessed levels 5 ÷ standards 7 × 100 = 71.43 %: Masih Memenuhi Syarat (three-way, 80/68), "
        "Kurang Optimal (three-way, 90/78)"
    )
    none = why("job-person-match", built([], replace(PNS, assessments=(assessment(3),))))
    assert (none.value, none.formula) == (None, "no match: 1 of 2 standards have an assessed level, and all must")


def test_the_index_is_explained_as_a_whole_and_by_component() -> None:
    profile = built([OTHER, piece("s", activity="s", kind="9", jp="3")])
    found = why("index", profile)
    assert (found.value, found.unit) == (Decimal(10), "points")
    assert found.formula.startswith("0 + 0 + 10 = 10 of 40 points, by the table for fungsional that holds from 2018")
    assert "18.5 JP more of technical training" in found.formula
    technical = why("index/technical", profile)
    assert technical.formula.startswith("0 of 15 points: 1.5 JP within 12 months, and 20 are needed; missing: 18.5 JP more")
    assert technical.lines[0].why == "Diklat Teknis; it counts until the day before 2026-06-02"
    assert why("index/seminar", profile).formula == (
        "10 of 10 points: 1 item within 24 months, and one is needed: reached, until the day before 2027-06-01"
    )


def test_an_unknown_figure_is_refused_with_those_there_are() -> None:
    with pytest.raises(ValueError, match=r"'hours/2019' is no figure of this profile; there are: hours/2025, .*index/seminar"):
        why("hours/2019", built([]))
    assert "index" not in figures(built([], post=None))


@given(several)
def test_every_figure_a_profile_has_is_explained_by_lines_and_rules_that_exist(evidence: list[Evidence]) -> None:
    profile = built(evidence)
    known = {one.statement_id for one in evidence}
    for name in figures(profile):
        found = why(name, profile)
        assert found.formula
        assert found.rules
        assert set(found.statement_ids) <= known
        assert json.loads(render(found))["figure"] == name
        if name.startswith("hours/") or name == "index":
            assert found.value == sum(line.amount for line in found.lines if line.counted)
