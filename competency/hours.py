"""Hours of learning in jam pelajaran (JP): what counts in a period, and what the regulation asks for. Pure.

An activity counts once in a period, whatever the statement ids (`hours-once-per-activity-and-year/1`); the obligation is a floor
for a PNS and a ceiling for a PPPK (`competency/data/rules.json`). Dates are those of the rules' time zone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from competency.directory import Employee
from competency.evidence import Evidence
from competency.regulation import Bound, Obligation, Period, RuleName, Rules


class Standing(StrEnum):
    """How an employee stands to an obligation: a floor is met or missing hours, a ceiling is met or exceeded."""

    MET = "met"
    MISSING = "missing"
    EXCEEDED = "exceeded"


@dataclass(frozen=True, slots=True)
class HourLine:
    """One finished item in a period. `repeats` is the statement that counted instead of this one, None where this one counts."""

    evidence: Evidence
    repeats: UUID | None

    @property
    def counted(self) -> bool:
        return self.repeats is None


@dataclass(frozen=True, slots=True)
class Tally:
    """The hours of one period, from its first day to its last. `number` is the calendar year, or the contract year from 1 on."""

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


RULE = RuleName.HOURS_ONCE


def in_order(evidence: Iterable[Evidence]) -> list[Evidence]:
    """By time, then statement id; one statement counts once even where its evidence is handed over twice."""
    unique = {piece.statement_id: piece for piece in evidence}
    return sorted(unique.values(), key=lambda piece: (piece.finished_at_ms, piece.statement_id))


def calendar_years(employee: Employee, evidence: Sequence[Evidence], rules: Rules) -> tuple[Tally, ...]:
    """One tally for each calendar year with evidence, the earliest first; `evidence` is `in_order`."""
    return tuple(
        _tally(
            Period.CALENDAR_YEAR,
            year,
            date(year, 1, 1),
            date(year, 12, 31),
            [piece for piece in evidence if piece.year == year],
            rules.obligation(employee.employment, year),
        )
        for year in sorted({piece.year for piece in evidence})
    )


def contract_years(employee: Employee, evidence: Sequence[Evidence], rules: Rules) -> tuple[Tally, ...]:
    """One tally for each contract year with evidence, the earliest first; `evidence` is `in_order`.

    Empty for an employee without a contract. What was finished before the contract began belongs to none of its years.
    """
    start = employee.contract_start
    if start is None:
        return ()
    by_number: dict[int, list[Evidence]] = {}
    for piece in evidence:
        if piece.finished_on >= start:
            by_number.setdefault(_contract_year(start, piece.finished_on), []).append(piece)
    tallies = []
    for number, pieces in sorted(by_number.items()):
        first = _anniversary(start, number - 1)
        last = date.max if first.year == date.max.year else _anniversary(start, number) - timedelta(days=1)
        obligation = rules.obligation(employee.employment, first.year)
        tallies.append(_tally(Period.CONTRACT_YEAR, number, first, last, pieces, obligation))
    return tuple(tallies)


def _tally(
    period: Period, number: int, first: date, last: date, evidence: Sequence[Evidence], obligation: Obligation | None
) -> Tally:
    lines: list[HourLine] = []
    counted: dict[str, UUID] = {}
    total = Decimal(0)
    for piece in evidence:
        repeats = counted.get(piece.activity_id)
        if repeats is None:
            counted[piece.activity_id] = piece.statement_id
            total += piece.jp
        lines.append(HourLine(piece, repeats))
    owed = obligation if obligation is not None and obligation.period is period else None
    standing = None if owed is None else _standing(owed, total)
    return Tally(period, number, first, last, total, tuple(lines), owed, standing)


def _standing(obligation: Obligation, jp: Decimal) -> Standing:
    if obligation.bound is Bound.FLOOR:
        return Standing.MET if jp >= obligation.jp else Standing.MISSING
    return Standing.MET if jp <= obligation.jp else Standing.EXCEEDED


def _anniversary(start: date, years: int) -> date:
    """The day a contract year begins; a contract of 29 February begins its years on 1 March where there is no such day."""
    try:
        return start.replace(year=start.year + years)
    except ValueError:
        return date(start.year + years, 3, 1)


def _contract_year(start: date, day: date) -> int:
    years = day.year - start.year
    return years + 1 if day >= _anniversary(start, years) else years
