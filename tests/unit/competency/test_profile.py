from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from competency.catalogue import Alignment
from competency.directory import Employee
from competency.evidence import Evidence
from competency.frameworks import Competency, CompetencyKind
from competency.profile import build_profile, render
from competency.profile_json import read
from competency.rules import core_competencies
from competency.units import unit_path
from tests.unit.competency.making import PNS, POST, PPPK, RULES, UNITS, assessment, piece

COMPETENCIES = (*core_competencies(), Competency("teknis-sdm", "Manajemen SDM", CompetencyKind.TEKNIS, "kamus-teknis"))


def text(
    evidence: Iterable[Evidence], employee: Employee = PNS, competencies: Iterable[Competency] = COMPETENCIES, **changes: Any
) -> bytes:
    return render(
        build_profile(
            employee,
            **{"post": POST, "unit_path": unit_path("unit-2", UNITS), "rules": RULES, **changes},
            evidence=evidence,
            competencies=competencies,
        )
    )


def profile(evidence: Iterable[Evidence], employee: Employee = PNS, **changes: Any) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(text(evidence, employee, **changes), parse_float=Decimal)
    return parsed


def test_a_profile_says_who_where_and_what_without_name_or_number() -> None:
    found = profile([])
    assert (found["employeeId"], found["employment"]) == ("emp-1", "PNS")
    assert [unit["name"] for unit in found["unit"]] == ["Kementerian", "Biro SDM"]
    assert found["post"] == {"id": "post-1", "title": "Analis SDM", "kind": "fungsional", "tier": "ahli-muda"}
    whole = text([piece("s")]).decode()
    assert PNS.nip not in whole
    assert "Siti" not in whole
    assert "kpn.example" not in whole


def test_hours_are_plain_numbers_with_the_statements_the_rule_and_the_obligation_behind_them() -> None:
    first, again, other = (
        piece("first", jp="4.0"),
        piece("again", jp="4.0", on="2025-07-01T03:00:00Z"),
        piece("b", activity="b", jp="1.5"),
    )
    (year,) = profile([again, other, first])["hours"]
    assert (year["period"], year["year"], year["fromDay"], year["throughDay"]) == (
        "calendar-year",
        2025,
        "2025-01-01",
        "2025-12-31",
    )
    assert year["jp"] == Decimal("5.5")
    assert sorted(year["statementIds"]) == sorted([str(first.statement_id), str(other.statement_id)])
    assert year["rule"] == "hours-once-per-activity-and-year/1"
    assert year["obligation"] == {
        "bound": "floor",
        "jp": 20,
        "standing": "missing",
        "difference": Decimal("-14.5"),
        "rule": "obligation-pns/1",
        "source": "PP 11/2017 art. 203(4), as amended by PP 17/2020",
        "mark": "verified",
    }
    repeat = year["lines"][-1]
    assert (repeat["statementIds"], repeat["counted"], repeat["kind"]) == ([str(again.statement_id)], False, "E-Learning")
    assert str(first.statement_id) in repeat["why"]


def test_one_number_has_one_spelling() -> None:
    assert len({text([piece("s", jp=jp)]) for jp in ("20", "20.0", "20.00", "2E+1")}) == 1
    assert b'"jp":20,' in text([piece("s", jp="2E+1")])


def test_a_pppk_has_hours_by_contract_year_beside_those_by_calendar_year() -> None:
    evidence = [piece("a", of=PPPK, jp="25", on="2024-02-01T03:00:00Z")]
    found = profile(evidence, PPPK)
    assert found["contractStart"] == "2023-07-01"
    (calendar,), (contract,) = found["hours"], found["contractHours"]
    assert calendar["obligation"] is None
    assert (contract["year"], contract["fromDay"], contract["throughDay"]) == (1, "2023-07-01", "2024-06-30")
    assert (contract["obligation"]["standing"], contract["obligation"]["difference"]) == ("exceeded", 1)
    assert profile([piece("a")])["contractHours"] == []


def test_a_competency_keeps_suggested_and_assessed_apart_and_names_what_each_rests_on() -> None:
    low, high = piece("low", aligned={"integritas": 1}), piece("high", activity="b", aligned={"integritas": 4})
    employee = replace(PNS, assessments=(assessment(2, date(2025, 3, 1)),))
    found = {one["id"]: one for one in profile([low, high], employee)["competencies"]}["integritas"]
    assert (found["name"], found["framework"]) == ("Integritas", "permenpan-rb-38-2017")
    assert (found["suggested"]["level"], found["suggested"]["levelName"]) == (4, "Mumpuni")
    assert {one["statementId"]: one["level"] for one in found["suggested"]["evidence"]} == {
        str(low.statement_id): 1,
        str(high.statement_id): 4,
    }
    assert (found["assessed"]["level"], found["assessed"]["assessedOn"], found["assessed"]["source"]) == (
        2,
        "2025-03-01",
        "AC 2025",
    )
    assert (found["standard"]["level"], found["gap"], found["gapFrom"], found["rule"]) == (3, -1, "assessed", "gap/1")


def test_a_competency_that_no_framework_has_is_shown_by_its_id() -> None:
    found = {one["id"]: one for one in profile([piece("s", aligned={"unheard-of": 2})])["competencies"]}["unheard-of"]
    assert (found["name"], found["kind"], found["standard"], found["gap"]) == ("unheard-of", None, None, None)


def test_it_names_the_versions_and_only_the_rules_that_were_applied() -> None:
    assert profile([], post=None, unit_path=())["computedWith"] == {"rules": RULES.version, "frameworks": [], "ruleNames": []}
    with_one = profile([piece("s", aligned={"teknis-sdm": 2})])["computedWith"]
    assert with_one["frameworks"] == ["kamus-teknis", "permenpan-rb-38-2017"]
    assert "finish-completed/1" in with_one["ruleNames"]
    assert "obligation-pppk/1" not in with_one["ruleNames"]


def test_what_was_rendered_can_be_read_back() -> None:
    written = text(
        [piece("s", aligned={"integritas": 2})], replace(PNS, assessments=(assessment(3), assessment(4, competency="teknis-sdm")))
    )
    assert render(read(written)) == written
    assert read(written).job_person_match is not None


def test_evidence_of_others_is_none_of_this_employee() -> None:
    assert profile([piece("s", of=PPPK)])["hours"] == []


pieces = st.builds(
    lambda activity, day, jp, level, nonce: replace(
        piece(f"{activity}{day}{jp}{level}{nonce}", on=f"{day}T03:00:00Z", activity=activity, jp=str(jp)),
        alignments=(Alignment("integritas", level),),
    ),
    activity=st.sampled_from("abc"),
    day=st.dates(date(2024, 11, 1), date(2026, 2, 1)),
    jp=st.decimals("0.25", "40", places=2),
    level=st.integers(1, 5),
    nonce=st.integers(0, 10**6),
)
several = st.lists(pieces, max_size=12, unique_by=lambda one: one.statement_id)


@given(several, st.randoms(use_true_random=False), st.sampled_from([PNS, PPPK]))
def test_the_order_of_evidence_never_changes_the_profile(evidence: list[Evidence], random: Any, employee: Employee) -> None:
    mine = [replace(one, employee_id=employee.id) for one in evidence]
    assessments = [assessment(2), assessment(3, source="B"), assessment(1, date(2026, 1, 1), "komunikasi")]
    expected = text(mine, replace(employee, assessments=tuple(assessments)))
    random.shuffle(mine)
    random.shuffle(assessments)
    competencies = list(COMPETENCIES)
    random.shuffle(competencies)
    assert text(mine, replace(employee, assessments=tuple(assessments)), competencies) == expected


@given(several, st.data())
def test_the_same_evidence_again_never_changes_the_profile(evidence: list[Evidence], data: st.DataObject) -> None:
    again = data.draw(st.lists(st.sampled_from(evidence))) if evidence else []
    assert text([*evidence, *again]) == text(evidence)


@given(several, st.data())
def test_the_same_completion_under_another_id_never_changes_the_hours(evidence: list[Evidence], data: st.DataObject) -> None:
    uniform = [replace(one, jp=Decimal(ord(one.activity_id[-1]))) for one in evidence]
    hours = [(year["year"], year["jp"], year["obligation"]) for year in profile(uniform)["hours"]]
    if uniform:
        copied = data.draw(st.sampled_from(uniform))
        uniform.append(replace(copied, statement_id=data.draw(st.uuids()), finished_at_ms=copied.finished_at_ms - 5))
    assert [(year["year"], year["jp"], year["obligation"]) for year in profile(uniform)["hours"]] == hours


@given(several)
def test_every_figure_can_be_recomputed_from_the_lines_it_names(evidence: list[Evidence]) -> None:
    for year in profile(evidence)["hours"]:
        counted = [line for line in year["lines"] if line["counted"]]
        assert year["jp"] == sum(line["jp"] for line in counted)
        assert year["statementIds"] == [one for line in counted for one in line["statementIds"]]
        assert len({line["activityId"] for line in counted}) == len(counted)
