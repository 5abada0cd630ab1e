"""The catalogue: which learning activities count, for what, and what finishes them. Pure values."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class FinishRule(StrEnum):
    """What a statement must say for the activity to be finished."""

    COMPLETED = "completed"
    PASSED = "passed"
    BOTH = "both"
    EITHER = "either"
    ATTENDED = "attended"


@dataclass(frozen=True, slots=True)
class Alignment:
    """Finishing the activity is evidence for this level (1–5) of a competency."""

    competency_id: str
    level: int


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """One training, workshop, seminar or course. `jp` is its hours in jam pelajaran; `kind_id` a code of BKN's jenis diklat."""

    id: str
    activity_id: str
    title: str
    kind_id: str
    provider: str
    jp: Decimal
    finish: FinishRule
    alignments: tuple[Alignment, ...] = ()
