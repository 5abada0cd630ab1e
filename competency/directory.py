"""The directory: employees, units and posts as the personnel office knows them. Pure values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Employment(StrEnum):
    PNS = "PNS"
    PPPK = "PPPK"


class PostKind(StrEnum):
    STRUKTURAL = "struktural"
    FUNGSIONAL = "fungsional"
    PELAKSANA = "pelaksana"


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit kerja; `parent_id` is None for an agency (instansi)."""

    id: str
    name: str
    parent_id: str | None = None


@dataclass(frozen=True, slots=True)
class Post:
    """A jabatan. `standards`: competency id -> the level (1–5) the post demands."""

    id: str
    title: str
    kind: PostKind
    tier: str
    standards: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Assessment:
    """An assessed level (1–5): the outcome of an assessment centre, never of learning."""

    competency_id: str
    level: int
    assessed_on: date
    source: str


@dataclass(frozen=True, slots=True)
class Employee:
    """One person. `id` is internal and the only one in URLs; `nip` is the current 18 digits; `identifiers` are agent keys
    (`xapi.agents.agent_key`) under which statements may name this person, sorted."""

    id: str
    name: str
    nip: str
    employment: Employment
    unit_id: str
    post_id: str
    identifiers: tuple[str, ...]
    contract_start: date | None = None
    assessments: tuple[Assessment, ...] = ()
