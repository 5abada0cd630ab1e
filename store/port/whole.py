"""The whole store, which hands out its aggregates."""

from __future__ import annotations

from typing import Protocol

from store.port.access import Audit, Credentials, Secrets
from store.port.activities import ActivityQueries
from store.port.attachments import Attachments
from store.port.catalogue import CatalogueStore
from store.port.dead_letters import DeadLetters
from store.port.directory import DirectoryStore
from store.port.documents import Documents
from store.port.evidence import EvidenceStore
from store.port.orders import Orders
from store.port.pending_imports import PendingImports
from store.port.positions import Positions
from store.port.profiles import ProfileQueries, ProfileStore
from store.port.release import Release
from store.port.rollups import Rollups
from store.port.sightings import Sightings
from store.port.statements import StatementQueries, StatementStore
from store.port.webhooks import Deliveries, Webhooks
from store.port.writes import Writes


class Store(Protocol):
    """One store: hands out its aggregates. Cheap to build; connects on first use."""

    @property
    def statements(self) -> StatementStore: ...
    @property
    def statement_queries(self) -> StatementQueries: ...
    @property
    def activity_queries(self) -> ActivityQueries: ...
    @property
    def positions(self) -> Positions: ...
    @property
    def documents(self) -> Documents: ...
    @property
    def attachments(self) -> Attachments: ...
    @property
    def dead_letters(self) -> DeadLetters: ...
    @property
    def credentials(self) -> Credentials: ...
    @property
    def secrets(self) -> Secrets: ...
    @property
    def audit(self) -> Audit: ...
    @property
    def directory(self) -> DirectoryStore: ...
    @property
    def catalogue(self) -> CatalogueStore: ...
    @property
    def orders(self) -> Orders: ...
    @property
    def evidence(self) -> EvidenceStore: ...
    @property
    def profiles(self) -> ProfileStore: ...
    @property
    def profile_queries(self) -> ProfileQueries: ...
    @property
    def rollups(self) -> Rollups: ...
    @property
    def sightings(self) -> Sightings: ...
    @property
    def webhooks(self) -> Webhooks: ...
    @property
    def deliveries(self) -> Deliveries: ...
    @property
    def pending_imports(self) -> PendingImports: ...
    @property
    def writes(self) -> Writes: ...

    def prepare(self) -> None:
        """Create what is missing (tables, collections, indexes). Idempotent, safe when several processes do it at once."""
        ...

    def release(self) -> Release:
        """Of which release it is now. Raises Unavailable."""
        ...

    def ping(self) -> None:
        """Raise Unavailable unless the store answers now (bounded to about 2 s)."""
        ...

    def close(self) -> None: ...
