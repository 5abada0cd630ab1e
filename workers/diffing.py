"""What packages make of directory, catalogue and frameworks: computed from what is known, nothing is written."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Protocol, TypeVar

from competency.catalogue import CatalogueEntry
from competency.directory import Employee, Post, Unit
from competency.frameworks import Framework
from competency.nip import mask
from schemas.case import as_held
from schemas.imports import identities
from schemas.imports.frameworks import frameworks_of
from schemas.imports.outcome import Problem
from schemas.imports.package import Package
from schemas.imports.validity import attach_identifiers
from store.port import CatalogueStore, DirectoryStore
from store.reference import known_frameworks
from workers.people import People
from workers.posts import posts_after
from workers.preview import NOT_KNOWN_YET, Preview, Taken, Tally

PAGE = 1000


class _Identified(Protocol):
    @property
    def id(self) -> str: ...


R = TypeVar("R", bound=_Identified)


@dataclass(slots=True)
class Changes:
    """What is to be written, each as it is from now on, beside what it was (by id; missing where it is new)."""

    frameworks: list[Framework] = field(default_factory=list)
    units: list[Unit] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)
    entries: list[CatalogueEntry] = field(default_factory=list)
    employees: list[Employee] = field(default_factory=list)
    former_entries: dict[str, CatalogueEntry] = field(default_factory=dict)
    former_employees: dict[str, Employee] = field(default_factory=dict)


class Diff:
    """The packages of one import, in the order in which their tables build upon each other, whatever the order of the packages.

    `left_on`: the packages name everybody who is an employee; whoever they do not name is so no more from that day on. None: they
    may be a part.
    """

    def __init__(
        self,
        directory: DirectoryStore,
        catalogue: CatalogueStore,
        nip_home_page: str,
        packages: Sequence[Package],
        left_on: date | None = None,
    ) -> None:
        self._directory = directory
        self._catalogue = catalogue
        self._nip_home_page = nip_home_page
        self._packages = packages
        self._left_on = left_on
        self.versions = (directory.version(), catalogue.version())
        """Of directory and catalogue, before anything of them was read."""
        self._taken = [Taken(problems=list(package.problems)) for package in packages]
        self._left = Tally()
        self._here = 0
        self._withheld = ""
        self.changes = Changes()
        self._frameworks()
        self._units()
        self._posts()
        self._entries()
        self._people()

    @property
    def preview(self) -> Preview:
        return Preview(tuple(self._taken), self._left, self._withheld, self._here)

    def _frameworks(self) -> None:
        if not any(package.competencies or package.frameworks for package in self._packages):
            return
        held = known_frameworks(self._catalogue)
        now = dict(held)
        for package, taken in self._each():
            for framework in package.frameworks:
                known = now.get(framework.id)
                whole = framework if known is None else replace(as_held(framework, known), version=known.version)
                taken.tally("frameworks").compare(framework.id, now.get(framework.id), whole)
                now[framework.id] = whole
            before = {one.id: one for framework in now.values() for one in framework.competencies}
            found = frameworks_of(package.competencies, now)
            taken.problems += found.problems
            now |= _by_id(found.rows)
            after = {one.id: one for framework in found.rows for one in framework.competencies}
            refused = {problem.line for problem in found.problems}
            for row in package.competencies:
                if row.line not in refused:
                    name = row.competency.id
                    taken.tally("competencies").compare(name, before.get(name), after.get(name))
        self.changes.frameworks = [framework for framework in now.values() if held.get(framework.id) != framework]

    def _units(self) -> None:
        if not any(package.units for package in self._packages):
            return
        held = _by_id(self._directory.units())
        now = dict(held)
        everything = held | {row.unit.id: row.unit for package in self._packages for row in package.units}
        for package, taken in self._each():
            rows = [replace(row, unit=row.upon(now.get(row.unit.id))) for row in package.units]
            found = identities.check_units(rows, everything)
            taken.problems += found.problems
            _count("units", found.rows, now, taken)
        self.changes.units = [unit for unit in now.values() if held.get(unit.id) != unit]

    def _posts(self) -> None:
        if not any(package.posts or package.standards for package in self._packages):
            return
        held = _by_id(self._directory.posts())
        now = posts_after(held, self._packages, self._taken)
        self.changes.posts = [post for post in now.values() if held.get(post.id) != post]

    def _entries(self) -> None:
        if not any(package.catalogue for package in self._packages):
            return
        held = _by_id(self._catalogue.entries())
        now = dict(held)
        for package, taken in self._each():
            _count("catalogue", [_as_version(entry, now.get(entry.id)) for entry in package.catalogue], now, taken)
        self.changes.entries = [entry for entry in now.values() if held.get(entry.id) != entry]
        self.changes.former_entries = held

    def _people(self) -> None:
        if not any(package.employees or package.identifiers or package.assessments for package in self._packages):
            self._withheld = "" if self._left_on is None else "the files have no employees"
            return
        people = People(self._known())
        units = {unit.id for unit in self._directory.units()} | {unit.id for unit in self.changes.units}
        posts = {post.id for post in self._directory.posts()} | {post.id for post in self.changes.posts}
        named: set[str] = set()
        for package, taken in self._each():
            found = identities.assign_ids(
                package.employees,
                by_nip=people.by_nip,
                by_identifiers=people.by_identifiers,
                new_id=lambda: uuid.uuid4().hex,
                nip_home_page=self._nip_home_page,
                unit_ids=units,
                post_ids=posts,
            )
            taken.problems += found.problems
            named |= {employee.id for employee in found.rows}
            for employee in found.rows:
                taken.tally("employees").compare(_shown(employee, people), people.get(employee.id), employee, mask(employee.nip))
                people.put(employee)
        for package, taken in self._each():
            self._more_of_people(package, taken, people)
        self._leave(people, named)
        self.changes.employees = people.changed()
        self.changes.former_employees = people.former

    def _more_of_people(self, package: Package, taken: Taken, people: People) -> None:
        """Identifiers and assessments that stand in tables of their own."""
        identified = attach_identifiers(package.identifiers, by_nip=people.by_nip, by_identifiers=people.by_identifiers)
        taken.problems += identified.problems
        _count_parts("identifiers", ((row.nip, row.identifiers) for row in package.identifiers), people, taken)
        for employee in identified.rows:
            people.put(employee)
        assessed = identities.attach_assessments(package.assessments, people.by_nip)
        taken.problems += assessed.problems
        _count_parts("assessments", ((row.nip, (row.assessment,)) for row in package.assessments), people, taken)
        for employee in assessed.rows:
            people.put(employee)

    def _leave(self, people: People, named: set[str]) -> None:
        if self._left_on is None:
            return
        self._withheld = _why_not(self._packages, [problem for taken in self._taken for problem in taken.problems])
        if self._withheld:
            return
        self._here = sum(employee.left_on is None for employee in people.former.values())
        for employee in people.everyone():
            if employee.id not in named and employee.left_on is None:
                self._left.leave(employee.id, mask(employee.nip))
                people.put(replace(employee, left_on=self._left_on))

    def _known(self) -> dict[str, Employee]:
        known: dict[str, Employee] = {}
        after: str | None = None
        while page := self._directory.employees(after_id=after, limit=PAGE):
            known |= _by_id(page)
            after = page[-1].id
        return known

    def _each(self) -> Iterable[tuple[Package, Taken]]:
        return zip(self._packages, self._taken, strict=True)


def _why_not(packages: Sequence[Package], problems: Sequence[Problem]) -> str:
    """Why nobody may be taken to have left, in words; empty when those who are not named may be."""
    if not any(package.employees for package in packages):
        return "the files have no employees"
    unread = sum(not problem.note and problem.table not in _BESIDE for problem in problems)
    if unread:
        return f"{unread} problems may hide people who are still there; mend them first"
    return ""


_BESIDE = {"units", "posts", "standards", "identifiers", "assessments", "catalogue", "competencies", "frameworks"}
"""Tables in which a problem hides no employee."""


def _count_parts(table: str, rows: Iterable[tuple[str, Sequence[Any]]], people: People, taken: Taken) -> None:
    """Rows that add a part to a person, `(nip, parts)`: known when the person has all of them."""
    for nip, parts in rows:
        employee = people.by_nip(nip)
        if employee is not None:
            has = {*employee.assessments, *((one.key, one.valid_from, one.valid_through) for one in employee.identifiers)}
            wanted = {part if table == "assessments" else (part.key, part.valid_from, part.valid_through) for part in parts}
            known = parts if wanted <= has else None
            taken.tally(table).compare(_shown(employee, people), known, parts, mask(nip))


def _shown(employee: Employee, people: People) -> str:
    """The id that an employee has already."""
    return employee.id if employee.id in people.former else NOT_KNOWN_YET


def _count(table: str, rows: Sequence[R], now: dict[str, R], taken: Taken) -> None:
    """Count rows against what is known `now`, and let them be known."""
    for row in rows:
        taken.tally(table).compare(row.id, now.get(row.id), row)
        now[row.id] = row


def _as_version(row: Any, held: Any) -> Any:
    """The row with the version that is held: versions are the store's, and no difference."""
    return row if held is None else replace(row, version=held.version)


def _by_id(rows: Iterable[R]) -> dict[str, R]:
    return {row.id: row for row in rows}
