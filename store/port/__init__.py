"""What the store keeps, one protocol per aggregate; commands apart from queries where both exist.

Adapters: `store.sqlite` (embedded) and `store.mongodb` (full). The same contract suite runs on both. Every method may raise

    StoreError
    ├── Unavailable(retry_after_s)   the store can't be reached or does not answer: try again later
    ├── AnotherLog                   the records come from a log that the store no longer follows
    ├── Outdated                     another version is there than the one that was to be replaced
    └── Rejected                     the store will never take this; trying again can't help

All objects are thread-safe and built after fork. Times are milliseconds since the epoch. Commands are durable when they return.
"""

from store.port.access import Audit, AuditEntry, Credentials, Secrets
from store.port.activities import ActivityQueries
from store.port.attachments import Attachments
from store.port.catalogue import CatalogueStore
from store.port.dead_letters import DeadLetter, DeadLetters
from store.port.directory import DirectoryStore, EmployeeSearch, SearchAfter
from store.port.documents import Document, Documents, DocumentScope
from store.port.errors import AnotherLog, Outdated, Rejected, StoreError, Unavailable
from store.port.evidence import EvidenceStore, HistoryAfter, HistoryFilter
from store.port.orders import KEYS_AT_ONCE, Order, OrderKind, Orders, orders_for
from store.port.pending_imports import MAX_BODY_BYTES, ImportStatus, PendingImport, PendingImports
from store.port.positions import Position, Positions
from store.port.profiles import (
    ProfileAfter,
    ProfileFigures,
    ProfileHead,
    ProfilePut,
    ProfileQueries,
    ProfileStore,
    StoredProfile,
    digest_of,
)
from store.port.release import Release
from store.port.rollups import Rollups, StaleRollup, StoredRollup, is_tree, tree_of, unit_of_tree
from store.port.sightings import Sighting, SightingAfter, SightingKind, Sightings, StoredSighting
from store.port.statements import (
    PAGE_BYTES,
    SEEN_LIMIT,
    Page,
    Recordable,
    RecordBatch,
    Recorded,
    Seen,
    StatementQueries,
    StatementStore,
    StoredStatement,
)
from store.port.webhooks import Attempt, Deliveries, Delivery, DeliveryBefore, DeliveryState, Webhooks
from store.port.whole import Store
from store.port.writes import Writes

__all__ = [
    "KEYS_AT_ONCE",
    "MAX_BODY_BYTES",
    "PAGE_BYTES",
    "SEEN_LIMIT",
    "ActivityQueries",
    "AnotherLog",
    "Attachments",
    "Attempt",
    "Audit",
    "AuditEntry",
    "CatalogueStore",
    "Credentials",
    "DeadLetter",
    "DeadLetters",
    "Deliveries",
    "Delivery",
    "DeliveryBefore",
    "DeliveryState",
    "DirectoryStore",
    "Document",
    "DocumentScope",
    "Documents",
    "EmployeeSearch",
    "EvidenceStore",
    "HistoryAfter",
    "HistoryFilter",
    "ImportStatus",
    "Order",
    "OrderKind",
    "Orders",
    "Outdated",
    "Page",
    "PendingImport",
    "PendingImports",
    "Position",
    "Positions",
    "ProfileAfter",
    "ProfileFigures",
    "ProfileHead",
    "ProfilePut",
    "ProfileQueries",
    "ProfileStore",
    "RecordBatch",
    "Recordable",
    "Recorded",
    "Rejected",
    "Release",
    "Rollups",
    "SearchAfter",
    "Secrets",
    "Seen",
    "Sighting",
    "SightingAfter",
    "SightingKind",
    "Sightings",
    "StaleRollup",
    "StatementQueries",
    "StatementStore",
    "Store",
    "StoreError",
    "StoredProfile",
    "StoredRollup",
    "StoredSighting",
    "StoredStatement",
    "Unavailable",
    "Webhooks",
    "Writes",
    "digest_of",
    "is_tree",
    "orders_for",
    "tree_of",
    "unit_of_tree",
]
