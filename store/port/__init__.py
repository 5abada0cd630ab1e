"""What the store keeps, one protocol per aggregate; commands apart from queries where both exist.

Adapters: `store.sqlite` (embedded) and `store.mongodb` (full). The same contract suite runs on both. Every method may raise

    StoreError
    ├── Unavailable(retry_after_s)   the store can't be reached or does not answer: try again later
    ├── AnotherLog                   the records come from a log that the store no longer follows
    └── Rejected                     the store will never take this; trying again can't help

All objects are thread-safe and built after fork. Times are milliseconds since the epoch. Commands are durable when they return.
"""

from store.port.access import Audit, AuditEntry, Credentials, Secrets
from store.port.activities import ActivityQueries
from store.port.attachments import Attachments
from store.port.catalogue import CatalogueStore
from store.port.dead_letters import DeadLetter, DeadLetters
from store.port.directory import DirectoryStore
from store.port.documents import Document, Documents, DocumentScope
from store.port.errors import AnotherLog, Rejected, StoreError, Unavailable
from store.port.evidence import EvidenceStore, HistoryAfter, HistoryFilter
from store.port.positions import Position, Positions
from store.port.profiles import ProfileStore, StoredProfile
from store.port.refreshable import Refreshable
from store.port.statements import (
    PAGE_BYTES,
    Page,
    Recordable,
    RecordBatch,
    Recorded,
    StatementQueries,
    StatementStore,
    StoredStatement,
)
from store.port.whole import Store

__all__ = [
    "PAGE_BYTES",
    "ActivityQueries",
    "AnotherLog",
    "Attachments",
    "Audit",
    "AuditEntry",
    "CatalogueStore",
    "Credentials",
    "DeadLetter",
    "DeadLetters",
    "DirectoryStore",
    "Document",
    "DocumentScope",
    "Documents",
    "EvidenceStore",
    "HistoryAfter",
    "HistoryFilter",
    "Page",
    "Position",
    "Positions",
    "ProfileStore",
    "RecordBatch",
    "Recordable",
    "Recorded",
    "Refreshable",
    "Rejected",
    "Secrets",
    "StatementQueries",
    "StatementStore",
    "Store",
    "StoreError",
    "StoredProfile",
    "StoredStatement",
    "Unavailable",
]
