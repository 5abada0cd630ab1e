"""Many profiles added up: how the employees of a unit stand. Pure.

`competency.sums` makes a rollup of the figures of employees. That of several units is the `merge` of theirs, in any order and
grouping, and equals the rollup of all their members.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import TypeVar

import msgspec

from competency.numbers import plain

BANDS: tuple[tuple[str, Decimal | None], ...] = (
    ("0", Decimal(0)),
    ("<5", Decimal(5)),
    ("<10", Decimal(10)),
    ("<20", Decimal(20)),
    ("<24", Decimal(24)),
    (">=24", None),
)
"""The bands of the histogram of hours: name, and the JP that it stays below; the first is nothing at all, the last has no end."""

Counts = dict[str, int]

_T = TypeVar("_T")
_K = TypeVar("_K", int, str)


class Share(msgspec.Struct, frozen=True, rename="camel", gc=False):
    """What came from a provider, or is of a kind (code of BKN's jenis diklat): hours that count, and items finished."""

    jp: Decimal
    items: int


class YearRollup(msgspec.Struct, frozen=True, rename="camel", gc=False):
    """A calendar year. `employees` are those whose profile has the year: everyone in the year of the profiles, and before it who
    finished something. `standing` counts them by how they stand to what they owe (`none`: nothing in a calendar year), `bands` by
    their hours."""

    year: int
    employees: int
    jp: Decimal
    standing: Counts
    bands: Counts
    providers: dict[str, Share]
    kinds: dict[str, Share]


class CompetencyRollup(msgspec.Struct, frozen=True, rename="camel", gc=False):
    """A competency. Numbers of employees: whose post demands it, who were assessed, whose level learning only suggests, and who
    are below the standard. `missing_levels` is what those are below it, added up; `gaps` counts employees by gap, `gaps_assessed`
    only those whose gap is from an assessed level; `standards_missed` those below the standard by the level that it is."""

    id: str
    name: str
    with_standard: int
    assessed: int
    suggested_only: int
    below_standard: int
    missing_levels: int
    gaps: Counts
    gaps_assessed: Counts
    standards_missed: Counts


class UnitRollup(msgspec.Struct, frozen=True, rename="camel", gc=False):
    """`contract_standing`: employees by how they stand in their latest contract year. `job_person_match`: for each reading of the
    JPM the employees by band. `index`: employees by their score of the index, `without_index` those who have none."""

    employees: int
    employment: Counts
    years: tuple[YearRollup, ...]
    contract_standing: Counts
    competencies: tuple[CompetencyRollup, ...]
    job_person_match: dict[str, Counts]
    index: Counts
    without_index: int
    certificates: int
    v: int = 1


_encoder = msgspec.json.Encoder(order="sorted", decimal_format="number")
_decoder = msgspec.json.Decoder(UnitRollup)


def render(rollup: UnitRollup) -> bytes:
    """The rollup as JSON: members sorted, no spaces."""
    return _encoder.encode(rollup)


def read(text: bytes) -> UnitRollup:
    """What `render` wrote. Raises `msgspec.MsgspecError` for anything else."""
    return _decoder.decode(text)


def merge(rollups: Iterable[UnitRollup]) -> UnitRollup:
    """The rollups added up; of none, that of nobody."""
    parts = list(rollups)
    return UnitRollup(
        employees=sum(part.employees for part in parts),
        employment=_counts(part.employment for part in parts),
        years=tuple(_year(same) for same in _together((one for part in parts for one in part.years), lambda one: one.year)),
        contract_standing=_counts(part.contract_standing for part in parts),
        competencies=tuple(
            _competency(same) for same in _together((one for part in parts for one in part.competencies), lambda one: one.id)
        ),
        job_person_match={
            reading: _counts(part.job_person_match.get(reading, {}) for part in parts)
            for reading in sorted({reading for part in parts for reading in part.job_person_match})
        },
        index=_counts(part.index for part in parts),
        without_index=sum(part.without_index for part in parts),
        certificates=sum(part.certificates for part in parts),
    )


def band_of(jp: Decimal) -> str:
    return next(name for name, below in BANDS if below is None or jp < below or jp == below == 0)


def _together(items: Iterable[_T], key: Callable[[_T], _K]) -> list[list[_T]]:
    """Items of the same key together, ordered by key."""
    found: dict[_K, list[_T]] = {}
    for item in items:
        found.setdefault(key(item), []).append(item)
    return [found[one] for one in sorted(found)]


def _year(same: list[YearRollup]) -> YearRollup:
    return YearRollup(
        year=same[0].year,
        employees=sum(one.employees for one in same),
        jp=_sum(one.jp for one in same),
        standing=_counts(one.standing for one in same),
        bands=_counts(one.bands for one in same),
        providers=_shares(one.providers for one in same),
        kinds=_shares(one.kinds for one in same),
    )


def _competency(same: list[CompetencyRollup]) -> CompetencyRollup:
    return CompetencyRollup(
        id=same[0].id,
        name=max(one.name for one in same),
        with_standard=sum(one.with_standard for one in same),
        assessed=sum(one.assessed for one in same),
        suggested_only=sum(one.suggested_only for one in same),
        below_standard=sum(one.below_standard for one in same),
        missing_levels=sum(one.missing_levels for one in same),
        gaps=_counts(one.gaps for one in same),
        gaps_assessed=_counts(one.gaps_assessed for one in same),
        standards_missed=_counts(one.standards_missed for one in same),
    )


def _counts(parts: Iterable[Mapping[str, int]]) -> Counts:
    found: Counts = {}
    for part in parts:
        for key, number in part.items():
            found[key] = found.get(key, 0) + number
    return found


def _shares(parts: Iterable[Mapping[str, Share]]) -> dict[str, Share]:
    hours: dict[str, list[Decimal]] = {}
    items: Counts = {}
    for part in parts:
        for key, share in part.items():
            hours.setdefault(key, []).append(share.jp)
            items[key] = items.get(key, 0) + share.items
    return {key: Share(_sum(jp), items[key]) for key, jp in hours.items()}


def _sum(values: Iterable[Decimal]) -> Decimal:
    return plain(sum(values, Decimal(0)))
