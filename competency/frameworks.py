"""Competency frameworks. Pure values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class CompetencyKind(StrEnum):
    MANAJERIAL = "manajerial"
    SOSIO_KULTURAL = "sosio-kultural"
    TEKNIS = "teknis"


@dataclass(frozen=True, slots=True)
class Competency:
    """One competency of a framework; levels are 1–5."""

    id: str
    name: str
    kind: CompetencyKind
    framework: str
    description: str = ""
