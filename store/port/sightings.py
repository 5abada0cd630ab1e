"""Actors and activities that statements name: what waits for HR to say whose, or which training, it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class SightingKind(StrEnum):
    ACTOR = "actor"
    ACTIVITY = "activity"


@dataclass(frozen=True, slots=True)
class Sighting:
    """That statements of `partner` name an actor or activity, `times` times. `key` is an agent key or an activity's id. `label` is
    its name as the statements give it, `detail` what else they say of it. `matched`: it is an employee's, or in the catalogue."""

    kind: SightingKind
    key: str
    partner: str
    label: str
    detail: str
    matched: bool
    times: int = 1


@dataclass(frozen=True, slots=True)
class StoredSighting:
    """What was noted under one (kind, key). `id` is opaque and may stand in a URL. `weight`, the sum of all `times`, is for
    ordering only: what is delivered twice is counted twice, and of what is named often the last ones may be missing;
    `StatementQueries.seen` counts. `rejected_at_ms`: HR said that it is nobody's and no training; `rejected_employees`: HR said
    that it is not these people's, in the order in which it did."""

    id: str
    kind: SightingKind
    key: str
    partner: str
    label: str
    detail: str
    matched: bool
    weight: int
    rejected_at_ms: int | None = None
    rejected_employees: tuple[str, ...] = ()

    @property
    def place(self) -> SightingAfter:
        return SightingAfter(self.weight, self.id)


@dataclass(frozen=True, slots=True)
class SightingAfter:
    """A place in a page of sightings."""

    weight: int
    id: str


class Sightings(Protocol):
    def note(self, sightings: Sequence[Sighting]) -> None:
        """Upsert by (kind, key): `times` are added to its weight; of partner, label, detail and matched the latest stand (of one
        call: the last). Rejections stay."""
        ...

    def page(
        self, kind: SightingKind, *, matched: bool | None, rejected: bool = False, after: SightingAfter | None, limit: int
    ) -> list[StoredSighting]:
        """Ordered by weight, the greatest first, then id; a page costs the same wherever it is. `matched` None: matched or not.
        `rejected`: those that HR rejected (`rejected_at_ms`), else those it did not. What is noted between two pages may move from
        the one to the other."""
        ...

    def get(self, sighting_id: str) -> StoredSighting | None: ...

    def by_keys(self, kind: SightingKind, keys: Iterable[str]) -> dict[str, StoredSighting]:
        """Those that were noted, by key. Any number of keys."""
        ...

    def keys(self, kind: SightingKind, *, prefix: str = "", after: str | None, limit: int) -> list[str]:
        """The keys that begin with `prefix`, matched or not, in order, beyond `after`."""
        ...

    def reject(self, sighting_id: str, *, employee_id: str | None, at_ms: int) -> bool:
        """It is not this employee's, or (None) nobody's and no training. The first rejection's time stays. False when there is no
        such sighting."""
        ...

    def take_back(self, sighting_id: str, *, employee_id: str | None) -> bool:
        """What `reject` noted is not so: of this employee, or (None) of the whole. False when there is no such sighting."""
        ...
