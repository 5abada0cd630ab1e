from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from msgspec import structs

from competency.directory import Employee
from competency.evidence import Evidence
from competency.words import in_words
from tests.unit.competency.making import NIP, PNS, PPPK, assessment, piece
from tests.unit.competency.profiles import text


def told(*evidence: Evidence, employee: Employee = PNS, **changes: Any) -> str:
    return in_words(text(evidence, employee, **changes), employee)


def test_the_words_name_the_person_and_mask_the_number() -> None:
    words = told()
    assert words.startswith("Siti Rahmawati · PNS · NIP 19860926******2001\n")
    assert NIP not in words
    assert "Kementerian › Biro SDM" in words
    assert "None yet" in words


def test_the_words_say_what_is_missing_and_why_something_did_not_count() -> None:
    first = piece("first", jp="12.5")
    words = told(first, piece("again", jp="12.5", on="2025-08-01T03:00:00Z"))
    assert "In 2025: 12.5 JP; the obligation is at least 20 JP: 7.5 JP missing" in words
    assert f"already counted in 2025, by statement {first.statement_id}" in words


def test_the_words_of_a_pppk_speak_of_contract_years() -> None:
    words = told(piece("a", of=PPPK, jp="30", on="2024-02-01T03:00:00Z"), employee=PPPK)
    assert "In contract year 1 (2023-07-01 to 2024-06-30): 30 JP; the obligation is at most 24 JP: exceeded by 6 JP" in words


def test_the_words_keep_assessed_and_suggested_apart() -> None:
    words = told(piece("s", aligned={"integritas": 4}), employee=replace(PNS, assessments=(assessment(2),)))
    assert (
        "Integritas: assessed 2 Dasar on 2025-03-01 (AC 2025); learning suggests 3 Menengah (1 of the 1 it takes); "
        "standard 3 Menengah; gap -1, by the assessed level"
    ) in words
    assert "level 4 from Course a, 2025-06-01: weight 1, less from 2029-06-01, nothing from 2032-06-01" in words
    assert "for level 4 it takes 1.5; there is 1" in words


def test_the_words_say_what_the_index_lacks_and_when_what_it_has_lapses() -> None:
    words = told(piece("s", kind="9", jp="3"))
    assert "10 of 40 (fungsional, table of 2018, unverified; index-kompetensi/1)" in words
    assert "0 of 15  functional training (diklat fungsional): missing: one functional training (diklat fungsional)" in words
    assert "missing: 20 JP more of technical training (diklat teknis): 0 of 20 JP within 12 months" in words
    assert "10 of 10  seminar, workshop and the like: reached, lapses on 2027-06-01" in words
    assert "no post or no table for its kind is known" in told(post=None)


def test_the_words_tell_certificates_and_their_validity() -> None:
    valid = structs.replace(piece("a", expires_on=date(2026, 6, 1)), certificate_number="SRT/7")
    expired = piece("b", activity="b", expires_on=date(2025, 11, 1))
    words = told(valid, expired)
    assert "Course a no. SRT/7 — Portal, 2025-06-01, valid until the day before 2026-06-01" in words
    assert "Course b — Portal, 2025-06-01, expired on 2025-11-01" in words
    assert "Certificates" not in told()


def test_the_words_name_the_versions_and_how_long_they_hold() -> None:
    words = told(piece("s"))
    assert "Frameworks: kamus-teknis version 4, permenpan-rb-38-2017 version 1" in words
    assert words.endswith("Unless something new comes in, it stays as it is until 2026-01-01\n")
