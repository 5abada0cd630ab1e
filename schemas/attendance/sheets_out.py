"""Spreadsheets that are given: the rows that were not taken, with the reason, and the empty template."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time

from schemas.attendance.layout import letter_of
from schemas.attendance.records import Cell, Listed, Moment

REASON = "Alasan ditolak (reason)"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"

TEMPLATE_TITLE: tuple[tuple[str, str], ...] = (
    ("Kegiatan", "Bimbingan Teknis Manajemen Risiko (contoh, ganti)"),
    ("Tanggal", "17 s.d. 19 Maret 2026"),
    ("Waktu", "08.00 s.d. 16.00"),
    ("Tempat", "Aula Lantai 3"),
    ("Penyelenggara", "Pusat Pengembangan SDM"),
    ("Jumlah JP", "24"),
    ("ID Kegiatan", ""),
)
TEMPLATE_HEADER = (
    *("No", "Nama", "NIP", "Email", "Jabatan", "Unit Kerja"),
    *("Kehadiran", "JP", "Tanggal", "No Sertifikat", "Nilai", "Keterangan"),
)
_TEXT_COLUMNS = {"Nama": 30, "NIP": 24, "Email": 28, "Jabatan": 24, "Unit Kerja": 28, "No Sertifikat": 24}
_TEMPLATE_ROWS = 200


def rejected_workbook(listed: Listed) -> bytes:
    """The rows that are not sent, below their header, each as it stood in the list, and why."""
    from openpyxl import Workbook

    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet("Ditolak")
    width = max([*(column.index + 1 for column in listed.columns), *(len(cells) for cells in listed.cells), 1])
    headings: list[Cell] = [None] * width
    for column in listed.columns:
        headings[column.index] = column.heading
    sheet.append(_written(sheet, [*headings, REASON]))
    for place, reason in listed.rejected():
        cells = listed.cells[place]
        sheet.append(_written(sheet, [*cells, *[None] * (width - len(cells)), reason]))
    return _bytes(workbook)


def template_workbook() -> bytes:
    """An empty list whose NIP column is text, so that no digit is lost."""
    from openpyxl import Workbook
    from openpyxl.styles import Font

    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.title = "Daftar Hadir"
    sheet.append(["DAFTAR HADIR"])
    for label, value in TEMPLATE_TITLE:
        sheet.append([label, None, value])
    sheet.append([])
    sheet.append(list(TEMPLATE_HEADER))
    header = sheet.max_row
    for place, heading in enumerate(TEMPLATE_HEADER):
        letter = letter_of(place)
        sheet[f"{letter}{header}"].font = Font(bold=True)
        sheet.column_dimensions[letter].width = _TEXT_COLUMNS.get(heading, 12)
        if heading in _TEXT_COLUMNS:
            for line in range(header + 1, header + 1 + _TEMPLATE_ROWS):
                sheet[f"{letter}{line}"].number_format = "@"
    sheet.freeze_panes = f"A{header + 1}"
    return _bytes(workbook)


def template_csv() -> bytes:
    """The same as CSV, with a byte order mark and semicolons, as an Indonesian Excel opens it."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(["DAFTAR HADIR"])
    writer.writerows([label, value] for label, value in TEMPLATE_TITLE)
    writer.writerow([])
    writer.writerow(TEMPLATE_HEADER)
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _bytes(workbook: object) -> bytes:
    held = io.BytesIO()
    workbook.save(held)  # type: ignore[attr-defined]
    return held.getvalue()


_LONGEST_CELL = 32_000
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def _written(sheet: object, cells: Sequence[Cell]) -> Iterable[object]:
    """Text always as text: what begins with `=` must not become a formula."""
    from openpyxl.cell import WriteOnlyCell

    for cell in cells:
        if isinstance(cell, str):
            written = WriteOnlyCell(sheet, _ILLEGAL.sub("", cell)[:_LONGEST_CELL])  # type: ignore[arg-type]
            written.data_type = "s"
            written.number_format = "@"
            yield written
        elif isinstance(cell, Moment):
            yield _moment(cell.iso)
        else:
            yield cell


def _moment(iso: str) -> object:
    for kind in (date, datetime, time):
        try:
            return kind.fromisoformat(iso)
        except ValueError:
            continue
    return iso
