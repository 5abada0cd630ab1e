"""The catalogue of learning activities, the frameworks of competencies, and the rules: everything with its versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from competency.catalogue import CatalogueEntry
from competency.frameworks import Framework
from store.port.orders import Order


class CatalogueStore(Protocol):
    """Upserts by id. Each `put_…` is written whole or not at all; `orders` are placed with it in one transaction, and not at all
    when nothing changed.

    The version of an entry or a framework is the store's: 1 when it is new, one more when anything else in it changes; what the
    values say of it is not looked at. Every version is kept.

    `expected` is the version that is to be replaced, 0 where nothing is there yet; raises Outdated when another one is. Without it
    whatever is there is replaced.
    """

    def put_entries(
        self, entries: Sequence[CatalogueEntry], *, orders: Sequence[Order] = (), expected: Mapping[str, int] | None = None
    ) -> bool:
        """Whether it changed anything. `expected` is by id, of all or some of them. Of several entries with one id the last
        stands. Raises Rejected when an activity id, or a pattern literally, would belong to two entries after the whole call
        (nothing of the call is written then)."""
        ...

    def entries(self) -> list[CatalogueEntry]:
        """The newest version of each, ordered by id."""
        ...

    def entry(self, entry_id: str, version: int) -> CatalogueEntry | None: ...

    def put_framework(self, framework: Framework, *, orders: Sequence[Order] = (), expected: int | None = None) -> bool:
        """Whether it changed anything."""
        ...

    def frameworks(self) -> list[Framework]:
        """The newest version of each, ordered by id."""
        ...

    def framework(self, framework_id: str, version: int) -> Framework | None: ...

    def put_rules(self, text: bytes, *, orders: Sequence[Order] = (), expected: int | None = None) -> int:
        """The number of this rules file: one more than the newest's, beginning with 1; that of the newest, and no change, where it
        is the same to the byte."""
        ...

    def rules(self) -> tuple[int, bytes] | None:
        """The newest rules file with its number; None where the built-in ones hold."""
        ...

    def rules_version(self, number: int) -> bytes | None: ...

    def version(self) -> int:
        """Grows by one with every call that changes anything (entries, frameworks or rules), so that readers may cache; 0 while
        there is nothing."""
        ...
