"""What the API needs, handed in by the composition root."""

from __future__ import annotations

from dataclasses import dataclass, field

from access.authenticator import Authenticator
from access.webhook_addresses import WebhookHosts
from competency.rules import Rules
from eventlog.port import LogInspector
from hr_api.front_door import FrontDoor
from store.port import (
    Audit,
    CatalogueStore,
    DeadLetters,
    Deliveries,
    DirectoryStore,
    EvidenceStore,
    Orders,
    PendingImports,
    Positions,
    ProfileQueries,
    ProfileStore,
    Rollups,
    Secrets,
    Sightings,
    StatementQueries,
    Webhooks,
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
    nip_home_page: str = "https://asn.example/nip"
    event_home_page: str = "https://rekam.example/events"
    """Begins the IRIs of events that attendance lists are of and that have none of their own."""
    case_base_uri: str = "https://rekam.example/ims/case/v1p1"
    """Begins the URIs, in CASE, of frameworks that have none of their own."""
    webhook_hosts: WebhookHosts = field(default_factory=WebhookHosts)
    """Where webhooks may go."""


@dataclass(frozen=True, slots=True)
class HrServices:
    """The parts of store and log that the API touches. Questions write nothing but the audit (and the honest raise of the
    recorder's `through_ms`); HR's changes go to the directory, the catalogue and the sightings, each with the orders that follow.
    `rules` are the built-in ones, for where the store has none."""

    statement_queries: StatementQueries
    evidence: EvidenceStore
    profiles: ProfileStore
    profile_queries: ProfileQueries
    rollups: Rollups
    sightings: Sightings
    orders: Orders
    secrets: Secrets
    directory: DirectoryStore
    catalogue: CatalogueStore
    dead_letters: DeadLetters
    webhooks: Webhooks
    deliveries: Deliveries
    pending_imports: PendingImports
    front_door: FrontDoor
    positions: Positions
    inspector: LogInspector
    audit: Audit
    authenticator: Authenticator
    clock: Clock
    rules: Rules
    settings: HrSettings = field(default_factory=HrSettings)
