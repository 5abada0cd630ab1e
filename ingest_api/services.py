"""What the API needs from the outside, handed over by the composition root (or by a test)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

import msgspec

from access.authenticator import Authenticator
from eventlog.port import LogAppender, LogInspector
from ingest_api.cursors import CursorCipher
from store.port import ActivityQueries, Attachments, Documents, Positions, StatementQueries
from telemetry.clock import Clock

MIB = 1024 * 1024


class Reachable(Protocol):
    """Something that can be asked whether it is there; `store.port.Store` is one."""

    def ping(self) -> None:
        """Raise the port's Unavailable unless it answers now."""
        ...


@dataclass(frozen=True, slots=True)
class IngestSettings:
    """Limits and choices of the API. Bytes, milliseconds, numbers of statements."""

    authority_home_page: str
    """The IRI of the account number space in which partners are the authorities of statements."""
    max_body_bytes: int = 20 * MIB
    max_attachments_bytes: int = 200 * MIB
    """Of a whole multipart request; its statements are bound by `max_body_bytes`."""
    max_statement_bytes: int = 4 * MIB
    max_depth: int = 100
    max_document_bytes: int = 10 * MIB
    """Of a state or a profile, also as merged; a store takes less than 16 MiB."""
    page_limit: int = 100
    max_page_limit: int = 500
    read_wait_ms: int = 2_000
    append_wait_ms: int = 11_000
    """How long a request waits for its record to be on disk: longer than the log itself takes to give it up."""
    default_version: str = "1.0.3"
    """What the answer to a request that names no version says; one of `ingest_api.versions.SUPPORTED`."""
    cors_origins: tuple[str, ...] = ()
    """Origins whose pages may call from a browser; `*` for all."""
    instance: str = ""
    """Which start of which installation this is, as `/readyz` says it; no secret. Empty: it is not said."""

    def authority_of(self, partner: str) -> bytes:
        """The authority of a partner's statements, as JSON (xAPI 1.0.3, Data 2.4.9)."""
        account = {"homePage": self.authority_home_page, "name": partner}
        return msgspec.json.encode({"objectType": "Agent", "account": account})


@dataclass(frozen=True, slots=True)
class IngestServices:
    """The ports and the few things that are not deterministic. All thread-safe and built after fork."""

    appender: LogAppender
    inspector: LogInspector
    statement_queries: StatementQueries
    activity_queries: ActivityQueries
    positions: Positions
    documents: Documents
    attachments: Attachments
    store: Reachable
    authenticator: Authenticator
    cursors: CursorCipher
    clock: Clock
    new_id: Callable[[], UUID]
    settings: IngestSettings
