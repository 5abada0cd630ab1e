"""Spreadsheets that are given: the rows that were not taken, with the reason, and the empty template."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time

from schemas.attendance.headings import PLAIN_HEADINGS, Role, role_of
from schemas.attendance.layout import Column, letter_of
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
    """The rows that are not sent, each as it stood in the list, and why: a list that, put right, is of the same event."""
    from openpyxl import Workbook

    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet("Ditolak")
    for label, value in _event(listed):
        sheet.append(_written(sheet, [label, None, value]))
    sheet.append([])
    earlier = [column.index for column in listed.columns if column.heading == REASON]
    width = max([*(column.index + 1 for column in listed.columns), *(len(cells) for cells in listed.cells), 1])
    # Where the list was itself given back, its reason gives way to the new one.
    place_of_reason = earlier[0] if earlier else width
    headings: list[Cell] = [None] * max(width, place_of_reason + 1)
    for column in listed.columns:
        headings[column.index] = _heading(column)
    headings[place_of_reason] = REASON
    sheet.append(_written(sheet, headings))
    for place, reason in listed.rejected():
        cells: list[Cell] = [*listed.cells[place], *[None] * (len(headings) - len(listed.cells[place]))]
        cells[place_of_reason] = reason
        sheet.append(_written(sheet, cells))
    return _bytes(workbook)


def _event(listed: Listed) -> Iterator[tuple[str, str]]:
    """What is said of the event, as `guess_facts` reads it again; the activity is the one that was chosen."""
    facts = listed.facts
    told = {
        "Kegiatan": facts.title,
        "Tanggal": None if facts.days is None else str(facts.days).replace("/", " s.d. "),
        "Waktu": None if facts.end_minute is None else f"s.d. {facts.end_minute // 60:02}.{facts.end_minute % 60:02}",
        "Tempat": facts.place,
        "Penyelenggara": facts.provider,
        "Narasumber": facts.instructor,
        "Jumlah JP": None if facts.hours is None else f"{facts.hours:f}",
        "Verb": None if facts.taken is None else facts.taken.value,
        "ID Kegiatan": listed.activity,
    }
    return ((label, value) for label, value in told.items() if value is not None)


def _heading(column: Column) -> str:
    """One row of headings by which the columns are what they were taken for, whatever stood over them."""
    guess = role_of(column.heading)
    if column.role is None:
        return column.heading if guess is None else f"Kolom {column.letter}"
    if guess is not None and guess.role is column.role and guess.confidence == 1.0:
        return column.heading
    if column.role is Role.DURATION and "menit" in column.heading.casefold():
        return "Durasi (menit)"
    if column.role is Role.OTHER and guess is not None and guess.role is Role.OTHER:
        return column.heading
    if column.role is Role.PRESENCE:
        if guess is not None and guess.role is column.role:
            return column.heading
        named = f"{PLAIN_HEADINGS[column.role]} {column.heading}".strip()
        again = role_of(named)
        return named if again is not None and again.role is column.role else f"{PLAIN_HEADINGS[column.role]} {column.letter}"
    return PLAIN_HEADINGS[column.role]


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
