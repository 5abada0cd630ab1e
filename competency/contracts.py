"""The contract years of a PPPK, through all contracts one after the other. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import msgspec

from competency.directory import Employee


class ContractYear(msgspec.Struct, frozen=True, gc=False):
    """`number` counts from 1 through all contracts; the last year of a contract ends the day before the next one begins."""

    number: int
    first_day: date
    last_day: date


class Contracts:
    """`starts`: the days on which contracts began, in any order; each ends the day before the next begins."""

    def __init__(self, starts: Iterable[date]) -> None:
        self._contracts: list[tuple[date, date, int]] = []
        ordered, before = sorted(set(starts)), 0
        for start, following in zip(ordered, [*ordered[1:], None][: len(ordered)], strict=True):
            end = date.max if following is None else following - timedelta(days=1)
            self._contracts.append((start, end, before))
            before += _years_begun(start, end)
        self._years: dict[int, ContractYear] = {}
        """By number."""

    @property
    def first_day(self) -> date | None:
        """On which the first contract began."""
        return self._contracts[0][0] if self._contracts else None

    def year_of(self, day: date) -> ContractYear | None:
        """None before the first contract."""
        for start, end, before in reversed(self._contracts):
            if start <= day:
                years = _years_begun(start, day)
                found = self._years.get(before + years)
                if found is None:
                    last = date.max if start.year + years > date.max.year else _anniversary(start, years) - timedelta(days=1)
                    found = ContractYear(before + years, _anniversary(start, years - 1), min(last, end))
                    self._years[found.number] = found
                return found
        return None

    def next_begin(self, day: date) -> date | None:
        """The first day after `day` on which a contract year begins; None where the calendar ends before."""
        year = self.year_of(day)
        if year is None:
            return self.first_day
        return None if year.last_day == date.max else year.last_day + timedelta(days=1)


def contracts_of(employee: Employee) -> Contracts:
    """Those through the present one; none for an employee without a present contract."""
    start = employee.contract_start
    if start is None:
        return Contracts(())
    return Contracts((start, *(one for one in employee.former_contracts if one < start)))


def _anniversary(start: date, years: int) -> date:
    """The day a contract year begins; a contract of 29 February begins its years on 1 March where there is no such day."""
    try:
        return start.replace(year=start.year + years)
    except ValueError:
        return date(start.year + years, 3, 1)


def _years_begun(start: date, day: date) -> int:
    years = day.year - start.year
    return years + 1 if day >= _anniversary(start, years) else years
