"""What one profile adds to the rollup of its unit, as lines that are kept beside its text. Pure.

A line is a JSON array that begins with what it is about; thousands of people share most of them. So a rollup is found by counting
equal lines (`competency.rollup.add_up`), and no profile is read for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec

from competency.standards import GapFrom

if TYPE_CHECKING:
    from competency.profile_json import CompetencyPart, HoursPart, Profile

NO_OBLIGATION = "none"


class EmployeeLine(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="employee"):
    """There once. `contract_standing` is that of the latest contract year, null for whoever has none; `index` is the score of the
    index as text, null without one; `certificates` are the valid ones."""

    employment: str
    contract_standing: str | None
    index: str | None
    certificates: int


class YearLine(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="year"):
    """There for each calendar year."""

    year: int
    standing: str
    jp: Decimal


class ItemLine(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="item"):
    """There for each occasion of learning, with what counts of its hours."""

    year: int
    provider: str
    kind_id: str
    jp: Decimal


class CompetencyLine(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="competency"):
    """There for each competency. `standard` and `gap` are null where there is none."""

    id: str
    name: str
    standard: int | None
    assessed: bool
    suggested: bool
    gap: int | None
    gap_is_assessed: bool


class MatchLine(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="match"):
    """There for each reading of the job-person match."""

    reading: str
    step: str


Line = EmployeeLine | YearLine | ItemLine | CompetencyLine | MatchLine

_encoder = msgspec.json.Encoder(decimal_format="number")
_decoder = msgspec.json.Decoder[Line](Line)


def figures_of(profile: Profile) -> bytes:
    """The lines, each with its end. The same profile gives the same bytes."""
    latest = profile.contract_hours[-1] if profile.contract_hours else None
    lines: list[Line] = [
        EmployeeLine(
            profile.employment.value,
            None if latest is None else _standing(latest),
            None if profile.index is None else str(profile.index.score),
            sum([one.valid for one in profile.certificates]),
        )
    ]
    for year in profile.hours:
        number = year.year
        lines.append(YearLine(number, _standing(year), year.jp))
        lines += [ItemLine(number, one.provider, one.kind_id, one.jp) for one in year.lines]
    lines += map(_competency, profile.competencies)
    if profile.job_person_match is not None:
        lines += [MatchLine(band.name, band.step) for band in profile.job_person_match.bands]
    return _encoder.encode_lines(lines)


def lines_of(figures: bytes) -> list[bytes]:
    return figures.splitlines()


def read_lines(lines: Iterable[bytes]) -> list[Line]:
    """Raises `msgspec.MsgspecError` for what is no line."""
    return list(map(_decoder.decode, lines))


def _standing(year: HoursPart) -> str:
    return NO_OBLIGATION if year.obligation is None else year.obligation.standing.value


def _competency(one: CompetencyPart) -> CompetencyLine:
    return CompetencyLine(
        one.id,
        one.name,
        None if one.standard is None else one.standard.level,
        one.assessed is not None,
        one.suggested is not None,
        one.gap,
        one.gap_from is GapFrom.ASSESSED,
    )
