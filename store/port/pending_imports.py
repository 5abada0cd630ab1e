"""Attendance lists that were read and wait for somebody's word, and what became of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class ImportStatus(StrEnum):
    PREVIEWED = "previewed"
    CONFIRMED = "confirmed"
    """Said yes to; what is to be sent may not have been sent, and can be confirmed again."""
    DONE = "done"
    EXPIRED = "expired"
    """Its time is over, whatever it was before; its body, which names people, is gone."""


@dataclass(frozen=True, slots=True)
class PendingImport:
    """`credential` is the key that sent the list. `body` is opaque here and at most MAX_BODY_BYTES; `revision` grows by one with
    each change, from 1."""

    id: str
    credential: str
    created_at_ms: int
    expires_at_ms: int
    file_name: str
    status: ImportStatus
    body: bytes
    revision: int = 1


MAX_BODY_BYTES = 15 * 1024 * 1024


class PendingImports(Protocol):
    def add(self, pending: PendingImport) -> None:
        """Keep a new one. Raises Rejected when its body is too large."""
        ...

    def get(self, import_id: str) -> PendingImport | None: ...

    def change(self, import_id: str, status: ImportStatus, body: bytes, *, expected_revision: int) -> bool:
        """Let status and body be these if the revision still is the expected one; whether it was. Raises Rejected as `add`."""
        ...

    def expire(self, now_ms: int) -> int:
        """Empty the bodies of those whose `expires_at_ms` is not after now, and let them be EXPIRED; how many."""
        ...
