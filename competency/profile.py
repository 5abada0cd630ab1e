"""How an employee's competency profile is computed. Pure.

The same employee, post, unit, evidence, competencies, rules and day give the same bytes, whatever the order they come in: there is
no clock and no random in it. The day itself is not in the text, only the next one on which it may change.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from competency import hours
from competency.competency_parts import competency_part, job_person_match_part
from competency.days import first_of_next_year
from competency.directory import Employee, Employment, Post, Unit
from competency.evidence import Evidence
from competency.frameworks import Competency
from competency.hour_parts import certificate_parts, hours_part
from competency.index import Index, index_of
from competency.index_parts import index_part
from competency.profile_json import (
    CompetencyPart,
    ComputedWith,
    FrameworkPart,
    HoursPart,
    IndexPart,
    JobPersonMatchPart,
    PostPart,
    Profile,
    UnitPart,
    render,
)
from competency.regulation import Rules
from competency.standards import CompetencyStanding, KnownCompetencies, job_person_match, standings

__all__ = ["KnownCompetencies", "Profile", "build_profile", "render"]


def build_profile(
    employee: Employee,
    *,
    post: Post | None,
    unit_path: Sequence[Unit],
    evidence: Iterable[Evidence],
    competencies: Iterable[Competency] | KnownCompetencies,
    frameworks_versions: Mapping[str, int],
    rules: Rules,
    as_of: date,
) -> Profile:
    """The profile of one employee as it is on the day `as_of` (of the rules' time zone), from what had happened by then.

    `unit_path` is what `competency.units.unit_path` gives; `evidence` is all of this employee's, of any day and in any order;
    `competencies` are those of all frameworks, in any order (`KnownCompetencies` where many profiles are built), and
    `frameworks_versions` the frameworks' versions by id; one that it leaves out is of version 1.
    """
    every_piece = hours.in_order(piece for piece in evidence if piece.employee_id == employee.id)
    ordered = [piece for piece in every_piece if piece.finished_on <= as_of]
    lines = hours.ledger_in_order(ordered, rules)
    known = competencies if isinstance(competencies, KnownCompetencies) else KnownCompetencies(competencies)
    found = standings(employee, post, ordered, known, rules, as_of)
    match = job_person_match(found, rules)
    table = None if post is None else rules.index_table(post.kind, as_of.year)
    index = None if table is None else index_of(lines, table, as_of)
    years = tuple([hours_part(tally, rules) for tally in hours.calendar_years(employee, lines, rules, as_of)])
    contract_years = (
        tuple([hours_part(tally, rules) for tally in hours.contract_years(employee, lines, rules, as_of)])
        if employee.employment is Employment.PPPK
        else ()
    )
    parts = tuple([competency_part(one, known.get(one.competency_id), rules, as_of) for one in found])
    jpm = None if match is None else job_person_match_part(match, rules)
    index_shown = None if index is None else index_part(index, rules)
    frameworks = sorted({part.framework for part in parts if part.framework is not None})
    return Profile(
        employee_id=employee.id,
        employment=employee.employment,
        contract_start=employee.contract_start,
        unit=tuple([UnitPart(id=unit.id, name=unit.name) for unit in unit_path]),
        post=None if post is None else PostPart(id=post.id, title=post.title, kind=post.kind, tier=post.tier, version=post.version),
        hours=years,
        contract_hours=contract_years,
        competencies=parts,
        job_person_match=jpm,
        index=index_shown,
        certificates=certificate_parts(lines, as_of),
        next_change_on=_next_change(employee, every_piece, found, index, as_of),
        computed_with=ComputedWith(
            rules=rules.version,
            frameworks=tuple(FrameworkPart(id=one, version=frameworks_versions.get(one, 1)) for one in frameworks),
            rule_names=tuple(sorted(_applied(years + contract_years, parts, jpm, index_shown))),
        ),
    )


def _next_change(
    employee: Employee, evidence: Sequence[Evidence], found: Iterable[CompetencyStanding], index: Index | None, as_of: date
) -> date:
    """The first day after `as_of` on which the same facts may give another profile; never later than the next 1 January, with
    which rules of another year come into force."""
    days = [first_of_next_year(as_of), *hours.next_changes(employee, evidence, as_of)]
    days += [piece.expires_on for piece in evidence if piece.expires_on is not None]
    days += [one.assessed_on for one in employee.assessments]
    if employee.left_on is not None:
        days.append(employee.left_on)
    for standing in found:
        if standing.suggested is not None:
            days += [one.fades_on for one in standing.suggested.aligned if one.fades_on is not None]
    if index is not None:
        for result in index.components:
            days += [one.leaves_on for one in result.lines if one.leaves_on is not None]
    return min([day for day in days if day > as_of], default=date.max)


def _applied(
    years: Iterable[HoursPart], parts: Iterable[CompetencyPart], jpm: JobPersonMatchPart | None, index: IndexPart | None
) -> set[str]:
    names: set[str] = set()
    by_line: set[tuple[str, ...]] = set()
    for year in years:
        if year.lines:
            names.add(year.rule)
        for line in year.lines:
            names.add(line.finished_by)
            by_line.add(line.rules)
        if year.obligation is not None:
            names.add(year.obligation.rule)
    # There are a handful of kinds of lines, whoever's they are.
    names.update(*by_line)
    for one in parts:
        if one.suggested is not None:
            names.add(one.suggested.rule)
        if one.assessed is not None:
            names.add(one.assessed.rule)
        if one.standard is not None:
            names.add(one.standard.rule)
        if one.gap is not None:
            names.add(one.rule)
    names.update([part.rule for part in (jpm, index) if part is not None])
    return names
