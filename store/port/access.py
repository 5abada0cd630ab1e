"""Credentials, secrets, and the audit trail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from access.credentials import Credential


class Credentials(Protocol):
    def put(self, credential: Credential) -> None:
        """Add, or replace the one with the same key."""
        ...

    def get(self, key: str) -> Credential | None: ...

    def all(self) -> list[Credential]:
        """Ordered by key."""
        ...


class Secrets(Protocol):
    def secret(self, name: str) -> bytes:
        """32 random bytes, made on the first call for this name by whichever process, the same ever after."""
        ...


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Who read what of whom. `subject` is an internal employee id or what was searched for in neutral words, never a NIP."""

    at_ms: int
    credential: str
    action: str
    subject: str
    request_id: str


class Audit(Protocol):
    def note(self, entry: AuditEntry) -> None: ...

    def note_many(self, entries: Sequence[AuditEntry]) -> None:
        """Note all of them, in this order."""
        ...

    def entries(self, *, subject: str | None = None, limit: int = 100) -> list[AuditEntry]:
        """Newest first."""
        ...
