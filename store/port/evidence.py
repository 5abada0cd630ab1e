"""What statements prove of employees."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from competency.evidence import Evidence


@dataclass(frozen=True, slots=True)
class HistoryFilter:
    """Which evidence of one employee."""

    kind_id: str | None = None
    year: int | None = None
    provider: str | None = None


@dataclass(frozen=True, slots=True)
class HistoryAfter:
    """A place in a history, which is ordered by (finished_at_ms, statement id), newest first."""

    finished_at_ms: int
    statement_id: UUID


class EvidenceStore(Protocol):
    def replace(self, statement_ids: Iterable[UUID], evidence: Sequence[Evidence]) -> frozenset[str]:
        """Let exactly `evidence` be what these statements prove (all pieces of `evidence` are of them). Returns the ids of all
        employees that ever had evidence of these statements, now included: the same again when it is repeated, so that who dies
        before their profiles are built anew is told of them once more."""
        ...

    def of_employee(self, employee_id: str) -> list[Evidence]:
        """All, ordered by (finished_at_ms, statement id)."""
        ...

    def of_employees(self, employee_ids: Iterable[str]) -> dict[str, list[Evidence]]:
        """`of_employee` of each, by employee id; whoever has none has an empty list. Any number of ids."""
        ...

    def texts(self, employee_ids: Iterable[str]) -> dict[str, list[bytes]]:
        """What `of_employees` reads, as it is kept (`store.evidence_text`): enough to see whether anything has changed."""
        ...

    def of_statement(self, statement_id: UUID) -> list[Evidence]: ...

    def history(self, employee_id: str, wanted: HistoryFilter, *, after: HistoryAfter | None, limit: int) -> list[Evidence]:
        """Newest first, beyond `after`."""
        ...

    def of_activities(self, activity_ids: Iterable[str], limit: int) -> list[Evidence]:
        """At most `limit` pieces that came of these activities, whoever's, newest first. Any number of ids. What an older program
        kept may be missing until it is derived again."""
        ...
