"""State and profile documents of the xAPI."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from xapi.documents import DocumentKind


@dataclass(frozen=True, slots=True)
class DocumentScope:
    """Where documents live: a state has activity, agent and perhaps registration; an agent profile has an agent; an activity
    profile an activity. `agent` is a key of `xapi.agents.agent_key`; `owner` the partner whose documents these are."""

    owner: str
    kind: DocumentKind
    activity_id: str | None = None
    agent: str | None = None
    registration: UUID | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A document of any content type. `etag` is the SHA-1 of the content in hexadecimal."""

    scope: DocumentScope
    document_id: str
    content: bytes
    content_type: str
    etag: str
    updated_ms: int


class Documents(Protocol):
    """Every write is one atomic compare-and-set on the ETag. Read-modify-write is a loop of get and put around it."""

    def get(self, scope: DocumentScope, document_id: str) -> Document | None: ...

    def put(self, document: Document, *, expected_etag: str | None) -> bool:
        """Write and return True when what is held has `expected_etag` (None: nothing is held), else change nothing and return
        False. `updated_ms` is raised above that of the document replaced."""
        ...

    def delete(self, scope: DocumentScope, document_id: str, *, expected_etag: str) -> bool:
        """Delete and return True when what is held has `expected_etag`."""
        ...

    def ids(self, scope: DocumentScope, *, since_ms: int | None = None, any_registration: bool = False) -> list[str]:
        """Ids of the scope's documents, ordered, each once; with `since_ms` those updated after it. `any_registration`: whatever
        the registration of a state."""
        ...

    def delete_all(self, scope: DocumentScope, *, any_registration: bool = False) -> int:
        """Delete the scope's documents; returns how many."""
        ...
