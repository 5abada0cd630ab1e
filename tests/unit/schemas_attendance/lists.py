"""Attendance lists as organisers send them, and a small directory to find people in."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from openpyxl import Workbook, load_workbook

from competency.directory import Employee, Employment, Identifier
from schemas.attendance.entries import read_entries
from schemas.attendance.facts import Facts, guess_facts
from schemas.attendance.grids import read_grids
from schemas.attendance.layout import Layout, Wishes, find_layout
from schemas.attendance.names import telling_words
from schemas.attendance.people import Register
from schemas.attendance.records import Listed, kept_cells
from schemas.attendance.sheets_out import REASON
from schemas.attendance.verdicts import Judged, judge

HOME_PAGE = "https://asn.example/nip"
SITI, BUDI, AYU = "198609262015052001", "197901022005011002", "199005172019032003"
TODAY = date(2026, 11, 24)
HEADER = ["No", "Nama", "NIP", "Unit Kerja"]


def workbook(rows: Iterable[Sequence[Any]], merges: Sequence[str] = (), **sheets: Iterable[Sequence[Any]]) -> bytes:
    """The rows as the first sheet; further sheets by name."""
    book = Workbook()
    first = book.active
    assert first is not None
    first.title = "Daftar Hadir"
    for row in rows:
        first.append(list(row))
    for merge in merges:
        first.merge_cells(merge)
    for name, others in sheets.items():
        sheet = book.create_sheet(name)
        for row in others:
            sheet.append(list(row))
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def text(rows: Iterable[Sequence[Any]], delimiter: str = ";", encoding: str = "utf-8") -> bytes:
    held = io.StringIO()
    csv.writer(held, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return held.getvalue().encode(encoding)


def employee(employee_id: str, name: str, nip: str, *, emails: Sequence[str] = (), former: Sequence[Identifier] = ()) -> Employee:
    own = [Identifier(f"account|{HOME_PAGE}|{nip}"), *(Identifier(f"mbox|mailto:{email}") for email in emails), *former]
    return Employee(employee_id, name, nip, Employment.PNS, "unit-1", "post-1", tuple(sorted(own, key=lambda one: one.key)))


class Directory:
    """`schemas.attendance.people.People` over a few employees."""

    def __init__(self, *employees: Employee) -> None:
        self._employees = employees

    def by_keys(self, keys: Iterable[str]) -> Mapping[str, Sequence[Employee]]:
        found = {key: tuple(one for one in self._employees if key in one.keys) for key in keys}
        return {key: holders for key, holders in found.items() if holders}

    def named(self, name: str, unit: str | None) -> Sequence[Employee]:
        words = set(telling_words(name))
        return [one for one in self._employees if words <= set(one.name.casefold().split()) and unit in (None, "Biro SDM")]


def table(data: bytes) -> list[list[Any]]:
    """The header and the rows of a workbook of rejected rows, without what it says of the event."""
    sheet = load_workbook(io.BytesIO(data)).active
    assert sheet is not None
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    return rows[next(place for place, row in enumerate(rows) if REASON in row) :]


OFFICE = Directory(
    employee("emp-1", "Siti Rahmawati", SITI, emails=["siti@kementerian.example"]),
    employee("emp-2", "Budi Santoso", BUDI, emails=["budi@kementerian.example"]),
    employee("emp-3", "Ayu Lestari", AYU),
)


def understood(data: bytes, **wishes: Any) -> Layout:
    return find_layout(read_grids(data), Wishes(**wishes))


def judged(data: bytes, said: Facts | None = None, *, people: Directory = OFFICE, **wishes: Any) -> tuple[Judged, ...]:
    """The whole way from bytes to verdicts."""
    layout = understood(data, **wishes)
    entries, _ = read_entries(layout)
    facts = (said or Facts()).over(guess_facts(layout.above))
    return judge(entries, facts, Register(entries, people, HOME_PAGE), today=TODAY)


def told(rows: Iterable[Judged]) -> list[tuple[str, str]]:
    """Verdict and first remark of each row."""
    return [(row.verdict.value, row.remarks[0].message if row.remarks else "") for row in rows]


def listed(data: bytes, said: Facts, layout: Layout | None = None) -> Listed:
    """The whole way of a preview."""
    layout = layout or understood(data)
    entries, skipped = read_entries(layout)
    rows = judge(entries, said.over(guess_facts(layout.above)), Register(entries, OFFICE, HOME_PAGE), today=TODAY)
    cells = tuple(kept_cells(entry.cells) for entry in entries)
    return Listed(said, None, False, layout.sheet, layout.other_sheets, layout.header[0].line, layout.columns, rows, cells, skipped)
