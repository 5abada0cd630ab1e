"""Evidence: what one statement proves of one employee. A pure function of (statement, catalogue, directory, rules)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from competency.catalogue import Alignment


@dataclass(frozen=True, slots=True)
class Evidence:
    """A finished learning item of one employee. `year` is the calendar year (in the rules' time zone) the hours count for."""

    statement_id: UUID
    employee_id: str
    catalogue_id: str
    activity_id: str
    title: str
    kind_id: str
    provider: str
    jp: Decimal
    year: int
    finished_on: date
    finished_at_ms: int
    alignments: tuple[Alignment, ...]
    rule: str
    """The rule that made it evidence, with its version: `finish-completed/1`."""


class Irrelevance(StrEnum):
    """Why a statement changes no profile."""

    VOIDED = "voided"
    NOT_AN_ACTIVITY = "object is not an activity"
    NO_CATALOGUE_ENTRY = "no catalogue entry"
    NOT_FINISHED = "not finished"
    ACTOR_UNKNOWN = "actor not linked to an employee"


@dataclass(frozen=True, slots=True)
class NotRelevant:
    """Why nothing came of a statement; `detail` names the activity or the rule, never a person."""

    reason: Irrelevance
    detail: str
