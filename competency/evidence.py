"""Evidence: what one statement proves of one employee. A pure function of (statement, catalogue, directory, rules)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

import msgspec

from competency.catalogue import Alignment, CountsPer, Repeats


class Evidence(msgspec.Struct, frozen=True, gc=False):
    """A finished learning item of one employee.

    `year` is the calendar year (in the rules' time zone) of `finished_on`. `jp` are the catalogue's hours, `duration_ms` how long
    it was by the clock as the statement's `result.duration` says, each None where there is none; how much learning that was is for
    the rules to say (`competency.worth`). `expires_on` is the first day on which its certificate is no longer valid.
    `catalogue_version` is the version of the catalogue entry it was derived with.
    """

    statement_id: UUID
    employee_id: str
    catalogue_id: str
    catalogue_version: int
    activity_id: str
    title: str
    kind_id: str
    provider: str
    jp: Decimal | None
    duration_ms: int | None
    year: int
    finished_on: date
    finished_at_ms: int
    alignments: tuple[Alignment, ...]
    repeats: Repeats
    counts_per: CountsPer
    expires_on: date | None
    has_certificate: bool
    rule: str
    """The rule that made it evidence, with its version: `finish-completed/1`."""
    certificate_number: str = ""
    """As the statement gives it (`competency.derivation.CERTIFICATE_NUMBER`); empty where it gives none."""
    duration: str = ""
    """The statement's `result.duration` as it is; empty where there is none, and where an older program wrote the evidence: then
    `duration_ms` is all that is known, and time."""
    began_on: date | None = None
    """The first day of it as far as the statement tells, never after `finished_on`; None where it doesn't."""


class Irrelevance(StrEnum):
    """Why a statement changes no profile."""

    VOIDED = "voided"
    NOT_AN_ACTIVITY = "object is not an activity"
    NO_CATALOGUE_ENTRY = "no catalogue entry"
    NOT_FINISHED = "not finished"
    OUTSIDE_YEARS = "outside the years the catalogue entry counts in"
    ACTOR_UNKNOWN = "actor not linked to an employee"


@dataclass(frozen=True, slots=True)
class NotRelevant:
    """Why nothing came of a statement; `detail` names the activity or the rule, never a person."""

    reason: Irrelevance
    detail: str
