"""What a post demands, what an assessment found, what learning suggests, and the gap between them. Pure.

A level comes from an assessment; learning only suggests one. The two are kept apart everywhere, and a gap says which it used.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

import msgspec

from competency.directory import Assessment, Employee, Post
from competency.evidence import Evidence
from competency.frameworks import Competency, CompetencyKind
from competency.regulation import Band, RuleName, Rules
from competency.suggestions import Suggestion, suggestions

_CORE = (CompetencyKind.MANAJERIAL, CompetencyKind.SOSIO_KULTURAL)


class GapFrom(StrEnum):
    ASSESSED = "assessed"
    SUGGESTED = "suggested"


_ASSESSED, _SUGGESTED = GapFrom.ASSESSED, GapFrom.SUGGESTED


class Standard(msgspec.Struct, frozen=True, gc=False):
    """The level a post demands, and the rule that says so."""

    level: int
    rule: RuleName


class CompetencyStanding(msgspec.Struct, frozen=True, gc=False):
    """How an employee stands in one competency."""

    competency_id: str
    suggested: Suggestion | None
    assessed: Assessment | None
    standard: Standard | None

    @property
    def suggested_level(self) -> int | None:
        return None if self.suggested is None else self.suggested.level

    @property
    def gap_from(self) -> GapFrom | None:
        """Which level the gap is computed from; None where there is no gap to compute."""
        if self.standard is None:
            return None
        if self.assessed is not None:
            return _ASSESSED
        return None if self.suggested is None or self.suggested.level is None else _SUGGESTED

    @property
    def gap(self) -> int | None:
        """Level minus standard: negative where something is missing."""
        if self.standard is None:
            return None
        level = self.suggested_level if self.assessed is None else self.assessed.level
        return None if level is None else level - self.standard.level


@dataclass(frozen=True, slots=True)
class JobPersonMatch:
    """Job-person match (JPM) in per cent, unrounded, and what each reading calls it."""

    percent: Decimal
    level_sum: int
    standard_sum: int
    bands: tuple[tuple[Band, str], ...]

    @property
    def rounded(self) -> Decimal:
        return self.percent.quantize(Decimal("0.01"), ROUND_HALF_UP)


class KnownCompetencies(dict[str, Competency]):
    """All competencies by id: made once for many profiles, as there may be thousands. Not to be changed."""

    def __init__(self, competencies: Iterable[Competency]) -> None:
        super().__init__((one.id, one) for one in competencies)
        self.core = _core(self)
        self._standards: dict[tuple[str, int], tuple[Post, Rules, Mapping[str, Standard]]] = {}

    def standards(self, post: Post, rules: Rules, year: int) -> Mapping[str, Standard]:
        """What `standards_of` gives, kept: many people have one post."""
        held = self._standards.get((post.id, year))
        if held is not None and held[0] is post and held[1] is rules:
            return held[2]
        found = _standards(post, self.core, rules, year)
        self._standards[post.id, year] = (post, rules, found)
        return found


def _core(competencies: Mapping[str, Competency]) -> tuple[str, ...]:
    """The ids of those that a tier has a standard in."""
    return tuple([one.id for one in competencies.values() if one.kind in _CORE])


def standings(
    employee: Employee,
    post: Post | None,
    evidence: Sequence[Evidence],
    competencies: Mapping[str, Competency],
    rules: Rules,
    as_of: date,
) -> tuple[CompetencyStanding, ...]:
    """Every competency that the post demands, that was assessed, or that evidence is aligned to, by id, on the day `as_of`.

    `evidence` is by time, and none of it later than that day; assessments of later days are left out.
    """
    standards = standards_of(post, competencies, rules, as_of.year)
    assessed = latest_assessments([one for one in employee.assessments if one.assessed_on <= as_of])
    suggested = suggestions(evidence, rules.suggested_scale(as_of.year), as_of)
    return tuple(
        [
            CompetencyStanding(one, suggested.get(one), assessed.get(one), standards.get(one))
            for one in sorted({*standards, *assessed, *suggested})
        ]
    )


def standards_of(post: Post | None, competencies: Mapping[str, Competency], rules: Rules, year: int) -> Mapping[str, Standard]:
    """Competency id -> standard: what the post says, and for the core competencies it leaves out what its tier says in a year."""
    if post is None:
        return {}
    if isinstance(competencies, KnownCompetencies):
        return competencies.standards(post, rules, year)
    return _standards(post, _core(competencies), rules, year)


def _standards(post: Post, core: Iterable[str], rules: Rules, year: int) -> Mapping[str, Standard]:
    found: dict[str, Standard] = {}
    tier = rules.tier_standard(post.tier, year)
    if tier is not None:
        found = dict.fromkeys(core, Standard(tier.level, RuleName.STANDARD_TIER))
    for one, level in post.standards.items():
        found[one] = Standard(level, RuleName.STANDARD_POST)
    return found


def latest_assessments(assessments: Iterable[Assessment]) -> dict[str, Assessment]:
    """Competency id -> the latest assessment; of several on one day the highest (`assessed-level-latest/1`)."""
    found: dict[str, Assessment] = {}
    for one in sorted(assessments, key=lambda each: (each.assessed_on, each.level, each.source)):
        found[one.competency_id] = one
    return found


def job_person_match(found: Iterable[CompetencyStanding], rules: Rules) -> JobPersonMatch | None:
    """JPM from the assessed levels (`jpm/1`, unverified); None unless every standard has one: a suggestion is no assessment."""
    wanted = [one for one in found if one.standard is not None]
    levels = [one.assessed.level for one in wanted if one.assessed is not None]
    if not wanted or len(levels) < len(wanted):
        return None
    standard_sum = sum(one.standard.level for one in wanted if one.standard is not None)
    percent = Decimal(sum(levels)) * 100 / standard_sum
    return JobPersonMatch(percent, sum(levels), standard_sum, tuple((band, band.step(percent)) for band in rules.bands))
