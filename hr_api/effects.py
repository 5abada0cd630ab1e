"""What one statement is in a profile: the lines of hours and the evidence of competencies that name it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from uuid import UUID

from competency.profile_json import Profile
from competency.regulation import Period
from hr_api.dated import kept
from store.port import StoredProfile


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
