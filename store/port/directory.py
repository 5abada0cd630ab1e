"""Units, posts and employees."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from competency.directory import Employee, Employment, Holding, Post, Unit
from store.port.orders import Order


@dataclass(frozen=True, slots=True)
class EmployeeSearch:
    """Which employees; everything that is given must hold.

    Each word of `words` is the beginning of a word of the name (`store.names`); without a word everyone meets it. `unit_ids` are
    the units themselves, not what lies below them. Without `include_left`, whoever has left is left out: who has a `left_on` that
    is not after `today`, or any at all where `today` is None.
    """

    words: str = ""
    unit_ids: frozenset[str] | None = None
    post_id: str | None = None
    employment: Employment | None = None
    include_left: bool = False
    today: date | None = None


@dataclass(frozen=True, slots=True)
class SearchAfter:
    """A place in what a search finds, which is ordered by (name, id)."""

    name: str
    id: str


class DirectoryStore(Protocol):
    """Upserts by id. Each `put_…` is written whole or not at all, and says whether it changed anything; `orders` are placed with it
    in one transaction, and not at all when nothing changed. Of several values with one id in a call the last stands."""

    def put_units(self, units: Sequence[Unit], *, orders: Sequence[Order] = ()) -> bool: ...

    def put_posts(self, posts: Sequence[Post], *, orders: Sequence[Order] = (), expected: Mapping[str, int] | None = None) -> bool:
        """The version of each is the store's: 1 when the post is new, one more when anything else in it changes. What the values
        say of it is not looked at. `expected`, by id, of all or some of them, is the version that is to be replaced, 0 where
        nothing is there yet; raises Outdated, and writes nothing, when another one is."""
        ...

    def put_employees(self, employees: Sequence[Employee], *, orders: Sequence[Order] = ()) -> bool:
        """Raises Rejected when an identifier would name two employees on the same day (nothing of the call is written then); what
        counts is how everyone stands after the whole call. Of two calls at once that claim one identifier, one is rejected.

        What an officer linked (`IdentifierSource.HR`) stays with the employee, whatever the call says of the others, unless it
        names the same key on some of the same days (`competency.directory.keeping_links`); only `amend` takes a link away."""
        ...

    def amend(self, employee_id: str, change: Callable[[Employee], Employee], *, orders: Sequence[Order] = ()) -> bool | None:
        """Put what `change` makes of the employee as held now, so that nobody's change in between is lost; None when nobody has
        this id. `change` is pure, keeps the id, and may be called several times. Its links too are what `change` makes of them.
        Otherwise as `put_employees`."""
        ...

    def version(self) -> int:
        """Grows by one with every call that changes anything, so that readers may cache; 0 while there is nothing."""
        ...

    def structure_version(self) -> int:
        """As `version`, of units and posts alone: employees come and go more often."""
        ...

    def units(self) -> list[Unit]:
        """All, ordered by id."""
        ...

    def posts(self) -> list[Post]:
        """All, ordered by id."""
        ...

    def post(self, post_id: str, version: int) -> Post | None:
        """The post as it was in this version. Versions that were replaced before the store kept them are gone."""
        ...

    def employee(self, employee_id: str) -> Employee | None: ...

    def get_many(self, employee_ids: Iterable[str]) -> dict[str, Employee]:
        """By id, those known; any number of ids."""
        ...

    def employees(self, *, after_id: str | None = None, limit: int = 1000) -> list[Employee]:
        """Everyone, also who has left; ordered by id."""
        ...

    def by_nip(self, nip: str) -> Employee | None:
        """Whoever has this number now; of several the one with the smallest id."""
        ...

    def by_identifiers(self, keys: Iterable[str]) -> dict[str, tuple[Employee, ...]]:
        """Agent key -> everyone who has the key at some time, ordered by id; only for keys that somebody has, of any number."""
        ...

    def holders(self, keys: Iterable[str]) -> dict[str, tuple[Holding, ...]]:
        """As `by_identifiers`, without the people themselves: one holding for each span of days, ordered by employee and day."""
        ...

    def search(self, wanted: EmployeeSearch, *, after: SearchAfter | None = None, limit: int = 20) -> list[Employee]:
        """Ordered by (name, id), beyond `after`."""
        ...
