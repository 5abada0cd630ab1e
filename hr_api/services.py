"""What the API needs, handed in by the composition root."""

from __future__ import annotations

from dataclasses import dataclass, field

from access.authenticator import Authenticator
from competency.rules import Rules
from eventlog.port import LogInspector
from store.port import (
    Audit,
    CatalogueStore,
    DeadLetters,
    DirectoryStore,
    EvidenceStore,
    Positions,
    ProfileStore,
    StatementQueries,
)
from telemetry.clock import Clock


@dataclass(frozen=True, slots=True)
class HrSettings:
    """Bounds the API keeps, and the version its document states."""

    version: str = "0.1.0"
    max_body_bytes: int = 64 * 1024
    receipt_wait_ms: int = 500
    """How long a receipt waits for the recorder to pass what was accepted before the request began."""
    receipt_scan_records: int = 500
    """How many records of each partition's unrecorded tail a receipt looks through at most, the newest ones."""


@dataclass(frozen=True, slots=True)
class HrServices:
    """The parts of store and log that HR's questions touch: none of them writes but the audit (and the honest raise of the
    recorder's `through_ms`)."""

    statement_queries: StatementQueries
    evidence: EvidenceStore
    profiles: ProfileStore
    directory: DirectoryStore
    catalogue: CatalogueStore
    dead_letters: DeadLetters
    positions: Positions
    inspector: LogInspector
    audit: Audit
    authenticator: Authenticator
    clock: Clock
    rules: Rules
    settings: HrSettings = field(default_factory=HrSettings)
