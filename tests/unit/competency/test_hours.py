"""Hours of learning, in the regulation's own words where it has words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from competency.directory import Employee
from competency.evidence import Evidence
from competency.hours import Standing, Tally, calendar_years, contract_years, in_order
from competency.regulation import Period
from tests.unit.competency.making import PNS, PPPK, RULES, piece


def years(evidence: list[Evidence], employee: Employee = PNS) -> tuple[Tally, ...]:
    return calendar_years(employee, in_order(evidence), RULES)


def contracts(evidence: list[Evidence], start: date = date(2023, 7, 1)) -> tuple[Tally, ...]:
    return contract_years(replace(PPPK, contract_start=start), in_order(evidence), RULES)


@pytest.mark.parametrize(
    ("sentence", "jp", "standing", "difference"),
    [
        (
            "bagi PNS paling sedikit 20 JP dalam 1 tahun: 19,5 is too little",
            "19.5",
            Standing.MISSING,
            "-0.5",
        ),
        ("paling sedikit 20 JP dalam 1 tahun: 20 is enough", "20", Standing.MET, "0"),
        ("paling sedikit 20 JP dalam 1 tahun: more is welcome", "107", Standing.MET, "87"),
    ],
)
def test_a_pns_has_at_least_20_jp_a_calendar_year(sentence: str, jp: str, standing: Standing, difference: str) -> None:
    (tally,) = years([piece("one", jp=jp)])
    assert tally.standing is standing, sentence
    assert tally.difference == Decimal(difference)
    assert tally.obligation is not None
    assert tally.obligation.rule == "obligation-pns/1"


@pytest.mark.parametrize(
    ("sentence", "jp", "standing", "difference"),
    [
        (
            "bagi PPPK paling lama 24 JP dalam 1 tahun masa perjanjian kerja",
            "1",
            Standing.MET,
            "-23",
        ),
        ("paling lama 24 JP: 24 is allowed", "24", Standing.MET, "0"),
        ("paling lama 24 JP: 25 is too much", "25", Standing.EXCEEDED, "1"),
    ],
)
def test_a_pppk_has_at_most_24_jp_a_contract_year(sentence: str, jp: str, standing: Standing, difference: str) -> None:
    (tally,) = contracts([piece("one", of=PPPK, jp=jp)])
    assert tally.standing is standing, sentence
    assert tally.difference == Decimal(difference)


def test_a_pppk_owes_nothing_by_calendar_year() -> None:
    (tally,) = years([piece("one", of=PPPK)], PPPK)
    assert (tally.obligation, tally.standing, tally.jp) == (None, None, Decimal(4))


@pytest.mark.parametrize(
    ("start", "day", "number", "first", "last"),
    [
        (date(2023, 7, 1), "2023-07-01", 1, date(2023, 7, 1), date(2024, 6, 30)),
        (date(2023, 7, 1), "2024-06-30", 1, date(2023, 7, 1), date(2024, 6, 30)),
        (date(2023, 7, 1), "2024-07-01", 2, date(2024, 7, 1), date(2025, 6, 30)),
        (date(2024, 2, 29), "2025-02-28", 1, date(2024, 2, 29), date(2025, 2, 28)),
        (date(2024, 2, 29), "2025-03-01", 2, date(2025, 3, 1), date(2026, 2, 28)),
        (date(2024, 2, 29), "2028-02-29", 5, date(2028, 2, 29), date(2029, 2, 28)),
    ],
)
def test_a_contract_year_begins_on_the_day_of_the_contract(start: date, day: str, number: int, first: date, last: date) -> None:
    (tally,) = contracts([piece("one", of=PPPK, on=f"{day}T04:00:00Z")], start)
    assert (tally.period, tally.number, tally.first_day, tally.last_day) == (Period.CONTRACT_YEAR, number, first, last)


def test_what_came_before_the_contract_belongs_to_none_of_its_years() -> None:
    assert contracts([piece("one", of=PPPK, on="2023-06-30T04:00:00Z")]) == ()


def test_the_last_contract_year_of_the_calendar_ends_with_it() -> None:
    (tally,) = contracts([piece("one", of=PPPK, on="9999-12-30T04:00:00Z")])
    assert tally.last_day == date.max


def test_an_activity_counts_once_in_a_year_whatever_the_statement_ids() -> None:
    first, again = piece("first"), piece("again", on="2025-06-01T03:00:00.016Z")
    (tally,) = years([again, first])
    assert tally.jp == Decimal(4)
    assert [(line.counted, line.repeats) for line in tally.lines] == [(True, None), (False, first.statement_id)]


def test_in_another_year_an_activity_counts_again() -> None:
    assert [(tally.number, tally.jp) for tally in years([piece("a"), piece("b", on="2026-01-02T03:00:00Z")])] == [
        (2025, Decimal(4)),
        (2026, Decimal(4)),
    ]


def test_within_one_contract_year_it_does_not_though_the_calendar_year_changed() -> None:
    (tally,) = contracts([piece("a", of=PPPK, on="2023-12-01T03:00:00Z"), piece("b", of=PPPK, on="2024-02-01T03:00:00Z")])
    assert tally.jp == Decimal(4)


def test_different_activities_add_up_exactly() -> None:
    (tally,) = years([piece(f"s{n}", activity=f"a{n}", jp="0.1") for n in range(10)])
    assert tally.jp == Decimal(1)


def test_before_the_regulation_nothing_was_owed() -> None:
    (tally,) = years([piece("old", on="2016-05-05T03:00:00Z")])
    assert tally.obligation is None


def test_evidence_that_is_handed_over_twice_is_one_line() -> None:
    (tally,) = years([piece("one"), piece("one")])
    assert len(tally.lines) == 1
