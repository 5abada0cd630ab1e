"""Bringing directory, catalogue and frameworks up to date from files, and every profile that this touches."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Protocol, TypeVar

from competency.directory import Employee
from schemas.imports import identities
from schemas.imports.outcome import Problem
from schemas.imports.package import Package
from store.port import CatalogueStore, DirectoryStore
from workers.refresh import Refresh

PAGE = 1000


class _Identified(Protocol):
    @property
    def id(self) -> str: ...


T = TypeVar("T")
R = TypeVar("R", bound=_Identified)


@dataclass(slots=True)
class Tally:
    """How many rows of one table were new, changed something, or said what was known."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0


@dataclass(slots=True)
class Imported:
    """What an import did, table by table, and the rows it could not take."""

    tallies: dict[str, Tally] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    announced: int = 0
    """Statements whose evidence is derived again."""


class Importer:
    """Applies packages. Idempotent: a package that says what is known changes nothing. Nothing is ever deleted."""

    def __init__(self, directory: DirectoryStore, catalogue: CatalogueStore, refresh: Refresh, nip_home_page: str) -> None:
        self._directory = directory
        self._catalogue = catalogue
        self._refresh = refresh
        self._nip_home_page = nip_home_page

    def apply(self, package: Package) -> Imported:
        """Write the good rows and refresh what they touch; durable when it returns.

        If it is interrupted, profiles may be behind until `rekam profiles rebuild` or until the workers meet these employees again.
        """
        done = Imported(problems=list(package.problems))
        everyone = self._frameworks(package, done) | self._organisation(package, done)
        activities = self._catalogue_entries(package, done)
        identifiers, employees = self._people(package, done)
        done.announced = self._refresh.activities(activities) + self._refresh.identifiers(identifiers)
        if everyone:
            self._refresh.everyone()
        else:
            self._refresh.employees(employees)
        return done

    def _frameworks(self, package: Package, done: Imported) -> bool:
        changed = _differing("competencies", package.competencies, self._catalogue.competencies(), done)
        for some in _chunks(changed):
            self._catalogue.put_competencies(some)
        return bool(changed)

    def _organisation(self, package: Package, done: Imported) -> bool:
        known_units = {unit.id: unit for unit in self._directory.units()}
        units = identities.check_units(package.units, known_units)
        changed_units = _differing("units", units.rows, known_units.values(), done)
        for some in _chunks(changed_units):
            self._directory.put_units(some)
        known_posts = {post.id: post for post in self._directory.posts()}
        changed_posts = _differing("posts", package.posts, known_posts.values(), done)
        known_posts |= {post.id: post for post in changed_posts}
        standards = identities.apply_standards(package.standards, known_posts)
        if package.standards:
            done.tallies["standards"] = Tally(changed=len(standards.rows))
        posts = {post.id: post for post in (*changed_posts, *standards.rows)}
        for more in _chunks(list(posts.values())):
            self._directory.put_posts(more)
        done.problems += [*units.problems, *standards.problems]
        return bool(changed_units or posts)

    def _catalogue_entries(self, package: Package, done: Imported) -> set[str]:
        """The activities that count differently now."""
        known = {entry.id: entry for entry in self._catalogue.entries()}
        changed = _differing("catalogue", package.catalogue, known.values(), done)
        for some in _chunks(changed):
            self._catalogue.put_entries(some)
        return {entry.activity_id for entry in changed} | {known[entry.id].activity_id for entry in changed if entry.id in known}

    def _people(self, package: Package, done: Imported) -> tuple[set[str], set[str]]:
        """The identifiers that name somebody else now, and the employees that changed in any other way."""
        if not package.employees and not package.assessments:
            return set(), set()
        found = identities.assign_ids(
            package.employees,
            by_nip=self._directory.by_nip,
            by_identifiers=self._directory.by_identifiers,
            new_id=lambda: uuid.uuid4().hex,
            nip_home_page=self._nip_home_page,
            unit_ids={unit.id for unit in self._directory.units()},
            post_ids={post.id for post in self._directory.posts()},
        )
        known = self._known()
        changed = _differing("employees", found.rows, known.values(), done)
        identifiers: set[str] = set()
        for some in _chunks(changed):
            self._directory.put_employees(some)
            for employee in some:
                held = known.get(employee.id)
                identifiers |= set(employee.identifiers) ^ set(held.identifiers if held is not None else ())
        assessed = identities.attach_assessments(package.assessments, self._directory.by_nip)
        if package.assessments:
            done.tallies["assessments"] = Tally(changed=len(assessed.rows))
        for more in _chunks(list(assessed.rows)):
            self._directory.put_employees(more)
        done.problems += [*found.problems, *assessed.problems]
        return identifiers, {employee.id for employee in (*changed, *assessed.rows)}

    def _known(self) -> dict[str, Employee]:
        known: dict[str, Employee] = {}
        after: str | None = None
        while page := self._directory.employees(after_id=after, limit=PAGE):
            known |= {employee.id: employee for employee in page}
            after = page[-1].id
        return known


def _differing(name: str, rows: Sequence[R], held: Iterable[R], done: Imported) -> list[R]:
    """Rows that are not what is held; counts all of them under `name`."""
    if not rows:
        return []
    known = {one.id: one for one in held}
    tally = done.tallies[name] = Tally()
    changed: list[R] = []
    for row in rows:
        if row.id not in known:
            tally.new += 1
        elif known[row.id] != row:
            tally.changed += 1
        else:
            tally.unchanged += 1
            continue
        changed.append(row)
    return changed


def _chunks(rows: Sequence[T]) -> Iterable[list[T]]:
    remaining = iter(rows)
    while chunk := list(islice(remaining, PAGE)):
        yield chunk
