"""Oddities of lists as offices send them: nobody is lost in silence, and nobody is in it who was not meant."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import Workbook

from schemas.attendance.dates import Days, find_days, parse_days
from schemas.attendance.entries import read_entries
from schemas.attendance.facts import Facts
from schemas.attendance.headings import Role, role_of
from tests.unit.schemas_attendance.lists import AYU, BUDI, SITI, judged, text, understood, workbook

EVENT = Facts(title="Seminar", days=Days(date(2026, 3, 12), date(2026, 3, 14)), hours=Decimal(24))
PEOPLE: list[list[Any]] = [[1, "Siti Rahmawati", SITI], [2, "Budi Santoso", BUDI], [3, "Ayu Lestari", AYU]]
HEADER = ["No", "Nama", "NIP"]


def names(data: bytes) -> list[str | None]:
    return [entry.name for entry in read_entries(understood(data))[0]]


@pytest.mark.parametrize(
    ("heading", "role"),
    [
        ("NIP/NRP/NI PPPK", Role.NIP),
        ("No. Induk Pegawai", Role.NIP),
        ("Nama Peserta", Role.NAME),
        ("Jml JP", Role.HOURS),
        ("Jumlah Jam Pelajaran", Role.HOURS),
        ("Unit Kerja/Instansi", Role.UNIT),
        ("Tanggal Sertifikat", Role.OTHER),
        ("Tgl. STTPP", Role.OTHER),
        ("Sertifikat Tanggal", Role.OTHER),
        ("Tanggal Awal", Role.DATE),
        ("Tanggal Berakhir", Role.LAST_DATE),
        ("s.d. Tgl", Role.LAST_DATE),
        ("No. Sert.", Role.CERTIFICATE),
        ("H/TH", Role.PRESENCE),
    ],
)
def test_headings_as_offices_write_them(heading: str, role: Role) -> None:
    guess = role_of(heading)
    assert guess is not None
    assert guess.role is role


def test_the_day_of_the_certificate_is_not_that_of_the_event() -> None:
    data = workbook(
        [
            ["No", "Nama", "NIP", "Sertifikat", None],
            [None, None, None, "Nomor", "Tanggal"],
            [1, "Siti Rahmawati", SITI, "S-1", "20 Maret 2026"],
        ],
        merges=["A1:A2", "B1:B2", "C1:C2", "D1:E1"],
    )
    row = judged(data, EVENT)[0]
    assert (row.certificate, row.days) == ("S-1", EVENT.days)


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("12 s.d. 14 Maret 2026", "2026-03-12", "2026-03-14"),
        ("12-14 Maret 2026", "2026-03-12", "2026-03-14"),
        ("30 April – 2 Mei 2026", "2026-04-30", "2026-05-02"),
        ("12, 13, dan 14 Maret 2026", "2026-03-12", "2026-03-14"),
        ("12, 13 & 14 Maret 2026", "2026-03-12", "2026-03-14"),
        ("Senin – Rabu, 12 – 14 Januari 2026", "2026-01-12", "2026-01-14"),
        ("12 s.d. 14 Maret 2026 (3 hari)", "2026-03-12", "2026-03-14"),
        ("12 s.d. 14 Maret 2026 pukul 08.00", "2026-03-12", "2026-03-14"),
        ("12 s.d. 14 Maret 2026, pukul 08.00 - 16.00 WIB", "2026-03-12", "2026-03-14"),
        ("Kamis (12/3/2026)", "2026-03-12", "2026-03-12"),
        ("2026/03/12", "2026-03-12", "2026-03-12"),
        ("12/3/26", "2026-03-12", "2026-03-12"),
        ("tanggal 12 s.d. 14 bulan Maret 2026", "2026-03-12", "2026-03-14"),
    ],
)
def test_days_as_offices_write_them(written: str, first: str, last: str) -> None:
    wanted = Days(date.fromisoformat(first), date.fromisoformat(last))
    assert parse_days(written) == wanted
    if written != "12/3/26":
        assert find_days(f"Jakarta, {written}") == wanted


def test_a_day_in_brackets_or_behind_an_hour_is_found() -> None:
    wanted = Days(date(2026, 3, 12), date(2026, 3, 14))
    for line in ("Bimtek SPBE (12-14 Maret 2026)", "pukul 08.00 WIB, 12 s.d. 14 Maret 2026"):
        assert find_days(line) == wanted


def test_two_columns_of_days() -> None:
    data = workbook([[*HEADER, "Tanggal Awal", "Tanggal Berakhir"], [1, "Siti Rahmawati", SITI, "30 April 2026", "2 Mei 2026"]])
    assert judged(data)[0].days == Days(date(2026, 4, 30), date(2026, 5, 2))


@pytest.mark.parametrize(
    "written",
    [
        *(
            " SITI@Kementerian.Example  ",
            "Siti <siti@kementerian.example>",
            "siti@kementerian.example,",
            "mailto:siti@kementerian.example",
        ),
        "siti@kementerian.example; siti@rumah.example",
    ],
)
def test_an_address_as_it_is_pasted(written: str) -> None:
    row = judged(workbook([["Nama", "Email"], ["Siti Rahmawati", written]]), EVENT)[0]
    assert (row.verdict.value, row.email) == ("ok", "siti@kementerian.example")


def test_another_name_beside_an_address_is_told_as_such() -> None:
    row = judged(workbook([["Nama", "Email"], ["Joko Widodo", "siti@kementerian.example"]]), EVENT)[0]
    assert row.remarks[0].message == "the e-mail address is that of somebody with another name"


def test_words_in_place_of_a_number_leave_the_address() -> None:
    rows = [
        ["Nama", "NIP", "Email"],
        ["Tamu", "Non ASN", "tamu@luar.example"],
        ["Siti Rahmawati", "belum ada", "siti@kementerian.example"],
    ]
    assert [row.verdict.value for row in judged(workbook(rows), EVENT)] == ["unknown", "ok"]


def test_a_number_without_a_name_is_told() -> None:
    row = judged(workbook([HEADER, [1, None, SITI]]), EVENT)[0]
    assert (row.verdict.value, row.remarks[0].message) == ("warning", "there is no name beside the NIP to compare")


def test_numbers_of_two_kinds_in_two_columns() -> None:
    rows = [["Nama", "NIP", "NI PPPK"], ["Siti Rahmawati", SITI, None], ["Budi Santoso", "-", BUDI]]
    assert [row.nip for row in judged(workbook(rows), EVENT)] == [SITI, BUDI]
    rows = [["Nama", "NIP", "NIP Atasan"], ["Siti Rahmawati", None, BUDI]]
    assert judged(workbook(rows), EVENT)[0].nip is None


def test_a_number_below_its_name() -> None:
    rows = [["No", "Nama / NIP", "Jabatan"]]
    for place, name, nip in PEOPLE:
        rows += [[place, name, "Analis"], [None, f"NIP. {nip}", None]]
    rows += [[], [None, "Mengetahui,"], [None, "Dr. Penanda Tangan"], [None, "NIP. 197001011995031001"]]
    assert [(row.name, row.nip, row.verdict.value) for row in judged(workbook(rows), EVENT)] == [
        ("Siti Rahmawati", SITI, "ok"),
        ("Budi Santoso", BUDI, "ok"),
        ("Ayu Lestari", AYU, "ok"),
    ]


@pytest.mark.parametrize(
    "signature",
    [
        [[None, "Mengetahui,"], [None, "Kepala Biro"], [], [None, "Rina Wati"], [None, "NIP. 198001012005012001"]],
        [[None, "Penanggung Jawab"], [], [None, "Rina Wati", "198001012005012001"]],
        [[None, "Pembuat Daftar"], [], [None, "Rina Wati", "198001012005012001"]],
        [[None, "Rina Wati", "198001012005012001"]],
        [[None, "Hormat kami,"], [None, "Rina Wati", "198001012005012001"]],
    ],
)
def test_whoever_signs_was_not_there(signature: list[list[Any]]) -> None:
    assert names(workbook([HEADER, *PEOPLE, [], *signature])) == ["Siti Rahmawati", "Budi Santoso", "Ayu Lestari"]


def test_a_second_list_beside_the_first_is_told() -> None:
    layout = understood(workbook([[*HEADER, None, *HEADER], [*PEOPLE[0], None, *PEOPLE[1]]]))
    entries, skipped = read_entries(layout)
    assert len(entries) == 1
    assert [one.line for one in skipped] == [1]
    assert "columns F, G" in skipped[0].why


def test_hidden_rows_are_asked_about() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (HEADER, *PEOPLE):
        sheet.append(row)
    sheet.row_dimensions[3].hidden = True
    held = io.BytesIO()
    book.save(held)
    found = judged(held.getvalue(), EVENT)
    assert [row.verdict.value for row in found] == ["ok", "question", "ok"]
    assert found[1].remarks[0].message == "the row is hidden in the workbook"


def test_csv_of_windows_and_with_a_byte_order_mark() -> None:
    rows = [["Kegiatan", "Lokakarya – Etika"], ["Tanggal", "12-14 Maret 2026"], ["JP", "8"], HEADER, *PEOPLE]
    for encoding in ("cp1252", "utf-8-sig"):
        assert [row.verdict.value for row in judged(text(rows, ";", encoding))] == ["ok"] * 3
