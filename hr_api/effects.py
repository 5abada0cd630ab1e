"""What a statement is in a profile: the lines of hours and the evidence of competencies that name it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from competency.evidence import Evidence
from competency.profile_json import HourLinePart, HoursPart, Profile
from competency.regulation import Period
from hr_api.dated import kept
from schemas.hr.receipts import ProfileState
from store.port import StoredProfile


@dataclass(frozen=True, slots=True)
class Credit:
    """What one statement adds to the hours of its calendar year. `why` says why nothing, or less than the item has; else None. Of
    the statements of one occasion only the first adds hours, so that credits add up to the hours of the year."""

    year: int
    jp: Decimal
    counted: bool
    why: str | None


def credits_of(profile: Profile) -> dict[UUID, Credit]:
    """Of every statement that a line of a calendar year names."""
    return {
        statement_id: _credit(part, line, statement_id)
        for part in profile.hours
        for line in part.lines
        for statement_id in line.statement_ids
    }


def credit_to_come(piece: Evidence, today: date) -> Credit:
    """Of evidence that no line names: it is of a day to come, or the profile is behind."""
    if piece.finished_on > today:
        why = f"finished on {piece.finished_on}, a day still to come"
    else:
        why = f"{ProfileState.PENDING.value}: the profile will change and has not yet"
    return Credit(piece.year, Decimal(0), False, why)


def _credit(part: HoursPart, line: HourLinePart, statement_id: UUID) -> Credit:
    first = line.statement_ids[0]
    if line.counted and statement_id != first:
        return Credit(part.year, Decimal(0), True, f"it tells of the same occasion as statement {first}, which counts once")
    return Credit(part.year, line.jp, line.counted, None if line.counted and line.jp == line.full_jp else line.why)


def effects(held: StoredProfile | None, statement_id: UUID) -> dict[str, list[dict[str, object]]]:
    """`hours` and `competencies` as `schemas.hr.receipts` describes them; both empty without a profile."""
    profile = None if held is None else kept(held)
    if profile is None:
        return {"hours": [], "competencies": []}
    return {"hours": list(_hours(profile, statement_id)), "competencies": list(_competencies(profile, statement_id))}


def _hours(profile: Profile, statement_id: UUID) -> Iterator[dict[str, object]]:
    periods: set[Period] = set()
    for part in (*profile.hours, *profile.contract_hours):
        for line in part.lines:
            if statement_id in line.statement_ids:
                periods.add(part.period)
                yield {
                    "period": part.period,
                    "year": part.year,
                    "jp": line.jp,
                    "counted": line.counted,
                    "why": line.why,
                    "together_with": [one for one in line.statement_ids if one != statement_id],
                }
    # A PPPK's contract years, also those of former contracts, have a line for whatever was finished within them.
    if profile.contract_start is not None and periods == {Period.CALENDAR_YEAR}:
        yield _before_the_contract(profile.contract_start)


def _before_the_contract(began_on: date) -> dict[str, object]:
    return {
        "period": Period.CONTRACT_YEAR,
        "year": None,
        "jp": Decimal(0),
        "counted": False,
        "why": f"finished before the contract began on {began_on}",
        "together_with": [],
    }


def _competencies(profile: Profile, statement_id: UUID) -> Iterator[dict[str, object]]:
    for part in profile.competencies:
        for piece in part.evidence:
            if piece.statement_id == statement_id:
                yield {"id": part.id, "level": piece.level, "counted": piece.counted, "why": piece.why}
