"""Levels, gaps and the job-person match as a profile shows them. Pure."""

from __future__ import annotations

from datetime import date

from competency.frameworks import Competency
from competency.numbers import plain
from competency.profile_json import (
    AssessedPart,
    BandPart,
    CompetencyPart,
    EvidencePart,
    JobPersonMatchPart,
    NextLevelPart,
    StandardPart,
    SuggestedPart,
)
from competency.regulation import RuleName, Rules
from competency.standards import CompetencyStanding, JobPersonMatch, Standard
from competency.suggestions import Aligned, Suggestion

_GAP = RuleName.GAP
_SUGGESTED = RuleName.SUGGESTED_WEIGHTED


def competency_part(one: CompetencyStanding, known: Competency | None, rules: Rules, as_of: date) -> CompetencyPart:
    """`known` is the competency itself, None where no framework has it."""
    year, suggestion, assessed, standard, gap = as_of.year, one.suggested, one.assessed, one.standard, one.gap
    return CompetencyPart(
        id=one.competency_id,
        name=one.competency_id if known is None else known.name,
        kind=None if known is None else known.kind,
        framework=None if known is None else known.framework,
        suggested=None if suggestion is None else _suggested(suggestion, rules, year),
        next_suggested=None if suggestion is None else _next(suggestion, rules, year),
        evidence=() if suggestion is None else _evidence(suggestion, as_of),
        assessed=None
        if assessed is None
        else AssessedPart(
            level=assessed.level,
            level_name=rules.level_name(assessed.level, year),
            assessed_on=assessed.assessed_on,
            source=assessed.source,
            rule=RuleName.ASSESSED_LATEST,
        ),
        standard=None if standard is None else _standard(standard, rules, year),
        gap=gap,
        gap_from=None if gap is None else one.gap_from,
        rule=_GAP,
    )


def job_person_match_part(match: JobPersonMatch, rules: Rules) -> JobPersonMatchPart:
    return JobPersonMatchPart(
        percent=plain(match.rounded),
        levels=match.level_sum,
        standards=match.standard_sum,
        bands=tuple(BandPart(name=band.name, step=step, mark=band.mark) for band, step in match.bands),
        rule=RuleName.JPM,
        mark=rules.texts[RuleName.JPM].mark,
    )


def _standard(standard: Standard, rules: Rules, year: int) -> StandardPart:
    def part() -> StandardPart:
        return StandardPart(
            level=standard.level,
            level_name=rules.level_name(standard.level, year),
            rule=standard.rule,
            mark=rules.texts[standard.rule].mark,
        )

    return rules.kept((StandardPart, standard.level, standard.rule, year), part)


def _suggested(suggestion: Suggestion, rules: Rules, year: int) -> SuggestedPart | None:
    if suggestion.level is None:
        return None
    aligned, counted = suggestion.aligned, suggestion.counted
    statement_ids = (
        (aligned[0].evidence.statement_id,)
        if len(aligned) == 1 == len(counted)
        else tuple([aligned[place].evidence.statement_id for place in sorted(counted)])
    )
    return SuggestedPart(
        level=suggestion.level,
        level_name=rules.level_name(suggestion.level, year),
        weight=plain(suggestion.weight),
        needed=plain(suggestion.needed),
        statement_ids=statement_ids,
        rule=_SUGGESTED,
        mark=rules.texts[_SUGGESTED].mark,
    )


def _next(suggestion: Suggestion, rules: Rules, year: int) -> NextLevelPart | None:
    weight, needed, level = suggestion.next_weight, suggestion.next_needed, (suggestion.level or 0) + 1
    if weight is None or needed is None:
        return None
    return NextLevelPart(level=level, level_name=rules.level_name(level, year), weight=plain(weight), needed=plain(needed))


def _evidence(suggestion: Suggestion, as_of: date) -> tuple[EvidencePart, ...]:
    return tuple([_aligned(suggestion, place, as_of) for place in range(len(suggestion.aligned))])


def _aligned(suggestion: Suggestion, place: int, as_of: date) -> EvidencePart:
    one, counted = suggestion.aligned[place], place in suggestion.counted
    piece, weight = one.evidence, plain(one.weight)
    return EvidencePart(
        statement_id=piece.statement_id,
        catalogue_id=piece.catalogue_id,
        catalogue_version=piece.catalogue_version,
        title=piece.title,
        finished_on=piece.finished_on,
        level=one.level,
        weight=weight,
        weight_now=weight if one.weight_now is one.weight else plain(one.weight_now),
        fades_on=one.fades_on,
        ends_on=one.ends_on,
        counted=counted,
        why="it counts" if counted else _why_not(one, suggestion.level or 1, as_of),
    )


def _why_not(one: Aligned, suggested: int, as_of: date) -> str:
    expires_on = one.evidence.expires_on
    if expires_on is not None and expires_on <= as_of:
        return f"its certificate expired on {expires_on}"
    if not one.weight_now:
        return "it is too old: nothing is left of its weight"
    if one.level < suggested:
        return "it is below the suggested level"
    return "the same thing counts once, by its strongest piece"
