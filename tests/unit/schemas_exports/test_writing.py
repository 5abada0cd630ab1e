"""Tables as CSV and as workbooks: what a spreadsheet makes of the cells, and how much memory they take."""

from __future__ import annotations

import csv
import io
import tempfile
import tracemalloc
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.exports.writing import Cell, Form, Row, write

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


def test_csv_begins_before_the_last_row_is_there() -> None:
    asked = []

    def rows() -> Iterator[Row]:
        for row in many(50_000):
            asked.append(1)
            yield row

    first = next(write(Form.CSV, HEADERS, rows(), "tabel"))
    assert first
    assert len(asked) < 5_000


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
    pieces = write(Form.XLSX, HEADERS, many(100), "tabel")
    next(pieces)
    pieces.close()  # type: ignore[attr-defined]
    assert list(tmp_path.iterdir()) == []
