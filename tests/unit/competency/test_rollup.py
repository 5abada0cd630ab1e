"""Profiles of a unit added up."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from competency.directory import PostKind
from competency.profile import Profile
from competency.rollup import BANDS, Share, UnitRollup, band_of, merge, read, render
from competency.sums import rollup
from tests.unit.competency.making import PNS, POST, PPPK, assessment, piece
from tests.unit.competency.profiles import built, several


def test_employees_are_counted_by_employment_and_by_what_they_owe() -> None:
    found = rollup(
        [
            built([]),
            built([piece("s", jp="20")], replace(PNS, id="emp-1")),
            built([piece("p", of=PPPK, jp="30", on="2025-08-01T03:00:00Z")], PPPK),
        ]
    )
    assert (found.employees, found.employment) == (3, {"PNS": 2, "PPPK": 1})
    (year,) = found.years
    assert (year.year, year.employees, year.jp) == (2025, 3, Decimal(50))
    assert year.standing == {"missing": 1, "met": 1, "none": 1}
    assert year.bands == {"0": 1, "<24": 1, ">=24": 1}
    assert found.contract_standing == {"exceeded": 1}


def test_hours_are_told_by_provider_and_kind_with_the_items_finished() -> None:
    other = structs.replace(piece("b", activity="b", jp="2.5", kind="9"), provider="Pusdiklat")
    repeat = piece("again", jp="4", on="2025-07-01T03:00:00Z")
    (year,) = rollup([built([piece("a"), repeat, other]), built([piece("a", jp="6")])]).years
    assert year.providers == {"Portal": Share(Decimal(10), 3), "Pusdiklat": Share(Decimal("2.5"), 1)}
    assert year.kinds == {"16": Share(Decimal(10), 3), "9": Share(Decimal("2.5"), 1)}


def test_gaps_are_counted_by_competency_and_those_from_assessments_apart() -> None:
    learnt = [piece("s", aligned={"integritas": 3})]
    found = rollup(
        [
            built([]),
            built(learnt),
            built(learnt, replace(PNS, assessments=(assessment(1),))),
            built([], replace(PNS, assessments=(assessment(4),))),
        ]
    )
    integrity = {one.id: one for one in found.competencies}["integritas"]
    assert (integrity.name, integrity.with_standard, integrity.assessed, integrity.suggested_only) == ("Integritas", 4, 2, 1)
    assert (integrity.below_standard, integrity.missing_levels) == (1, 2)
    assert integrity.gaps == {"0": 1, "-2": 1, "1": 1}
    assert integrity.gaps_assessed == {"-2": 1, "1": 1}


def test_matches_and_index_are_counted() -> None:
    whole = replace(PNS, assessments=(assessment(3), assessment(4, competency="teknis-sdm")))
    found = rollup(
        [
            built([], whole),
            built([], replace(PNS, assessments=(assessment(2), assessment(3, competency="teknis-sdm")))),
            built([piece("t", kind="3", jp="20")], post=replace(POST, kind=PostKind.PELAKSANA)),
            built([], post=None),
        ]
    )
    assert found.job_person_match["three-way, 80/68"] == {"Memenuhi Syarat": 1, "Masih Memenuhi Syarat": 1}
    assert (found.index, found.without_index) == ({"0": 2, "22.5": 1}, 1)


@pytest.mark.parametrize(
    ("jp", "band"),
    [("0", "0"), ("0.25", "<5"), ("5", "<10"), ("19.99", "<20"), ("20", "<24"), ("24", ">=24"), ("300", ">=24")],
)
def test_hours_fall_into_bands(jp: str, band: str) -> None:
    assert band_of(Decimal(jp)) == band
    assert band in {name for name, _ in BANDS}


def test_a_rollup_is_written_and_read_back() -> None:
    found = rollup([built([piece("s", aligned={"integritas": 2})]), built([], PPPK)])
    assert read(render(found)) == found
    assert render(rollup([])) == render(merge([]))
    assert rollup([]).employees == 0


profiles = st.builds(
    lambda evidence, employee, post: built(
        [structs.replace(one, employee_id=employee.id) for one in evidence], employee, post=post
    ),
    several,
    st.sampled_from([PNS, PPPK, replace(PNS, assessments=(assessment(2), assessment(5, competency="teknis-sdm")))]),
    st.sampled_from([POST, replace(POST, kind=PostKind.STRUKTURAL, tier="pengawas"), None]),
)
units = st.lists(st.lists(profiles, max_size=3), min_size=1, max_size=4)


def same(one: UnitRollup, other: UnitRollup) -> bool:
    return render(one) == render(other)


@given(units)
def test_the_order_of_units_and_members_never_changes_a_rollup(members: list[list[Profile]]) -> None:
    parts = [rollup(profiles) for profiles in members]
    everyone = [profile for profiles in members for profile in profiles]
    assert same(merge(parts), rollup(everyone))
    assert same(merge(reversed(parts)), rollup(reversed(everyone)))


@given(units)
def test_units_may_be_added_up_in_any_grouping(members: list[list[Profile]]) -> None:
    first, *rest = [rollup(profiles) for profiles in members]
    assert same(merge([first, merge(rest)]), merge([first, *rest]))
    assert same(merge([merge([first]), merge(rest), merge([])]), merge([first, *rest]))


@given(units)
def test_every_sum_is_that_of_the_profiles(members: list[list[Profile]]) -> None:
    everyone = [profile for profiles in members for profile in profiles]
    found = merge(rollup(profiles) for profiles in members)
    assert found.employees == len(everyone) == sum(found.employment.values())
    assert sum(found.index.values()) + found.without_index == len(everyone)
    for year in found.years:
        of_year = [part for profile in everyone for part in profile.hours if part.year == year.year]
        assert year.jp == sum(part.jp for part in of_year) == sum(share.jp for share in year.providers.values())
        assert year.employees == len(of_year) == sum(year.bands.values()) == sum(year.standing.values())
    for one in found.competencies:
        gaps = [part.gap for profile in everyone for part in profile.competencies if part.id == one.id and part.gap is not None]
        assert one.below_standard == sum(1 for gap in gaps if gap < 0)
        assert one.missing_levels == sum(-gap for gap in gaps if gap < 0)
        assert sum(one.gaps.values()) == len(gaps)
