"""What the tables take and refuse, cell by cell."""

from __future__ import annotations

import io
import json
from datetime import date
from decimal import Decimal
from hashlib import sha1
from pathlib import Path
from typing import Any

import pytest

from competency.catalogue import Alignment, CatalogueEntry, Certificate, CountsPer, DefinitionMatch, FinishRule, Repeats
from competency.directory import Employment, PostKind
from schemas.imports.catalogue import read_catalogue
from schemas.imports.directory import EmployeeRow, read_employees, read_posts, read_standards, read_units
from schemas.imports.documentation import markdown
from schemas.imports.outcome import ImportResult
from schemas.imports.package import all_tables, read_package
from schemas.imports.sheets import Format

ROOT = Path(__file__).parents[3]
HOME = "https://asn.example/nip"
NIP = "198609262015051001"
NO_TABLES = ("daftar-hadir",)
EMPLOYEE_HEADER = "nip;name;employment;unit;post;emails;accounts;openids;former_nips;contract_start"
CATALOGUE_HEADER = "id;activity_id;title;kind;provider;jp;finish;alignments"
ENTRY = {
    "id": "e-1",
    "activity_id": "https://x.example/a",
    "title": "A",
    "kind": "16",
    "provider": "P",
    "jp": 4,
    "finish": "completed",
    "alignments": {"integritas": 2},
}


def csv(text: str) -> io.BytesIO:
    return io.BytesIO(text.encode())


def employees(*rows: str) -> ImportResult[EmployeeRow]:
    return read_employees(csv("\n".join((EMPLOYEE_HEADER, *rows))), Format.CSV, nip_home_page=HOME)


def entries(*rows: str) -> ImportResult[CatalogueEntry]:
    return read_catalogue(csv("\n".join((CATALOGUE_HEADER, *rows))), Format.CSV)


def as_json(*items: Any) -> ImportResult[CatalogueEntry]:
    return read_catalogue(csv(json.dumps(items)), Format.JSON)


def test_an_employee_can_be_named_by_numbers_addresses_accounts_and_openids() -> None:
    (row,) = employees(
        f'{NIP};Siti;PNS;biro;analis;"Siti@kpn.example";"https://lms.example|siti; https://x.example|7";https://id.example/s;198609262010011001;'
    ).rows
    hashed = [sha1(f"mailto:{one}".encode(), usedforsecurity=False).hexdigest() for one in ("Siti@kpn.example", "siti@kpn.example")]
    assert {one.key for one in row.identifiers} == {
        f"account|{HOME}|{NIP}",
        f"account|{HOME}|198609262010011001",
        "account|https://lms.example|siti",
        "account|https://x.example|7",
        "openid|https://id.example/s",
        "mbox|mailto:Siti@kpn.example",
        "mbox|mailto:siti@kpn.example",
        *(f"mbox_sha1sum|{one}" for one in hashed),
    }
    assert [one.key for one in row.identifiers] == sorted(one.key for one in row.identifiers)
    assert {(one.valid_from, one.valid_through) for one in row.identifiers} == {(None, None)}


def test_a_pppk_has_a_contract_and_a_pns_has_none() -> None:
    found = employees(
        "199203112023211014;Budi;P3K;biro;analis;;;;;1 Maret 2023",
        "198609262015051001;Siti;PNS;biro;analis;;;;;1 Maret 2023",
    )
    assert [(row.employment, row.contract_start) for row in found.rows] == [(Employment.PPPK, date(2023, 3, 1))]
    assert [(problem.line, problem.column) for problem in found.problems] == [(3, "contract_start")]


def test_bad_cells_are_told_with_line_and_column_and_good_rows_pass() -> None:
    found = employees(
        f"{NIP};Siti;PNS;biro;analis;;;;;",
        "1986;Budi;PNS;biro;analis;;;;;",
        "199203112023211014;Rina;honorer;biro;analis;not-an-address;lms|rina;;;kapan",
        ";;PNS;biro;;;;;;",
        "199203112023211014;Rina;PNS;biro;analis;;;;;",
    )
    assert [row.line for row in found.rows] == [2]
    assert [(problem.line, problem.column) for problem in found.problems] == [
        (3, "nip"),
        (4, "employment"),
        (4, "emails"),
        (4, "accounts"),
        (4, "contract_start"),
        (5, "nip"),
        (5, "name"),
        (5, "post"),
        (6, "nip"),
    ]
    assert all(problem.would_be_right for problem in found.problems)


def test_problems_never_show_a_person() -> None:
    mine = "198707272012072002"
    found = employees(
        "199203112023211014;Rina Wijaya;PNS;biro;analis;;;;;",
        "1992 rina;Rina Wijaya;PNS;biro;analis;rina at kpn;rina wijaya;;;",
        f"{mine};Rina;PNS;biro;analis;;;;;",
        f"{mine};Rina;PNS;biro;analis;;;;;",
    )
    assert len(found.problems) == 5
    shown = "\n".join(map(str, found.problems))
    assert "rina" not in shown.lower()
    assert "199203112023211014" not in shown
    assert mine not in shown
    assert "19870727******2002" in shown


def test_a_number_that_lost_digits_before_it_was_saved_as_csv_is_refused() -> None:
    found = employees("1,98609E+17;Siti;PNS;biro;analis;;;;;", "198609262015051000;Siti;PNS;biro;analis;;;;;")
    assert found.rows == ()
    assert all("last digits" in problem.message for problem in found.problems)


def test_unknown_columns_are_told_and_passed_over_and_missing_ones_refused() -> None:
    found = read_units(csv("No,id,name,parrent\n1,kpn,Kementerian,x\n"), Format.CSV)
    assert [row.unit.parent_id for row in found.rows] == [None]
    assert [problem.column for problem in found.problems] == ["No", "parrent"]
    refused = read_units(csv("id,parent\nkpn,\n"), Format.CSV)
    assert refused.rows == ()
    assert "name" in refused.problems[-1].message


def test_a_row_with_more_cells_than_the_header_is_refused() -> None:
    found = read_units(csv("id,name\nkpn,Kementerian,oops\nbiro,Biro\n"), Format.CSV)
    assert [row.unit.id for row in found.rows] == ["biro"]
    assert [problem.line for problem in found.problems] == [2]


def test_an_id_or_an_activity_that_is_there_twice_counts_once() -> None:
    found = entries(
        "e-1;https://x.example/a;A;16;P;4;completed;",
        "e-1;https://x.example/b;B;16;P;4;completed;",
        "e-2;https://x.example/a;C;16;P;4;completed;",
    )
    assert [entry.title for entry in found.rows] == ["A"]
    assert [(problem.line, problem.column, "line 2" in problem.message) for problem in found.problems] == [
        (3, "id", True),
        (4, "activity_ids", True),
    ]


def test_a_catalogue_entry_may_use_names_and_words_of_indonesian_offices() -> None:
    found = entries('e-1;https://x.example/a;A;bimbingan teknis;P;"1,5";Lulus;"integritas:2; kerja-sama:3"')
    assert found.rows == (
        CatalogueEntry(
            "e-1",
            "A",
            "8",
            "P",
            Decimal("1.5"),
            FinishRule.PASSED,
            ("https://x.example/a",),
            alignments=(Alignment("integritas", 2), Alignment("kerja-sama", 3)),
        ),
    )


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("-e;https://x.example/a;A;16;P;4;completed;", "id"),
        ("e;x.example/a;A;16;P;4;completed;", "activity_ids"),
        ("e;https://x.example/a b;A;16;P;4;completed;", "activity_ids"),
        ("e;https://x.example/a;A;26;P;4;completed;", "kind"),
        ("e;https://x.example/a;A;16;P;0;completed;", "jp"),
        ("e;https://x.example/a;A;16;P;-4;completed;", "jp"),
        ("e;https://x.example/a;A;16;P;1.000;completed;", "jp"),
        ("e;https://x.example/a;A;16;P;NaN;completed;", "jp"),
        ("e;https://x.example/a;A;16;P;4;done;", "finish"),
        ("e;https://x.example/a;A;16;P;4;completed;integritas:6", "alignments"),
        ("e;https://x.example/a;A;16;P;4;completed;integritas", "alignments"),
        ('e;https://x.example/a;A;16;P;4;completed;"integritas:1; integritas:2"', "alignments"),
    ],
)
def test_a_catalogue_entry_is_checked_cell_by_cell(row: str, column: str) -> None:
    found = entries(row)
    assert found.rows == ()
    assert [(problem.line, problem.column) for problem in found.problems] == [(2, column)]


def test_json_gives_the_same_entry() -> None:
    assert as_json(ENTRY).rows == entries("e-1;https://x.example/a;A;16;P;4;completed;integritas:2").rows


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"jp": "4"}, "jp"),
        ({"jp": True}, "jp"),
        ({"jp": 1.234}, "jp"),
        ({"id": 7}, "id"),
        ({"title": None}, "title"),
        ({"finish": "Completed"}, "finish"),
        ({"alignments": "integritas:2"}, "alignments"),
        ({"alignments": {"integritas": "2"}}, "alignments"),
        ({"alignments": {"integritas": True}}, "alignments"),
        ({"extra": 1}, "extra"),
    ],
)
def test_json_is_strict(change: dict[str, Any], column: str) -> None:
    found = as_json({**ENTRY, "id": "e-0"}, {**ENTRY, "activity_id": "https://x.example/b", **change})
    assert [entry.id for entry in found.rows] == ["e-0"]
    assert [(problem.line, problem.column) for problem in found.problems] == [(2, column)]


def test_json_that_is_no_object_or_lacks_a_member_is_told() -> None:
    lacking = {name: value for name, value in ENTRY.items() if name != "title"}
    assert [(problem.line, problem.column) for problem in as_json(7, lacking, ENTRY).problems] == [(1, ""), (2, "title")]


def test_a_posts_file_says_standards_when_it_has_the_column_even_where_it_is_empty() -> None:
    (silent,) = read_posts(csv("id,title,kind,tier\np,P,Struktural,Pengawas\n"), Format.CSV).rows
    (none,) = read_posts(csv("id,title,kind,tier,standards\np,P,Struktural,Pengawas,\n"), Format.CSV).rows
    assert (silent.says_standards, none.says_standards, none.post.standards) == (False, True, {})
    post = {"id": "p", "title": "P", "kind": "struktural", "tier": "pengawas"}
    document = json.dumps([post, {**post, "id": "q", "standards": {}}]).encode()
    assert [row.says_standards for row in read_posts(csv(document.decode()), Format.JSON).rows] == [False, True]


def test_posts_and_standards() -> None:
    (row,) = read_posts(csv("id,title,kind,tier,standards\np,P,Struktural,Pengawas,integritas:2\n"), Format.CSV).rows
    post = row.post
    assert (post.kind, post.tier, post.standards) == (PostKind.STRUKTURAL, "pengawas", {"integritas": 2})
    (standard,) = read_standards(csv("jabatan,kompetensi,level\np,komunikasi,3\n"), Format.CSV).rows
    assert (standard.post_id, standard.competency_id, standard.level) == ("p", "komunikasi", 3)


def test_the_sample_files_have_no_problem_and_are_recognised_by_their_headers() -> None:
    packages = [
        read_package(path, nip_home_page=HOME)
        for path in sorted((ROOT / "samples" / "files").iterdir())
        if path.stem not in NO_TABLES
    ]
    assert [str(problem) for package in packages for problem in package.problems] == []
    found = {
        name: sum(len(getattr(package, name)) for package in packages) for name in ("units", "posts", "standards", "employees")
    }
    assert found == {"units": 3, "posts": 2, "standards": 2, "employees": 3}
    assert sum(len(package.assessments) for package in packages) == 2
    assert sum(len(package.identifiers) for package in packages) == 3
    assert sum(len(package.catalogue) for package in packages) == 5
    assert sum(len(package.competencies) for package in packages) == 2


@pytest.mark.parametrize("table", all_tables(HOME), ids=lambda table: table.name)
def test_the_documentation_has_every_column_as_the_code_has_it(table: Any) -> None:
    page = (ROOT / "docs" / "imports.md").read_text(encoding="utf-8")
    assert markdown(table) in page, "run `python -m schemas.imports.documentation` and put its output under Tables"


FULL = {
    "id": "e-9",
    "activity_ids": ["https://x.example/a", "https://x.example/b"],
    "patterns": ["https://x.example/seri-*"],
    "definitions": [
        {"type": "http://adlnet.gov/expapi/activities/meeting", "name": "Webinar*", "extensions": {"https://x.example/e": 4.0}}
    ],
    "title": "A",
    "kind": "9",
    "provider": "P",
    "finish": "attended",
    "min_score": 0.7,
    "certificate": 24,
    "from_year": 2025,
    "through_year": 2027,
    "repeats": "yearly",
    "counts_per": "activity",
    "alignments": {"integritas": {"level": 3, "weight": 0.5}, "kerja-sama": 2},
    "siasn_training": "54",
}
FULL_HEADER = (
    "id;activity_ids;patterns;definitions;title;kind;provider;jp;finish;min_score;certificate;from_year;through_year;repeats;"
    "counts_per;alignments;siasn_training"
)


def full(**cells: str) -> ImportResult[CatalogueEntry]:
    """One row with these cells; the others say what an entry needs."""
    given = {"id": "e", "activity_ids": "https://x.example/a", "title": "A", "kind": "16", "provider": "P", "finish": "completed"}
    row = ";".join('"' + {**given, **cells}.get(name, "").replace('"', '""') + '"' for name in FULL_HEADER.split(";"))
    return read_catalogue(csv(f"{FULL_HEADER}\n{row}\n"), Format.CSV)


def test_an_entry_says_everything_in_a_row_as_in_json() -> None:
    (entry,) = full(
        id="e-9",
        activity_ids="https://x.example/a; https://x.example/b",
        patterns="https://x.example/seri-*",
        definitions="type=http://adlnet.gov/expapi/activities/meeting & name=Webinar* & https://x.example/e=4",
        kind="9",
        finish="hadir",
        min_score="0,7",
        certificate="24 bulan",
        from_year="2025",
        through_year="2027",
        repeats="setiap tahun",
        counts_per="kegiatan",
        alignments="kerja-sama:2; integritas:3*0.5",
        siasn_training="54",
    ).rows
    assert as_json(FULL).rows == (entry,)
    assert entry == CatalogueEntry(
        "e-9",
        "A",
        "9",
        "P",
        None,
        FinishRule.ATTENDED,
        ("https://x.example/a", "https://x.example/b"),
        ("https://x.example/seri-*",),
        (DefinitionMatch("http://adlnet.gov/expapi/activities/meeting", "Webinar*", (("https://x.example/e", "4"),)),),
        (Alignment("integritas", 3, Decimal("0.5")), Alignment("kerja-sama", 2)),
        Decimal("0.7"),
        Certificate(24),
        2025,
        2027,
        Repeats.YEARLY,
        CountsPer.ACTIVITY,
        siasn_training="54",
    )


@pytest.mark.parametrize(
    ("cell", "certificate"),
    [("", None), ("tidak", None), ("-", None), ("ya", Certificate()), ("selamanya", Certificate()), ("12", Certificate(12))],
)
def test_a_certificate_is_for_some_months_or_without_end(cell: str, certificate: Certificate | None) -> None:
    (entry,) = full(certificate=cell).rows
    assert entry.certificate == certificate


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"activity_ids": ""}, "activity_ids"),
        ({"patterns": "https://x.example/a"}, "patterns"),
        ({"patterns": "https://*"}, "patterns"),
        ({"patterns": "*"}, "patterns"),
        ({"definitions": "name=*"}, "definitions"),
        ({"definitions": "webinar"}, "definitions"),
        ({"definitions": "type=meeting"}, "definitions"),
        ({"definitions": "label=x"}, "definitions"),
        ({"min_score": "70"}, "min_score"),
        ({"min_score": "-1,5"}, "min_score"),
        ({"certificate": "0"}, "certificate"),
        ({"certificate": "mungkin"}, "certificate"),
        ({"from_year": "25"}, "from_year"),
        ({"from_year": "2026", "through_year": "2025"}, "through_year"),
        ({"repeats": "often"}, "repeats"),
        ({"counts_per": "person"}, "counts_per"),
        ({"siasn_training": "5" * 65}, "siasn_training"),
        ({"siasn_training": "#N/A"}, "siasn_training"),
        ({"alignments": "integritas:3*0"}, "alignments"),
        ({"alignments": "integritas:3*1.5"}, "alignments"),
        ({"alignments": "integritas:3*"}, "alignments"),
    ],
)
def test_what_an_entry_can_not_say_is_told_by_its_column(cells: dict[str, str], column: str) -> None:
    found = full(**cells)
    assert found.rows == ()
    assert [(problem.line, problem.column) for problem in found.problems] == [(2, column)]
    assert found.problems[0].would_be_right


MATCHES: list[tuple[dict[str, Any], CountsPer]] = [
    # what an entry matches by, and what it counts per where it does not say
    ({"activity_ids": ["https://x.example/a", "https://x.example/b"]}, CountsPer.ENTRY),
    ({"patterns": ["https://x.example/seri-*"]}, CountsPer.ACTIVITY),
    ({"definitions": [{"name": "Webinar*"}]}, CountsPer.ACTIVITY),
    ({"activity_ids": ["https://x.example/a"], "patterns": ["https://x.example/seri-*"]}, CountsPer.ACTIVITY),
]


@pytest.mark.parametrize(("matches", "per"), MATCHES)
def test_ids_are_one_training_and_patterns_and_definitions_a_series_unless_it_is_said(
    matches: dict[str, Any], per: CountsPer
) -> None:
    entry = {"id": "e", "title": "A", "kind": "16", "provider": "P", "finish": "completed", **matches}
    assert [one.counts_per for one in as_json(entry).rows] == [per]
    assert [one.counts_per for one in as_json({**entry, "counts_per": None}).rows] == [per]
    for said in CountsPer:
        assert [one.counts_per for one in as_json({**entry, "counts_per": said.value}).rows] == [said]


def test_an_empty_cell_counts_per_what_the_entry_matches_by() -> None:
    assert [entry.counts_per for entry in full().rows] == [CountsPer.ENTRY]
    assert [entry.counts_per for entry in full(activity_ids="", patterns="https://x.example/seri-*").rows] == [CountsPer.ACTIVITY]
    assert [entry.counts_per for entry in full(activity_ids="", definitions="name=Webinar*").rows] == [CountsPer.ACTIVITY]
    assert [entry.counts_per for entry in full(patterns="https://x.example/seri-*", counts_per="entri").rows] == [CountsPer.ENTRY]


def test_a_structural_training_has_bkns_id_or_none() -> None:
    assert [entry.siasn_training for entry in full().rows] == [""]
    assert [entry.siasn_training for entry in full(siasn_training="5" * 64).rows] == ["5" * 64]
    titled = f"{FULL_HEADER.replace('siasn_training', 'Latihan Struktural ID')}\n"
    row = ";".join(["e", "https://x.example/a", "", "", "A", "1", "P", "", "lulus", "", "", "", "", "", "", "", "54"])
    assert [entry.siasn_training for entry in read_catalogue(csv(titled + row), Format.CSV).rows] == ["54"]
    empty = as_json({**FULL, "siasn_training": " "})
    assert [(problem.line, problem.column) for problem in empty.problems] == [(1, "siasn_training")]


def test_a_score_may_be_below_nothing() -> None:
    assert [entry.min_score for entry in full(min_score="-0,25").rows] == [Decimal("-0.25")]


def test_one_activity_or_pattern_belongs_to_one_entry() -> None:
    found = as_json(
        FULL,
        {**FULL, "id": "e-10", "activity_ids": ["https://x.example/b"], "patterns": []},
        {**FULL, "id": "e-11", "activity_ids": []},
        {**FULL, "id": "e-12", "activity_ids": [], "patterns": []},
    )
    assert [entry.id for entry in found.rows] == ["e-9", "e-12"]
    assert [(problem.line, problem.column) for problem in found.problems] == [(2, "activity_ids"), (3, "patterns")]


def test_files_with_the_earlier_name_of_a_column_are_read() -> None:
    assert [entry.activity_ids for entry in as_json(ENTRY).rows] == [("https://x.example/a",)]
    assert [entry.activity_ids for entry in entries("e;https://x.example/a;A;16;P;4;completed;").rows] == [("https://x.example/a",)]
    both = as_json({**ENTRY, "activity_ids": ["https://x.example/b"]})
    assert [(problem.line, problem.column) for problem in both.problems] == [(1, "activity_id")]


PPPK_HEADER = "nip;name;employment;unit;post;contract_start;former_contracts"


def contracted(start: str, former: str, employment: str = "PPPK") -> ImportResult[EmployeeRow]:
    """A row of somebody whose contracts began so."""
    number = "199203112023211014" if employment == "PPPK" else NIP
    row = f'{number};Budi;{employment};biro;analis;{start};"{former}"'
    return read_employees(csv(f"{PPPK_HEADER}\n{row}"), Format.CSV, nip_home_page=HOME)


@pytest.mark.parametrize(
    ("cell", "former"),
    [
        ("", None),
        ("2021-03-01", (date(2021, 3, 1),)),
        ("1 Maret 2023; 01-03-2021", (date(2021, 3, 1), date(2023, 3, 1))),
        ("2021-03-01; 2021-03-01", (date(2021, 3, 1),)),
    ],
)
def test_former_contracts_are_days_in_order_and_an_empty_cell_says_nothing(cell: str, former: tuple[date, ...] | None) -> None:
    (row,) = contracted("2025-03-01", cell).rows
    assert (row.contract_start, row.former_contracts) == (date(2025, 3, 1), former)


@pytest.mark.parametrize(
    ("start", "former", "employment", "message", "advice"),
    [
        ("2025-03-01", "kapan", "PPPK", "not a date", "2026"),
        ("2025-03-01", "2021-03-01; 30-02-2023", "PPPK", "not a date", "2026"),
        ("2025-03-01", "2025-03-01", "PPPK", "not before contract_start", "days before"),
        ("2025-03-01", "2021-03-01; 2026-03-01", "PPPK", "not before contract_start", "days before"),
        ("", "2021-03-01", "PPPK", "not before contract_start", "days before"),
        ("", "2021-03-01", "PNS", "not before contract_start", "days before"),
    ],
)
def test_what_can_not_be_former_contracts_is_told_with_what_would_be_right(
    start: str, former: str, employment: str, message: str, advice: str
) -> None:
    found = contracted(start, former, employment)
    assert found.rows == ()
    (problem,) = found.problems
    assert (problem.line, problem.column) == (2, "former_contracts")
    assert message in problem.message
    assert problem.would_be_right is not None
    assert advice in problem.would_be_right


def test_former_contracts_in_json_are_an_array_of_days() -> None:
    def read(value: Any) -> ImportResult[EmployeeRow]:
        row = {"nip": "199203112023211014", "name": "Budi", "employment": "PPPK", "unit": "biro", "post": "analis"}
        text = json.dumps([{**row, "contract_start": "2025-03-01", "former_contracts": value}])
        return read_employees(csv(text), Format.JSON, nip_home_page=HOME)

    assert [row.former_contracts for row in read(["2023-03-01", "2021-03-01"]).rows] == [(date(2021, 3, 1), date(2023, 3, 1))]
    assert [row.former_contracts for row in read([]).rows] == [()]
    for wrong in ("2021-03-01", ["1 Maret 2021"], [2021]):
        assert [(problem.line, problem.column) for problem in read(wrong).problems] == [(1, "former_contracts")]


def test_an_employee_may_have_left_and_be_known_to_siasn() -> None:
    text = f"nip;name;employment;unit;post;TMT Berhenti;PNS Orang ID\n{NIP};Siti;PNS;biro;analis;1 Juli 2026;A1B2\n"
    (row,) = read_employees(csv(text), Format.CSV, nip_home_page=HOME).rows
    assert (row.left_on, row.siasn_id) == (date(2026, 7, 1), "A1B2")
    (unit,) = read_units(csv("id,name,instansi id\nkpn,Kementerian,A5\n"), Format.CSV).rows
    assert unit.unit.siasn_id == "A5"
