"""Hours of learning in jam pelajaran (JP): what counts in a period, and what the regulation asks for. Pure.

The obligation is a floor a calendar year for a PNS and a ceiling a contract year for a PPPK (`competency/data/rules.json`). Dates
are those of the rules' time zone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

import msgspec

from competency.contracts import Contracts, ContractYear, contracts_of
from competency.directory import Employee, Employment
from competency.evidence import Evidence
from competency.ledger import HourLine, Within, ledger, ledger_in_order, recount
from competency.nip import NipError, parse
from competency.occasions import in_order
from competency.regulation import Bound, Obligation, Period, Rules
from competency.worth import Basis, Uncounted

__all__ = [
    "Basis",
    "HourLine",
    "Standing",
    "Tally",
    "Uncounted",
    "calendar_years",
    "contract_years",
    "in_order",
    "ledger",
    "ledger_in_order",
    "next_changes",
]

_NOTHING = Decimal(0)


class Standing(StrEnum):
    """How an employee stands to an obligation: a floor is met or missing hours, a ceiling is met or exceeded."""

    MET = "met"
    MISSING = "missing"
    EXCEEDED = "exceeded"


class Tally(msgspec.Struct, frozen=True, gc=False):
    """The hours of one period, from its first day to its last. `number` is the calendar year, or the contract year from 1 on;
    `jp` is the sum of what its lines count."""

    period: Period
    number: int
    first_day: date
    last_day: date
    jp: Decimal
    lines: tuple[HourLine, ...]
    obligation: Obligation | None
    standing: Standing | None

    @property
    def difference(self) -> Decimal | None:
        """JP beyond what the obligation says, negative when below it; None without one."""
        return None if self.obligation is None else self.jp - self.obligation.jp


def calendar_years(employee: Employee, lines: Sequence[HourLine], rules: Rules, as_of: date) -> tuple[Tally, ...]:
    """One tally for each calendar year that has lines, for the year of `as_of`, and for those before it in which something was
    owed, as far back as the rules show; the earliest first. `lines` is a `ledger`."""
    by_year: dict[int, list[HourLine]] = {year: [] for year in (*_owed_years(employee, rules, as_of), as_of.year)}
    for line in lines:
        by_year.setdefault(line.pieces[0].year, []).append(line)
    employment = employee.employment
    return tuple([_calendar_year(year, by_year[year], employment, rules) for year in sorted(by_year)])


def _calendar_year(year: int, lines: Sequence[HourLine], employment: Employment, rules: Rules) -> Tally:
    def tally() -> Tally:
        return _tally(Period.CALENDAR_YEAR, year, _days_of(year), lines, rules.obligation(employment, year))

    return tally() if lines else rules.kept((Tally, employment, year), tally)


@lru_cache(maxsize=256)
def _days_of(year: int) -> tuple[date, date]:
    return date(year, 1, 1), date(year, 12, 31)


def contract_years(employee: Employee, lines: Sequence[HourLine], rules: Rules, as_of: date) -> tuple[Tally, ...]:
    """One tally for each contract year that has lines and for the one of `as_of`, the earliest first; `lines` is a `ledger`.

    Empty for an employee without a contract; the years of former contracts are there too (`competency.contracts`). What was
    finished before the first contract began belongs to no contract year; it stands in the way of a repeat as something of an
    earlier year does. Caps of a contract year are those of the year in which it begins.
    """
    contracts = contracts_of(employee)
    if contracts.first_day is None:
        return ()
    counted = recount(lines, lambda day: _within_contract(contracts, day), rules)
    current = contracts.year_of(as_of)
    by_year: dict[ContractYear, list[HourLine]] = {} if current is None else {current: []}
    for line in counted:
        year = contracts.year_of(line.evidence.finished_on)
        if year is not None:
            by_year.setdefault(year, []).append(line)
    return tuple(
        _tally(
            Period.CONTRACT_YEAR,
            year.number,
            (year.first_day, year.last_day),
            of_year,
            rules.obligation(employee.employment, year.first_day.year),
        )
        for year, of_year in sorted(by_year.items(), key=lambda one: one[0].number)
    )


def next_changes(employee: Employee, evidence: Iterable[Evidence], as_of: date) -> tuple[date, ...]:
    """The days after `as_of` on which the same facts may give other hours, sorted: the next 1 January, the day on which the next
    contract year of a PPPK begins, and the days on which what lies in the future is finished."""
    days = {piece.finished_on for piece in evidence if piece.finished_on > as_of}
    if as_of.year < date.max.year:
        days.add(date(as_of.year + 1, 1, 1))
    begins = contracts_of(employee).next_begin(as_of) if employee.employment is Employment.PPPK else None
    if begins is not None:
        days.add(begins)
    return tuple(sorted(days))


def _owed_years(employee: Employee, rules: Rules, as_of: date) -> Iterator[int]:
    """The calendar years before that of `as_of` for which the employee owes hours: not before the appointment that the number
    tells, and none where it tells nothing."""
    try:
        appointed = parse(employee.nip, employee.employment).appointed_year
    except NipError:
        return
    for year in range(max(appointed, as_of.year - rules.years_shown + 1), as_of.year):
        owed = rules.obligation(employee.employment, year)
        if owed is not None and owed.period is Period.CALENDAR_YEAR:
            yield year


def _tally(period: Period, number: int, days: tuple[date, date], lines: Sequence[HourLine], obligation: Obligation | None) -> Tally:
    total = sum([line.jp for line in lines], _NOTHING)
    owed = obligation if obligation is not None and obligation.period is period else None
    standing = None if owed is None else _standing(owed, total)
    return Tally(period, number, *days, total, tuple(lines), owed, standing)


def _standing(obligation: Obligation, jp: Decimal) -> Standing:
    if obligation.bound is Bound.FLOOR:
        return Standing.MET if jp >= obligation.jp else Standing.MISSING
    return Standing.MET if jp <= obligation.jp else Standing.EXCEEDED


def _within_contract(contracts: Contracts, day: date) -> Within:
    year = contracts.year_of(day)
    if year is None:
        return Within(0, "before the contract", None)
    return Within(year.number, f"contract year {year.number}", year.first_day.year)
