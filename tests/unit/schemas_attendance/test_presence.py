"""Who was there: whatever a list marks it with, nobody gets hours for days they were not there without somebody's yes."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from schemas.attendance.dates import Days
from schemas.attendance.facts import Facts
from schemas.attendance.sheets_out import rejected_workbook
from schemas.attendance.verdicts import Judged
from tests.unit.schemas_attendance.lists import AYU, BUDI, SITI, judged, listed, workbook

DAYS = Days(date(2026, 3, 12), date(2026, 3, 14))
EVENT = Facts(title="Seminar", days=DAYS, hours=Decimal(24))
PEOPLE = (("Siti Rahmawati", SITI), ("Budi Santoso", BUDI), ("Ayu Lestari", AYU))
PART = "it is marked as present in part: "


def rows(headings: tuple[object, ...], *cells: tuple[object, ...]) -> bytes:
    people = [[*who, *own] for who, own in zip(PEOPLE, cells, strict=True)]
    return workbook([["Nama", "NIP", *headings], *people])


def found(headings: tuple[object, ...], *cells: tuple[object, ...]) -> list[Judged]:
    return list(judged(rows(headings, *cells), EVENT))


def verdicts(headings: tuple[object, ...], *cells: tuple[object, ...]) -> list[str]:
    return [row.verdict.value for row in found(headings, *cells)]


@pytest.mark.parametrize(
    ("heading", "most", "some", "none"),
    [
        ("Kehadiran", "3 dari 3 hari", "2 dari 3 hari", "0 dari 3 hari"),
        ("Kehadiran", "hadir 3 dari 3 hari", "hadir 2 dari 3 hari", "tidak hadir"),
        ("Kehadiran", "3/3", "2/3", "0/3"),
        ("Kehadiran", "100%", "67 %", "0%"),
        ("Kehadiran (%)", 1.0, 0.67, 0.0),
        ("Persentase Kehadiran", 100, 67, 0),
        ("Jumlah Kehadiran", 3, 2, 0),
        ("Jumlah Hari Hadir", "3 hari", "2 hari", "0 hari"),
        ("Total Hadir (Hari)", 3, 2, "-"),
    ],
)
def test_a_part_of_the_days_in_one_cell(heading: str, most: object, some: object, none: object) -> None:
    whole, part, absent = found((heading,), (most,), (some,), (none,))
    assert (whole.verdict.value, absent.verdict.value) == ("ok", "bad")
    assert part.verdict.value == "question"
    assert part.remarks[0].message.startswith(PART)


def test_a_part_says_how_much() -> None:
    assert found(("Kehadiran",), ("3/3",), ("2 dari 3 hari",), ("v",))[1].remarks[0].message == f"{PART}2 of 3"
    assert found(("Kehadiran",), ("100%",), ("67%",), ("100%",))[1].remarks[0].message == f"{PART}67 %"
    assert found(("Hari 1", "Hari 2"), ("v", "v"), ("v", None), ("v", "v"))[1].remarks[0].message == f"{PART}1 of 2"


def test_a_part_is_worth_what_the_list_says() -> None:
    """Hours of its own or a certificate: the organiser has said what it is worth. Else the hours would be those of all days."""
    some = ("v", None)
    assert [row.verdict.value for row in found(("Hari 1", "Hari 2", "JP"), ("v", "v", 24), (*some, 12), (*some, None))] == [
        "ok",
        "warning",
        "question",
    ]
    assert verdicts(("Hari 1", "Hari 2", "No Sertifikat"), ("v", "v", "S-1"), (*some, "S-2"), (*some, None)) == [
        "ok",
        "warning",
        "question",
    ]


def test_a_total_beside_the_days_is_not_counted_again() -> None:
    row = found(("Hari 1", "Hari 2", "Jumlah Hadir"), ("v", "v", 2), ("v", None, 1), (None, None, 0))
    assert [one.verdict.value for one in row] == ["ok", "question", "bad"]
    assert row[1].remarks[0].message == f"{PART}1 of 2"


@pytest.mark.parametrize(
    "headings",
    [
        ("Hadir", "Tidak Hadir"),
        ("Hadir", "Sakit"),
        ("Hadir", "Izin"),
        ("H", "S"),
        ("H", "I"),
        ("H", "TK"),
        ("Kehadiran H", "Kehadiran A"),
    ],
)
def test_a_tick_under_absence_is_absence(headings: tuple[str, str]) -> None:
    for tick in ("v", "√", 1):
        assert verdicts(headings, (tick, None), (None, tick), (tick, None)) == ["ok", "bad", "ok"]


def test_absence_alone_is_ticked() -> None:
    assert verdicts(("Tidak Hadir",), (None,), ("v",), (None,)) == ["ok", "bad", "ok"]
    assert verdicts(("Tidak Hadir",), ("-",), ("sakit",), (None,)) == ["ok", "bad", "ok"]
    assert verdicts(("Sakit", "Izin", "Alpa"), (None,), (None, "x", None), ("v",)) == ["ok", "bad", "bad"]


def test_a_header_of_letters_below_a_merged_cell() -> None:
    people = [[place, *who] for place, who in enumerate(PEOPLE, start=1)]
    data = workbook(
        [
            ["No", "Nama", "NIP", "Keterangan Kehadiran", None, None, None],
            [None, None, None, "H", "S", "I", "A"],
            [*people[0], "v"],
            [*people[1], None, None, "v"],
            [*people[2], None, None, None, "v"],
        ],
        merges=["A1:A2", "B1:B2", "C1:C2", "D1:G1"],
    )
    assert [row.verdict.value for row in judged(data, EVENT)] == ["ok", "bad", "bad"]


@pytest.mark.parametrize(
    "cell",
    [
        *("Sakit", "Izin", "ijin", "Izin (rapat)", "Sakit (surat dokter)", "izin sakit", "Cuti melahirkan", "DL"),
        *(
            "Dinas luar kota",
            "Tidak Hadir (Sakit)",
            "tdk hadir",
            "TIDAK HADIR",
            "Alpa",
            "tanpa keterangan",
            "bolos",
            "berhalangan hadir",
            "❌",
        ),
    ],
)
def test_every_word_of_absence(cell: str) -> None:
    assert verdicts(("Kehadiran",), ("Hadir",), (cell,), ("Hadir",)) == ["ok", "bad", "ok"]


@pytest.mark.parametrize("cell", ["izin pulang cepat", "hadir sebagian", "setengah hari", "Hadir 1 hari", "entahlah"])
def test_what_is_neither_is_asked(cell: str) -> None:
    assert verdicts(("Kehadiran",), ("Hadir",), (cell,), ("Hadir",)) == ["ok", "question", "ok"]


@pytest.mark.parametrize("cell", ["Hadir penuh", "terlambat", "Luring", "daring", "hadir (zoom)", "Lulus"])
def test_every_word_of_presence(cell: str) -> None:
    assert verdicts(("Kehadiran",), ("Hadir",), (cell,), ("tidak hadir",)) == ["ok", "ok", "bad"]


def test_a_day_without_anything_but_numbers_of_columns_is_a_day() -> None:
    """`(1) (2) (3)` under the header is nobody's mark."""
    data = workbook(
        [
            ["No", "Nama", "NIP", "Hari I", "Hari II"],
            ["(1)", "(2)", "(3)", "(4)", "(5)"],
            [1, *PEOPLE[0], "v", "v"],
            [2, *PEOPLE[1], "v", None],
        ]
    )
    assert [row.verdict.value for row in judged(data, EVENT)] == ["ok", "question"]


def test_a_date_where_presence_is_marked_is_asked() -> None:
    """A spreadsheet makes the second of March of `2/3`."""
    assert verdicts(("Kehadiran",), ("3/3",), (datetime(2026, 3, 2),), ("3/3",)) == ["ok", "question", "ok"]


def test_notes_tell_of_absence_only_when_they_surely_do() -> None:
    heading = ("Keterangan",)
    assert verdicts(heading, ("Izin sakit",), ("Tidak hadir karena rapat",), ("sakit",)) == ["bad", "bad", "bad"]
    assert verdicts(heading, ("Belum mengisi post test",), ("Tidak membawa laptop",), ("tidak ada",)) == ["ok", "ok", "ok"]
    assert verdicts(heading, ("Izin atasan terlampir",), ("izin pulang cepat",), (None,)) == ["question", "question", "ok"]


def test_running_numbers_are_no_counts() -> None:
    assert verdicts(("Absensi",), ("1",), ("2",), ("3",)) == ["ok", "ok", "ok"]
    assert verdicts(("Tanda Tangan",), (1,), (2,), (3,)) == ["ok", "ok", "ok"]


@pytest.mark.parametrize(
    ("headings", "cells"),
    [
        (("Jumlah Kehadiran",), ((3,), (2,), (0,))),
        (("Kehadiran (%)",), ((1.0,), (0.67,), (0.0,))),
        (("H", "S"), (("v", None), (None, "v"), (None, "v"))),
        (("Tidak Hadir",), ((None,), ("v",), ("v",))),
        (("Keterangan",), ((None,), ("Izin atasan terlampir",), ("sakit",))),
    ],
)
def test_what_is_given_back_says_the_same_alone(headings: tuple[str, ...], cells: tuple[tuple[object, ...], ...]) -> None:
    first = listed(rows(headings, *cells), EVENT)
    again = listed(rejected_workbook(first), EVENT)
    assert [row.verdict for row in again.rows] == [first.rows[place].verdict for place, _ in first.rejected()]
    assert [row.remarks[:1] for row in again.rows] == [first.rows[place].remarks[:1] for place, _ in first.rejected()]
