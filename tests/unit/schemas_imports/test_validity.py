"""Whose identifiers are when."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from datetime import date

import pytest

from competency.directory import Employee, Employment, Identifier, IdentifierSource
from schemas.imports.directory import IdentifierRow, read_employees, read_identifiers
from schemas.imports.outcome import ImportResult
from schemas.imports.sheets import Format
from schemas.imports.validity import attach_identifiers

HOME = "https://asn.example/nip"
BUDI, SITI, OLD = "199203112023211014", "198609262015052001", "199203112019211007"
HEADER = "nip;kind;value;valid_from;valid_through"


def read(*lines: str) -> ImportResult[IdentifierRow]:
    return read_identifiers(io.BytesIO("\n".join((HEADER, *lines)).encode()), Format.CSV, nip_home_page=HOME)


def employee(employee_id: str, nip: str, *identifiers: Identifier) -> Employee:
    return Employee(employee_id, "Somebody", nip, Employment.PPPK, "biro", "analis", identifiers)


def attached(rows: Iterable[IdentifierRow], *held: Employee) -> ImportResult[Employee]:
    def by_identifiers(keys: Iterable[str]) -> Mapping[str, tuple[Employee, ...]]:
        return {key: tuple(one for one in held if key in one.keys) for key in keys}

    return attach_identifiers(tuple(rows), by_nip={one.nip: one for one in held}.get, by_identifiers=by_identifiers)


def former(cell: str) -> ImportResult[object]:
    text = f"nip;name;employment;unit;post;former_nips\n{BUDI};Budi;PPPK;biro;analis;{cell}\n"
    return ImportResult(*_both(read_employees(io.BytesIO(text.encode()), Format.CSV, nip_home_page=HOME)))


def _both(found: ImportResult[object]) -> tuple[object, object]:
    return found.rows, found.problems


@pytest.mark.parametrize(
    ("cell", "first", "last"),
    [
        (f"{OLD} (2019-03-01..2023-02-28)", date(2019, 3, 1), date(2023, 2, 28)),
        (f"'{OLD} ( 1 Maret 2019 s.d. 28 Februari 2023 )", date(2019, 3, 1), date(2023, 2, 28)),
        (f"{OLD} (01/03/2019 sampai dengan 28/02/2023)", date(2019, 3, 1), date(2023, 2, 28)),
        ("19920311 2019 21 1 007 (..28-02-2023)", None, date(2023, 2, 28)),
        (f"{OLD} (2019-03-01..)", date(2019, 3, 1), None),
        (OLD, None, None),
    ],
)
def test_a_former_number_may_have_its_days(cell: str, first: date | None, last: date | None) -> None:
    (row,) = former(cell).rows
    assert Identifier(f"account|{HOME}|{OLD}", first, last) in row.identifiers  # type: ignore[attr-defined]
    assert Identifier(f"account|{HOME}|{BUDI}") in row.identifiers  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "cell",
    [
        f"{OLD} (2019)",
        f"{OLD} (..)",
        f"{OLD} (2023-02-28..2019-03-01)",
        f"{OLD} (2019-02-30..)",
        f"{OLD} (2019-03-01..2023-02-28",
        "1992 (2019-03-01..)",
        '"' + f"{OLD}; {OLD} (2019-03-01..)" + '"',
        BUDI,
    ],
)
def test_days_that_are_none_are_refused_and_the_number_is_not_shown(cell: str) -> None:
    found = former(cell)
    assert found.rows == ()
    (problem,) = found.problems
    assert (problem.line, problem.column) == (2, "former_nips")
    assert OLD not in str(problem)
    assert BUDI not in str(problem)


def test_the_table_takes_every_kind_of_identifier() -> None:
    found = read(
        f"{BUDI};NIP;{OLD};;2023-02-28",
        f"{BUDI};surel;Budi@kpn.example;2023-03-01;",
        f"{BUDI};account;https://lms.example|budi;;",
        f"{BUDI};openid;https://id.example/budi;;",
    )
    assert found.problems == ()
    keys = [[one.key for one in row.identifiers if "sha1" not in one.key] for row in found.rows]
    assert keys == [
        [f"account|{HOME}|{OLD}"],
        ["mbox|mailto:Budi@kpn.example", "mbox|mailto:budi@kpn.example"],
        ["account|https://lms.example|budi"],
        ["openid|https://id.example/budi"],
    ]
    assert {(one.valid_from, one.valid_through) for one in found.rows[1].identifiers} == {(date(2023, 3, 1), None)}


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (f"{BUDI};email;budi;;", "value"),
        (f"{BUDI};nip;1992;;", "value"),
        (f"{BUDI};account;budi;;", "value"),
        (f"{BUDI};phone;0812;;", "kind"),
        (f"{BUDI};nip;{OLD};2024-01-01;2023-01-01", "valid_through"),
    ],
)
def test_a_bad_identifier_is_told_by_its_column_and_hidden(row: str, column: str) -> None:
    found = read(row)
    assert found.rows == ()
    assert [(problem.line, problem.column) for problem in found.problems] == [(2, column)]
    assert "0812" not in str(found.problems[0])
    assert "budi" not in found.problems[0].value_shown


def test_a_number_has_its_days_from_then_on_and_again_nothing_changes() -> None:
    key = f"account|{HOME}|{OLD}"
    held = employee("emp-1", BUDI, Identifier(key), Identifier("mbox|mailto:b@kpn.example"))
    rows = read(f"{BUDI};nip;{OLD};;2023-02-28").rows
    (now,) = attached(rows, held).rows
    assert set(now.identifiers) == {Identifier(key, None, date(2023, 2, 28)), Identifier("mbox|mailto:b@kpn.example")}
    assert attached(rows, now).rows == ()


def test_an_address_is_handed_over_in_one_file() -> None:
    held = employee("emp-1", BUDI, *(row.identifiers[0] for row in read(f"{BUDI};email;team@kpn.example;;").rows))
    rows = read(f"{SITI};email;team@kpn.example;2024-01-01;", f"{BUDI};email;team@kpn.example;;2023-12-31").rows
    found = attached(rows, held, employee("emp-2", SITI))
    assert found.problems == ()
    key = "mbox|mailto:team@kpn.example"
    by_id = {one.id: one for one in found.rows}
    assert by_id["emp-1"].is_named_by(key, date(2023, 12, 31))
    assert not by_id["emp-1"].is_named_by(key, date(2024, 1, 1))
    assert by_id["emp-2"].is_named_by(key, date(2024, 1, 1))


def test_two_people_with_an_identifier_on_one_day_is_a_problem_that_shows_neither_number() -> None:
    rows = read(f"{BUDI};email;team@kpn.example;;2024-01-01", f"{SITI};email;team@kpn.example;2024-01-01;").rows
    found = attached(rows, employee("emp-1", BUDI), employee("emp-2", SITI))
    assert [one.id for one in found.rows] == ["emp-1"]
    (problem,) = found.problems
    assert (problem.line, "emp-1" in problem.message) == (3, True)
    assert SITI not in str(problem)
    assert BUDI not in str(problem)
    held = employee("emp-3", OLD, Identifier("mbox|mailto:team@kpn.example", source=IdentifierSource.HR))
    assert [problem.line for problem in attached(rows, employee("emp-1", BUDI), employee("emp-2", SITI), held).problems] == [2, 3]


def test_what_hr_linked_stays_and_unknown_people_are_told_masked() -> None:
    linked = Identifier("account|https://lms.example|budi", source=IdentifierSource.HR)
    rows = read(f"{BUDI};account;https://lms.example|budi;2024-01-01;", f"{OLD};email;x@kpn.example;;").rows
    found = attached(rows, employee("emp-1", BUDI, linked))
    assert linked in found.rows[0].identifiers
    assert [(problem.line, problem.value_shown) for problem in found.problems] == [(3, "19920311******1007")]
