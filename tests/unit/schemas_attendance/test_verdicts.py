"""Each row is told what becomes of it and why."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from competency.directory import Identifier
from schemas.attendance.dates import Days
from schemas.attendance.facts import Facts
from schemas.attendance.names import SAME_PERSON, likeness
from schemas.attendance.verdicts import Judged, Verdict
from tests.unit.schemas_attendance.lists import (
    AYU,
    BUDI,
    HEADER,
    HOME_PAGE,
    OFFICE,
    SITI,
    Directory,
    employee,
    judged,
    text,
    told,
    workbook,
)

DAY = Days(date(2026, 3, 17), date(2026, 3, 17))
EVENT = Facts(title="Seminar", days=DAY, hours=Decimal(4))


def verdict(nip: object, name: str = "Siti Rahmawati", *, people: Directory = OFFICE, said: Facts = EVENT) -> tuple[str, str]:
    return told(judged(workbook([HEADER, [1, name, nip, "Biro"]]), said, people=people))[0]


@pytest.mark.parametrize(
    "spelling",
    [
        SITI,
        "19860926 201505 2 001",
        "19860926.201505.2.001",
        f"'{SITI}",
        f"NIP. {SITI}",
        "1986 0926 2015 0520 01",
        f" {SITI}\u00a0",
        "NIP/NRP : 19860926 201505 2 001",
    ],
)
def test_a_nip_in_any_spelling_is_found(spelling: str) -> None:
    assert verdict(spelling) == ("ok", "")


def test_a_nip_that_csv_protects_as_a_formula() -> None:
    rows = text([HEADER, ["1", "Siti Rahmawati", f'="{SITI}"', ""]])
    assert told(judged(rows, EVENT)) == [("ok", "")]


def test_who_it_is_is_shown_masked() -> None:
    row = judged(workbook([HEADER, [1, "Dr. SITI RAHMAWATI, M.Si.", SITI]]), EVENT)[0]
    assert (row.employee_id, row.known_name, row.likeness) == ("emp-1", "Siti Rahmawati", 1.0)
    assert row.nip_masked == "19860926******2001"


@pytest.mark.parametrize(
    ("nip", "says"),
    [
        ("12345", "it has 5 digits"),
        ("198613262015052001", "no date of birth"),
        ("19860926201505200A", "characters other than digits"),
        ("1,98609E+17", "power of ten"),
        (12345, "it has 5 digits"),
        (None, "it has no NIP and no e-mail address"),
    ],
)
def test_a_broken_nip_is_bad_and_never_repeated(nip: object, says: str) -> None:
    found, why = verdict(nip)
    assert found == "bad"
    assert says in why
    assert str(nip) not in why


def test_nobody_of_the_directory_is_unknown() -> None:
    found, why = verdict("199001012015031001")
    assert (found, why) == ("unknown", "the directory does not know this NIP")


class TestLostDigits:
    def test_a_number_cell_is_a_question_when_one_person_fits(self) -> None:
        row = judged(workbook([HEADER, [1, "Siti Rahmawati", int(SITI)]]), EVENT)[0]
        assert row.verdict is Verdict.QUESTION
        assert row.nip == SITI
        assert "19860926******2001" in row.remarks[0].message

    def test_the_name_has_to_fit(self) -> None:
        found, why = verdict(int(SITI), "Rudi Hartono")
        assert found == "bad"
        assert "none has that name" in why

    def test_two_of_that_name_are_no_answer(self) -> None:
        twin = employee("emp-9", "Siti Rahmawati", "198609262015052002")
        people = Directory(employee("emp-1", "Siti Rahmawati", SITI), twin)
        found, why = verdict(int(SITI), people=people)
        assert found == "bad"
        assert "several employees of that name" in why

    def test_of_two_the_name_tells(self) -> None:
        other = employee("emp-9", "Dewi Anggraini", "198609262015052002")
        people = Directory(employee("emp-1", "Siti Rahmawati", SITI), other)
        row = judged(workbook([HEADER, [1, "Dewi Anggraini", int(SITI)]]), EVENT, people=people)[0]
        assert (row.verdict, row.nip) == (Verdict.QUESTION, "198609262015052002")

    @pytest.mark.parametrize("serial", ["001", "011", "499", "500", "803", "999"])
    @pytest.mark.parametrize("began", ["198607262009042", "198609262015052", "199912312023211", "196001011985031"])
    def test_whatever_a_spreadsheet_makes_of_a_number(self, began: str, serial: str) -> None:
        nip = began + serial
        people = Directory(employee("emp-1", "Siti Rahmawati", nip))
        for cell in (float(nip), float(f"{float(nip):.15g}"), int(float(nip)), int(began + "000"), f"{float(nip):.14E}"):
            row = judged(workbook([HEADER, [1, "Siti Rahmawati", cell]]), EVENT, people=people)[0]
            assert (row.verdict, row.nip) == (Verdict.QUESTION, nip)

    def test_digits_that_were_rounded_up(self) -> None:
        high = "198609262015052803"
        people = Directory(employee("emp-1", "Siti Rahmawati", high))
        row = judged(workbook([HEADER, [1, "Siti Rahmawati", f"{float(high):.14E}"]]), EVENT, people=people)[0]
        assert (row.verdict, row.nip) == (Verdict.QUESTION, high)

    def test_digits_lost_before_csv_was_written(self) -> None:
        rows = [HEADER, ["1", "Siti Rahmawati", SITI[:15] + "000", ""], ["2", "Budi Santoso", "1,97901022005011E+17", ""]]
        assert [row.verdict for row in judged(text(rows), EVENT)] == [Verdict.QUESTION, Verdict.QUESTION]


@pytest.mark.parametrize("nip", ["1.98609E+17", "123", None, 1.98609262015051e17])
def test_the_only_one_of_the_name_is_suggested_and_not_taken(nip: object) -> None:
    def row(unit: str | None, people: Directory = OFFICE) -> Judged:
        return judged(workbook([HEADER, [1, "SITI RAHMAWATI, S.Kom.", nip, unit]]), EVENT, people=people)[0]

    for unit, said in (("Biro SDM", " in this unit"), (None, "")):
        found = row(unit)
        assert (found.verdict, found.employee_id) == (Verdict.BAD, None)
        assert found.remarks[0].would_be_right.endswith(f"; the only one of this name{said} is 19860926******2001")
    assert "only one" not in row("Biro Lain").remarks[0].would_be_right
    twins = Directory(employee("a", "Siti Rahmawati", SITI), employee("b", "Siti Rahmawati", "199609262015052002"))
    assert "only one" not in row("Biro SDM", twins).remarks[0].would_be_right


def test_names_that_differ_are_told() -> None:
    assert verdict(SITI, "Siti Rahmawaty")[0] == "ok"
    assert verdict(SITI, "Siti Rahayu") == ("warning", "the name is written differently in the directory")
    assert verdict(SITI, "Joko Widodo") == ("question", "the NIP is that of somebody with another name")


def test_a_person_twice_on_a_day_is_bad_the_second_time() -> None:
    rows = [HEADER, [1, "Siti Rahmawati", SITI], [2, "Siti R.", SITI[:8] + " " + SITI[8:]], [3, "Budi Santoso", BUDI]]
    assert [found for found, _ in told(judged(workbook(rows), EVENT))] == ["ok", "bad", "ok"]
    assert told(judged(workbook(rows), EVENT))[1][1] == "line 2 has the same person on the same day"


def test_a_person_on_two_days_is_two_rows() -> None:
    rows = [
        [*HEADER, "Tanggal"],
        [1, "Siti Rahmawati", SITI, "", "16 Maret 2026"],
        [2, "Siti Rahmawati", SITI, "", "17 Maret 2026"],
    ]
    assert [found for found, _ in told(judged(workbook(rows), EVENT))] == ["ok", "ok"]


@pytest.mark.parametrize(
    ("days", "says"),
    [
        ("31 Februari 2026", "it is not a date that exists"),
        ("25 November 2026", "it is in the future"),
        ("1 Januari 1960", "it was before 1980"),
    ],
)
def test_days_that_can_not_be(days: str, says: str) -> None:
    row = judged(workbook([[*HEADER, "Tanggal"], [1, "Siti Rahmawati", SITI, "", days]]), Facts())[0]
    assert (row.verdict, row.remarks[0].message) == (Verdict.BAD, says)


def test_without_any_day_a_row_is_bad() -> None:
    assert verdict(SITI, said=Facts(title="Seminar")) == ("bad", "nothing says when it was")


def test_who_was_absent_is_bad_and_who_missed_a_day_is_told() -> None:
    rows = [
        [*HEADER, "Hari 1 Hadir", "Hari 2 Hadir"],
        [1, "Siti Rahmawati", SITI, "", "Hadir", "Tidak Hadir"],
        [2, "Budi Santoso", BUDI, "", "TH", "sakit"],
        [3, "Ayu Lestari", AYU, "", "√", "√"],
    ]
    assert told(judged(workbook(rows), EVENT)) == [
        ("question", "it is marked as present in part: 1 of 2"),
        ("bad", "it is not marked as present"),
        ("ok", ""),
    ]


@pytest.mark.parametrize(
    "days",
    [
        ("6 Agt", "7 Agt", "8 Agt"),
        ("Hari 1", "Hari 2", "Hari 3"),
        ("Hari I", "Hari II", "Hari III"),
        ("Hari ke-1", "Hari ke-2", "Hari ke-3"),
        ("Pagi", "Siang", "Sore"),
        ("Sesi 1", "Sesi 2", "Sesi 3"),
        ("Tgl 6 Agt", "Tgl 7 Agt", "Tgl 8 Agt"),
        (datetime(2026, 8, 6), datetime(2026, 8, 7), datetime(2026, 8, 8)),
        (1, 2, 3),
        ("Senin, 3/8", "Selasa, 4/8", "Rabu, 5/8"),
        ("Pembukaan", "Materi", "Penutupan"),
    ],
)
class TestDaysInOneRowOfHeadings:
    def test_whoever_is_marked_absent_everywhere_is_bad(self, days: tuple[object, ...]) -> None:
        rows = [
            [*HEADER, *days],
            [1, "Siti Rahmawati", SITI, "", "hadir", "hadir", "hadir"],
            [2, "Budi Santoso", BUDI, "", "tidak hadir", "tidak hadir", "tidak hadir"],
            [3, "Ayu Lestari", AYU, "", "hadir", "tidak hadir", "izin"],
        ]
        assert told(judged(workbook(rows), EVENT)) == [
            ("ok", ""),
            ("bad", "it is not marked as present"),
            ("question", "it is marked as present in part: 1 of 3"),
        ]

    def test_empty_cells_and_dashes_beside_marks_are_absence(self, days: tuple[object, ...]) -> None:
        rows = [
            [*HEADER, *days],
            [1, "Siti Rahmawati", SITI, "", "hadir", "hadir", "hadir"],
            [2, "Budi Santoso", BUDI, ""],
            [3, "Ayu Lestari", AYU, "", "-", "-", "-"],
        ]
        assert [found for found, _ in told(judged(workbook(rows), EVENT))] == ["ok", "bad", "bad"]


def marked(heading: str, *cells: object) -> list[str]:
    people = (("Siti Rahmawati", SITI), ("Budi Santoso", BUDI), ("Ayu Lestari", AYU))
    rows = [[name, nip, cell] for (name, nip), cell in zip(people, cells, strict=False)]
    return [row.verdict.value for row in judged(workbook([["Nama", "NIP", heading], *rows]), EVENT)]


def test_what_a_mark_means_the_column_tells() -> None:
    assert marked("Kehadiran", "x", None, "-") == ["ok", "bad", "bad"]
    assert marked("Kehadiran", "x", "hadir", "hadir") == ["question", "ok", "ok"]
    assert marked("Hari 1", 1, 0, 1) == ["ok", "bad", "ok"]
    assert marked("Hari 1", "07.58", "08.03", None) == ["ok", "ok", "bad"]
    assert marked("Kehadiran", "hadir", "entahlah", "hadir") == ["ok", "question", "ok"]
    assert marked("Kehadiran", "izin", None, None) == ["bad", "question", "question"]
    assert marked("Cek", "v", None, "v") == ["ok", "question", "ok"]


def test_other_columns_of_short_words_are_no_presence() -> None:
    assert marked("Guest", "No", "No", "Yes") == ["ok", "ok", "ok"]
    assert marked("Kelompok", "A", "B", "C") == ["ok", "ok", "ok"]
    assert marked("Hari 1", None, None, None) == ["ok", "ok", "ok"]
    assert marked("Hari 1", 80, 75, 90) == ["ok", "ok", "ok"]
    assert marked("TTD", "1.", "izin", None) == ["ok", "bad", "ok"]
    assert marked("TTD", "-", "-", "-") == ["ok", "ok", "ok"]


def test_of_two_rows_with_one_number_that_of_the_fitting_name_is_kept() -> None:
    rows = [HEADER, [1, "Joko Widodo", SITI], [2, "Budi Santoso", BUDI], [3, "Siti Rahmawati", SITI]]
    found = judged(workbook(rows), EVENT)
    assert [row.verdict.value for row in found] == ["bad", "ok", "ok"]
    assert found[0].remarks[-1].message == "line 4 has the same person on the same day"


def test_an_address_is_found_in_either_case() -> None:
    def found(written: str) -> tuple[str, str | None]:
        row = judged(workbook([["Nama", "Email"], ["Siti Rahmawati", written]]), EVENT, people=people)[0]
        return row.verdict.value, row.email

    both = ["Siti.R@kementerian.example", "siti.r@kementerian.example"]
    people = Directory(employee("emp-1", "Siti Rahmawati", SITI, emails=both))
    for written in ("siti.r@kementerian.example", "Siti.R@kementerian.example", "SITI.R@Kementerian.example"):
        assert found(written) == ("ok", "siti.r@kementerian.example")
    people = Directory(employee("emp-1", "Siti Rahmawati", SITI, emails=["Siti.R@kementerian.example"]))
    for written in ("Siti.R@kementerian.example", "siti.r@kementerian.example", "SITI.R@KEMENTERIAN.EXAMPLE"):
        assert found(written) == ("ok", "Siti.R@kementerian.example")


def test_signatures_say_nothing_about_presence() -> None:
    rows = [[*HEADER, "Tanda Tangan"], [1, "Siti Rahmawati", SITI, "", "1."], [2, "Budi Santoso", BUDI, "", None]]
    assert [found for found, _ in told(judged(workbook(rows), EVENT))] == ["ok", "ok"]


def test_hours_come_from_the_row_then_the_event() -> None:
    rows = [
        [*HEADER, "JP"],
        [1, "Siti Rahmawati", SITI, "", "7,5"],
        [2, "Budi Santoso", BUDI, "", None],
        [3, "Ayu Lestari", AYU, "", "x"],
    ]
    found = judged(workbook(rows), EVENT)
    assert [row.hours for row in found] == [Decimal("7.5"), Decimal(4), Decimal(4)]
    assert found[2].verdict is Verdict.BAD
    assert verdict(SITI, said=Facts(title="Seminar", days=DAY))[0] == "warning"


def test_an_address_alone_is_enough() -> None:
    rows = [
        ["Nama", "Email"],
        ["Siti Rahmawati", "siti@Kementerian.example"],
        ["Tamu", "tamu@luar.example"],
        ["Rusak", "tamu(at)luar"],
        ["Lain", "mailto:budi@kementerian.example"],
    ]
    assert [row.verdict.value for row in judged(workbook(rows), EVENT)] == ["ok", "unknown", "bad", "question"]


def test_a_number_and_an_address_of_two_people_are_a_question() -> None:
    rows = [["Nama", "NIP", "Email"], ["Siti Rahmawati", SITI, "budi@kementerian.example"]]
    row = judged(workbook(rows), EVENT)[0]
    assert row.verdict is Verdict.QUESTION
    assert "19790102******1002" in row.remarks[0].message


def test_an_unknown_number_with_a_known_address_says_what_would_be_right() -> None:
    rows = [["Nama", "NIP", "Email"], ["Budi Santoso", "197901022005011009", "budi@kementerian.example"]]
    row = judged(workbook(rows), EVENT)[0]
    assert row.verdict is Verdict.BAD
    assert "19790102******1002" in row.remarks[0].would_be_right


def test_a_number_is_whose_it_was_on_the_day() -> None:
    old = f"account|{HOME_PAGE}|{AYU}"
    people = Directory(
        employee("emp-a", "Siti Rahmawati", SITI, former=[Identifier(old, None, date(2025, 12, 31))]),
        employee("emp-b", "Ayu Lestari", BUDI, former=[Identifier(old, date(2026, 1, 1))]),
    )
    assert judged(workbook([HEADER, [1, "Ayu Lestari", AYU]]), EVENT, people=people)[0].employee_id == "emp-b"
    earlier = Facts(title="Seminar", days=Days(date(2025, 6, 1), date(2025, 6, 1)), hours=Decimal(1))
    assert judged(workbook([HEADER, [1, "Siti Rahmawati", AYU]]), earlier, people=people)[0].employee_id == "emp-a"


def test_a_number_of_another_time_is_nobodys() -> None:
    key = f"account|{HOME_PAGE}|{AYU}"
    people = Directory(employee("emp-a", "Ayu Lestari", SITI, former=[Identifier(key, date(2026, 6, 1))]))
    found, why = told(judged(workbook([HEADER, [1, "Ayu Lestari", AYU]]), EVENT, people=people))[0]
    assert found == "unknown"
    assert "not as anybody's on that day" in why


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Dr. Siti Rahmawati, S.Kom., M.Si.", "SITI RAHMAWATI", True),
        ("Drs. H. Moh. Ali Akbar", "Muhammad Ali Akbar", True),
        ("M. Yusuf", "Muhammad Yusuf", True),
        ("Budi S.", "Budi Santoso", True),
        ("Siti", "Siti Rahmawati", False),
        ("Budi Hartono", "Budi Santoso", False),
        ("", "Budi Santoso", False),
    ],
)
def test_how_alike_names_are(one: str, other: str, same: bool) -> None:
    assert (likeness(one, other) >= SAME_PERSON) is same
    assert likeness(one, other) == likeness(other, one)
