"""The words of `words.json` mean one thing each."""

from __future__ import annotations

import pytest

from schemas.attendance.facts import Facts, guess_facts
from schemas.attendance.grids import GridRow
from schemas.attendance.headings import Guess, Role, role_of
from schemas.attendance.words import WORDS

SPELLINGS = [(spelling, role) for role, spellings in WORDS.headings.items() for spelling in spellings]
VALUES = {
    "title": "Bimtek",
    "days": "17 Maret 2026",
    "hours": "8",
    "provider": "Pusat SDM",
    "place": "Aula",
    "instructor": "Dr. Contoh",
    "taken": "completed",
    "activity": "https://lms.example/a",
}


@pytest.mark.parametrize(("spelling", "role"), SPELLINGS)
def test_a_heading_is_surely_what_it_is_listed_for(spelling: str, role: str) -> None:
    assert role_of(spelling) == role_of(spelling.upper()) == Guess(Role(role), 1.0)


def test_every_role_has_headings() -> None:
    assert set(WORDS.headings) == {role.value for role in Role}


@pytest.mark.parametrize(("label", "fact"), [(label, fact) for fact, labels in WORDS.labels.items() for label in labels])
def test_a_label_says_what_it_is_listed_for(label: str, fact: str) -> None:
    for row in ((f"{label.upper()} : {VALUES[fact]}",), (label, ":", VALUES[fact])):
        found = guess_facts([GridRow(1, row)])
        assert getattr(found, fact) not in (None, getattr(Facts(), fact, ""))


def test_no_mark_says_present_and_absent() -> None:
    assert not WORDS.present & WORDS.absent
    assert not (WORDS.present | WORDS.absent) & (WORDS.crosses | WORDS.doubtful)
