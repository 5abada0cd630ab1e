"""Competency profiles, and questions over those of all employees."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from competency.facts import ProfileFacts
from competency.hours import Standing


@dataclass(frozen=True, slots=True)
class ProfileAfter:
    """A place in the answer to a question, which is ordered by unit path, then employee id."""

    unit_path: tuple[str, ...]
    employee_id: str


@dataclass(frozen=True, slots=True)
class StoredProfile:
    """A profile as computed: JSON text, and a revision that grows by one with every change. `unit_path` are the ids of the units
    from the agency down, empty where none is known. `active`: it was written for somebody who had not left; False for one that an
    older program wrote."""

    employee_id: str
    revision: int
    text: bytes
    unit_path: tuple[str, ...] = ()
    active: bool = True

    @property
    def place(self) -> ProfileAfter:
        return ProfileAfter(self.unit_path, self.employee_id)


@dataclass(frozen=True, slots=True)
class ProfileHead:
    """A `StoredProfile` without its text: `digest` is the text's `digest_of`."""

    employee_id: str
    revision: int
    digest: bytes
    unit_path: tuple[str, ...]
    active: bool


@dataclass(frozen=True, slots=True)
class ProfileFigures:
    """The figures that a rollup adds up; None of a profile that an older program wrote."""

    employee_id: str
    unit_path: tuple[str, ...]
    figures: bytes | None

    @property
    def place(self) -> ProfileAfter:
        return ProfileAfter(self.unit_path, self.employee_id)


@dataclass(frozen=True, slots=True)
class ProfilePut:
    """A profile to be written as revision `expected_revision` + 1, see `ProfileStore.put`."""

    employee_id: str
    text: bytes
    facts: ProfileFacts
    expected_revision: int
    digest: bytes | None = None
    """The text's `digest_of`, where it has been found already."""


class ProfileStore(Protocol):
    def get(self, employee_id: str) -> StoredProfile | None: ...

    def get_many(self, employee_ids: Iterable[str]) -> dict[str, StoredProfile]:
        """Those that exist, by employee id. Any number of ids."""
        ...

    def heads(self, employee_ids: Iterable[str]) -> dict[str, ProfileHead]:
        """Of those that exist, by employee id. Any number of ids."""
        ...

    def put(self, employee_id: str, text: bytes, facts: ProfileFacts, *, expected_revision: int) -> bool:
        """Compare-and-set: write text and facts as revision `expected_revision` + 1 (0 means: there is none yet) and return True,
        or change nothing and return False when the held revision is another."""
        ...

    def put_many(self, puts: Sequence[ProfilePut]) -> frozenset[str]:
        """`put` of each, every employee at most once in a call: each by itself is written or refused, and the ids of those that
        were written come back. After an error some may be written. Somebody whose profile another wrote over in this same moment
        may be left out; a profile that was not written is never named."""
        ...

    def add_figures(self, figures: Mapping[str, tuple[int, bytes]]) -> None:
        """Keep figures beside profiles that an older program wrote, by employee id with the revision they are of. One of another
        revision, or that has figures, stays as it is. It is no change of a profile."""
        ...

    def all(self) -> Iterator[StoredProfile]:
        """Every profile, also of who has left, ordered by employee id, read in pages."""
        ...

    def due(self, on: date, *, after_id: str | None, limit: int) -> list[str]:
        """The employees whose profile may be another on the day `on` (`next_change_on` has come), ordered by id, beyond
        `after_id`. A profile that an older program wrote, without facts, is due on every day, until it is written again."""
        ...


class ProfileQueries(Protocol):
    """Questions over all profiles, as they were last written. Each is answered in pages, ordered by (unit path, employee id), and
    a page costs the same wherever it is. `prefix` is the unit path of the unit whose subtree is meant, None or empty: everybody.
    Who has left, and profiles without facts (of an older program), are in no answer."""

    def in_unit(
        self,
        prefix: tuple[str, ...] | None,
        *,
        direct: bool = False,
        include_left: bool = False,
        after: ProfileAfter | None,
        limit: int,
    ) -> list[StoredProfile]:
        """`direct`: only those of the unit itself, not of the units below it (without a prefix: those whose unit is not known).
        `include_left`: those who have left too."""
        ...

    def figures_in_unit(self, prefix: tuple[str, ...], *, after: ProfileAfter | None, limit: int) -> list[ProfileFigures]:
        """Of those of the unit itself, not of the units below it."""
        ...

    def of_standing(
        self, prefix: tuple[str, ...] | None, year: int, standing: Standing, *, after: ProfileAfter | None, limit: int
    ) -> list[StoredProfile]:
        """Who stands so to the obligation of that calendar year."""
        ...

    def below_standard(
        self, prefix: tuple[str, ...] | None, competency_id: str, *, after: ProfileAfter | None, limit: int
    ) -> list[StoredProfile]:
        """Whose gap in the competency is less than 0, assessed or suggested."""
        ...

    def over_ceiling(self, prefix: tuple[str, ...] | None, *, after: ProfileAfter | None, limit: int) -> list[StoredProfile]:
        """Who has more hours in the contract year that runs than it allows."""
        ...


def digest_of(text: bytes) -> bytes:
    """16 bytes by which texts are compared."""
    return hashlib.sha256(text).digest()[:16]
