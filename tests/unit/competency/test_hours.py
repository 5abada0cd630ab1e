"""Hours of learning in a period, in the regulation's own words where it has words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from competency.catalogue import Repeats
from competency.directory import Employee
from competency.evidence import Evidence
from competency.hours import Standing, Tally, Uncounted, calendar_years, contract_years, ledger, next_changes
from competency.regulation import Period, Rules
from competency.rules import load_rules
from tests.unit.competency.making import PNS, PPPK, RULES, piece

TODAY = date(2025, 6, 30)


def years(evidence: list[Evidence], employee: Employee = PNS, as_of: date = TODAY) -> tuple[Tally, ...]:
    return calendar_years(employee, ledger(evidence, RULES), RULES, as_of)


def contracts(
    evidence: list[Evidence], start: date = date(2023, 7, 1), as_of: date = date(2023, 7, 1), rules: Rules = RULES
) -> tuple[Tally, ...]:
    return contract_years(replace(PPPK, contract_start=start), ledger(evidence, rules), rules, as_of)


def of(tallies: tuple[Tally, ...], number: int) -> Tally:
    (found,) = [tally for tally in tallies if tally.number == number]
    return found


@pytest.mark.parametrize(
    ("sentence", "jp", "standing", "difference"),
    [
        # PP 11/2017 art. 203(4), as amended by PP 17/2020: paling sedikit 20 jam pelajaran dalam 1 tahun.
        ("paling sedikit 20 JP dalam 1 tahun: 0 is too little", "0", Standing.MISSING, "-20"),
        ("paling sedikit 20 JP dalam 1 tahun: 19,5 is too little", "19.5", Standing.MISSING, "-0.5"),
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
        # Permenhan 9/2025: paling lama 24 jam pelajaran dalam 1 tahun masa perjanjian kerja.
        ("paling lama 24 JP: nothing at all is allowed", "0", Standing.MET, "-24"),
        ("paling lama 24 JP: 24 is allowed", "24", Standing.MET, "0"),
        ("paling lama 24 JP: 24,5 is too much", "24.5", Standing.EXCEEDED, "0.5"),
        ("paling lama 24 JP: 25 is too much", "25", Standing.EXCEEDED, "1"),
    ],
)
def test_a_pppk_has_at_most_24_jp_a_contract_year(sentence: str, jp: str, standing: Standing, difference: str) -> None:
    start = date(2025, 3, 1)
    tally = of(contracts([piece("one", of=PPPK, on="2025-06-01T03:00:00Z", jp=jp)], start, TODAY), 1)
    assert tally.standing is standing, sentence
    assert tally.difference == Decimal(difference)
    assert tally.obligation is not None
    assert tally.obligation.rule == "obligation-pppk/1"
    assert "Permenhan 9/2025" in tally.obligation.source


def test_a_pppk_owes_nothing_in_a_calendar_year_and_a_pns_nothing_in_a_contract_year() -> None:
    (tally,) = years([piece("one", of=PPPK)], PPPK)
    assert (tally.obligation, tally.standing, tally.difference, tally.jp) == (None, None, None, Decimal(4))
    pns = replace(PNS, contract_start=date(2025, 1, 1))
    (contract,) = contract_years(pns, ledger([piece("one")], RULES), RULES, TODAY)
    assert (contract.obligation, contract.standing) == (None, None)


def test_the_current_calendar_year_is_there_without_any_item_so_that_what_is_missing_shows() -> None:
    (this_year,) = years([])
    assert (this_year.number, this_year.jp, this_year.lines) == (2025, Decimal(0), ())
    assert (this_year.standing, this_year.difference) == (Standing.MISSING, Decimal(-20))
    assert (this_year.first_day, this_year.last_day) == (date(2025, 1, 1), date(2025, 12, 31))
    assert [tally.number for tally in years([piece("old", on="2022-05-05T03:00:00Z")])] == [2022, 2025]


def test_the_current_contract_year_of_a_pppk_is_there_without_any_item() -> None:
    (current,) = contracts([], date(2023, 7, 1), as_of=date(2025, 6, 30))
    assert (current.number, current.first_day, current.last_day) == (2, date(2024, 7, 1), date(2025, 6, 30))
    assert (current.jp, current.standing) == (Decimal(0), Standing.MET)
    assert contracts([], date(2026, 1, 1), as_of=TODAY) == ()
    assert contract_years(replace(PPPK, contract_start=None), (), RULES, TODAY) == ()


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
    tally = of(contracts([piece("one", of=PPPK, on=f"{day}T04:00:00Z")], start, as_of=start), number)
    assert (tally.period, tally.first_day, tally.last_day) == (Period.CONTRACT_YEAR, first, last)
    assert len(tally.lines) == 1


def test_what_came_before_the_contract_belongs_to_none_of_its_years() -> None:
    (first,) = contracts([piece("one", of=PPPK, on="2023-06-30T04:00:00Z")])
    assert (first.number, first.lines) == (1, ())


def test_the_last_contract_year_of_the_calendar_ends_with_it() -> None:
    tally = contracts([piece("one", of=PPPK, on="9999-12-30T04:00:00Z")])[-1]
    assert tally.last_day == date.max


CONTRACT_REPEATS = [
    # when first, when again, repeats, the JP of contract years 1 and 2 (each begins on 1 July 2023 and 2024), why not
    ("2023-12-01", "2024-02-01", Repeats.YEARLY, ("4", "0"), Uncounted.ALREADY_COUNTED),
    ("2023-12-01", "2024-02-01", Repeats.NEVER, ("4", "0"), Uncounted.ALREADY_COUNTED),
    ("2024-06-30", "2024-07-01", Repeats.YEARLY, ("4", "4"), None),
    ("2024-06-30", "2024-07-01", Repeats.NEVER, ("4", "0"), Uncounted.COUNTED_EARLIER),
    ("2023-06-30", "2023-07-01", Repeats.YEARLY, ("4", "0"), None),
    ("2023-06-30", "2023-07-01", Repeats.NEVER, ("0", "0"), Uncounted.COUNTED_EARLIER),
]


@pytest.mark.parametrize(("first", "again", "repeats", "jp", "why"), CONTRACT_REPEATS)
def test_repeats_are_looked_at_within_contract_years(
    first: str, again: str, repeats: Repeats, jp: tuple[str, str], why: Uncounted | None
) -> None:
    evidence = [piece(day, of=PPPK, on=f"{day}T03:00:00Z", repeats=repeats) for day in (first, again)]
    tallies = contracts(evidence)
    totals = {tally.number: tally.jp for tally in tallies}
    assert (totals.get(1, Decimal(0)), totals.get(2, Decimal(0))) == (Decimal(jp[0]), Decimal(jp[1]))
    last = [line for tally in tallies for line in tally.lines][-1]
    assert last.uncounted is why
    assert (last.instead is None) == (why is None)


def test_a_cap_of_the_kind_holds_for_a_contract_year_too() -> None:
    capped = replace(RULES, hours_rules=tuple(replace(rule, cap_per_year=Decimal(10)) for rule in RULES.hours_rules))
    evidence = [
        piece(f"{day}", of=PPPK, on=f"{day}T03:00:00Z", jp="6", activity=day) for day in ("2023-12-01", "2024-02-01", "2024-07-01")
    ]
    by_contract = contracts(evidence, rules=capped)
    assert [(tally.number, tally.jp) for tally in by_contract] == [(1, Decimal(10)), (2, Decimal(6))]
    assert "contract year 1" in by_contract[0].lines[1].why


def test_different_activities_add_up_exactly() -> None:
    (tally,) = years([piece(f"s{n}", activity=f"a{n}", jp="0.1") for n in range(10)])
    assert tally.jp == Decimal(1)


def test_before_the_regulation_nothing_was_owed() -> None:
    old = of(years([piece("old", on="2016-05-05T03:00:00Z")]), 2016)
    assert (old.jp, old.obligation) == (Decimal(4), None)


@pytest.mark.parametrize(
    ("employee", "as_of", "finished", "changes"),
    [
        (PNS, date(2025, 6, 30), [], [date(2026, 1, 1)]),
        (PNS, date(2025, 12, 31), [], [date(2026, 1, 1)]),
        (PNS, date(2026, 1, 1), [], [date(2027, 1, 1)]),
        (PNS, date(9999, 5, 5), [], []),
        (PNS, date(2025, 5, 31), ["2025-06-01", "2025-05-31", "2024-01-01"], [date(2025, 6, 1), date(2026, 1, 1)]),
        (PPPK, date(2025, 6, 30), [], [date(2025, 7, 1), date(2026, 1, 1)]),
        (PPPK, date(2025, 7, 1), [], [date(2026, 1, 1), date(2026, 7, 1)]),
        (PPPK, date(2023, 1, 15), [], [date(2023, 7, 1), date(2024, 1, 1)]),
        (replace(PNS, contract_start=date(2023, 7, 1)), date(2025, 6, 30), [], [date(2026, 1, 1)]),
    ],
)
def test_the_days_on_which_hours_may_change(employee: Employee, as_of: date, finished: list[str], changes: list[date]) -> None:
    evidence = [piece(day, on=f"{day}T03:00:00Z") for day in finished]
    assert list(next_changes(employee, evidence, as_of)) == changes


@pytest.mark.parametrize(
    ("nip", "years"),
    [
        pytest.param("198609262015052001", [2022, 2023, 2024, 2025, 2026], id="five years, the present one among them"),
        pytest.param("199909262024052001", [2024, 2025, 2026], id="not before the appointment"),
        pytest.param("123", [2026], id="a number that tells nothing"),
    ],
)
def test_a_year_without_any_learning_is_missing_20_jp_all_the_same(nip: str, years: list[int]) -> None:
    tallies = calendar_years(replace(PNS, nip=nip), (), load_rules(), date(2026, 5, 5))
    assert [tally.number for tally in tallies] == years
    assert {(tally.jp, tally.standing, tally.difference) for tally in tallies} == {(0, Standing.MISSING, -20)}


def test_who_owes_nothing_in_a_calendar_year_has_no_empty_years() -> None:
    assert [tally.number for tally in calendar_years(PPPK, (), load_rules(), date(2026, 5, 5))] == [2026]


def test_the_years_of_a_former_contract_stay_and_its_last_one_is_cut_by_the_next() -> None:
    renewed = replace(PPPK, contract_start=date(2025, 3, 1), former_contracts=(date(2023, 7, 1),))
    evidence = [
        piece("first", jp="30", on="2023-08-01T03:00:00Z"),
        piece("last", on="2025-02-27T03:00:00Z"),
        piece("new", on="2025-03-02T03:00:00Z"),
    ]
    tallies = contract_years(renewed, ledger(evidence, RULES), RULES, date(2025, 6, 30))
    assert [(tally.number, tally.first_day, tally.last_day) for tally in tallies] == [
        (1, date(2023, 7, 1), date(2024, 6, 30)),
        (2, date(2024, 7, 1), date(2025, 2, 28)),
        (3, date(2025, 3, 1), date(2026, 2, 28)),
    ]
    assert [tally.standing for tally in tallies] == [Standing.EXCEEDED, Standing.MET, Standing.MET]
    assert date(2026, 3, 1) in next_changes(renewed, evidence, date(2025, 6, 30))


ACROSS_CONTRACTS = [
    # contracts began on 1 July 2023 and 1 March 2025; days of one training, whether it repeats, JP in each contract year
    (("2025-02-28", "2025-03-01"), Repeats.YEARLY, {2: "4", 3: "4"}),
    (("2025-02-28", "2025-03-01"), Repeats.NEVER, {2: "4", 3: "0"}),
    (("2024-07-01", "2025-02-28"), Repeats.YEARLY, {2: "4", 3: "0"}),
    (("2023-06-30", "2025-03-01"), Repeats.NEVER, {3: "0"}),
    (("2023-06-30", "2025-03-01"), Repeats.YEARLY, {3: "4"}),
    (("2023-07-01", "2024-07-01", "2025-03-01"), Repeats.YEARLY, {1: "4", 2: "4", 3: "4"}),
]


@pytest.mark.parametrize(("days", "repeats", "jp"), ACROSS_CONTRACTS)
def test_a_training_counts_once_in_each_year_of_all_contracts_one_after_the_other(
    days: tuple[str, ...], repeats: Repeats, jp: dict[int, str]
) -> None:
    renewed = replace(PPPK, contract_start=date(2025, 3, 1), former_contracts=(date(2023, 7, 1),))
    evidence = [piece(day, of=PPPK, on=f"{day}T03:00:00Z", repeats=repeats) for day in days]
    tallies = contract_years(renewed, ledger(evidence, RULES), RULES, date(2025, 6, 30))
    assert {tally.number: tally.jp for tally in tallies} == {number: Decimal(one) for number, one in jp.items()}


def test_without_its_former_contract_what_was_learnt_in_it_belongs_to_no_contract_year() -> None:
    evidence = [piece("one", of=PPPK, on="2025-02-28T03:00:00Z")]
    present = replace(PPPK, contract_start=date(2025, 3, 1))
    for former, numbers in (((), [1]), ((date(2023, 7, 1),), [2, 3])):
        tallies = contract_years(replace(present, former_contracts=former), ledger(evidence, RULES), RULES, date(2025, 6, 30))
        assert [tally.number for tally in tallies] == numbers
