"""The whole store."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from store.port import Release
from store.sqlite.access_records import SqliteAudit, SqliteCredentials, SqliteSecrets
from store.sqlite.activities import SqliteActivityQueries
from store.sqlite.attachments import SqliteAttachments
from store.sqlite.catalogue import SqliteCatalogueStore
from store.sqlite.database import Database
from store.sqlite.dead_letters import SqliteDeadLetters
from store.sqlite.directory import SqliteDirectoryStore
from store.sqlite.documents import SqliteDocuments
from store.sqlite.evidence import SqliteEvidenceStore
from store.sqlite.orders import SqliteOrders
from store.sqlite.pending_imports import SqlitePendingImports
from store.sqlite.positions import SqlitePositions
from store.sqlite.profiles import SqliteProfileQueries, SqliteProfileStore
from store.sqlite.release import release
from store.sqlite.rollups import SqliteRollups
from store.sqlite.schema import migrate
from store.sqlite.sightings import SqliteSightings
from store.sqlite.statement_queries import SqliteStatementQueries
from store.sqlite.statements import SqliteStatementStore
from store.sqlite.webhooks import SqliteDeliveries, SqliteWebhooks
from store.sqlite.writes import SqliteWrites


class SqliteStore:
    """`store.port.Store` in one file at `path`, shared by any number of processes of one machine.

    `busy_timeout_s` seconds is how long a command waits for other writers before it raises Unavailable.
    """

    def __init__(self, path: Path | str, *, busy_timeout_s: float = 5.0) -> None:
        self._database = Database(Path(path), busy_timeout_s=busy_timeout_s)

    @cached_property
    def statements(self) -> SqliteStatementStore:
        return SqliteStatementStore(self._database)

    @cached_property
    def statement_queries(self) -> SqliteStatementQueries:
        return SqliteStatementQueries(self._database)

    @cached_property
    def activity_queries(self) -> SqliteActivityQueries:
        return SqliteActivityQueries(self._database)

    @cached_property
    def positions(self) -> SqlitePositions:
        return SqlitePositions(self._database)

    @cached_property
    def attachments(self) -> SqliteAttachments:
        return SqliteAttachments(self._database)

    @cached_property
    def documents(self) -> SqliteDocuments:
        return SqliteDocuments(self._database)

    @cached_property
    def dead_letters(self) -> SqliteDeadLetters:
        return SqliteDeadLetters(self._database)

    @cached_property
    def credentials(self) -> SqliteCredentials:
        return SqliteCredentials(self._database)

    @cached_property
    def secrets(self) -> SqliteSecrets:
        return SqliteSecrets(self._database)

    @cached_property
    def audit(self) -> SqliteAudit:
        return SqliteAudit(self._database)

    @cached_property
    def directory(self) -> SqliteDirectoryStore:
        return SqliteDirectoryStore(self._database)

    @cached_property
    def catalogue(self) -> SqliteCatalogueStore:
        return SqliteCatalogueStore(self._database)

    @cached_property
    def orders(self) -> SqliteOrders:
        return SqliteOrders(self._database)

    @cached_property
    def evidence(self) -> SqliteEvidenceStore:
        return SqliteEvidenceStore(self._database)

    @cached_property
    def profiles(self) -> SqliteProfileStore:
        return SqliteProfileStore(self._database)

    @cached_property
    def profile_queries(self) -> SqliteProfileQueries:
        return SqliteProfileQueries(self._database)

    @cached_property
    def rollups(self) -> SqliteRollups:
        return SqliteRollups(self._database)

    @cached_property
    def sightings(self) -> SqliteSightings:
        return SqliteSightings(self._database)

    @cached_property
    def webhooks(self) -> SqliteWebhooks:
        return SqliteWebhooks(self._database)

    @cached_property
    def deliveries(self) -> SqliteDeliveries:
        return SqliteDeliveries(self._database)

    @cached_property
    def pending_imports(self) -> SqlitePendingImports:
        return SqlitePendingImports(self._database)

    @cached_property
    def writes(self) -> SqliteWrites:
        return SqliteWrites(self._database)

    def prepare(self) -> None:
        self._database.create()
        migrate(self._database)

    def release(self) -> Release:
        return release(self._database)

    def ping(self) -> None:
        self._database.ping()

    def close(self) -> None:
        self._database.close()
