"""Bringing directory, catalogue and frameworks up to date from files, and every profile that this touches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from itertools import islice
from typing import Final, TypeVar

from competency.rules import core_framework
from schemas.imports.package import Package
from store.consequences import everyone, of_employees, of_entries, of_posts
from store.port import CatalogueStore, DirectoryStore, Order, Orders
from telemetry.clock import Clock
from workers.diffing import Diff
from workers.preview import Preview, Taken
from workers.refresher import FOLLOWING, Refresher

T = TypeVar("T")
WRITTEN_AT_ONCE: Final = 1_000
TRIES: Final = 20
PAUSE_S: Final = 0.1


class _Interfered(Exception):
    """Somebody else wrote since the difference was computed."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did."""

    preview: Preview
    announced: int
    """Statements whose evidence is derived again."""

    @property
    def packages(self) -> tuple[Taken, ...]:
        """In the order of the packages."""
        return self.preview.packages


class Importer:
    """Applies packages. Idempotent: what is known already changes nothing. Nothing is ever deleted.

    Every write leaves, in one transaction, the orders for what follows from it. They are carried out here, before it returns; where
    this dies or the log is away, a keeper does, or the next import.
    """

    def __init__(
        self,
        directory: DirectoryStore,
        catalogue: CatalogueStore,
        orders: Orders,
        refresher: Refresher,
        clock: Clock,
        nip_home_page: str,
    ) -> None:
        self._directory = directory
        self._catalogue = catalogue
        self._orders = orders
        self._refresher = refresher
        self._clock = clock
        self._nip_home_page = nip_home_page

    def preview(self, *packages: Package, left_on: date | None = None) -> Preview:
        """What `apply` would do; nothing is written."""
        return self._diff(packages, left_on).preview

    def apply(self, *packages: Package, left_on: date | None = None) -> Imported:
        """Write the good rows of all packages, table by table, and let every profile follow; durable when it returns.

        `left_on`: the packages name all employees, and whoever else is one so far has left on that day. None: nobody has left.
        """
        before = self._refresher.announced
        diff = self._diff(packages, left_on)
        preview = diff.preview
        placed: list[Order] = []
        for attempt in range(TRIES):
            try:
                _Writing(self._directory, self._catalogue, placed, self._clock, careful=attempt < TRIES - 1).write(diff)
                break
            except _Interfered:
                # What is written already is no difference any more, so only the rest comes again.
                diff = self._diff(packages, left_on)
        self._carry_out({order.id for order in placed})
        return Imported(preview, self._refresher.announced - before)

    def _diff(self, packages: Sequence[Package], left_on: date | None) -> Diff:
        return Diff(self._directory, self._catalogue, self._nip_home_page, packages, left_on)

    def _carry_out(self, own: set[str]) -> None:
        """All there is, and wait for what a keeper has taken of our own; it is ours when the keeper's lease is over."""
        while True:
            self._refresher.run_pending()
            left = {order.id for kind in FOLLOWING for order in self._orders.of_kind(kind)} if own else set()
            if not own & left:
                return
            self._clock.sleep(PAUSE_S)


class _Writing:
    """Writes a difference, each portion only while directory and catalogue are what it was computed from, unless not `careful`: an
    officer who links an account while an import runs would lose the link otherwise."""

    def __init__(
        self, directory: DirectoryStore, catalogue: CatalogueStore, placed: list[Order], clock: Clock, *, careful: bool
    ) -> None:
        self._directory = directory
        self._catalogue = catalogue
        self._placed = placed
        self._clock = clock
        self._careful = careful
        self._versions = (0, 0)

    def write(self, diff: Diff) -> None:
        """Raises _Interfered between two portions."""
        self._versions = diff.versions
        changes = diff.changes
        inhabited = bool(self._directory.employees(limit=1))
        follow = everyone if inhabited else list
        for framework in changes.frameworks:
            self._keep_the_built_in(framework.id)
            dated = replace(framework, changed_at_ms=self._clock.now_ms())
            self._catalogued(partial(self._catalogue.put_framework, dated), follow())
        for units in _portions(changes.units):
            self._directed(partial(self._directory.put_units, units), follow())
        for posts in _portions(changes.posts):
            self._directed(partial(self._directory.put_posts, posts), of_posts(one.id for one in posts) if inhabited else [])
        for entries in _portions(changes.entries):
            self._catalogued(partial(self._catalogue.put_entries, entries), of_entries(entries, changes.former_entries))
        for employees in _portions(changes.employees):
            self._directed(partial(self._directory.put_employees, employees), of_employees(employees, changes.former_employees))

    def _keep_the_built_in(self, framework_id: str) -> None:
        """What comes with Rekam is the first version of its framework, so that what was computed with it can be looked up."""
        core = core_framework()
        if framework_id == core.id and all(held.id != core.id for held in self._catalogue.frameworks()):
            self._catalogued(partial(self._catalogue.put_framework, core), [])

    def _directed(self, put: Callable[..., bool], orders: list[Order]) -> None:
        if self._put(put, orders):
            self._versions = (self._versions[0] + 1, self._versions[1])

    def _catalogued(self, put: Callable[..., bool], orders: list[Order]) -> None:
        if self._put(put, orders):
            self._versions = (self._versions[0], self._versions[1] + 1)

    def _put(self, put: Callable[..., bool], orders: list[Order]) -> bool:
        if self._careful and self._versions != (self._directory.version(), self._catalogue.version()):
            raise _Interfered
        changed = put(orders=orders)
        self._placed += orders if changed else []
        return changed


def _portions(rows: Iterable[T]) -> Iterator[list[T]]:
    remaining = iter(rows)
    while portion := list(islice(remaining, WRITTEN_AT_ONCE)):
        yield portion
