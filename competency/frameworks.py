"""Competency frameworks. Pure values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum


class CompetencyKind(StrEnum):
    MANAJERIAL = "manajerial"
    SOSIO_KULTURAL = "sosio-kultural"
    TEKNIS = "teknis"


@dataclass(frozen=True, slots=True)
class Competency:
    """One competency of a framework (`framework` is that one's id); `levels` describes levels 1–5 where the framework does.
    `parent_id` is a competency of the same framework that this one is a part of. `uri` is its CASE identifier's URI, empty where
    it has none yet."""

    id: str
    name: str
    kind: CompetencyKind
    framework: str
    description: str = ""
    levels: Mapping[int, str] = field(default_factory=dict)
    parent_id: str | None = None
    uri: str = ""


@dataclass(frozen=True, slots=True)
class Publication:
    """A framework as its publisher wrote it, with all that means nothing here, so that it can be given out again: opaque but for
    `schemas.case`. Two are the same when their `digest` is; `packed` may differ with who packed it."""

    digest: str
    packed: bytes = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Framework:
    """A dictionary of competencies (kamus kompetensi), ordered by competency id. `version` is the store's to give: it grows by one
    whenever anything in the framework changes; `edition` is what its publisher calls it. `uri` is the CASE document's URI.
    `published` is there where it was read from a package that says more than stands here; what stands here counts where the two
    differ. `changed_at_ms` (since the epoch) is when this version came to be, as far as that is known; two versions
    never differ in it alone."""

    id: str
    title: str
    competencies: tuple[Competency, ...]
    publisher: str = ""
    language: str = "id"
    description: str = ""
    edition: str = ""
    uri: str = ""
    version: int = 1
    published: Publication | None = None
    changed_at_ms: int | None = field(default=None, compare=False)

    @property
    def changed_at(self) -> datetime:
        """When this version came to be, aware; 1970 where that is not known, so that it is the same whenever it is asked."""
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=self.changed_at_ms or 0)
