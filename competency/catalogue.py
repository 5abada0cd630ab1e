"""The catalogue: which learning activities count, for what, and what finishes them. Pure values."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

import msgspec


class FinishRule(StrEnum):
    """What a statement must say for the activity to be finished."""

    __hash__ = str.__hash__  # as `competency.regulation.RuleName`

    COMPLETED = "completed"
    PASSED = "passed"
    BOTH = "both"
    EITHER = "either"
    ATTENDED = "attended"


class Repeats(StrEnum):
    """Whether finishing the same thing again counts hours again."""

    NEVER = "never"
    YEARLY = "yearly"
    """Once in each period: again in a later year, never twice in one."""


class CountsPer(StrEnum):
    """What is "the same thing" for an entry that matches several activities."""

    ENTRY = "entry"
    """All its activities are one training: several runs, or the ids that several partners use."""
    ACTIVITY = "activity"
    """Each activity is a training of its own: a series of webinars under one pattern."""


class Alignment(msgspec.Struct, frozen=True, gc=False):
    """Finishing the activity is evidence for this level (1–5) of a competency; `weight` (more than 0, at most 1) says how much."""

    competency_id: str
    level: int
    weight: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class DefinitionMatch:
    """What the statement's own activity definition says; everything that is given must hold, and something is.

    `type`: exactly this IRI. `name`: a pattern (`*` stands for anything) that the name in some language meets, whatever the case.
    `extensions`: pairs of an extension's IRI and its value, a string, number or boolean as JSON writes it.
    """

    type: str | None = None
    name: str | None = None
    extensions: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Certificate:
    """Finishing gives a certificate; it is valid for so many months from that day, None: without end."""

    valid_months: int | None = None


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """One training, workshop, seminar or course.

    It matches a statement's activity by id, by a pattern of ids (`*` stands for anything), or by definition; which entry wins where
    several match says `competency.matching`. `kind_id` is a code of BKN's jenis diklat. `jp` are its hours in jam pelajaran, None
    where only the statement's duration says them. `min_score` is the least `result.score.scaled` (-1 to 1). It counts what was
    finished from `from_year` through `through_year` (calendar years; None: unbounded). `siasn_training` is BKN's id of a
    structural training (latihanStrukturalId of riwayat diklat), empty where there is none; no figure depends on it. `version` is
    the store's to give: it grows by one whenever the entry changes.
    """

    id: str
    title: str
    kind_id: str
    provider: str
    jp: Decimal | None
    finish: FinishRule
    activity_ids: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    definitions: tuple[DefinitionMatch, ...] = ()
    alignments: tuple[Alignment, ...] = ()
    min_score: Decimal | None = None
    certificate: Certificate | None = None
    from_year: int | None = None
    through_year: int | None = None
    repeats: Repeats = Repeats.NEVER
    counts_per: CountsPer = CountsPer.ENTRY
    version: int = 1
    siasn_training: str = ""
