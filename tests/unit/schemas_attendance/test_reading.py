"""Real-looking lists are understood: where the header is, what the columns hold, who is in it, what the event was."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from schemas.attendance.dates import Days, parse_days
from schemas.attendance.entries import read_entries
from schemas.attendance.facts import guess_facts
from schemas.attendance.headings import Role, role_of
from schemas.imports.sheets import FileRefused
from tests.unit.schemas_attendance.lists import AYU, BUDI, HEADER, SITI, text, understood, workbook

PEOPLE: list[list[Any]] = [
    [1, "Siti Rahmawati", SITI, "Biro SDM"],
    [2, "Budi Santoso", BUDI, "Biro SDM"],
    [3, "Ayu Lestari", AYU, "Biro Hukum"],
]


def roles(data: bytes, **wishes: Any) -> dict[str, str]:
    return {column.letter: column.role.value for column in understood(data, **wishes).columns if column.role is not None}


def names(data: bytes, **wishes: Any) -> list[str | None]:
    entries, _ = read_entries(understood(data, **wishes))
    return [entry.name for entry in entries]


def skipped(data: bytes) -> dict[int, str]:
    return {one.line: one.why for one in read_entries(understood(data))[1]}


@pytest.mark.parametrize(
    ("heading", "role"),
    [
        ("Nama", Role.NAME),
        ("NAMA LENGKAP", Role.NAME),
        ("Nama Peserta", Role.NAME),
        ("Nama Lengkap & Gelar", Role.NAME),
        ("NIP", Role.NIP),
        ("NIP/NRP", Role.NIP),
        ("N I P", Role.NIP),
        ("N.I.P.", Role.NIP),
        ("NI PPPK", Role.NIP),
        ("NIP Baru (18 digit)", Role.NIP),
        ("Jabatan", Role.POST),
        ("Unit Kerja / OPD", Role.UNIT),
        ("Instansi", Role.UNIT),
        ("Alamat E-mail aktif", Role.EMAIL),
        ("Surel", Role.EMAIL),
        ("JP", Role.HOURS),
        ("Jumlah JP", Role.HOURS),
        ("Jam Pelajaran (JP)", Role.HOURS),
        ("Durasi", Role.DURATION),
        ("JML JAM", Role.DURATION),
        ("Jml. Jam", Role.DURATION),
        ("Lama (jam)", Role.DURATION),
        ("Total JP", Role.HOURS),
        ("Jml. JP", Role.HOURS),
        ("Tanggal", Role.DATE),
        ("Tgl. Pelaksanaan", Role.DATE),
        ("Tanggal Selesai", Role.LAST_DATE),
        ("No. Sertifikat", Role.CERTIFICATE),
        ("Nomor Sertipikat", Role.CERTIFICATE),
        ("Hadir", Role.PRESENCE),
        ("TTD", Role.PRESENCE),
        ("Tanda  Tangan", Role.PRESENCE),
        ("Nilai", Role.SCORE),
        ("Keterangan", Role.OTHER),
        ("Tempat, Tanggal Lahir", Role.OTHER),
        ("No. WhatsApp", Role.OTHER),
    ],
)
def test_headings_in_many_spellings(heading: str, role: Role) -> None:
    guess = role_of(heading)
    assert guess is not None
    assert guess.role is role


@pytest.mark.parametrize("heading", ["Nama Kegiatan", "Nama Diklat", "", "Siti Rahmawati", 12, None, "Kegiatan: Bimtek NIP"])
def test_what_is_no_heading_of_a_list(heading: object) -> None:
    assert role_of(heading) is None


def test_a_header_below_titles_and_above_a_signature() -> None:
    data = workbook(
        [
            ["KEMENTERIAN CONTOH"],
            ["DAFTAR HADIR PESERTA"],
            ["BIMBINGAN TEKNIS MANAJEMEN RISIKO"],
            ["Hari/Tanggal", None, ": Senin s.d. Rabu, 17 s.d. 19 Maret 2026"],
            ["Waktu", None, ": 08.00 s.d. 16.00 WIB"],
            ["Tempat : Aula Lantai 3"],
            ["Penyelenggara", None, "Pusat Pengembangan SDM"],
            ["Jumlah JP : 24 JP"],
            [],
            HEADER,
            ["(1)", "(2)", "(3)", "(4)"],
            *PEOPLE,
            [4],
            [],
            ["Jumlah", 3],
            [None, None, None, "Jakarta, 19 Maret 2026"],
            [None, None, None, "Kepala Pusat,"],
            [None, None, None, None],
            [None, "Dr. Penanda Tangan"],
            [None, "NIP. 197001011995031001"],
        ],
        merges=["A1:D1", "A2:D2", "A3:D3"],
    )
    assert roles(data) == {"A": "number", "B": "name", "C": "nip", "D": "unit"}
    assert names(data) == ["Siti Rahmawati", "Budi Santoso", "Ayu Lestari"]
    assert set(skipped(data)) == {11, 15, 17, 18, 19, 21, 22}
    facts = guess_facts(understood(data).above)
    assert facts.title == "BIMBINGAN TEKNIS MANAJEMEN RISIKO"
    assert facts.days == Days(date(2026, 3, 17), date(2026, 3, 19))
    assert facts.hours == 24
    assert facts.provider == "Pusat Pengembangan SDM"
    assert facts.place == "Aula Lantai 3"
    assert facts.end_minute == 16 * 60


def test_a_header_of_two_rows_with_merged_cells() -> None:
    data = workbook(
        [
            ["DAFTAR HADIR SEMINAR NASIONAL"],
            ["NO", "IDENTITAS PESERTA", None, "KEHADIRAN", None, "SERTIFIKAT", None],
            [None, "NAMA", "NIP", "HARI 1", "HARI 2", "NOMOR", "JP"],
            [1, "Siti Rahmawati", SITI, "hadir", "hadir", "S-1", 8],
            [2, "Budi Santoso", BUDI, "hadir", "izin", "S-2", 8],
            [3, "Ayu Lestari", AYU, None, None, None, 8],
        ],
        merges=["A2:A3", "B2:C2", "D2:E2", "F2:G2"],
    )
    layout = understood(data)
    assert [row.line for row in layout.header] == [2, 3]
    assert roles(data) == {
        "A": "number",
        "B": "name",
        "C": "nip",
        "D": "presence",
        "E": "presence",
        "F": "certificate",
        "G": "hours",
    }
    entries, _ = read_entries(layout)
    assert [entry.present for entry in entries] == [(2, 2), (1, 2), (0, 2)]
    assert [entry.certificate for entry in entries] == ["S-1", "S-2", None]


def test_a_header_of_two_rows_in_csv_has_no_merges_to_tell_it() -> None:
    data = text(
        [
            ["No", "Nama", "NIP", "Kehadiran", "", "Ket"],
            ["", "", "", "Hari 1", "Hari 2", ""],
            ["1", "Siti Rahmawati", SITI, "v", "v", ""],
            ["2", "Budi Santoso", BUDI, "v", "", ""],
        ]
    )
    entries, _ = read_entries(understood(data))
    assert [(entry.name, entry.present) for entry in entries] == [("Siti Rahmawati", (2, 2)), ("Budi Santoso", (1, 2))]


def test_cells_merged_downwards_count_for_every_row() -> None:
    rows: list[list[Any]] = [[*HEADER, "JP", "Tanggal"]]
    rows += [[*PEOPLE[0], 6, datetime(2026, 8, 3)], [*PEOPLE[1], None, None], [*PEOPLE[2], None, None]]
    data = workbook(rows, merges=["E2:E4", "F2:F4"])
    entries, _ = read_entries(understood(data))
    assert [(entry.hours, entry.days) for entry in entries] == [(Decimal(6), Days(date(2026, 8, 3), date(2026, 8, 3)))] * 3


def test_printed_pages_repeat_the_header_and_sections_stand_between() -> None:
    data = workbook([HEADER, ["BIRO SDM"], *PEOPLE[:2], HEADER, ["BIRO HUKUM"], PEOPLE[2]])
    assert names(data) == ["Siti Rahmawati", "Budi Santoso", "Ayu Lestari"]
    assert skipped(data)[5] == "it is the header again"


def test_marks_of_presence_are_not_taken_for_the_header_again() -> None:
    data = workbook([[*HEADER, "Kehadiran"], *[[*row, "Hadir"] for row in PEOPLE]])
    assert len(names(data)) == 3


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_csv_of_every_dialect(delimiter: str, encoding: str) -> None:
    rows = [["DAFTAR HADIR"], ["Kegiatan", "Seminar “Étika”, dan lain-lain"], [], HEADER]
    rows += [[str(cell) for cell in row] for row in PEOPLE]
    data = text(rows, delimiter, encoding)
    assert names(data) == ["Siti Rahmawati", "Budi Santoso", "Ayu Lestari"]
    assert guess_facts(understood(data).above).title == "Seminar “Étika”, dan lain-lain"


def test_csv_with_the_line_that_excel_writes() -> None:
    data = b"sep=;\r\n" + text([HEADER, *PEOPLE])
    assert names(data) == ["Siti Rahmawati", "Budi Santoso", "Ayu Lestari"]
    assert understood(data).header[0].line == 2


def test_the_longest_list_of_several_sheets_is_taken_and_the_others_are_named() -> None:
    data = workbook([["Petunjuk"], ["isi dengan benar"]], Peserta=[HEADER, *PEOPLE], Panitia=[HEADER, PEOPLE[0]])
    layout = understood(data)
    assert (layout.sheet, layout.other_sheets) == ("Peserta", ("Daftar Hadir", "Panitia"))
    assert names(data, sheet="panitia") == ["Siti Rahmawati"]


def test_a_name_and_a_number_in_one_cell() -> None:
    data = workbook([["No", "Nama / NIP", "TTD"], [1, f"Siti Rahmawati\nNIP. {SITI[:8]} {SITI[8:14]} {SITI[14]} {SITI[15:]}", 1]])
    entries, _ = read_entries(understood(data))
    assert entries[0].name == "Siti Rahmawati"
    assert repr(entries[0].number) == f"Whole(digits='{SITI}')"


def test_what_the_user_says_of_header_and_columns_wins() -> None:
    data = workbook([["a", "b", "c"], ["x", "Siti Rahmawati", SITI]])
    with pytest.raises(FileRefused):
        understood(data)
    assert names(data, header_line=1, columns={Role.NAME: 1, Role.NIP: 2}) == ["Siti Rahmawati"]
    assert roles(workbook([HEADER, *PEOPLE]), columns={Role.UNIT: 1}) == {"A": "number", "B": "unit", "C": "nip"}


def test_a_guess_says_how_sure_it_is() -> None:
    columns = {
        column.letter: column.confidence for column in understood(workbook([["No", "Nama", "NIP (18)", "x"], PEOPLE[0]])).columns
    }
    assert columns["B"] == 1.0
    assert 0 < columns["C"] < 1
    assert columns["D"] == 0


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("17 s.d. 19 Maret 2026", "2026-03-17", "2026-03-19"),
        ("17 s/d 19 Maret 2026", "2026-03-17", "2026-03-19"),
        ("17-19 Maret 2026", "2026-03-17", "2026-03-19"),
        ("Senin s.d. Rabu, 17 s.d. 19 Maret 2026", "2026-03-17", "2026-03-19"),
        ("Senin, 3 Agustus 2026", "2026-08-03", "2026-08-03"),
        ("Hari/Tanggal : Jum'at, 7 Agustus 2026", "2026-08-07", "2026-08-07"),
        ("30 Maret s.d. 2 April 2026", "2026-03-30", "2026-04-02"),
        ("30 Desember 2025 s.d. 2 Januari 2026", "2025-12-30", "2026-01-02"),
        ("30 Desember s.d. 2 Januari 2027", "2026-12-30", "2027-01-02"),
        ("17/03/2026 - 19/03/2026", "2026-03-17", "2026-03-19"),
        ("17 Sept. 2026", "2026-09-17", "2026-09-17"),
        ("5 Nopember 2026", "2026-11-05", "2026-11-05"),
        (46098, "2026-03-17", "2026-03-17"),
        (46098.0, "2026-03-17", "2026-03-17"),
        (datetime(2026, 3, 17, 9, 30), "2026-03-17", "2026-03-17"),
    ],
)
def test_days_as_they_are_written(written: object, first: str, last: str) -> None:
    assert parse_days(written) == Days(date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize("written", ["31 Februari 2026", "19 s.d. 17 Maret 2026", "Maret 2026", "", "besok", 3, True, "32/13/2026"])
def test_what_is_no_day(written: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_days(written)


def test_a_title_stands_where_it_can() -> None:
    assert (
        guess_facts(understood(workbook([["DAFTAR HADIR WEBINAR ETIKA ASN"], HEADER, *PEOPLE])).above).title == "WEBINAR ETIKA ASN"
    )
    above = understood(
        workbook([["Absensi"], ["Kegiatan :", "Lokakarya SPBE (6 JP)"], ["Rabu, 5 Agustus 2026"], HEADER, *PEOPLE])
    ).above
    facts = guess_facts(above)
    assert (facts.title, facts.hours, str(facts.days)) == ("Lokakarya SPBE (6 JP)", Decimal(6), "2026-08-05")


def test_who_heads_a_unit_is_no_signature() -> None:
    rows = [
        ["No", "Nama", "Jabatan", "NIP"],
        [1, "Siti Rahmawati", "Kepala Biro", SITI],
        [2, "Budi Santoso", "Ketua Tim", int(BUDI)],
    ]
    rows += [
        [3, "Ayu Lestari", "Plt. Kepala Dinas", None],
        [None, None, "Kepala Pusat,", None],
        [None, "Dr. Penanda Tangan", None, None],
    ]
    assert names(workbook(rows)) == ["Siti Rahmawati", "Budi Santoso", "Ayu Lestari"]


def test_an_export_of_a_form() -> None:
    header = [
        "Timestamp",
        "Email Address",
        "Nama Lengkap (tanpa gelar)",
        "NIP",
        "Asal Instansi",
        "No. HP (WhatsApp)",
        "Pangkat/Gol.",
    ]
    row = ["17/03/2026 08:01:12", "siti@kementerian.example", "Siti Rahmawati", SITI, "Biro SDM", "0812 3456 7890", "III/c"]
    data = text([header, row], ",")
    assert roles(data) == {"A": "other", "B": "email", "C": "name", "D": "nip", "E": "unit", "F": "other", "G": "other"}
    entries, _ = read_entries(understood(data))
    assert (entries[0].name, entries[0].email, entries[0].days) == ("Siti Rahmawati", "siti@kementerian.example", None)


def test_an_export_of_a_meeting_has_minutes() -> None:
    header = ["Name (Original Name)", "User Email", "Join Time", "Leave Time", "Duration (Minutes)", "Guest"]
    data = text([header, ["Siti Rahmawati", "siti@kementerian.example", "08:01", "09:31", "90", "No"]], ",")
    entries, _ = read_entries(understood(data))
    assert [(entry.name, entry.email, entry.duration_minutes) for entry in entries] == [
        ("Siti Rahmawati", "siti@kementerian.example", 90)
    ]


@pytest.mark.parametrize(
    ("cell", "minutes"),
    [(1.5, 90), ("08.00 s.d. 09.30", 90), ("2 jam", 120), ("1:30", 90), ("1,5", 90), (timedelta(hours=2), 120), ("x", None)],
)
def test_a_duration_in_hours(cell: object, minutes: int | None) -> None:
    entries, _ = read_entries(understood(workbook([["Nama", "NIP", "Durasi"], ["Siti Rahmawati", SITI, cell]])))
    assert entries[0].duration_minutes == minutes
