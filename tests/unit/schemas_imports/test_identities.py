"""Who the rows of a file are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from itertools import count
from typing import Any

import pytest

from competency.directory import Assessment, Employee, Employment, Identifier, IdentifierSource, Post, PostKind, Unit
from schemas.imports.directory import AssessmentRow, EmployeeRow, PostRow, StandardRow, UnitRow, identifiers
from schemas.imports.identities import apply_standards, assign_ids, attach_assessments, check_units
from schemas.imports.outcome import ImportResult

HOME = "https://asn.example/nip"
OLD, NEW, OTHER = "199203112021211014", "199203112024211007", "198609262015052001"


def row(nip: str, *emails: str, line: int = 2, **changes: Any) -> EmployeeRow:
    keys = identifiers(nips=(nip,), emails=emails, accounts=(), openids=(), nip_home_page=HOME)
    return replace(EmployeeRow(line, "Siti", nip, Employment.PNS, "biro", "analis", keys, None), **changes)


def known(employee_id: str, nip: str, *emails: str, **changes: Any) -> Employee:
    made = row(nip, *emails)
    return replace(Employee(employee_id, "Siti", nip, Employment.PNS, "biro", "analis", made.identifiers), **changes)


def holding(*held: Employee) -> Callable[[Iterable[str]], Mapping[str, tuple[Employee, ...]]]:
    """As a directory that holds these employees answers."""

    def by_identifiers(keys: Iterable[str]) -> Mapping[str, tuple[Employee, ...]]:
        found = {key: tuple(employee for employee in held if key in employee.keys) for key in keys}
        return {key: employees for key, employees in found.items() if employees}

    return by_identifiers


def assigned(rows: Iterable[EmployeeRow], *held: Employee, **more: Any) -> ImportResult[Employee]:
    numbers = count(1)
    return assign_ids(
        tuple(rows),
        by_nip={employee.nip: employee for employee in held}.get,
        by_identifiers=holding(*held),
        new_id=lambda: f"new-{next(numbers)}",
        nip_home_page=HOME,
        **more,
    )


def test_somebody_new_gets_an_id_that_has_nothing_to_do_with_the_number() -> None:
    found = assigned([row(OLD), row(OTHER, line=3)])
    assert [(employee.id, employee.nip) for employee in found.rows] == [("new-1", OLD), ("new-2", OTHER)]
    assert found.problems == ()


def test_who_is_known_keeps_the_id_and_the_assessments() -> None:
    assessments = (Assessment("integritas", 3, date(2025, 1, 1), "AC"),)
    found = assigned([row(OLD, unit_id="other")], known("emp-1", OLD, assessments=assessments))
    (employee,) = found.rows
    assert (employee.id, employee.unit_id, employee.assessments) == ("emp-1", "other", assessments)


def test_importing_the_same_rows_again_changes_nobody() -> None:
    first = assigned([row(OLD, "a@kpn.example"), row(OTHER, line=3)]).rows
    assert assigned([row(OLD, "a@kpn.example"), row(OTHER, line=3)], *first).rows == first


def test_a_new_number_with_the_same_address_is_the_same_person_who_keeps_the_old_number() -> None:
    (employee,) = assigned([row(NEW, "budi@kpn.example")], known("emp-1", OLD, "budi@kpn.example")).rows
    assert (employee.id, employee.nip) == ("emp-1", NEW)
    assert {f"account|{HOME}|{OLD}", f"account|{HOME}|{NEW}"} <= set(employee.keys)


def test_an_address_that_is_no_longer_theirs_is_given_up() -> None:
    (employee,) = assigned([row(OLD, "new@kpn.example")], known("emp-1", OLD, "old@kpn.example")).rows
    assert "mbox|mailto:old@kpn.example" not in employee.keys


def test_the_number_finds_the_person_though_the_home_page_was_another() -> None:
    held = replace(known("emp-1", OLD), identifiers=(Identifier(f"account|https://before.example|{OLD}"),))
    assert [employee.id for employee in assigned([row(OLD)], held).rows] == ["emp-1"]


def test_a_row_that_is_two_people_is_refused_and_the_others_pass() -> None:
    found = assigned(
        [row(OLD, "siti@kpn.example"), row(OTHER, line=3)], known("emp-1", OLD), known("emp-2", OTHER, "siti@kpn.example")
    )
    assert [employee.id for employee in found.rows] == ["emp-2"]
    (problem,) = found.problems
    assert (problem.line, "emp-1, emp-2" in problem.message) == (2, True)
    assert OLD not in str(problem)


def test_two_rows_can_not_share_an_identifier_nor_be_one_person() -> None:
    shared = assigned([row(OLD, "team@kpn.example"), row(OTHER, "team@kpn.example", line=3)])
    assert [(problem.line, "line 2" in problem.message, "e-mail" in problem.message) for problem in shared.problems] == [
        (3, True, True)
    ]
    same = assigned([row(OLD), row(NEW, "budi@kpn.example", line=3)], known("emp-1", OLD, "budi@kpn.example"))
    assert [employee.id for employee in same.rows] == ["emp-1"]
    assert [problem.line for problem in same.problems] == [3]


def test_a_unit_or_post_that_is_not_known_is_told() -> None:
    found = assigned([row(OLD), row(OTHER, line=3, post_id="x")], unit_ids={"biro"}, post_ids={"analis"})
    assert [employee.nip for employee in found.rows] == [OLD]
    assert [(problem.line, problem.column, problem.value_shown) for problem in found.problems] == [(3, "post", "x")]


def test_hundreds_of_rows_are_looked_up_in_a_few_calls() -> None:
    calls = []

    def by_identifiers(keys: Iterable[str]) -> Mapping[str, tuple[Employee, ...]]:
        calls.append(len(set(keys)))
        return {}

    rows = [row(f"19920311202321{number:04d}"[:18], line=number) for number in range(1001, 2201)]
    found = assign_ids(
        rows, by_nip=lambda nip: None, by_identifiers=by_identifiers, new_id=iter(map(str, count())).__next__, nip_home_page=HOME
    )
    assert len(found.rows) == 1200
    assert len(calls) == 3


def test_assessments_are_added_once_and_unknown_people_told_masked() -> None:
    held = known("emp-1", OTHER, assessments=(Assessment("integritas", 2, date(2024, 1, 1), "AC"),))
    new = Assessment("integritas", 3, date(2025, 1, 1), "AC")
    rows = [AssessmentRow(2, OTHER, new), AssessmentRow(3, OTHER, new), AssessmentRow(4, OLD, new)]
    found = attach_assessments(rows, {OTHER: held}.get)
    (employee,) = found.rows
    assert employee.assessments == (*held.assessments, new)
    assert [(problem.line, problem.value_shown) for problem in found.problems] == [(4, "19920311******1014")]
    assert attach_assessments(rows[:1], {OTHER: employee}.get).rows == ()


def test_standards_are_added_to_what_the_post_has() -> None:
    posts = {"p": Post("p", "P", PostKind.PELAKSANA, "pelaksana", {"a": 1, "b": 1})}
    found = apply_standards([StandardRow(2, "p", "b", 2), StandardRow(3, "p", "c", 3), StandardRow(4, "q", "a", 1)], posts)
    assert [post.standards for post in found.rows] == [{"a": 1, "b": 2, "c": 3}]
    assert [problem.line for problem in found.problems] == [4]
    assert apply_standards([StandardRow(2, "p", "a", 1)], posts).rows == ()


def test_units_must_lead_up_to_an_agency() -> None:
    units = [
        Unit("a", "A"),
        Unit("b", "B", "a"),
        Unit("c", "C", "gone"),
        Unit("d", "D", "e"),
        Unit("e", "E", "d"),
        Unit("f", "F", "held"),
    ]
    found = check_units([UnitRow(line, unit) for line, unit in enumerate(units, start=2)], {"held": Unit("held", "H")})
    assert [unit.id for unit in found.rows] == ["a", "b", "f"]
    assert [(problem.line, problem.column, problem.value_shown) for problem in found.problems] == [
        (4, "parent", "gone"),
        (5, "parent", "e"),
        (6, "parent", "d"),
    ]


def test_an_identifier_that_was_another_persons_before_makes_no_one_of_the_two() -> None:
    shared = Identifier("mbox|mailto:team@kpn.example", valid_through=date(2023, 12, 31))
    before = replace(known("emp-1", OLD), identifiers=(shared,))
    later = row(OTHER, identifiers=(Identifier(shared.key, valid_from=date(2024, 1, 1)),))
    assert [employee.id for employee in assigned([later], before).rows] == ["new-1"]
    overlapping = replace(later, identifiers=(Identifier(shared.key, valid_from=date(2023, 12, 31)),))
    assert [employee.id for employee in assigned([overlapping], before).rows] == ["emp-1"]


def test_what_hr_linked_and_what_has_a_validity_survive_an_import() -> None:
    linked = Identifier("account|https://lms.example|budi", source=IdentifierSource.HR)
    dated = Identifier("mbox|mailto:old@kpn.example", valid_through=date(2024, 5, 1))
    held = known("emp-1", OLD, "gone@kpn.example")
    held = replace(held, identifiers=(linked, dated, *held.identifiers))
    (employee,) = assigned([row(OLD, "new@kpn.example")], held).rows
    assert {linked, dated} <= set(employee.identifiers)
    assert "mbox|mailto:gone@kpn.example" not in employee.keys
    assert assigned([row(OLD, "new@kpn.example")], employee).rows == (employee,)


def test_a_row_without_days_leaves_the_days_that_are_known() -> None:
    dated = Identifier("mbox|mailto:a@kpn.example", valid_from=date(2024, 5, 1))
    held = replace(known("emp-1", OLD), identifiers=(dated,))
    (employee,) = assigned([row(OLD, "a@kpn.example")], held).rows
    assert [one for one in employee.identifiers if one.key == dated.key] == [dated]


def test_days_that_a_row_gives_to_a_former_number_replace_those_that_were_known() -> None:
    key = f"account|{HOME}|{OLD}"
    held = replace(
        known("emp-1", NEW), identifiers=(Identifier(key, valid_through=date(2023, 1, 1)), Identifier(f"account|{HOME}|{NEW}"))
    )
    now = Identifier(key, valid_through=date(2024, 1, 1))
    (employee,) = assigned([row(NEW, identifiers=(now, Identifier(f"account|{HOME}|{NEW}")))], held).rows
    assert [one for one in employee.identifiers if one.key == key] == [now]


def test_who_is_in_a_file_without_a_last_day_is_here_and_keeps_the_id_in_siasn() -> None:
    held = known("emp-1", OLD, left_on=date(2025, 1, 1), siasn_id="S-1")
    (employee,) = assigned([row(OLD)], held).rows
    assert (employee.left_on, employee.siasn_id) == (None, "S-1")
    (gone,) = assigned([row(OLD, left_on=date(2026, 7, 1), siasn_id="S-2")], held).rows
    assert (gone.left_on, gone.siasn_id) == (date(2026, 7, 1), "S-2")


FIRST, SECOND, THIRD = date(2021, 3, 1), date(2023, 3, 1), date(2025, 3, 1)
CONTRACTS: list[tuple[str, dict[str, Any], dict[str, Any], tuple[date, ...]]] = [
    ("a new contract: the one that was is former", {"contract_start": SECOND}, {"contract_start": THIRD}, (SECOND,)),
    (
        "one more: all that are known are former",
        {"contract_start": SECOND, "former_contracts": (FIRST,)},
        {"contract_start": THIRD},
        (FIRST, SECOND),
    ),
    ("the same contract again", {"contract_start": SECOND, "former_contracts": (FIRST,)}, {"contract_start": SECOND}, (FIRST,)),
    ("a file without contracts leaves them", {"contract_start": SECOND, "former_contracts": (FIRST,)}, {}, (FIRST,)),
    ("a start that is put right to an earlier day", {"contract_start": SECOND}, {"contract_start": FIRST}, ()),
    (
        "what a row says stands",
        {"contract_start": SECOND, "former_contracts": (FIRST,)},
        {"contract_start": THIRD, "former_contracts": (SECOND,)},
        (SECOND,),
    ),
    (
        "none, when that is said",
        {"contract_start": SECOND, "former_contracts": (FIRST,)},
        {"contract_start": THIRD, "former_contracts": ()},
        (),
    ),
]


@pytest.mark.parametrize(("sentence", "held", "said", "former"), CONTRACTS, ids=[one[0] for one in CONTRACTS])
def test_the_contracts_that_were_are_known_from_what_stood_before(
    sentence: str, held: dict[str, Any], said: dict[str, Any], former: tuple[date, ...]
) -> None:
    (employee,) = assigned(
        [row(OLD, employment=Employment.PPPK, **said)], known("emp-1", OLD, employment=Employment.PPPK, **held)
    ).rows
    assert employee.former_contracts == former, sentence


def test_somebody_new_has_the_former_contracts_that_the_row_says() -> None:
    (employee,) = assigned([row(OLD, employment=Employment.PPPK, contract_start=SECOND, former_contracts=(FIRST,))]).rows
    assert (employee.contract_start, employee.former_contracts) == (SECOND, (FIRST,))


def test_a_unit_keeps_its_id_in_siasn_until_another_is_said() -> None:
    known_units = {"a": Unit("a", "Old", siasn_id="S-1")}
    rows = [UnitRow(2, Unit("a", "New")), UnitRow(3, Unit("b", "B", siasn_id="S-2"))]
    assert [unit.siasn_id for unit in check_units(rows, known_units).rows] == ["S-1", "S-2"]


def test_a_post_whose_file_says_nothing_of_standards_keeps_them() -> None:
    held = Post("p", "Old", PostKind.PELAKSANA, "pelaksana", {"a": 1})
    new = Post("p", "New", PostKind.PELAKSANA, "pelaksana", {})
    assert PostRow(2, new, says_standards=False).upon(held) == replace(new, standards={"a": 1})
    assert PostRow(2, new, says_standards=True).upon(held) == new
    assert PostRow(2, new, says_standards=False).upon(None) == new
