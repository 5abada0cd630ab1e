"""The figures of many employees added up to a rollup. Pure.

Equal lines are counted first, which is nearly all of the work and needs no look into them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING

from competency.figures import (
    CompetencyLine,
    EmployeeLine,
    ItemLine,
    Line,
    MatchLine,
    YearLine,
    figures_of,
    lines_of,
    read_lines,
)
from competency.numbers import plain
from competency.rollup import CompetencyRollup, Share, UnitRollup, YearRollup, band_of

if TYPE_CHECKING:
    from competency.profile_json import Profile

_NO_SHARE = Share(Decimal(0), 0)
_Count = Counter[str]


def rollup(profiles: Iterable[Profile]) -> UnitRollup:
    """The profiles added up, each of another employee."""
    return add_up(figures_of(profile) for profile in profiles)


def add_up(figures: Iterable[bytes]) -> UnitRollup:
    """What `competency.figures` says of each employee added up. Raises `msgspec.MsgspecError` for what is no figures."""
    times: Counter[bytes] = Counter()
    for one in figures:
        times.update(lines_of(one))
    return _rolled_up(zip(read_lines(times), times.values(), strict=True))


def _rolled_up(counted: Iterable[tuple[Line, int]]) -> UnitRollup:
    """Lines, and how often each is there."""
    employment, contracts, index, certificates = _Count(), _Count(), _Count(), 0
    years: defaultdict[int, _Year] = defaultdict(_Year)
    competencies: defaultdict[str, _Competency] = defaultdict(_Competency)
    matches: defaultdict[str, _Count] = defaultdict(_Count)
    for line, times in counted:
        match line:
            case CompetencyLine():
                competencies[line.id].add(line, times)
            case ItemLine():
                years[line.year].add_item(line, times)
            case YearLine():
                years[line.year].add(line, times)
            case MatchLine():
                matches[line.reading][line.step] += times
            case EmployeeLine():
                employment[line.employment] += times
                certificates += line.certificates * times
                if line.contract_standing is not None:
                    contracts[line.contract_standing] += times
                if line.index is not None:
                    index[line.index] += times
    employees = employment.total()
    return UnitRollup(
        employees=employees,
        employment=dict(employment),
        years=tuple(years[one].rolled_up(one) for one in sorted(years)),
        contract_standing=dict(contracts),
        competencies=tuple(competencies[one].rolled_up(one) for one in sorted(competencies)),
        job_person_match={one: dict(matches[one]) for one in sorted(matches)},
        index=dict(index),
        without_index=employees - index.total(),
        certificates=certificates,
    )


class _Year:
    """A `YearRollup` in the making."""

    def __init__(self) -> None:
        self._jp = Decimal(0)
        self._standing, self._bands = _Count(), _Count()
        self._providers: dict[str, Share] = {}
        self._kinds: dict[str, Share] = {}

    def add(self, line: YearLine, times: int) -> None:
        self._jp += line.jp * times
        self._standing[line.standing] += times
        self._bands[band_of(line.jp)] += times

    def add_item(self, line: ItemLine, times: int) -> None:
        jp = line.jp * times
        for shares, key in ((self._providers, line.provider), (self._kinds, line.kind_id)):
            held = shares.get(key, _NO_SHARE)
            shares[key] = Share(held.jp + jp, held.items + times)

    def rolled_up(self, year: int) -> YearRollup:
        return YearRollup(
            year=year,
            employees=self._standing.total(),
            jp=plain(self._jp),
            standing=dict(self._standing),
            bands=dict(self._bands),
            providers={key: Share(plain(share.jp), share.items) for key, share in self._providers.items()},
            kinds={key: Share(plain(share.jp), share.items) for key, share in self._kinds.items()},
        )


class _Competency:
    """A `CompetencyRollup` in the making."""

    def __init__(self) -> None:
        self._name = ""
        self._with_standard = self._assessed = self._suggested_only = self._missing_levels = 0
        self._gaps, self._gaps_assessed, self._missed = _Count(), _Count(), _Count()

    def add(self, line: CompetencyLine, times: int) -> None:
        self._name = max(self._name, line.name)
        self._with_standard += times * (line.standard is not None)
        self._assessed += times * line.assessed
        self._suggested_only += times * (line.suggested and not line.assessed)
        gap = line.gap
        if gap is None:
            return
        self._gaps[str(gap)] += times
        if line.gap_is_assessed:
            self._gaps_assessed[str(gap)] += times
        if gap < 0:
            self._missing_levels -= gap * times
            self._missed[str(line.standard)] += times

    def rolled_up(self, competency_id: str) -> CompetencyRollup:
        return CompetencyRollup(
            id=competency_id,
            name=self._name,
            with_standard=self._with_standard,
            assessed=self._assessed,
            suggested_only=self._suggested_only,
            below_standard=self._missed.total(),
            missing_levels=self._missing_levels,
            gaps=dict(self._gaps),
            gaps_assessed=dict(self._gaps_assessed),
            standards_missed=dict(self._missed),
        )
