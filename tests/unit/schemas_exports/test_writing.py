"""Tables as CSV and as workbooks: what a spreadsheet makes of the cells, and how much memory they take."""

from __future__ import annotations

import csv
import io
import tempfile
import tracemalloc
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.exports.workbooks import LONGEST_TEXT, Cell, Row, workbook
from schemas.exports.writing import Form, write

HEADERS = ("nama", "jp", "tanggal", "catatan")
DANGEROUS = ["=HYPERLINK(1)", "+62812", "-2+3", "@SUM(A1)", "\t=1", "\r=1"]


def table(form: Form, *rows: Row, headers: tuple[str, ...] = HEADERS) -> bytes:
    return b"".join(write(form, headers, rows, "tabel"))


def read_csv(raw: bytes) -> list[list[str]]:
    assert raw.startswith(b"\xef\xbb\xbf"), "without the mark a spreadsheet takes it for another encoding"
    return list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))


def read_xlsx(raw: bytes) -> list[tuple[object, ...]]:
    sheet = openpyxl.load_workbook(io.BytesIO(raw)).active
    assert sheet is not None
    return list(sheet.iter_rows(values_only=True))


def test_csv_has_plain_numbers_iso_dates_and_lines_as_rfc_4180_says() -> None:
    raw = table(
        Form.CSV, ("Siti, M.Si", Decimal("7.50"), date(2026, 1, 31), None), ("Ütami", Decimal("1E+2"), date(999, 1, 1), 'a "b"')
    )
    assert read_csv(raw) == [list(HEADERS), ["Siti, M.Si", "7.50", "2026-01-31", ""], ["Ütami", "100", "0999-01-01", 'a "b"']]
    assert raw.count(b"\r\n") == 3


@pytest.mark.parametrize("text", DANGEROUS)
def test_a_cell_that_a_spreadsheet_would_run_is_text(text: str) -> None:
    assert read_csv(table(Form.CSV, (text, 1, None, text)))[1] == [f"'{text}", "1", "", f"'{text}"]


@pytest.mark.parametrize("text", ["Siti", "a=b", "'=1", " =1", "", "20 JP"])
def test_other_text_stands_as_it_is(text: str) -> None:
    assert read_csv(table(Form.CSV, (text, 1, None, "")))[1][0] == text


def test_a_number_below_zero_stays_a_number() -> None:
    assert read_csv(table(Form.CSV, ("x", Decimal("-12.5"), None, -3)))[1] == ["x", "-12.5", "", "-3"]


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=20), min_size=2, max_size=5))
def test_any_text_comes_back_from_csv_and_begins_no_formula(texts: list[str]) -> None:
    (_, *rows) = read_csv(table(Form.CSV, tuple(texts), headers=tuple(map(str, range(len(texts))))))
    found = [cell for row in rows for cell in row]
    assert len(found) == len(texts)
    for cell, text in zip(found, texts, strict=True):
        assert cell in (text, f"'{text}")
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))


def test_a_workbook_has_numbers_and_dates_as_such_and_formulas_as_text() -> None:
    raw = table(Form.XLSX, ("Siti", Decimal("7.5"), date(2026, 1, 31), "=1+1"), ("198609262015052001", 3, None, "@x"))
    assert read_xlsx(raw) == [
        HEADERS,
        ("Siti", 7.5, datetime(2026, 1, 31), "=1+1"),
        ("198609262015052001", 3, None, "@x"),
    ]
    sheet = openpyxl.load_workbook(io.BytesIO(raw)).active
    assert sheet is not None
    assert [sheet.cell(2, column).data_type for column in (1, 2, 3, 4)] == ["s", "n", "d", "s"]
    assert sheet.cell(3, 1).data_type == "s", "eighteen digits as a number would lose the last three"
    assert (sheet.freeze_panes, sheet.cell(1, 1).font.b, sheet.title) == ("A2", True, "tabel")


@pytest.mark.parametrize("form", Form)
def test_without_rows_there_are_the_headers(form: Form) -> None:
    read = read_csv if form is Form.CSV else read_xlsx
    assert [list(row) for row in read(table(form))] == [list(HEADERS)]


def many(number: int) -> Iterator[Row]:
    for place in range(number):
        cells: tuple[Cell, ...] = (f"Siti Rahmawati {place}", Decimal("7.5"), date(2026, 1, 31), f"catatan {place}")
        yield cells


def peak(form: Form, number: int) -> int:
    """Bytes of memory at most, while the table is written and each piece forgotten."""
    tracemalloc.start()
    try:
        for _ in write(form, HEADERS, many(number), "tabel"):
            pass
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("form", Form)
def test_memory_does_not_grow_with_the_table(form: Form) -> None:
    peak(form, 10)  # what is loaded once
    assert peak(form, 20_000) < 1.5 * peak(form, 2_000)


@pytest.mark.parametrize("form", Form)
def test_a_table_begins_before_the_last_row_is_there(form: Form) -> None:
    asked = []

    def rows() -> Iterator[Row]:
        for row in many(100_000):
            asked.append(1)
            yield row

    first = next(write(form, HEADERS, rows(), "tabel"))
    assert first
    assert len(asked) < 20_000


@pytest.mark.parametrize("form", Form)
def test_what_fails_on_the_way_comes_out_and_leaves_nothing_behind(
    form: Form, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def rows() -> Iterator[Row]:
        yield from many(100)
        raise LookupError("the store is gone")

    with pytest.raises(LookupError):
        list(write(form, HEADERS, rows(), "tabel"))
    assert list(tmp_path.iterdir()) == []


def test_who_stops_reading_a_workbook_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    pieces = write(Form.XLSX, HEADERS, many(50_000), "tabel")
    assert next(pieces)
    pieces.close()  # type: ignore[attr-defined]
    assert list(tmp_path.iterdir()) == []


def test_a_workbook_that_broke_off_cannot_be_taken_for_a_whole_one() -> None:
    def rows() -> Iterator[Row]:
        yield from many(50_000)
        raise LookupError("the store is gone")

    sent = io.BytesIO()
    with pytest.raises(LookupError):
        sent.writelines(write(Form.XLSX, HEADERS, rows(), "tabel"))
    assert sent.tell() > 0
    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(sent)


def test_more_rows_than_a_sheet_has_go_into_further_sheets_each_with_the_headers() -> None:
    raw = b"".join(workbook(HEADERS, many(25), "sebuah judul yang lebih panjang dari itu", most_rows=10))
    book = openpyxl.load_workbook(io.BytesIO(raw))
    assert book.sheetnames == [
        "sebuah judul yang lebih panjang",
        "sebuah judul yang lebih panja 2",
        "sebuah judul yang lebih panja 3",
    ]
    sheets = [list(book[name].iter_rows(values_only=True)) for name in book.sheetnames]
    assert [len(rows) for rows in sheets] == [11, 11, 6]
    assert all(rows[0] == HEADERS for rows in sheets)
    assert [row[0] for rows in sheets for row in rows[1:]] == [row[0] for row in many(25)]
    whole = openpyxl.load_workbook(io.BytesIO(b"".join(workbook(HEADERS, many(20), "dua", most_rows=10))))
    assert whole.sheetnames == ["dua", "dua 2"]


def test_what_xml_has_not_and_what_is_too_long_is_still_shown() -> None:
    raw = table(Form.XLSX, ("a\x0bb\ud800", 1, date(1899, 1, 2), "x" * (LONGEST_TEXT + 5)), ("<&>\r\n\"'", 1, None, " z "))
    first, second = read_xlsx(raw)[1:]
    assert first == ("a\ufffdb\ufffd", 1, "1899-01-02", "x" * (LONGEST_TEXT - 1) + "…")
    assert second == ("<&>\r\n\"'", 1, None, " z ")


def test_what_looks_like_an_escaped_character_is_escaped() -> None:
    """Spreadsheets would show `A` for `_x0041_`."""
    with zipfile.ZipFile(io.BytesIO(table(Form.XLSX, ("_x0041_", 1, None, "_x")))) as package:
        sheet = package.read("xl/worksheets/sheet1.xml").decode()
    assert ">_x005F_x0041_<" in sheet
    assert ">_x<" in sheet


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1, max_size=20), min_size=1, max_size=5))
def test_any_text_comes_back_from_a_workbook(texts: list[str]) -> None:
    found = read_xlsx(table(Form.XLSX, tuple(texts), headers=tuple(map(str, range(len(texts))))))[1]
    assert list(found) == [text.replace("\ufffe", "\ufffd").replace("\uffff", "\ufffd") for text in texts]
