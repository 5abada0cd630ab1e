from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from competency import profile_json
from competency.directory import Employee, PostKind
from competency.evidence import Evidence
from competency.facts import ContractFact, GapFact, YearFact, facts_of
from competency.hours import Standing
from competency.profile import render
from competency.profile_json import read
from competency.standards import GapFrom
from tests.unit.competency.making import PNS, POST, PPPK, RULES, assessment, piece
from tests.unit.competency.profiles import COMPETENCIES, TODAY, built, days, parsed, several, text


def test_a_profile_says_who_where_and_what_without_name_or_number() -> None:
    found = parsed()
    assert (found["employeeId"], found["employment"], found["v"]) == ("emp-1", "PNS", 2)
    assert [unit["name"] for unit in found["unit"]] == ["Kementerian", "Biro SDM"]
    assert found["post"] == {"id": "post-1", "title": "Analis SDM", "kind": "fungsional", "tier": "ahli-muda", "version": 1}
    whole = text([piece("s")]).decode()
    assert PNS.nip not in whole
    assert "Siti" not in whole
    assert "kpn.example" not in whole


def test_hours_are_plain_numbers_with_the_statements_the_rules_and_the_obligation_behind_them() -> None:
    first = piece("first", jp="4.0", catalogue_version=7)
    again = piece("again", jp="4.0", on="2025-07-01T03:00:00Z")
    other = piece("b", activity="b", jp="1.5")
    (year,) = parsed([again, other, first])["hours"]
    assert (year["period"], year["year"], year["fromDay"], year["throughDay"]) == (
        "calendar-year",
        2025,
        "2025-01-01",
        "2025-12-31",
    )
    assert year["jp"] == Decimal("5.5")
    assert sorted(year["statementIds"]) == sorted([str(first.statement_id), str(other.statement_id)])
    assert year["obligation"] == {
        "bound": "floor",
        "jp": 20,
        "standing": "missing",
        "difference": Decimal("-14.5"),
        "rule": "obligation-pns/1",
        "source": "PP 11/2017 art. 203(4), as amended by PP 17/2020",
        "mark": "verified",
    }
    counted = next(line for line in year["lines"] if line["statementIds"] == [str(first.statement_id)])
    assert (counted["catalogueId"], counted["catalogueVersion"], counted["jp"], counted["basis"]) == ("cat-a", 7, 4, "catalogue")
    assert (counted["counted"], counted["uncounted"], counted["rule"]) == (True, None, "hours-catalogue/1")
    repeat = year["lines"][-1]
    assert (repeat["statementIds"], repeat["counted"], repeat["kind"]) == ([str(again.statement_id)], False, "E-Learning")
    assert (repeat["jp"], repeat["fullJp"], repeat["uncounted"]) == (0, 4, "already counted")
    assert repeat["instead"] == str(first.statement_id)
    assert repeat["rule"] == "hours-repeat/1"


def test_one_number_has_one_spelling() -> None:
    assert len({text([piece("s", jp=jp)]) for jp in ("20", "20.0", "20.00", "2E+1")}) == 1
    assert b'"jp":20,' in text([piece("s", jp="2E+1")])


def test_the_current_year_is_there_without_any_hours_so_that_what_is_missing_shows() -> None:
    (year,) = parsed(as_of=date(2026, 2, 1))["hours"]
    assert (year["year"], year["jp"], year["lines"]) == (2026, 0, [])
    assert (year["obligation"]["standing"], year["obligation"]["difference"]) == ("missing", -20)


def test_a_pppk_has_hours_by_contract_year_beside_those_by_calendar_year() -> None:
    evidence = [piece("a", of=PPPK, jp="25", on="2024-02-01T03:00:00Z")]
    found = parsed(evidence, PPPK, as_of=date(2024, 5, 1))
    assert found["contractStart"] == "2023-07-01"
    (calendar,), (contract,) = found["hours"], found["contractHours"]
    assert calendar["obligation"] is None
    assert (contract["year"], contract["fromDay"], contract["throughDay"]) == (1, "2023-07-01", "2024-06-30")
    assert (contract["obligation"]["standing"], contract["obligation"]["difference"]) == ("exceeded", 1)
    assert parsed([piece("a")])["contractHours"] == []
    assert [year["year"] for year in parsed(evidence, PPPK, as_of=date(2025, 9, 1))["contractHours"]] == [1, 3]


def test_a_competency_keeps_suggested_and_assessed_apart_and_names_what_each_rests_on() -> None:
    low, high = piece("low", aligned={"integritas": 1}), piece("high", activity="b", aligned={"integritas": 3})
    employee = replace(PNS, assessments=(assessment(2, date(2025, 3, 1)),))
    found = {one["id"]: one for one in parsed([low, high], employee)["competencies"]}["integritas"]
    assert (found["name"], found["framework"]) == ("Integritas", "permenpan-rb-38-2017")
    assert (found["suggested"]["level"], found["suggested"]["levelName"]) == (3, "Menengah")
    assert (found["suggested"]["rule"], found["suggested"]["mark"]) == ("suggested-level-weighted/1", "unverified")
    assert found["suggested"]["statementIds"] == [str(high.statement_id)]
    assert {one["statementId"]: (one["level"], one["counted"]) for one in found["evidence"]} == {
        str(low.statement_id): (1, False),
        str(high.statement_id): (3, True),
    }
    assert (found["assessed"]["level"], found["assessed"]["assessedOn"], found["assessed"]["source"]) == (
        2,
        "2025-03-01",
        "AC 2025",
    )
    assert (found["standard"]["level"], found["gap"], found["gapFrom"], found["rule"]) == (3, -1, "assessed", "gap/1")


def test_a_piece_of_evidence_says_what_it_weighs_now_and_when_less_and_nothing_is_left() -> None:
    old = piece("old", on="2021-06-01T03:00:00Z", aligned={"integritas": 3}, weight="0.8")
    found = {one["id"]: one for one in parsed([old])["competencies"]}["integritas"]
    (shown,) = found["evidence"]
    assert (shown["weight"], shown["weightNow"], shown["fadesOn"], shown["endsOn"]) == (
        Decimal("0.8"),
        Decimal("0.6"),
        "2026-06-01",
        "2028-06-01",
    )
    assert (found["suggested"]["level"], found["nextSuggested"]["level"]) == (1, 2)
    assert (found["nextSuggested"]["weight"], found["nextSuggested"]["needed"]) == (Decimal("0.6"), Decimal("0.75"))


def test_a_competency_that_no_framework_has_is_shown_by_its_id() -> None:
    found = {one["id"]: one for one in parsed([piece("s", aligned={"unheard-of": 2})])["competencies"]}["unheard-of"]
    assert (found["name"], found["kind"], found["standard"], found["gap"]) == ("unheard-of", None, None, None)


def test_certificates_are_one_for_each_occasion_with_their_validity() -> None:
    valid = structs.replace(piece("v", expires_on=date(2027, 6, 1)), certificate_number="")
    told_again = structs.replace(piece("w", on="2025-06-01T03:00:01Z", expires_on=date(2027, 6, 1)), certificate_number="SRT/1")
    expired = piece("x", activity="b", on="2022-01-01T03:00:00Z", expires_on=date(2025, 1, 1))
    endless = structs.replace(piece("y", activity="c", on="2025-07-01T03:00:00Z"), has_certificate=True)
    without = piece("z", activity="d")
    found = parsed([told_again, endless, expired, without, valid])["certificates"]
    assert [(one["title"], one["issuedOn"], one["expiresOn"], one["valid"], one["number"]) for one in found] == [
        ("Course b", "2022-01-01", "2025-01-01", False, None),
        ("Course a", "2025-06-01", "2027-06-01", True, "SRT/1"),
        ("Course c", "2025-07-01", None, True, None),
    ]
    assert found[1]["statementIds"] == [str(valid.statement_id), str(told_again.statement_id)]


def test_it_names_the_versions_and_only_the_rules_that_were_applied() -> None:
    bare = parsed(post=None, unit_path=())["computedWith"]
    assert bare == {"rules": RULES.version, "frameworks": [], "ruleNames": ["obligation-pns/1"]}
    with_one = parsed([piece("s", aligned={"teknis-sdm": 2})])["computedWith"]
    assert with_one["frameworks"] == [{"id": "kamus-teknis", "version": 4}, {"id": "permenpan-rb-38-2017", "version": 1}]
    assert {"finish-completed/1", "hours-catalogue/1", "suggested-level-weighted/1", "gap/1"} <= set(with_one["ruleNames"])
    assert "obligation-pppk/1" not in with_one["ruleNames"]


def test_what_was_rendered_can_be_read_back() -> None:
    assessments = (assessment(3), assessment(4, competency="teknis-sdm"))
    written = text([piece("s", aligned={"integritas": 2}, expires_on=date(2026, 1, 1))], replace(PNS, assessments=assessments))
    assert render(read(written)) == written
    assert read(written).job_person_match is not None


def test_a_line_says_its_first_day_and_a_text_from_before_it_did_can_be_read() -> None:
    told = built([piece("a", duration="PT3H", began_on=date(2025, 5, 28))])
    assert b'"beganOn":"2025-05-28"' in render(told)
    older = read(render(told).replace(b'"beganOn":"2025-05-28",', b""))
    (line,) = older.hours[-1].lines
    assert line.began_on is None
    assert line.duration_ms == 3 * 3_600_000


def test_evidence_of_others_is_none_of_this_employee() -> None:
    assert text([piece("s", of=PPPK)]) == text([])


def test_what_happens_later_is_not_in_the_profile_of_a_day_yet_it_says_when_to_look_again() -> None:
    employee = replace(PNS, assessments=(assessment(1, date(2024, 1, 1)), assessment(4, date(2025, 9, 1))))
    course = piece("s", on="2025-08-01T03:00:00Z", aligned={"integritas": 2})
    before = built([course], employee, as_of=date(2025, 7, 1))
    assert before.hours[0].lines == ()
    assert [one.assessed.level for one in before.competencies if one.assessed] == [1]
    assert before.next_change_on == date(2025, 8, 1)
    assert built([course], employee, as_of=date(2025, 8, 1)).next_change_on == date(2025, 9, 1)
    assert [one.assessed.level for one in built([course], employee, as_of=date(2025, 9, 1)).competencies if one.assessed] == [4]


@pytest.mark.parametrize(
    ("what", "evidence", "employee", "expected"),
    [
        ("the next 1 January", [], PNS, date(2026, 1, 1)),
        ("the contract's anniversary", [], replace(PPPK, contract_start=date(2023, 12, 5)), date(2025, 12, 5)),
        ("a certificate expires", [piece("s", expires_on=date(2025, 12, 24))], PNS, date(2025, 12, 24)),
        ("a weight fades", [piece("s", on="2021-12-01T03:00:00Z", aligned={"integritas": 1})], PNS, date(2025, 12, 1)),
        ("a seminar leaves its window", [piece("s", on="2023-12-02T03:00:00Z", kind="9")], PNS, date(2025, 12, 2)),
        ("the person leaves", [], replace(PNS, left_on=date(2025, 12, 31)), date(2025, 12, 31)),
    ],
)
def test_the_next_change_is_the_first_day_on_which_something_moves(
    what: str, evidence: list[Evidence], employee: Employee, expected: date
) -> None:
    assert built(evidence, employee).next_change_on == expected, what


def test_the_facts_for_the_store_are_those_of_the_profile() -> None:
    employee = replace(PNS, assessments=(assessment(2),))
    facts = facts_of(built([piece("s", jp="21", aligned={"teknis-sdm": 1})], employee), ["unit-1", "unit-2"], True)
    assert (facts.unit_path, facts.employment, facts.active) == (("unit-1", "unit-2"), "PNS", True)
    assert facts.years == (YearFact(2025, Decimal(21), Standing.MET),)
    assert facts.gaps == (GapFact("integritas", -1, GapFrom.ASSESSED), GapFact("teknis-sdm", -3, GapFrom.SUGGESTED))
    assert facts.next_change_on == date(2026, 1, 1)
    assert facts.contract is None


@pytest.mark.parametrize(
    ("evidence", "expected"),
    [
        ([], ContractFact(2, Decimal(0), Standing.MET)),
        ([piece("s", of=PPPK, jp="24", on="2025-03-01T03:00:00Z")], ContractFact(2, Decimal(24), Standing.MET)),
        ([piece("s", of=PPPK, jp="24.5", on="2025-03-01T03:00:00Z")], ContractFact(2, Decimal("24.5"), Standing.EXCEEDED)),
        # Of the contract year before, and of a day still to come.
        ([piece("s", of=PPPK, jp="30", on="2024-10-01T03:00:00Z")], ContractFact(2, Decimal(0), Standing.MET)),
        ([piece("s", of=PPPK, jp="30", on="2026-01-05T03:00:00Z")], ContractFact(2, Decimal(0), Standing.MET)),
    ],
)
def test_the_facts_tell_of_the_contract_year_that_runs(evidence: list[Evidence], expected: ContractFact) -> None:
    employee = replace(PPPK, contract_start=date(2024, 1, 15))
    assert facts_of(built(evidence, employee), [], True).contract == expected


def test_a_contract_that_begins_later_has_no_year_that_runs() -> None:
    employee = replace(PPPK, contract_start=date(2030, 1, 15))
    assert facts_of(built([piece("s", of=PPPK, jp="30")], employee), [], True).contract is None


@given(several, st.randoms(use_true_random=False), st.sampled_from([PNS, PPPK]))
def test_the_order_of_evidence_never_changes_the_profile(evidence: list[Evidence], random: Any, employee: Employee) -> None:
    mine = [structs.replace(one, employee_id=employee.id) for one in evidence]
    assessments = [assessment(2), assessment(3, source="B"), assessment(1, date(2026, 1, 1), "komunikasi")]
    expected = text(mine, replace(employee, assessments=tuple(assessments)))
    random.shuffle(mine)
    random.shuffle(assessments)
    competencies = list(COMPETENCIES)
    random.shuffle(competencies)
    assert text(mine, replace(employee, assessments=tuple(assessments)), competencies=competencies) == expected


@given(several, st.data())
def test_the_same_evidence_again_never_changes_the_profile(evidence: list[Evidence], data: st.DataObject) -> None:
    again = data.draw(st.lists(st.sampled_from(evidence))) if evidence else []
    assert text([*evidence, *again]) == text(evidence)


@given(several, st.data())
def test_the_same_completion_under_another_id_never_changes_a_figure(evidence: list[Evidence], data: st.DataObject) -> None:
    def figures(pieces: list[Evidence]) -> Any:
        found = parsed(pieces)
        hours = [(year["year"], year["jp"], year["obligation"]) for year in found["hours"]]
        levels = [(one["id"], one["suggested"] and one["suggested"]["weight"], one["gap"]) for one in found["competencies"]]
        return hours, levels, found["index"]["score"], len(found["certificates"])

    copied = [structs.replace(one, statement_id=data.draw(st.uuids())) for one in evidence]
    assert figures([*evidence, *copied]) == figures(evidence)


@given(several, st.sampled_from([PNS, PPPK]), st.sampled_from(PostKind), days, st.data())
def test_until_the_next_change_every_day_gives_the_same_profile(
    evidence: list[Evidence], employee: Employee, post_kind: PostKind, as_of: date, data: st.DataObject
) -> None:
    mine = [structs.replace(one, employee_id=employee.id) for one in evidence]
    assessed = data.draw(st.lists(st.builds(assessment, st.integers(1, 5), days), max_size=2))
    employee = replace(employee, assessments=tuple(assessed))
    post = replace(POST, kind=post_kind)
    found = built(mine, employee, post=post, as_of=as_of)
    assert found.next_change_on > as_of
    last = found.next_change_on - timedelta(days=1)
    for day in {data.draw(st.dates(as_of, last)), last}:
        assert text(mine, employee, post=post, as_of=day) == render(found)


@given(several, days)
def test_only_what_had_happened_by_the_day_is_in_the_profile(evidence: list[Evidence], as_of: date) -> None:
    by_then = [one for one in evidence if one.finished_on <= as_of]
    found = parsed(evidence, as_of=as_of)
    expected = parsed(by_then, as_of=as_of)
    found.pop("nextChangeOn")
    expected.pop("nextChangeOn")
    assert found == expected


@given(several)
def test_every_figure_can_be_recomputed_from_the_lines_it_names(evidence: list[Evidence]) -> None:
    found = parsed(evidence)
    for year in found["hours"]:
        counted = [line for line in year["lines"] if line["counted"]]
        assert year["jp"] == sum(line["jp"] for line in counted)
        assert year["statementIds"] == [one for line in counted for one in line["statementIds"]]
    for one in found["competencies"]:
        if one["suggested"] is not None:
            counted = [each for each in one["evidence"] if each["counted"]]
            assert sum(each["weightNow"] for each in counted) == one["suggested"]["weight"] >= one["suggested"]["needed"]
            assert min(each["level"] for each in counted) >= one["suggested"]["level"]
    assert found["index"]["score"] == sum(part["score"] for part in found["index"]["components"])
    assert found["nextChangeOn"] > str(TODAY)


def test_members_are_written_in_the_order_of_their_names() -> None:
    parts = [one for one in vars(profile_json).values() if isinstance(one, type) and issubclass(one, msgspec.Struct)]
    assert len(parts) > 15
    for part in parts:
        names = [field.encode_name for field in structs.fields(part)]
        assert names == sorted(names), part
    written = text([piece("s", aligned={"integritas": 2})])
    assert written == msgspec.json.encode(msgspec.json.decode(written), order="sorted")
