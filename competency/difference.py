"""What differs between two profiles of one employee: two days, or before and after a change. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import TypeVar
from uuid import UUID

import msgspec

from competency.hours import Standing
from competency.numbers import plain
from competency.profile_json import (
    AssessedPart,
    CertificatePart,
    CompetencyPart,
    ComputedWith,
    HourLinePart,
    HoursPart,
    IndexPart,
    PostPart,
    Profile,
    UnitPart,
)
from competency.regulation import Period
from competency.standards import GapFrom

_T = TypeVar("_T")
_NOTHING = Decimal(0)


class LineChange(msgspec.Struct, frozen=True, rename="camel"):
    """The same occasion, told otherwise: another number of hours, more statements, another version of its catalogue entry."""

    before: HourLinePart
    after: HourLinePart


class YearDifference(msgspec.Struct, frozen=True, rename="camel"):
    """A period whose hours or lines differ. `change` is JP after minus before; a period that a profile does not have has no
    hours and no standing there."""

    period: Period
    year: int
    jp_before: Decimal
    jp_after: Decimal
    change: Decimal
    standing_before: Standing | None
    standing_after: Standing | None
    lines_added: tuple[HourLinePart, ...]
    lines_removed: tuple[HourLinePart, ...]
    lines_changed: tuple[LineChange, ...]


class CompetencyState(msgspec.Struct, frozen=True, rename="camel"):
    suggested: int | None
    assessed: int | None
    assessed_on: date | None
    assessed_by: str | None
    standard: int | None
    gap: int | None
    gap_from: GapFrom | None


class CompetencyDifference(msgspec.Struct, frozen=True, rename="camel"):
    """A competency whose levels, standard or gap differ. `evidence_added` and `evidence_removed` are statements."""

    id: str
    name: str
    before: CompetencyState
    after: CompetencyState
    evidence_added: tuple[UUID, ...]
    evidence_removed: tuple[UUID, ...]


class ComponentDifference(msgspec.Struct, frozen=True, rename="camel"):
    """`missing` is what it takes afterwards, null where it is reached, or is no longer a component."""

    id: str
    before: Decimal
    after: Decimal
    missing: str | None


class IndexDifference(msgspec.Struct, frozen=True, rename="camel"):
    """The scores, null where there was or is no index, and the components that differ."""

    before: Decimal | None
    after: Decimal | None
    components: tuple[ComponentDifference, ...]


class CertificatesDifference(msgspec.Struct, frozen=True, rename="camel"):
    """`expired` were valid before and are not afterwards; `added` and `removed` are only in one of the profiles."""

    added: tuple[CertificatePart, ...]
    removed: tuple[CertificatePart, ...]
    expired: tuple[CertificatePart, ...]


class PlaceDifference(msgspec.Struct, frozen=True, rename="camel"):
    """Post and unit before and after; null where neither differs."""

    post_before: PostPart | None
    post_after: PostPart | None
    unit_before: tuple[UnitPart, ...]
    unit_after: tuple[UnitPart, ...]


class MatchDifference(msgspec.Struct, frozen=True, rename="camel"):
    """The job-person match in per cent, null where there was or is none."""

    before: Decimal | None
    after: Decimal | None


class ComputedDifference(msgspec.Struct, frozen=True, rename="camel"):
    before: ComputedWith
    after: ComputedWith


class Difference(msgspec.Struct, frozen=True, rename="camel"):
    """What differs; a part that does not is empty or null."""

    employee_id: str
    place: PlaceDifference | None
    years: tuple[YearDifference, ...]
    competencies: tuple[CompetencyDifference, ...]
    job_person_match: MatchDifference | None
    index: IndexDifference | None
    certificates: CertificatesDifference
    computed_with: ComputedDifference | None
    v: int = 1

    @property
    def is_empty(self) -> bool:
        parts = (self.place, self.job_person_match, self.index, self.computed_with)
        lists = (self.years, self.competencies, self.certificates.added, self.certificates.removed, self.certificates.expired)
        return all(part is None for part in parts) and not any(lists)


_encoder = msgspec.json.Encoder(order="sorted", decimal_format="number")


def render(difference: Difference) -> bytes:
    """The difference as JSON: members sorted, no spaces."""
    return _encoder.encode(difference)


def difference(before: Profile, after: Profile) -> Difference:
    """What is otherwise in `after`. Both are of one employee."""
    match_before = None if before.job_person_match is None else before.job_person_match.percent
    match_after = None if after.job_person_match is None else after.job_person_match.percent
    return Difference(
        employee_id=after.employee_id,
        place=_place(before, after),
        years=_years(before.hours + before.contract_hours, after.hours + after.contract_hours),
        competencies=_competencies(before.competencies, after.competencies),
        job_person_match=None if match_before == match_after else MatchDifference(match_before, match_after),
        index=_index(before.index, after.index),
        certificates=_certificates(before.certificates, after.certificates),
        computed_with=None
        if before.computed_with == after.computed_with
        else ComputedDifference(before.computed_with, after.computed_with),
    )


def _place(before: Profile, after: Profile) -> PlaceDifference | None:
    if before.post == after.post and before.unit == after.unit:
        return None
    return PlaceDifference(before.post, after.post, before.unit, after.unit)


def _years(before: Iterable[HoursPart], after: Iterable[HoursPart]) -> tuple[YearDifference, ...]:
    pairs = _paired(before, after, lambda one: (one.period, one.year))
    return tuple(_year(old, new) for old, new in pairs if _told(old) != _told(new))


def _told(part: HoursPart | None) -> tuple[object, ...]:
    """What can differ in a period; a period that is not there is like one without hours and without anything owed."""
    return (_NOTHING, None, ()) if part is None else (part.jp, part.obligation, part.lines)


def _year(before: HoursPart | None, after: HoursPart | None) -> YearDifference:
    one = after or before
    assert one is not None
    jp_before, jp_after = (_NOTHING if part is None else part.jp for part in (before, after))
    old_lines, new_lines = (() if part is None else part.lines for part in (before, after))
    lines = _paired(old_lines, new_lines, lambda line: line.statement_ids[0])
    return YearDifference(
        period=one.period,
        year=one.year,
        jp_before=jp_before,
        jp_after=jp_after,
        change=plain(jp_after - jp_before),
        standing_before=None if before is None or before.obligation is None else before.obligation.standing,
        standing_after=None if after is None or after.obligation is None else after.obligation.standing,
        lines_added=tuple(new for old, new in lines if old is None and new is not None),
        lines_removed=tuple(old for old, new in lines if new is None and old is not None),
        lines_changed=tuple(LineChange(old, new) for old, new in lines if old is not None and new is not None and old != new),
    )


def _competencies(before: Iterable[CompetencyPart], after: Iterable[CompetencyPart]) -> tuple[CompetencyDifference, ...]:
    found = (_competency(old, new) for old, new in _paired(before, after, lambda one: one.id))
    return tuple(one for one in found if one.before != one.after or one.evidence_added or one.evidence_removed)


def _competency(before: CompetencyPart | None, after: CompetencyPart | None) -> CompetencyDifference:
    one = after or before
    assert one is not None
    old, new = _live(before), _live(after)
    return CompetencyDifference(
        id=one.id,
        name=one.name,
        before=_state(before),
        after=_state(after),
        evidence_added=tuple(statement for statement in new if statement not in old),
        evidence_removed=tuple(statement for statement in old if statement not in new),
    )


def _live(part: CompetencyPart | None) -> dict[UUID, None]:
    """The statements of which something is left, in order."""
    return {} if part is None else {one.statement_id: None for one in part.evidence if one.weight_now}


def _state(part: CompetencyPart | None) -> CompetencyState:
    if part is None:
        return CompetencyState(None, None, None, None, None, None, None)
    assessed: AssessedPart | None = part.assessed
    return CompetencyState(
        suggested=None if part.suggested is None else part.suggested.level,
        assessed=None if assessed is None else assessed.level,
        assessed_on=None if assessed is None else assessed.assessed_on,
        assessed_by=None if assessed is None else assessed.source,
        standard=None if part.standard is None else part.standard.level,
        gap=part.gap,
        gap_from=part.gap_from,
    )


def _index(before: IndexPart | None, after: IndexPart | None) -> IndexDifference | None:
    pairs = _paired(() if before is None else before.components, () if after is None else after.components, lambda one: one.id)
    components = tuple(
        ComponentDifference(
            id=one.id,
            before=_NOTHING if old is None else old.score,
            after=_NOTHING if new is None else new.score,
            missing=None if new is None else new.missing,
        )
        for old, new in pairs
        if (one := new or old) is not None and (old is None or new is None or old.score != new.score)
    )
    scores = (None if before is None else before.score, None if after is None else after.score)
    return IndexDifference(*scores, components) if components or scores[0] != scores[1] else None


def _certificates(before: Iterable[CertificatePart], after: Iterable[CertificatePart]) -> CertificatesDifference:
    pairs = _paired(before, after, lambda one: one.statement_ids[0])
    return CertificatesDifference(
        added=tuple(new for old, new in pairs if old is None and new is not None),
        removed=tuple(old for old, new in pairs if new is None and old is not None),
        expired=tuple(new for old, new in pairs if old is not None and new is not None and old.valid and not new.valid),
    )


def _paired(before: Iterable[_T], after: Iterable[_T], key: Callable[[_T], object]) -> list[tuple[_T | None, _T | None]]:
    """Items of the same key side by side, None where one side has none: those of `after` in its order, then what `before` has
    beside them."""
    old = {key(item): item for item in before}
    new = {key(item): item for item in after}
    return [(old.get(one), item) for one, item in new.items()] + [(item, None) for one, item in old.items() if one not in new]
