from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from competency.directory import Employment
from competency.nip import NipError, Sex, mask, masked_within, nips_within, normalise, parse, unsaid_within


@pytest.mark.parametrize(
    "written",
    [
        "198609262015051001",
        "19860926 201505 1 001",
        "19860926.201505.1.001",
        "19860926-201505-1-001",
        "'198609262015051001",
        '="198609262015051001"',
        " 19860926\u00a0201505\u00a01\u00a0001 ",
        "\ufeff198609262015051001\t",
    ],
)
def test_every_spelling_is_the_same_number(written: str) -> None:
    assert normalise(written) == "198609262015051001"


@pytest.mark.parametrize(
    ("written", "what"),
    [
        ("", "0 digits"),
        ("19860926201505100", "17 digits"),
        ("1986092620150510011", "19 digits"),
        ("19860926201505100X", "other than digits"),
        ("١٩٨٦٠٩٢٦٢٠١٥٠٥١٠٠١", "other than digits"),
        ("1.98609E+17", "power of ten"),
        ("1,98609262015051E+17", "power of ten"),
    ],
)
def test_what_is_no_number_is_refused_without_repeating_it(written: str, what: str) -> None:
    with pytest.raises(NipError, match=what) as refused:
        normalise(written)
    assert not written or written not in str(refused.value)


def test_a_nip_tells_birth_appointment_sex_and_serial() -> None:
    nip = parse("19860926 201505 2 017", Employment.PNS)
    assert (nip.born_on, nip.appointed_year, nip.appointed_month) == (date(1986, 9, 26), 2015, 5)
    assert (nip.sex, nip.serial, nip.code) == (Sex.FEMALE, "017", None)


def test_a_ni_pppk_has_a_code_where_a_nip_has_the_month() -> None:
    nip = parse("199203112023211014", Employment.PPPK)
    assert (nip.born_on, nip.appointed_year, nip.code, nip.sex, nip.serial) == (date(1992, 3, 11), 2023, "21", Sex.MALE, "014")


@pytest.mark.parametrize(
    ("written", "employment", "what"),
    [
        ("198602302015051001", Employment.PNS, "no date of birth"),
        ("188609262015051001", Employment.PNS, "before 1900"),
        ("198609261990051001", Employment.PNS, "year of appointment"),
        ("198609262015131001", Employment.PNS, "NI of a PPPK"),
        ("198609262015001001", Employment.PNS, "month of appointment"),
        ("198609262015053001", Employment.PNS, "sex"),
        ("198609262015051000", Employment.PNS, "000"),
        ("199203112023213014", Employment.PPPK, "sex"),
    ],
)
def test_the_parts_are_checked(written: str, employment: Employment, what: str) -> None:
    with pytest.raises(NipError, match=what) as refused:
        parse(written, employment)
    assert written not in str(refused.value)


def test_a_mask_hides_appointment_and_keeps_the_ends() -> None:
    assert mask("19860926 201505 1 001") == "19860926******1001"


@given(st.text(max_size=40))
def test_what_is_no_number_is_hidden_entirely(written: str) -> None:
    try:
        normalise(written)
    except NipError:
        assert set(mask(written)) <= {"*"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("198303032007011004@bkn.example", "19830303******1004@bkn.example"),
        ("u-198303032007011004", "u-19830303******1004"),
        ("https://lms.example/users/198303032007011004/rapor?x=1", "https://lms.example/users/19830303******1004/rapor?x=1"),
        ("nama 19830303 200701 1 004, hadir", "nama 19830303******1004, hadir"),
        ("https://lms.example/19830303%20200701%201%20004", "https://lms.example/19830303******1004"),
        ("https://lms.example/a%20198303032007011004", "https://lms.example/a%2019830303******1004"),
        ("pppk:199203112024212007", "pppk:19920311******2007"),
        ("198303032007011004 198609262015051001", "19830303******1004 19860926******1001"),
    ],
)
def test_a_number_of_an_employee_is_masked_wherever_it_stands(text: str, shown: str) -> None:
    assert masked_within(text) == shown
    assert len(nips_within(text)) == shown.count("******")
    assert nips_within(shown) == ()


@pytest.mark.parametrize(
    "text", ["", "siti.r", "123456789012345678", "1983030320070110041", "198313032007011004", "kursus-20260317"]
)
def test_what_is_no_employees_number_is_left_as_it_is(text: str) -> None:
    assert masked_within(text) == text
    assert nips_within(text) == ()


@given(st.text(st.sampled_from("0123456789 .-a@%/"), max_size=60))
def test_masking_within_leaves_no_number_and_is_done_once(text: str) -> None:
    masked = masked_within(text)
    assert masked_within(masked) == masked
    assert not any(nip in masked for nip in nips_within(text))


@pytest.mark.parametrize(
    "text", ["198303032007011004", "198313032007011004", "19830303 200701 1 004", "19830303%20200701%201%20004"]
)
def test_a_message_says_no_digit_of_it_also_where_it_is_mistyped(text: str) -> None:
    assert unsaid_within(f"no {text}!") == f"no {'*' * 18}!"


@pytest.mark.parametrize("text", ["1983030320070110041", "7c9e6679-7425-40de-944b-e07fc1f90ae7", "2026-01-31T07:15:00.000Z", "20"])
def test_a_message_says_other_numbers(text: str) -> None:
    assert unsaid_within(text) == text
