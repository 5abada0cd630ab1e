"""Names of Indonesian people: which are likely one person's, and which are not."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from competency.likeness import ALIKE, likeness, nip_in, words_of

ONE_PERSON = [
    ("Siti Rahmawati", "SITI RAHMAWATI"),
    ("Siti Rahmawati", "Rahmawati Siti"),
    ("Siti Rahmawati", "Rahmawati, Siti"),
    ("Siti Rahmawati", "Dr. Hj. Siti Rahmawati, S.Kom., M.Si."),
    ("Siti Rahmawati", "Siti Rachmawati"),
    ("Siti Rahmawati", "Siti Rahmawaty"),
    ("Siti Rahmawati", "Siti Rahmawti"),
    ("Siti Rahmawati", "Siti  Rahma-wati"),
    ("Muhammad Budi Santoso", "M. Budi Santoso"),
    ("Muhammad Budi Santoso", "Budi Santoso"),
    ("Budi Santoso", "Budi Santosa"),
    ("Soekarno Hadi", "Sukarno Hadi"),
    ("Djoko Widodo", "Joko Widodo"),
    ("Tjahjo Kumolo", "Cahyo Kumolo"),
    ("Yuliana Wijaya", "Juliana Wijaya"),
    ("I Made Wirawan", "Made Wirawan"),
    ("Abdul Rachman Saleh", "Abdulrachman Saleh"),
    ("Nur Aini", "Nur'aini"),
    ("Sukarno", "Sukarno, S.H."),
    ("Ñi Wayan Ütami", "Ni Wayan Utami"),
]
DIFFERENT_PEOPLE = [
    ("Siti Rahmawati", "Siti Aisyah"),
    ("Siti Rahmawati", "Budi Santoso"),
    ("Budi Santoso", "Budi Hartono"),
    ("Agus Setiawan", "Agus Kurniawan"),
    ("Ahmad Fauzi", "Ahmad Hidayat"),
    ("Dewi Lestari", "Dewi Anggraini"),
    ("Dr. Ir. H. Budi", "Dr. Ir. H. Joko"),
    ("Sri Mulyani", "Sri Wahyuni"),
]


@pytest.mark.parametrize(("one", "other"), ONE_PERSON)
def test_two_spellings_of_a_name_are_alike(one: str, other: str) -> None:
    assert likeness(one, other) >= ALIKE


@pytest.mark.parametrize(("one", "other"), DIFFERENT_PEOPLE)
def test_names_that_share_a_word_or_a_title_are_not(one: str, other: str) -> None:
    assert likeness(one, other) < ALIKE


def test_the_same_name_is_as_alike_as_can_be_and_a_spelling_a_little_less() -> None:
    assert likeness("Siti Rahmawati", "RAHMAWATI siti") == 1
    assert likeness("Siti Rahmawati", "Siti Rahmawti") < 1
    assert likeness("Siti Rahmawati", "Siti Rahmawti") > likeness("Siti Rahmawati", "Siti Rahma")


@pytest.mark.parametrize("nothing", ["", " ", "123", "...", "🙂"])
def test_what_is_no_name_is_like_nothing(nothing: str) -> None:
    assert likeness(nothing, "Siti") == likeness("Siti", nothing) == likeness(nothing, nothing) == 0


def test_titles_are_left_out_unless_there_is_nothing_else() -> None:
    assert words_of("Prof. Dr. H. Budi Santoso, S.E., M.M.") == ("budi", "santoso")
    assert words_of("Prof. Dr.") == ("prof", "dr")


names = st.text(max_size=60) | st.lists(
    st.sampled_from(["Siti", "M.", "Dr.", "Rachmawati", "rahmawati", ",", "S.Kom", "A", "I", "/", "ch", "y", "Noer", "İ", "ß"]),
    max_size=14,
).map(" ".join)


@given(names, names)
@example("ch", "h")
@example("\u0345", "a")
def test_likeness_is_symmetric_and_from_0_to_1(one: str, other: str) -> None:
    found = likeness(one, other)
    assert found == likeness(other, one)
    assert 0 <= found <= 1


@given(names)
def test_a_name_is_like_itself_whenever_it_is_one(name: str) -> None:
    assert likeness(name, name) == pytest.approx(1 if words_of(name) else 0)


@pytest.mark.parametrize(
    ("written", "digits"),
    [
        ("198609262015052001", "198609262015052001"),
        ("19860926 201505 2 001", "198609262015052001"),
        ("siti.rahmawati", None),
        ("19860926201505200", None),
        ("", None),
    ],
)
def test_a_nip_is_known_however_it_is_written(written: str, digits: str | None) -> None:
    assert nip_in(written) == digits
