from __future__ import annotations

from dataclasses import replace

from competency.directory import Employee
from competency.evidence import Evidence
from competency.profile import build_profile, render
from competency.rules import core_competencies
from competency.units import unit_path
from competency.words import in_words
from tests.unit.competency.making import NIP, PNS, POST, PPPK, RULES, UNITS, assessment, piece


def told(*evidence: Evidence, employee: Employee = PNS) -> str:
    profile = build_profile(
        employee,
        post=POST,
        unit_path=unit_path("unit-2", UNITS),
        evidence=evidence,
        competencies=core_competencies(),
        rules=RULES,
    )
    return in_words(render(profile), employee)


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
    assert f"already counted in this period by {first.statement_id}" in words


def test_the_words_of_a_pppk_speak_of_contract_years() -> None:
    words = told(piece("a", of=PPPK, jp="30", on="2024-02-01T03:00:00Z"), employee=PPPK)
    assert "In contract year 1 (2023-07-01 to 2024-06-30): 30 JP; the obligation is at most 24 JP: exceeded by 6 JP" in words


def test_the_words_keep_assessed_and_suggested_apart() -> None:
    words = told(piece("s", aligned={"integritas": 4}), employee=replace(PNS, assessments=(assessment(2),)))
    assert (
        "Integritas: assessed 2 Dasar on 2025-03-01 (AC 2025); learning suggests 4 Mumpuni; standard 3 Menengah; "
        "gap -1, by the assessed level"
    ) in words
