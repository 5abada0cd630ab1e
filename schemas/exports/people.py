"""Whom the rows of a table are about, and what of their profiles they say."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from competency.catalogue import CatalogueEntry
from competency.directory import Employee, Post, Unit
from competency.nip import mask
from competency.profile_json import CertificatePart, HourLinePart, Profile
from competency.regulation import Rules
from schemas.exports.workbooks import Row


@dataclass(frozen=True, slots=True)
class Person:
    """Whom the rows are about. `nip` is what may be shown of it."""

    employee: Employee
    nip: str
    profile: Profile
    unit_path: tuple[Unit, ...]
    post: Post | None

    @property
    def agency(self) -> Unit | None:
        return self.unit_path[0] if self.unit_path else None


def person(employee: Employee, profile: Profile, unit_path: tuple[Unit, ...], post: Post | None, *, nip_in_clear: bool) -> Person:
    return Person(employee, employee.nip if nip_in_clear else mask(employee.nip), profile, unit_path, post)


@dataclass(frozen=True, slots=True)
class Ground:
    """What rows say beside the profiles: the rules, and the catalogue as it is now, by id."""

    rules: Rules
    catalogue: Mapping[str, CatalogueEntry]


Rows = Callable[[Iterable[Person], int | None, Ground], Iterator[Row]]
"""The rows of people, one after the other, of one calendar year or (None) of all."""


def each(of_one: Callable[[Person, int | None, Ground], Iterator[Row]]) -> Rows:
    """The rows of each person, apart from everybody else."""

    def rows(people: Iterable[Person], year: int | None, ground: Ground) -> Iterator[Row]:
        for one in people:
            yield from of_one(one, year, ground)

    return rows


def lines(one: Person, year: int | None) -> Iterator[HourLinePart]:
    for part in one.profile.hours:
        if year is None or part.year == year:
            yield from part.lines


def certificate_number(one: Person, line: HourLinePart) -> str:
    return next((found.number or "" for found in one.profile.certificates if _same(found, line)), "")


def _same(certificate: CertificatePart, line: HourLinePart) -> bool:
    return certificate.statement_ids == line.statement_ids
