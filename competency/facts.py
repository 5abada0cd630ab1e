"""What a store keeps beside the text of a profile, so that HR's questions are answered without reading every profile. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from competency.directory import Employment
from competency.figures import figures_of
from competency.hours import Standing
from competency.standards import GapFrom

if TYPE_CHECKING:
    from competency.profile_json import Profile


@dataclass(frozen=True, slots=True)
class YearFact:
    """The hours (JP) of one calendar year; `standing` is None where nothing is owed in a calendar year."""

    year: int
    jp: Decimal
    standing: Standing | None


@dataclass(frozen=True, slots=True)
class ContractFact:
    """The hours (JP) of a contract year by its number; `standing` is None where nothing is owed in a contract year."""

    number: int
    jp: Decimal
    standing: Standing | None


@dataclass(frozen=True, slots=True)
class GapFact:
    """A gap (level minus standard, negative where something is missing) and the level it was computed from."""

    competency_id: str
    gap: int
    basis: GapFrom


@dataclass(frozen=True, slots=True)
class ProfileFacts:
    """`unit_path` are unit ids from the agency down; `years` are by year, `gaps` by competency id.

    `active` is false from the day on which the person no longer is an employee. On `next_change_on` the same evidence may give
    another profile. `contract` is the contract year that runs, None for whoever has none. `figures` are what the rollup of the unit
    adds up (`competency.figures`)."""

    unit_path: tuple[str, ...]
    employment: Employment
    active: bool
    next_change_on: date
    years: tuple[YearFact, ...]
    gaps: tuple[GapFact, ...]
    contract: ContractFact | None = None
    figures: bytes | None = None


def facts_of(profile: Profile, unit_path: Sequence[str], active: bool) -> ProfileFacts:
    """The facts of a profile; `unit_path` are the ids of the employee's units from the agency down, known or not."""
    return ProfileFacts(
        unit_path=tuple(unit_path),
        employment=profile.employment,
        active=active,
        next_change_on=profile.next_change_on,
        years=tuple(
            YearFact(part.year, part.jp, None if part.obligation is None else part.obligation.standing) for part in profile.hours
        ),
        gaps=tuple(
            GapFact(part.id, part.gap, part.gap_from)
            for part in profile.competencies
            if part.gap is not None and part.gap_from is not None
        ),
        contract=_contract(profile),
        figures=figures_of(profile),
    )


def _contract(profile: Profile) -> ContractFact | None:
    """Contract years are by number, and the one that runs is always there: nothing that lies later is in a profile."""
    if not profile.contract_hours:
        return None
    part = profile.contract_hours[-1]
    return ContractFact(part.year, part.jp, None if part.obligation is None else part.obligation.standing)
