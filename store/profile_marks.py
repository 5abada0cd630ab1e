"""The questions over all profiles as marks, one string for each that a profile is in the answer of."""

from __future__ import annotations

from competency.facts import ProfileFacts
from competency.hours import Standing

EVERYBODY = "everybody"
"""Every profile with facts, also of who has left."""
HERE = "here"
"""Of those who have not left."""
OVER_CEILING = "over-ceiling"
"""Who has gone over what the contract year that runs allows."""

MARKED_ANEW = "over-ceiling-marks"
"""The id of the order by which profiles of an older program are computed anew, so that they have that mark. Those with lines have
another text now, with the first days of them, and are written."""


def of_standing(year: int, standing: Standing) -> str:
    return f"year|{year}|{standing.value}"


def below_standard(competency_id: str) -> str:
    return f"below|{competency_id}"


def marks_of(facts: ProfileFacts) -> tuple[str, ...]:
    """Sorted, each once."""
    marks = {EVERYBODY}
    if facts.active:
        marks.add(HERE)
        marks.update(of_standing(one.year, one.standing) for one in facts.years if one.standing is not None)
        marks.update(below_standard(one.competency_id) for one in facts.gaps if one.gap < 0)
        if facts.contract is not None and facts.contract.standing is Standing.EXCEEDED:
            marks.add(OVER_CEILING)
    return tuple(sorted(marks))
