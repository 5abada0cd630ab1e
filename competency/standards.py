"""What a post demands, what an assessment found, what learning suggests, and the gap between them. Pure.

A level comes from an assessment; learning only suggests one. The two are kept apart everywhere, and a gap says which it used.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from competency.catalogue import Alignment
from competency.directory import Assessment, Employee, Post
from competency.evidence import Evidence
from competency.frameworks import Competency, CompetencyKind
from competency.regulation import Band, RuleName, Rules

_CORE = (CompetencyKind.MANAJERIAL, CompetencyKind.SOSIO_KULTURAL)


class GapFrom(StrEnum):
    ASSESSED = "assessed"
    SUGGESTED = "suggested"


@dataclass(frozen=True, slots=True)
class Standard:
    """The level a post demands, and the rule that says so."""

    level: int
    rule: RuleName


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The level that learning suggests, with every finished item aligned to the competency and the level of each, by time."""

    level: int
    evidence: tuple[tuple[Evidence, int], ...]


@dataclass(frozen=True, slots=True)
class CompetencyStanding:
    """How an employee stands in one competency."""

    competency_id: str
    suggested: Suggestion | None
    assessed: Assessment | None
    standard: Standard | None

    @property
    def gap_from(self) -> GapFrom | None:
        """Which level the gap is computed from; None where there is no gap to compute."""
        if self.standard is None:
            return None
        if self.assessed is not None:
            return GapFrom.ASSESSED
        return None if self.suggested is None else GapFrom.SUGGESTED

    @property
    def gap(self) -> int | None:
        """Level minus standard: negative where something is missing."""
        if self.standard is None:
            return None
        level = self.assessed or self.suggested
        return None if level is None else level.level - self.standard.level


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


def standings(
    employee: Employee,
    post: Post | None,
    evidence: Sequence[Evidence],
    competencies: Mapping[str, Competency],
    rules: Rules,
) -> tuple[CompetencyStanding, ...]:
    """Every competency that the post demands, that was assessed, or that evidence is aligned to, by id. `evidence` is by time."""
    standards = standards_of(post, competencies, rules)
    assessed = latest_assessments(employee.assessments)
    suggested = suggestions(evidence)
    return tuple(
        CompetencyStanding(one, suggested.get(one), assessed.get(one), standards.get(one))
        for one in sorted({*standards, *assessed, *suggested})
    )


def standards_of(post: Post | None, competencies: Mapping[str, Competency], rules: Rules) -> dict[str, Standard]:
    """Competency id -> standard: what the post says, and for the core competencies it leaves out what its tier says."""
    if post is None:
        return {}
    found: dict[str, Standard] = {}
    tier = rules.tier_standard(post.tier)
    if tier is not None:
        core = (one.id for one in competencies.values() if one.kind in _CORE)
        found.update((one, Standard(tier.level, RuleName.STANDARD_TIER)) for one in core)
    found.update((one, Standard(level, RuleName.STANDARD_POST)) for one, level in post.standards.items())
    return found


def latest_assessments(assessments: Iterable[Assessment]) -> dict[str, Assessment]:
    """Competency id -> the latest assessment; of several on one day the highest (`assessed-level-latest/1`)."""
    found: dict[str, Assessment] = {}
    for one in sorted(assessments, key=lambda each: (each.assessed_on, each.level, each.source)):
        found[one.competency_id] = one
    return found


def suggestions(evidence: Iterable[Evidence]) -> dict[str, Suggestion]:
    """Competency id -> what the evidence suggests: the highest aligned level (`suggested-level-highest/1`)."""
    aligned: dict[str, list[tuple[Evidence, int]]] = {}
    for piece in evidence:
        for competency_id, level in _highest(piece.alignments).items():
            aligned.setdefault(competency_id, []).append((piece, level))
    return {one: Suggestion(max(level for _, level in pieces), tuple(pieces)) for one, pieces in aligned.items()}


def job_person_match(found: Iterable[CompetencyStanding], rules: Rules) -> JobPersonMatch | None:
    """JPM from the assessed levels (`jpm/1`, unverified); None unless every standard has one: a suggestion is no assessment."""
    wanted = [one for one in found if one.standard is not None]
    levels = [one.assessed.level for one in wanted if one.assessed is not None]
    if not wanted or len(levels) < len(wanted):
        return None
    standard_sum = sum(one.standard.level for one in wanted if one.standard is not None)
    percent = Decimal(sum(levels)) * 100 / standard_sum
    return JobPersonMatch(percent, sum(levels), standard_sum, tuple((band, band.step(percent)) for band in rules.bands))


def _highest(alignments: Iterable[Alignment]) -> dict[str, int]:
    levels: dict[str, int] = {}
    for one in alignments:
        levels[one.competency_id] = max(one.level, levels.get(one.competency_id, 0))
    return levels
