"""The directory: employees, units and posts as the personnel office knows them. Pure values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum


class Employment(StrEnum):
    __hash__ = str.__hash__  # as `competency.regulation.RuleName`

    PNS = "PNS"
    PPPK = "PPPK"


class IdentifierSource(StrEnum):
    """Who says that an identifier is somebody's."""

    DIRECTORY = "directory"
    HR = "hr"
    """An officer linked it; an import of the directory leaves it alone."""


class PostKind(StrEnum):
    __hash__ = str.__hash__  # as `competency.regulation.RuleName`

    STRUKTURAL = "struktural"
    FUNGSIONAL = "fungsional"
    PELAKSANA = "pelaksana"


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit kerja; `parent_id` is None for an agency (instansi)."""

    id: str
    name: str
    parent_id: str | None = None
    siasn_id: str = ""
    """The agency's id in BKN's SIASN (instansiId), empty where it is not known."""


@dataclass(frozen=True, slots=True)
class Post:
    """A jabatan. `standards`: competency id -> the level (1–5) the post demands. `version` is the store's to give: it grows by one
    whenever the post changes."""

    id: str
    title: str
    kind: PostKind
    tier: str
    standards: Mapping[str, int] = field(default_factory=dict)
    version: int = 1


@dataclass(frozen=True, slots=True)
class Assessment:
    """An assessed level (1–5): the outcome of an assessment centre, never of learning."""

    competency_id: str
    level: int
    assessed_on: date
    source: str


@dataclass(frozen=True, slots=True)
class Identifier:
    """An agent key (`xapi.agents.agent_key`) under which statements may name a person: what was finished from `valid_from` through
    `valid_through` (days in the rules' time zone; None: unbounded) is theirs. A key may be one person's now and another's later."""

    key: str
    valid_from: date | None = None
    valid_through: date | None = None
    source: IdentifierSource = IdentifierSource.DIRECTORY

    @property
    def always(self) -> bool:
        """Whether it is theirs on every day."""
        return self.valid_from is None and self.valid_through is None

    def covers(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_through is None or day <= self.valid_through)

    def overlaps(self, other: Identifier) -> bool:
        """Whether the two may name somebody on the same day, whatever their keys."""
        return (self.valid_from is None or other.valid_through is None or self.valid_from <= other.valid_through) and (
            other.valid_from is None or self.valid_through is None or other.valid_from <= self.valid_through
        )


@dataclass(frozen=True, slots=True)
class Employee:
    """One person. `id` is internal and the only one in URLs; `nip` is the current 18 digits; `identifiers` are sorted by key, then
    validity. `left_on` is the first day on which the person no longer is an employee here; nothing is deleted then."""

    id: str
    name: str
    nip: str
    employment: Employment
    unit_id: str
    post_id: str
    identifiers: tuple[Identifier, ...]
    contract_start: date | None = None
    assessments: tuple[Assessment, ...] = ()
    left_on: date | None = None
    siasn_id: str = ""
    """The person's id in BKN's SIASN (pnsOrangId), empty where it is not known."""
    former_contracts: tuple[date, ...] = ()
    """The days on which earlier contracts of a PPPK began, sorted; each ended the day before the next began."""

    @property
    def keys(self) -> tuple[str, ...]:
        """The agent keys of all identifiers, each once."""
        return tuple(dict.fromkeys(identifier.key for identifier in self.identifiers))

    def is_named_by(self, key: str, day: date) -> bool:
        return any(identifier.key == key and identifier.covers(day) for identifier in self.identifiers)


@dataclass(frozen=True, slots=True)
class Holding:
    """That an employee has an agent key, on which days: what statements need to know of a person. `id` is the employee's."""

    id: str
    valid_from: date | None = None
    valid_through: date | None = None

    @property
    def always(self) -> bool:
        return self.valid_from is None and self.valid_through is None

    def is_named_by(self, _key: str, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_through is None or day <= self.valid_through)


def keeping_links(now: Employee, held: Employee | None) -> Employee:
    """`now`, with the identifiers of `held` that an officer linked: whoever writes a whole employee may not know of them.

    A link is given up only where `now` itself names the same key on some of the same days: then what `now` says counts.
    """
    if held is None:
        return now
    links = [
        one
        for one in held.identifiers
        if one.source is IdentifierSource.HR and not any(said.key == one.key and said.overlaps(one) for said in now.identifiers)
    ]
    if not links:
        return now
    return replace(now, identifiers=tuple(sorted((*now.identifiers, *links), key=_in_order)))


def _in_order(identifier: Identifier) -> tuple[str, date, date]:
    return identifier.key, identifier.valid_from or date.min, identifier.valid_through or date.max
