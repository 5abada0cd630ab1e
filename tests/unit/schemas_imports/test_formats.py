"""Files in the spellings they come in: dialects of CSV, workbooks, JSON."""

from __future__ import annotations

import io
import json
from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook

from competency.directory import Unit
from schemas.imports.directory import UnitRow, read_assessments, read_employees, read_units
from schemas.imports.outcome import ImportResult
from schemas.imports.package import read_package
from schemas.imports.sheets import Format

HOME = "https://asn.example/nip"
EXPECTED = (Unit("kpn", "Kementerian"), Unit("biro", "Biro, SDM", "kpn"))


def units_of(found: ImportResult[UnitRow]) -> tuple[Unit, ...]:
    return tuple(row.unit for row in found.rows)


def workbook(**sheets: list[list[object]]) -> io.BytesIO:
    book = Workbook()
    assert book.active is not None
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    data = io.BytesIO()
    book.save(data)
    book.close()
    data.seek(0)
    return data


@pytest.mark.parametrize(
    "text",
    [
        'id,name,parent\nkpn,Kementerian,\nbiro,"Biro, SDM",kpn\n',
        'id,name,parent\r\nkpn,Kementerian,\r\nbiro,"Biro, SDM",kpn',
        "id;name;parent\nkpn;Kementerian;\nbiro;Biro, SDM;kpn\n",
        "id\tname\tparent\nkpn\tKementerian\nbiro\tBiro, SDM\tkpn\n",
        "\n;;;\nParent;Nama Unit;ID\n;Kementerian;kpn\n\n  kpn ;  Biro,   SDM ; biro\n;;\n",
    ],
)
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_every_dialect_of_csv_gives_the_same_rows(text: str, mark: bytes) -> None:
    found = read_units(io.BytesIO(mark + text.encode()), Format.CSV)
    assert units_of(found) == EXPECTED
    assert found.problems == ()


def test_a_workbook_is_read_by_the_name_of_its_sheet() -> None:
    data = workbook(
        Catatan=[["apa", "saja"]], Units=[["id", "name", "parent"], ["kpn", "Kementerian"], ["biro", "Biro, SDM", "kpn"]]
    )
    assert units_of(read_units(data, Format.XLSX)) == EXPECTED


def test_json_is_a_list_or_an_object_of_lists() -> None:
    items = [{"id": "kpn", "name": "Kementerian"}, {"id": "biro", "name": "Biro, SDM", "parent": "kpn"}]
    for document in (items, {"units": items, "posts": []}):
        assert units_of(read_units(io.BytesIO(json.dumps(document).encode()), Format.JSON)) == EXPECTED


def test_a_path_tells_its_format_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "Unit Kerja.CSV"
    path.write_text('id,name,parent\nkpn,Kementerian,\nbiro,"Biro, SDM",kpn\n', encoding="utf-8")
    assert units_of(read_units(path)) == EXPECTED
    (problem,) = read_units(tmp_path / "units.ods").problems
    assert ".xlsx" in problem.would_be_right


@pytest.mark.parametrize(
    ("data", "fmt", "line", "message"),
    [
        (b"id,name\nkpn,Kementerian\nx,\xe9\n", Format.CSV, 3, "not UTF-8"),
        (b"", Format.CSV, 0, "empty"),
        (b'id,name\nkpn,"Kemen', Format.CSV, 2, "not CSV"),
        (b"PK\x03\x04 not a workbook", Format.XLSX, 0, "not an xlsx"),
        (b'{"units": ', Format.JSON, 0, "not JSON"),
        (b'[{"id": "a", "id": "b"}]', Format.JSON, 0, "not JSON"),
        (b'"units"', Format.JSON, 0, "neither"),
    ],
)
def test_a_file_that_can_not_be_read_is_one_problem(data: bytes, fmt: Format, line: int, message: str) -> None:
    found = read_units(io.BytesIO(data), fmt)
    assert found.rows == ()
    (problem,) = found.problems
    assert (problem.line, message in problem.message) == (line, True)
    assert problem.would_be_right


def test_a_line_is_where_a_row_begins_even_after_a_cell_of_several_lines() -> None:
    text = 'id,name\nkpn,"Kementerian\nPembelajaran"\nbad id,Biro\n'
    found = read_units(io.BytesIO(text.encode()), Format.CSV)
    assert found.rows == (UnitRow(2, Unit("kpn", "Kementerian Pembelajaran")),)
    assert [(problem.line, problem.column) for problem in found.problems] == [(4, "id")]


def test_date_cells_day_numbers_and_written_dates_are_the_same_day() -> None:
    nip = "198609262015051001"
    written = [
        datetime(2025, 3, 18, 9, 30),
        date(2025, 3, 18),
        45734,
        "18-03-2025",
        "18/3/2025",
        "18.03.2025",
        "18 Maret 2025",
        "2025-03-18",
    ]
    rows = [[nip, f"c{number}", 3.0, value, "AC"] for number, value in enumerate(written)]
    found = read_assessments(workbook(S=[["NIP", "Kompetensi", "Nilai", "Tanggal", "Sumber"], *rows]), Format.XLSX)
    assert found.problems == ()
    assert {row.assessment.assessed_on for row in found.rows} == {date(2025, 3, 18)}
    assert {row.assessment.level for row in found.rows} == {3}


@pytest.mark.parametrize("value", ["31-02-2025", "03/18/2025", "2025", 3, "Maret 2025", "18 Mars 2025"])
def test_what_is_no_date_is_refused_with_examples(value: object) -> None:
    rows: list[list[object]] = [
        ["nip", "competency", "level", "assessed_on", "source"],
        ["198609262015051001", "c", 3, value, "AC"],
    ]
    (problem,) = read_assessments(workbook(S=rows), Format.XLSX).problems
    assert (problem.line, problem.column) == (2, "assessed_on")
    assert "17 Maret 2026" in problem.would_be_right


@pytest.mark.parametrize("number", [198609262015051001, 1.98609262015051e17])
def test_a_nip_that_a_workbook_holds_as_a_number_has_lost_digits_and_is_refused(number: float) -> None:
    rows: list[list[object]] = [["nip", "nama", "status", "unit", "jabatan"], [number, "Siti", "PNS", "biro", "analis"]]
    found = read_employees(workbook(Pegawai=rows), Format.XLSX, nip_home_page=HOME)
    assert found.rows == ()
    (problem,) = found.problems
    assert "last digits are lost" in problem.message
    assert "formatted as text" in problem.would_be_right
    assert "20150" not in problem.value_shown


def test_a_workbook_with_a_sheet_for_each_table_is_one_package() -> None:
    data = workbook(
        Units=[["id", "name"], ["kpn", "Kementerian"]],
        Jabatan=[["kode", "nama jabatan", "jenis", "jenjang"], ["analis", "Analis", "fungsional", "Ahli-Muda"]],
        Pegawai=[["NIP", "Nama", "Status", "Unit Kerja", "Jabatan"], ["198609262015051001", "Siti", "PNS", "kpn", "analis"]],
        Katalog=[
            ["kode", "activity_id", "judul", "jenis diklat", "penyelenggara", "jam", "finish"],
            ["x", "https://x.example/a", "A", "Webinar?", "P", 2, "hadir"],
        ],
        Catatan=[["apa", "saja"], [1, 2]],
    )
    package = read_package(data, Format.XLSX, nip_home_page=HOME)
    assert (len(package.units), len(package.posts), len(package.employees), len(package.catalogue)) == (1, 1, 1, 0)
    assert [(problem.table, problem.line, problem.column) for problem in package.problems] == [
        ("catalogue", 2, "kind"),
        ("Catatan", 1, ""),
    ]
