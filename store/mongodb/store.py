"""The store of the full mode."""

from __future__ import annotations

import pymongo

from store.mongodb import statement_conversion
from store.mongodb.activities import MongoActivityQueries
from store.mongodb.attachments import MongoAttachments
from store.mongodb.audit import MongoAudit
from store.mongodb.catalogue import MongoCatalogueStore
from store.mongodb.client import Connection
from store.mongodb.conversions import convert
from store.mongodb.credentials import MongoCredentials, MongoSecrets
from store.mongodb.dead_letters import MongoDeadLetters
from store.mongodb.directory import MongoDirectoryStore
from store.mongodb.documents import MongoDocuments
from store.mongodb.evidence import MongoEvidenceStore
from store.mongodb.indexes import create_all
from store.mongodb.orders import MongoOrders
from store.mongodb.pending_imports import MongoPendingImports
from store.mongodb.positions import MongoPositions
from store.mongodb.profiles import MongoProfileQueries, MongoProfileStore
from store.mongodb.release import release
from store.mongodb.rollups import MongoRollups
from store.mongodb.sightings import MongoSightings
from store.mongodb.statement_queries import MongoStatementQueries
from store.mongodb.statements import MongoStatementStore
from store.mongodb.webhooks import MongoDeliveries, MongoWebhooks
from store.mongodb.writes import MongoWrites
from store.port import Release

_PREPARE_TIMEOUT_S = 3_600.0
"""An index on a collection that is large already takes its time."""


class MongoStore:
    """`store.port.Store` on the MongoDB at `url` (`mongodb://host:port/database`), a replica set or a sharded cluster.

    Raises ValueError when the URL names no database.
    """

    def __init__(self, url: str) -> None:
        self._connection = Connection(url)
        self.statements = MongoStatementStore(self._connection)
        self.statement_queries = MongoStatementQueries(self._connection)
        self.activity_queries = MongoActivityQueries(self._connection)
        self.positions = MongoPositions(self._connection)
        self.attachments = MongoAttachments(self._connection)
        self.documents = MongoDocuments(self._connection)
        self.dead_letters = MongoDeadLetters(self._connection)
        self.credentials = MongoCredentials(self._connection)
        self.secrets = MongoSecrets(self._connection)
        self.audit = MongoAudit(self._connection)
        self.directory = MongoDirectoryStore(self._connection)
        self.catalogue = MongoCatalogueStore(self._connection)
        self.orders = MongoOrders(self._connection)
        self.evidence = MongoEvidenceStore(self._connection)
        self.profiles = MongoProfileStore(self._connection)
        self.profile_queries = MongoProfileQueries(self._connection)
        self.rollups = MongoRollups(self._connection)
        self.sightings = MongoSightings(self._connection)
        self.webhooks = MongoWebhooks(self._connection)
        self.deliveries = MongoDeliveries(self._connection)
        self.pending_imports = MongoPendingImports(self._connection)
        self.writes = MongoWrites()

    def prepare(self) -> None:
        self.ping()  # says quickly when nobody is there; what follows may take long
        with self._connection.database() as database, pymongo.timeout(_PREPARE_TIMEOUT_S):
            statement_conversion.convert(database)
            create_all(database)
            convert(self._connection)

    def release(self) -> Release:
        with self._connection.database() as database:
            return release(database)

    def ping(self) -> None:
        self._connection.ping()

    def close(self) -> None:
        self._connection.close()
