"""What `rekam attendance import` shows of a list before it asks."""

from __future__ import annotations

from dataclasses import replace

from rekam.cli.attendance import shown
from tests.unit.schemas_attendance.lists import BUDI, SITI, workbook
from tests.unit.schemas_attendance.test_anything import listed


def test_hours_of_the_clock_are_shown_with_the_jp_they_make() -> None:
    found = listed(workbook([["Nama", "NIP", "Jml. Jam"], ["Siti Rahmawati", SITI, "1:30"], ["Budi Santoso", BUDI, 3]]))
    found = replace(found, rows=tuple(row.with_jp(45) for row in found.rows))
    lines = [line.split() for line in shown(found)]
    assert next(line for line in lines if "Siti" in line)[-3:] == ["2", "1:30", "2026-03-17"]
    assert next(line for line in lines if "Budi" in line)[-3:] == ["4", "3:00", "2026-03-17"]
