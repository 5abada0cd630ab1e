"""What the lists of a unit's people say of each, from the profile. None where the profile is in the answer no more."""

from __future__ import annotations

from datetime import date

from competency.hours import Standing
from competency.profile_json import Profile

Item = dict[str, object]


def missing_part(profile: Profile, year: int) -> Item | None:
    """None where the profile has met the obligation since the list was read."""
    part = next((one for one in profile.hours if one.year == year), None)
    if part is None or part.obligation is None or part.obligation.standing is not Standing.MISSING:
        return None
    owed = part.obligation
    return {
        "jp": part.jp,
        "required_jp": owed.jp,
        "missing_jp": -owed.difference,
        "rule": owed.rule,
        "source": owed.source,
    }


def over_part(profile: Profile, day: date) -> Item | None:
    """None where the profile is within the ceiling since the list was read, or of a contract year that is over."""
    part = profile.contract_hours[-1] if profile.contract_hours else None
    if part is None or part.obligation is None or part.obligation.standing is not Standing.EXCEEDED or part.through_day < day:
        return None
    allowed = part.obligation
    return {
        "contract_year": part.year,
        "from_day": part.from_day,
        "through_day": part.through_day,
        "jp": part.jp,
        "allowed_jp": allowed.jp,
        "over_jp": allowed.difference,
        "rule": allowed.rule,
        "source": allowed.source,
    }


def below_part(profile: Profile, competency: str) -> Item | None:
    part = next((one for one in profile.competencies if one.id == competency), None)
    if part is None or part.gap is None or part.gap >= 0 or part.gap_from is None or part.standard is None:
        return None
    return {
        "level": part.standard.level + part.gap,
        "level_from": part.gap_from,
        "standard": part.standard.level,
        "gap": part.gap,
    }
