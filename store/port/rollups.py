"""Rollups: what the profiles of a unit's direct, active employees come to together, one for each unit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class StaleRollup:
    """A rollup to be computed anew. `seq` says up to which mark whoever reads the unit's profiles from now on will have seen."""

    unit_id: str
    seq: int


@dataclass(frozen=True, slots=True)
class StoredRollup:
    """A rollup as computed. `stale`: a profile of the unit has changed since."""

    unit_id: str
    text: bytes
    stale: bool


class Rollups(Protocol):
    """Whoever changed a profile marks its unit afterwards. Whoever computes takes a `StaleRollup` first, reads the profiles then,
    and puts the outcome with that seq: what was marked in between leaves it stale."""

    def mark(self, unit_ids: Iterable[str]) -> None:
        """The rollups of these units are stale, also those that were never computed."""
        ...

    def stale(self, limit: int) -> list[StaleRollup]:
        """Those to be computed, the longest stale first (as far as the clocks of those who marked agree)."""
        ...

    def put(self, unit_id: str, text: bytes, seq: int) -> bool:
        """Write what was computed from profiles read after `seq` was taken, and return True; it stays stale when it was marked
        again since. False, and nothing is changed, when what is held was computed at a later seq."""
        ...

    def get_many(self, unit_ids: Iterable[str]) -> dict[str, StoredRollup]:
        """Those that were computed at least once, by unit id. Any number of ids."""
        ...


def tree_of(unit_id: str) -> str:
    """The id under which the rollup of a unit together with all units below it is kept; that of `unit_id` itself is of its own
    people alone. No unit's id ends so."""
    return f"{unit_id}/"


def is_tree(rollup_id: str) -> bool:
    return rollup_id.endswith("/")


def unit_of_tree(rollup_id: str) -> str:
    return rollup_id.removesuffix("/")
