"""Competency profiles."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class StoredProfile:
    """A profile as computed: JSON text, and a revision that grows by one with every change."""

    employee_id: str
    revision: int
    text: bytes


class ProfileStore(Protocol):
    def get(self, employee_id: str) -> StoredProfile | None: ...

    def put(self, employee_id: str, text: bytes, *, expected_revision: int) -> bool:
        """Compare-and-set: write as revision `expected_revision` + 1 (0 means: there is none yet) and return True, or change
        nothing and return False when the held revision is another."""
        ...

    def all(self) -> Iterator[StoredProfile]:
        """Every profile, ordered by employee id, read in pages."""
        ...
