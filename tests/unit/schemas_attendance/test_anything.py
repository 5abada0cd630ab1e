"""Whatever a file holds, it is read or refused; and what would fill the memory is refused before it does."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from schemas.attendance.dates import Days
from schemas.attendance.facts import Facts
from schemas.attendance.grids import LIMITS, Limits, read_grids
from schemas.attendance.headings import Role
from schemas.attendance.layout import Layout
from schemas.attendance.records import Listed, Moment, decode, encode, kept_cells
from schemas.attendance.sheets_out import REASON, rejected_workbook, template_csv, template_workbook
from schemas.attendance.verdicts import Verdict
from schemas.imports.sheets import FileRefused
from tests.unit.schemas_attendance.lists import (
    AYU,
    BUDI,
    HEADER,
    SITI,
    judged,
    table,
    text,
    understood,
    workbook,
)
from tests.unit.schemas_attendance.lists import listed as read_list

MIB = 1024 * 1024
EVENT = Facts(title="Seminar", days=Days(date(2026, 3, 17), date(2026, 3, 17)), hours=Decimal(4))


def listed(data: bytes, layout: Layout | None = None) -> Listed:
    return read_list(data, EVENT, layout)


_texts = st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="".join(map(chr, range(32)))), max_size=30)
_cells = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(allow_nan=False, allow_infinity=False),
    _texts,
    st.sampled_from([SITI, int(SITI), BUDI, "17 Maret 2026", "hadir", "tidak hadir", "Jumlah"]),
    st.sampled_from(["=1+1", "#REF!", "8 JP", "1,9E+17", "(1)"]),
    st.datetimes(datetime(1900, 1, 1), datetime(9999, 12, 31)),
    st.dates(date(1900, 1, 1)),
    st.times(),
    st.timedeltas(timedelta(0), timedelta(400)),
)
_headings = st.sampled_from(
    ["Nama", "NIP", "Email", "JP", "Durasi", "Tanggal", "Tgl Selesai", "Hadir", "No Sertifikat", "Nilai", "No", "Ket"]
)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.lists(_cells, max_size=6), max_size=5),
    st.lists(_headings, min_size=2, max_size=8, unique=True).map(lambda row: ["Nama", *row]),
    st.lists(st.lists(_cells, min_size=1, max_size=9), max_size=12),
)
@example([], ["Nama", "NIP"], [[None, 1e308], ["x", -0.0], [time(1), timedelta(1)]])
def test_any_cells_are_judged(above: list[list[Any]], header: list[str], rows: list[list[Any]]) -> None:
    try:
        found = listed(workbook([*above, header, *rows]))
    except FileRefused:
        return
    assert len(found.rows) == len(found.cells)
    assert decode(encode(found)) == found
    assert len(table(rejected_workbook(found))) == 1 + len(found.rejected())


_bytes = st.one_of(
    st.binary(max_size=400),
    st.text(max_size=300).map(str.encode),
    st.binary(max_size=200).map(lambda tail: b"PK\x03\x04" + tail),
)


@settings(max_examples=200, deadline=None)
@given(_bytes)
@example(b"\xff\xfe\x00")
@example(b"sep=\n")
@example(b'Nama;NIP\n"open')
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with suppress(FileRefused):
        listed(data)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10_000), st.binary(min_size=1, max_size=8))
def test_a_damaged_workbook_is_read_or_refused(place: int, noise: bytes) -> None:
    data = bytearray(workbook([HEADER, [1, "Siti Rahmawati", SITI, "Biro"]]))
    place %= len(data)
    data[place : place + len(noise)] = noise
    with suppress(FileRefused):
        listed(bytes(data))


@contextmanager
def within(most_bytes: int) -> Iterator[None]:
    """Fails when more memory was held at any moment inside."""
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < most_bytes
    finally:
        tracemalloc.stop()


def _bomb(part: str, content: bytes, times: int) -> bytes:
    """A workbook in which a part is so many times this content."""
    template = workbook([HEADER, [1, "Siti Rahmawati", SITI, "Biro"]])
    held = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(template)) as old, zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name != part:
                new.writestr(name, old.read(name))
        before, after = old.read(part).split(b"</sheetData>" if part.startswith("xl/worksheets") else b"</styleSheet>")
        with new.open(part, "w") as stream:
            stream.write(before)
            for _ in range(times):
                stream.write(content)
            stream.write(b"</sheetData>" + after if part.startswith("xl/worksheets") else b"</styleSheet>")
    return held.getvalue()


def test_a_million_rows_are_refused_without_being_held() -> None:
    data = _bomb("xl/worksheets/sheet1.xml", b'<row><c t="inlineStr"><is><t>x</t></is></c></row>' * 1000, 1000)
    assert len(data) < LIMITS.file_bytes
    with within(40 * MIB), pytest.raises(FileRefused, match="far more cells"):
        read_grids(data)


def test_an_archive_that_grows_is_refused_without_being_held() -> None:
    data = _bomb("xl/worksheets/sheet1.xml", b" " * MIB, 200)
    with within(20 * MIB), pytest.raises(FileRefused, match="far larger"):
        read_grids(data)


def test_a_tree_of_styles_is_refused_without_being_held() -> None:
    data = _bomb("xl/styles.xml", b"<x/>" * 10_000, 100)
    with within(20 * MIB), pytest.raises(FileRefused, match="far more cells"):
        read_grids(data)


def test_entities_that_grow_are_refused() -> None:
    held = io.BytesIO()
    lol = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><x>&b;</x>'
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("xl/workbook.xml", lol)
    with pytest.raises(FileRefused, match="entities"):
        read_grids(held.getvalue())


def test_more_rows_than_a_list_has_are_refused() -> None:
    rows = [["", "Siti Rahmawati", SITI, ""] for _ in range(60)]
    for data in (workbook([HEADER, *rows]), text([HEADER, *rows])):
        with pytest.raises(FileRefused, match="more than 50 rows"):
            read_grids(data, Limits(rows=50))
        assert len(read_grids(data)[0].rows) == 61


def test_a_million_lines_of_text_are_refused_without_being_held() -> None:
    data = b"Nama;NIP\n" + b"x;y\n" * 1_000_000
    with within(40 * MIB), pytest.raises(FileRefused, match="rows"):
        read_grids(data)


def test_too_large_a_file_is_refused() -> None:
    with pytest.raises(FileRefused, match="larger than 10 MiB"):
        read_grids(b"x" * (LIMITS.file_bytes + 1))


def test_more_text_or_columns_than_a_list_has_are_refused() -> None:
    with pytest.raises(FileRefused, match="MiB of text"):
        read_grids(text([HEADER, *[["", "x" * 30_000, "", ""] for _ in range(150)]]))
    with pytest.raises(FileRefused, match="columns"):
        read_grids(text([["Nama"] * 300]))


def test_formatted_empty_rows_do_not_matter() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (HEADER, [1, "Siti Rahmawati", SITI, "Biro"]):
        sheet.append(row)
    for line in range(3, 12_000):
        sheet.cell(line, 3).number_format = "@"
    held = io.BytesIO()
    book.save(held)
    assert [row.verdict for row in judged(held.getvalue(), EVENT)] == [Verdict.OK]


@pytest.mark.parametrize("head", [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"%PDF-1.7", b"\x89PNG\r\n"])
def test_other_kinds_of_files_are_told_apart(head: bytes) -> None:
    with pytest.raises(FileRefused, match="no spreadsheet of today"):
        read_grids(head + b"\x00" * 100)


class TestWhatIsGivenBack:
    def test_rejected_rows_stand_as_they_were_with_the_reason_last(self) -> None:
        moment = datetime(2026, 3, 17)
        header = ["No", "Nama", "NIP", "Tanggal", "Rumus"]
        rows = [header, [1, "Siti Rahmawati", SITI, moment, "a"], [2, "'=HYPERLINK(1)", "12", moment, 1.5]]
        found = listed(workbook(rows))
        cells = table(rejected_workbook(found))
        assert cells[0] == ["No", "Nama", "NIP", "Tanggal", "Rumus", REASON]
        assert cells[1][:5] == [2, "'=HYPERLINK(1)", "12", moment, 1.5]
        assert "it has 2 digits" in str(cells[1][5])
        assert len(cells) == 2

    def test_text_never_becomes_a_formula(self) -> None:
        found = listed(text([HEADER, ["1", "=cmd|' /C calc'!A0", "12", ""]]))
        sheet = load_workbook(io.BytesIO(rejected_workbook(found))).active
        assert sheet is not None
        cell = sheet.cell(sheet.max_row, 2)
        assert cell.data_type == "s"
        assert cell.value == "=cmd|' /C calc'!A0"

    def test_a_filled_rejected_list_can_be_sent_again(self) -> None:
        found = listed(workbook([HEADER, [1, "Siti Rahmawati", "12", "Biro"]]))
        book = load_workbook(io.BytesIO(rejected_workbook(found)))
        sheet = book.active
        assert sheet is not None
        sheet.cell(sheet.max_row, 3).value = SITI
        held = io.BytesIO()
        book.save(held)
        assert [row.verdict for row in judged(held.getvalue())] == [Verdict.OK]

    def test_a_rejected_list_says_the_same_of_its_rows_alone(self) -> None:
        """Nobody becomes present because those who were are not in it."""
        marks = [["v", "v"], [None, None], ["-", "-"], ["x", "x"], ["entah", "v"], ["v", None]]
        nips = [SITI, BUDI, AYU, "199001012015031001", "199001012015031002", "199001012015031003"]
        rows = [[place, "Nama", nip, *both] for place, (nip, both) in enumerate(zip(nips, marks, strict=True), start=1)]
        found = listed(workbook([["No", "Nama", "NIP", "Hari 1", "Cek Akhir"], *rows]))
        again = listed(rejected_workbook(found))
        verdicts = {row.number: row.verdict for row in found.rows}
        assert [verdicts[number] for number in (2, 3)] == [Verdict.BAD, Verdict.BAD]
        kept = [verdicts[place + 1] for place, _ in found.rejected()]
        assert [row.verdict for row in again.rows] == kept
        twice = table(rejected_workbook(again))
        assert twice[0].count(REASON) == 1

    def test_columns_that_the_user_named_are_known_again(self) -> None:
        layout = understood(
            workbook([["a", "Nama", "c"], ["x", "Siti Rahmawati", "12"]]), columns={Role.NAME: 0, Role.NIP: 2, Role.OTHER: 1}
        )
        found = listed(workbook([["a", "Nama", "c"], ["x", "Siti Rahmawati", "12"]]), layout)
        assert {one.role: one.index for one in understood(rejected_workbook(found)).columns if one.role} == {
            Role.NAME: 0,
            Role.OTHER: 1,
            Role.NIP: 2,
        }

    @pytest.mark.parametrize("template", [template_workbook, template_csv])
    def test_the_template_is_understood_once_it_is_filled(self, template: Any) -> None:
        if template is template_csv:
            data = template_csv() + f"1;Siti Rahmawati;{SITI};;;Biro;hadir;24;;S-1;90;\r\n".encode()
        else:
            book = load_workbook(io.BytesIO(template_workbook()))
            sheet = book.active
            assert sheet is not None
            line = next(cell.row for cell in sheet["B"] if cell.value == "Nama") + 1
            for place, value in enumerate([1, "Siti Rahmawati", SITI, None, None, "Biro", "hadir", 24, None, "S-1", 90], start=1):
                sheet.cell(line, place).value = value
            held = io.BytesIO()
            book.save(held)
            data = held.getvalue()
        row = judged(data)[0]
        assert (row.verdict, row.nip, row.hours, row.certificate) == (Verdict.OK, SITI, 24, "S-1")
        assert row.days == Days(date(2026, 3, 17), date(2026, 3, 19))
        assert all(column.confidence == 1.0 for column in understood(data).columns)


def test_odd_cells_can_be_kept() -> None:
    kept = kept_cells([date(2026, 3, 17), time(8, 30), timedelta(hours=2), 10**30, float("inf"), "x", None, True])
    assert kept == (Moment("2026-03-17"), Moment("08:30:00"), "2:00:00", 1e30, None, "x", None, True)
