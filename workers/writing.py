"""Writing the rows of packages into the directory and the catalogue, table by table, counting what they change."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Protocol, TypeVar

from competency.directory import Employee, Post
from schemas.imports import identities
from schemas.imports.directory import AssessmentRow, StandardRow
from schemas.imports.outcome import Problem
from schemas.imports.package import Package
from store.port import CatalogueStore, DirectoryStore
from workers.ledger import Ledger

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

    def count(self, held: object | None, now: object) -> None:
        if held is None:
            self.new += 1
        elif held != now:
            self.changed += 1
        else:
            self.unchanged += 1


@dataclass(slots=True)
class Taken:
    """What became of one package: its rows, table by table, and those that could not be taken."""

    tallies: dict[str, Tally] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


class Writing:
    """One import's way through the tables, in the order in which they build upon each other, whatever the order of the packages."""

    def __init__(
        self, directory: DirectoryStore, catalogue: CatalogueStore, nip_home_page: str, packages: Sequence[Package]
    ) -> None:
        self._accounts = directory_account, catalogue_account = Ledger(directory), Ledger(catalogue)
        self._to_directory, self._to_catalogue = directory_account.wrote, catalogue_account.wrote
        self._directory = directory
        self._catalogue = catalogue
        self._nip_home_page = nip_home_page
        self._packages = packages
        self.interrupted = any(account.interrupted for account in self._accounts)
        self.taken = [Taken(problems=list(package.problems)) for package in packages]
        self.everyone = False
        """Something changed that stands in every profile."""
        self.activities: set[str] = set()
        """Those that count differently now."""
        self.identifiers: set[str] = set()
        """Those that name somebody else now."""
        self.employees: set[str] = set()
        """Those that changed."""

    def close(self) -> None:
        for account in self._accounts:
            account.close()

    def settle(self) -> None:
        for account in self._accounts:
            account.settle(everything=self.interrupted)

    def frameworks(self) -> None:
        held = _by_id(self._catalogue.competencies())
        for package, taken in self._each():
            for some in chunks(_differing("competencies", package.competencies, held, taken)):
                self._to_catalogue(self._catalogue.put_competencies(some))
                self.everyone = True

    def units(self) -> None:
        held = _by_id(self._directory.units())
        known = held | {row.unit.id: row.unit for package in self._packages for row in package.units}
        for package, taken in self._each():
            units = identities.check_units(package.units, known)
            taken.problems += units.problems
            for some in chunks(_differing("units", units.rows, held, taken)):
                self._to_directory(self._directory.put_units(some))
                self.everyone = True

    def posts(self) -> None:
        """Posts and standards together: no profile is ever made of a post whose standards are still to come."""
        held = _by_id(self._directory.posts())
        now = dict(held)
        for package, _ in self._each():
            for row in package.posts:
                now[row.post.id] = row.upon(now.get(row.post.id))
        for package, taken in self._each():
            standards = identities.apply_standards(package.standards, now)
            taken.problems += standards.problems
            now |= _by_id(standards.rows)
        self._count_posts(held, now)
        for some in chunks(post for post in now.values() if held.get(post.id) != post):
            self._to_directory(self._directory.put_posts(some))
            self.everyone = True

    def _count_posts(self, held: Mapping[str, Post], now: Mapping[str, Post]) -> None:
        apart: dict[str, set[str]] = {}
        for package in self._packages:
            for row in package.standards:
                apart.setdefault(row.post_id, set()).add(row.competency_id)

        def own(posts: Mapping[str, Post], post_id: str) -> Post | None:
            """The post without the standards that the table of standards says."""
            post = posts.get(post_id)
            others = apart.get(post_id, set())
            return post and replace(post, standards={name: level for name, level in post.standards.items() if name not in others})

        for package, taken in self._each():
            for post_row in package.posts:
                taken.tallies.setdefault("posts", Tally()).count(own(held, post_row.post.id), own(now, post_row.post.id))
            _count_standards(package.standards, held, now, taken)

    def entries(self) -> None:
        held = _by_id(self._catalogue.entries())
        for package, taken in self._each():
            before = dict(held)
            for some in chunks(_differing("catalogue", package.catalogue, held, taken)):
                self._to_catalogue(self._catalogue.put_entries(some))
                self.activities |= {entry.activity_id for entry in some}
                self.activities |= {before[entry.id].activity_id for entry in some if entry.id in before}

    def people(self) -> None:
        if not any(package.employees or package.assessments for package in self._packages):
            return
        held = self._known()
        units, posts = {unit.id for unit in self._directory.units()}, {post.id for post in self._directory.posts()}
        for package, taken in self._each():
            found = identities.assign_ids(
                package.employees,
                by_nip=self._directory.by_nip,
                by_identifiers=self._directory.by_identifiers,
                new_id=lambda: uuid.uuid4().hex,
                nip_home_page=self._nip_home_page,
                unit_ids=units,
                post_ids=posts,
            )
            taken.problems += found.problems
            before = dict(held)
            self._put(_differing("employees", found.rows, held, taken))
            for employee in found.rows:
                named = before[employee.id].identifiers if employee.id in before else ()
                self.identifiers |= set(employee.identifiers) ^ set(named)
        for package, taken in self._each():
            assessed = identities.attach_assessments(package.assessments, self._directory.by_nip)
            taken.problems += assessed.problems
            _count_assessments(package.assessments, held, taken)
            held |= _by_id(assessed.rows)
            self._put(assessed.rows)

    def _put(self, employees: Iterable[Employee]) -> None:
        for some in chunks(employees):
            self._to_directory(self._directory.put_employees(some))
            self.employees |= {employee.id for employee in some}

    def _known(self) -> dict[str, Employee]:
        known: dict[str, Employee] = {}
        after: str | None = None
        while page := self._directory.employees(after_id=after, limit=PAGE):
            known |= _by_id(page)
            after = page[-1].id
        return known

    def _each(self) -> Iterable[tuple[Package, Taken]]:
        return zip(self._packages, self.taken, strict=True)


def _count_standards(rows: Sequence[StandardRow], held: Mapping[str, Post], now: Mapping[str, Post], taken: Taken) -> None:
    for row in rows:
        if row.post_id in now:
            before = held[row.post_id].standards.get(row.competency_id) if row.post_id in held else None
            taken.tallies.setdefault("standards", Tally()).count(before, row.level)


def _count_assessments(rows: Sequence[AssessmentRow], held: Mapping[str, Employee], taken: Taken) -> None:
    by_nip = {employee.nip: employee for employee in held.values()} if rows else {}
    for row in rows:
        if row.nip in by_nip:
            known = row.assessment if row.assessment in by_nip[row.nip].assessments else None
            taken.tallies.setdefault("assessments", Tally()).count(known, row.assessment)


def _differing(name: str, rows: Sequence[R], held: dict[str, R], taken: Taken) -> list[R]:
    """Rows that are not what is held, and are from now on; counts all of them under `name`."""
    changed: list[R] = []
    for row in rows:
        taken.tallies.setdefault(name, Tally()).count(held.get(row.id), row)
        if held.get(row.id) != row:
            held[row.id] = row
            changed.append(row)
    return changed


def _by_id(rows: Iterable[R]) -> dict[str, R]:
    return {row.id: row for row in rows}


def chunks(rows: Iterable[T]) -> Iterable[list[T]]:
    remaining = iter(rows)
    while chunk := list(islice(remaining, PAGE)):
        yield chunk
