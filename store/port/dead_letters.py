"""What was accepted and could not be recorded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """Something accepted that could not be recorded. `id` is made of its place and time in the log, so writing it again changes
    nothing. `payload` is a log record that can be appended to `topic` and `partition` again: with the one statement in it, or, when
    the record can't be decoded, as it was."""

    id: str
    reason: str
    detail: str
    payload: bytes
    topic: str
    partition: int
    offset: int
    index: int | None
    statement_id: UUID | None
    partner: str | None
    created_at_ms: int
    resubmitted_at_ms: int | None = None


class DeadLetters(Protocol):
    def bury(self, letters: Sequence[DeadLetter]) -> None:
        """Keep them; those whose id exists already stay as they are."""
        ...

    def page(self, *, reason: str | None = None, after_id: str | None = None, limit: int = 100) -> list[DeadLetter]:
        """Ordered by id."""
        ...

    def get(self, letter_id: str) -> DeadLetter | None: ...

    def of_statement(self, statement_id: UUID) -> list[DeadLetter]: ...

    def mark_resubmitted(self, letter_id: str, at_ms: int) -> None: ...

    def count(self) -> int:
        """How many were never resubmitted."""
        ...
