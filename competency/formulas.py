"""The formulas behind the figures of a profile, in words with the numbers in them, and the lines they are made of. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import NamedTuple
from uuid import UUID

import msgspec

from competency.hours import Standing
from competency.profile_json import CompetencyPart, HoursPart, IndexComponentPart, IndexPart, Profile
from competency.regulation import Bound, Period, RuleName
from competency.standards import GapFrom
from competency.worth import written


class ExplainedLine(msgspec.Struct, frozen=True, rename="camel"):
    """What a figure is made of. `amount` is in the figure's own measure: JP, weight, level or points, as it goes into the figure;
    `counted` is false for what was looked at and left out. `catalogue_*` are null for what is not learnt, such as an assessment."""

    title: str
    amount: Decimal
    counted: bool
    why: str
    finished_on: date | None
    catalogue_id: str | None
    catalogue_version: int | None
    statement_ids: tuple[UUID, ...]
    rules: tuple[str, ...]


class Told(NamedTuple):
    """A figure's value, what it counts, its formula, the rules that made it, and its lines."""

    value: Decimal | None
    unit: str
    formula: str
    rules: tuple[str, ...]
    lines: tuple[ExplainedLine, ...]


def hours_told(year: HoursPart) -> Told:
    period = (
        f"{year.year}"
        if year.period is Period.CALENDAR_YEAR
        else f"contract year {year.year} ({year.from_day} to {year.through_day})"
    )
    counted = [line for line in year.lines if line.counted]
    left_out = len(year.lines) - len(counted)
    formula = (
        f"{_sum([line.jp for line in counted])} JP in {period}, from {_items(len(counted))} that {_verb(len(counted), 'count')}"
    )
    formula += f" ({left_out} more {_verb(left_out, 'do', 'does')} not)" if left_out else ""
    owed = year.obligation
    if owed is not None:
        owing = ("at least", "owed") if owed.bound is Bound.FLOOR else ("at most", "allowed")
        verdict = {
            Standing.MET: "reached" if owed.bound is Bound.FLOOR else "kept",
            Standing.MISSING: f"{written(-owed.difference)} JP missing",
            Standing.EXCEEDED: f"exceeded by {written(owed.difference)} JP",
        }[owed.standing]
        formula += f"; {owing[0]} {written(owed.jp)} JP are {owing[1]}: {written(year.jp)} − {written(owed.jp)} = "
        formula += f"{written(owed.difference)}, {verdict}"
    lines = tuple(
        ExplainedLine(
            title=line.title,
            amount=line.jp,
            counted=line.counted,
            why=line.why,
            finished_on=line.finished_on,
            catalogue_id=line.catalogue_id,
            catalogue_version=line.catalogue_version,
            statement_ids=line.statement_ids,
            rules=(line.rule, *(name for name in line.rules if name != line.rule), line.finished_by),
        )
        for line in year.lines
    )
    return Told(year.jp, "JP", formula, (year.rule, *(() if owed is None else (owed.rule,))), lines)


def _suggested_told(one: CompetencyPart) -> Told:
    suggested, above = one.suggested, one.next_suggested
    if suggested is not None:
        weights = _sum([piece.weight_now for piece in one.evidence if piece.counted])
        formula = f"level {suggested.level} {suggested.level_name}: weights {weights} at level {suggested.level} or above; "
        formula += f"it takes {written(suggested.needed)}"
    elif one.evidence:
        formula = "no level: not enough is left of what was learnt"
    else:
        formula = "no level: nothing that was learnt is aligned to it"
    if above is not None:
        formula += f"; level {above.level} takes {written(above.needed)}, and there is {written(above.weight)}"
    lines = tuple(
        ExplainedLine(
            title=f"{piece.title} (level {piece.level})",
            amount=piece.weight_now,
            counted=piece.counted,
            why=f"{piece.why}; weight {written(piece.weight_now)} of {written(piece.weight)}{_life(piece.fades_on, piece.ends_on)}",
            finished_on=piece.finished_on,
            catalogue_id=piece.catalogue_id,
            catalogue_version=piece.catalogue_version,
            statement_ids=(piece.statement_id,),
            rules=(),
        )
        for piece in one.evidence
    )
    return Told(_level(None if suggested is None else suggested.level), "level", formula, (RuleName.SUGGESTED_WEIGHTED,), lines)


def _life(fades_on: date | None, ends_on: date | None) -> str:
    less = "" if fades_on is None or fades_on == ends_on else f", less from {fades_on}"
    return less if ends_on is None else f"{less}, nothing from {ends_on}"


def _assessed_told(one: CompetencyPart) -> Told:
    part = one.assessed
    if part is None:
        return Told(None, "level", "no level: it was not assessed", (RuleName.ASSESSED_LATEST,), ())
    formula = (
        f"level {part.level} {part.level_name}, found on {part.assessed_on} by {part.source}; of several assessments the latest"
    )
    return Told(_level(part.level), "level", formula, (part.rule,), (_plain_line(part.source, part.level, part.assessed_on),))


def _standard_told(one: CompetencyPart) -> Told:
    part = one.standard
    if part is None:
        return Told(None, "level", "no standard: the post demands nothing here", (RuleName.STANDARD_POST,), ())
    whose = "the post demands it" if part.rule == RuleName.STANDARD_POST else "the post's tier demands it"
    return Told(_level(part.level), "level", f"level {part.level} {part.level_name}: {whose}", (part.rule,), ())


def _gap_told(one: CompetencyPart) -> Told:
    standard = one.standard
    if standard is None:
        return Told(None, "levels", "no gap: there is no standard", (one.rule,), ())
    if one.gap_from is GapFrom.ASSESSED and one.assessed is not None:
        basis, level, source = "assessed", one.assessed.level, _assessed_told(one)
    elif one.gap_from is GapFrom.SUGGESTED and one.suggested is not None:
        basis, level, source = "suggested", one.suggested.level, _suggested_told(one)
    else:
        return Told(
            None, "levels", "no gap: it was neither assessed nor does learning suggest a level", (one.rule, standard.rule), ()
        )
    formula = f"{basis} level {level} − standard {standard.level} = {level - standard.level}"
    return Told(_level(one.gap), "levels", formula, (one.rule, standard.rule, *source.rules), source.lines)


ASPECTS: Mapping[str, Callable[[CompetencyPart], Told]] = MappingProxyType(
    {"suggested": _suggested_told, "assessed": _assessed_told, "standard": _standard_told, "gap": _gap_told}
)
"""What a competency has figures of, in the order of a profile."""


def match_told(profile: Profile) -> Told:
    wanted = [(one, one.standard) for one in profile.competencies if one.standard is not None]
    lines = tuple(
        ExplainedLine(
            title=one.name,
            amount=Decimal(0 if one.assessed is None else one.assessed.level),
            counted=one.assessed is not None,
            why=f"standard {standard.level}, {'not assessed' if one.assessed is None else f'assessed {one.assessed.level}'}",
            finished_on=None if one.assessed is None else one.assessed.assessed_on,
            catalogue_id=None,
            catalogue_version=None,
            statement_ids=(),
            rules=(standard.rule,),
        )
        for one, standard in wanted
    )
    match = profile.job_person_match
    if match is None:
        assessed = sum(1 for line in lines if line.counted)
        formula = (
            f"no match: {assessed} of {len(wanted)} standards have an assessed level, and all must"
            if wanted
            else "no match: the post demands no level"
        )
        return Told(None, "%", formula, (RuleName.JPM,), lines)
    bands = ", ".join(f"{band.step} ({band.name})" for band in match.bands)
    formula = f"assessed levels {match.levels} ÷ standards {match.standards} × 100 = {written(match.percent)} %: {bands}"
    return Told(match.percent, "%", formula, (match.rule, RuleName.ASSESSED_LATEST), lines)


def index_told(index: IndexPart) -> Told:
    scores = _sum([component.score for component in index.components])
    formula = f"{scores} of {written(index.total)} points, by the table for {index.post_kind} that holds from {index.from_year}"
    missing = [component.missing for component in index.components if component.missing is not None]
    formula += f"; for the rest it takes: {'; '.join(missing)}" if missing else ""
    lines = tuple(
        ExplainedLine(
            title=component.name,
            amount=component.score,
            counted=component.reached,
            why=_component_why(component),
            finished_on=None,
            catalogue_id=None,
            catalogue_version=None,
            statement_ids=component.statement_ids,
            rules=(),
        )
        for component in index.components
    )
    return Told(index.score, "points", formula, (index.rule,), lines)


def component_told(index: IndexPart, component: IndexComponentPart) -> Told:
    formula = f"{written(component.score)} of {written(component.weight)} points: {_component_why(component)}"
    lines = tuple(
        ExplainedLine(
            title=line.title,
            amount=line.jp,
            counted=True,
            why=f"{line.kind}{'' if line.leaves_on is None else f'; it counts until the day before {line.leaves_on}'}",
            finished_on=line.finished_on,
            catalogue_id=line.catalogue_id,
            catalogue_version=line.catalogue_version,
            statement_ids=line.statement_ids,
            rules=(),
        )
        for line in component.lines
    )
    return Told(component.score, "points", formula, (index.rule,), lines)


def _component_why(component: IndexComponentPart) -> str:
    window = "at any time" if component.months is None else f"within {component.months} months"
    if component.needed_jp is None:
        found = f"{_items(len(component.lines))} {window}, and one is needed"
    else:
        jp = _sum([line.jp for line in component.lines])
        found = f"{jp} JP {window}, and {written(component.needed_jp)} are needed"
    if component.missing is not None:
        return f"{found}; missing: {component.missing}"
    return f"{found}: reached" + ("" if component.lapses_on is None else f", until the day before {component.lapses_on}")


def _plain_line(title: str, level: int, day: date) -> ExplainedLine:
    return ExplainedLine(title, Decimal(level), True, "the latest assessment", day, None, None, (), ())


def _level(level: int | None) -> Decimal | None:
    return None if level is None else Decimal(level)


def _items(number: int) -> str:
    return "1 item" if number == 1 else f"{number} items"


def _verb(number: int, several: str, one: str = "") -> str:
    """The verb of so many items: `count`, or for one `counts`."""
    return (one or f"{several}s") if number == 1 else several


def _sum(values: list[Decimal]) -> str:
    """`4 + 1.5 = 5.5`, or just the number where there is nothing to add."""
    total = written(sum(values, Decimal(0)))
    return f"{' + '.join(map(written, values))} = {total}" if len(values) > 1 else total
