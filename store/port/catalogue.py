"""The catalogue of learning activities, and the frameworks of competencies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from competency.catalogue import CatalogueEntry
from competency.frameworks import Competency
from store.port.refreshable import Refreshable


class CatalogueStore(Refreshable, Protocol):
    """Upserts by id. Each `put_…` is written whole or not at all, and says whether it changed anything."""

    def put_entries(self, entries: Sequence[CatalogueEntry]) -> bool:
        """Raises Rejected when an activity id belongs to another entry (nothing of the call is written then)."""
        ...

    def entries(self) -> list[CatalogueEntry]:
        """All, ordered by id."""
        ...

    def put_competencies(self, competencies: Sequence[Competency]) -> bool: ...

    def competencies(self) -> list[Competency]:
        """All, ordered by id."""
        ...
