"""How an employee's competency profile is computed. Pure.

The same employee, post, unit, evidence, competencies and rules give the same bytes, whatever the order they come in: there is no
clock and no random in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from competency import hours
from competency.directory import Employee, Employment, Post, Unit
from competency.evidence import Evidence
from competency.frameworks import Competency
from competency.hours import Tally
from competency.profile_json import (
    AssessedPart,
    BandPart,
    CompetencyPart,
    ComputedWith,
    HourLinePart,
    HoursPart,
    JobPersonMatchPart,
    ObligationPart,
    PostPart,
    Profile,
    StandardPart,
    SuggestedEvidence,
    SuggestedPart,
    UnitPart,
    render,
)
from competency.regulation import Obligation, RuleName, Rules
from competency.standards import CompetencyStanding, JobPersonMatch, job_person_match, standings

__all__ = ["Profile", "build_profile", "render"]


def build_profile(
    employee: Employee,
    *,
    post: Post | None,
    unit_path: Sequence[Unit],
    evidence: Iterable[Evidence],
    competencies: Iterable[Competency],
    rules: Rules,
) -> Profile:
    """The profile of one employee.

    `unit_path` is what `competency.units.unit_path` gives; `evidence` is all of this employee's, in any order; `competencies` are
    those of all imported frameworks, in any order.
    """
    ordered = hours.in_order(piece for piece in evidence if piece.employee_id == employee.id)
    tallies = hours.calendar_years(employee, ordered, rules)
    contract_tallies = hours.contract_years(employee, ordered, rules) if employee.employment is Employment.PPPK else ()
    known = {one.id: one for one in competencies}
    found = standings(employee, post, ordered, known, rules)
    match = job_person_match(found, rules)
    years = tuple(_hours(tally, rules) for tally in tallies)
    contract_years = tuple(_hours(tally, rules) for tally in contract_tallies)
    lines = tuple(_competency(one, known.get(one.competency_id), rules) for one in found)
    jpm = None if match is None else _job_person_match(match, rules)
    return Profile(
        employee_id=employee.id,
        employment=employee.employment,
        contract_start=employee.contract_start,
        unit=tuple(UnitPart(unit.id, unit.name) for unit in unit_path),
        post=None if post is None else PostPart(post.id, post.title, post.kind, post.tier),
        hours=years,
        contract_hours=contract_years,
        competencies=lines,
        job_person_match=jpm,
        computed_with=ComputedWith(
            rules=rules.version,
            frameworks=tuple(sorted({line.framework for line in lines if line.framework is not None})),
            rule_names=tuple(sorted(_applied(years + contract_years, lines, jpm))),
        ),
    )


def _number(value: Decimal) -> Decimal:
    """One spelling for one number: 20, 20.0 and 2E+1 are written 20."""
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


def _hours(tally: Tally, rules: Rules) -> HoursPart:
    return HoursPart(
        period=tally.period,
        year=tally.number,
        from_day=tally.first_day,
        through_day=tally.last_day,
        jp=_number(tally.jp),
        statement_ids=tuple(line.evidence.statement_id for line in tally.lines if line.counted),
        rule=hours.RULE,
        obligation=_obligation(tally.obligation, tally),
        lines=tuple(_line(line, rules) for line in tally.lines),
    )


def _line(line: hours.HourLine, rules: Rules) -> HourLinePart:
    piece = line.evidence
    return HourLinePart(
        statement_ids=(piece.statement_id,),
        catalogue_id=piece.catalogue_id,
        activity_id=piece.activity_id,
        title=piece.title,
        kind_id=piece.kind_id,
        kind=rules.kind_name(piece.kind_id),
        provider=piece.provider,
        jp=_number(piece.jp),
        finished_on=piece.finished_on,
        finished_by=piece.rule,
        counted=line.counted,
        why="the first time in this period" if line.counted else f"already counted in this period by {line.repeats}",
        rule=hours.RULE,
    )


def _obligation(owed: Obligation | None, tally: Tally) -> ObligationPart | None:
    if owed is None or tally.standing is None or tally.difference is None:
        return None
    return ObligationPart(
        bound=owed.bound,
        jp=_number(owed.jp),
        standing=tally.standing,
        difference=_number(tally.difference),
        rule=owed.rule,
        source=owed.source,
        mark=owed.mark,
    )


def _competency(one: CompetencyStanding, known: Competency | None, rules: Rules) -> CompetencyPart:
    suggested, assessed, standard = one.suggested, one.assessed, one.standard
    return CompetencyPart(
        id=one.competency_id,
        name=one.competency_id if known is None else known.name,
        kind=None if known is None else known.kind,
        framework=None if known is None else known.framework,
        suggested=None
        if suggested is None
        else SuggestedPart(
            level=suggested.level,
            level_name=rules.level_name(suggested.level),
            rule=RuleName.SUGGESTED_HIGHEST,
            evidence=tuple(
                SuggestedEvidence(piece.statement_id, piece.catalogue_id, piece.title, piece.finished_on, level)
                for piece, level in suggested.evidence
            ),
        ),
        assessed=None
        if assessed is None
        else AssessedPart(
            level=assessed.level,
            level_name=rules.level_name(assessed.level),
            assessed_on=assessed.assessed_on,
            source=assessed.source,
            rule=RuleName.ASSESSED_LATEST,
        ),
        standard=None
        if standard is None
        else StandardPart(
            level=standard.level,
            level_name=rules.level_name(standard.level),
            rule=standard.rule,
            mark=rules.texts[standard.rule].mark,
        ),
        gap=one.gap,
        gap_from=one.gap_from,
        rule=RuleName.GAP,
    )


def _job_person_match(match: JobPersonMatch, rules: Rules) -> JobPersonMatchPart:
    return JobPersonMatchPart(
        percent=_number(match.rounded),
        levels=match.level_sum,
        standards=match.standard_sum,
        bands=tuple(BandPart(band.name, step, band.mark) for band, step in match.bands),
        rule=RuleName.JPM,
        mark=rules.texts[RuleName.JPM].mark,
    )


def _applied(years: Iterable[HoursPart], lines: Iterable[CompetencyPart], jpm: JobPersonMatchPart | None) -> set[str]:
    names: set[str] = set()
    for year in years:
        names.add(year.rule)
        names.update(line.finished_by for line in year.lines)
        if year.obligation is not None:
            names.add(year.obligation.rule)
    for one in lines:
        names.update(part.rule for part in (one.suggested, one.assessed, one.standard) if part is not None)
        if one.gap is not None:
            names.add(one.rule)
    if jpm is not None:
        names.add(jpm.rule)
    return names
