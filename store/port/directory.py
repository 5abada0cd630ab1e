"""Units, posts and employees."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from competency.directory import Employee, Post, Unit
from store.port.refreshable import Refreshable


class DirectoryStore(Refreshable, Protocol):
    """Upserts by id. Each `put_…` is written whole or not at all, and says whether it changed anything."""

    def put_units(self, units: Sequence[Unit]) -> bool: ...

    def put_posts(self, posts: Sequence[Post]) -> bool: ...

    def put_employees(self, employees: Sequence[Employee]) -> bool:
        """Raises Rejected when an identifier belongs to another employee (nothing of the call is written then)."""
        ...

    def units(self) -> list[Unit]: ...

    def posts(self) -> list[Post]: ...

    def employee(self, employee_id: str) -> Employee | None: ...

    def employees(self, *, after_id: str | None = None, limit: int = 1000) -> list[Employee]:
        """Ordered by id."""
        ...

    def by_nip(self, nip: str) -> Employee | None: ...

    def by_identifiers(self, keys: Iterable[str]) -> dict[str, Employee]:
        """agent key -> employee, for those known."""
        ...

    def search(self, words: str, *, limit: int = 20) -> list[Employee]:
        """Employees whose name contains every word, whatever the case; ordered by name, then id."""
        ...
