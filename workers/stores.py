"""The parts of the store that profiles are made of, and made into."""

from __future__ import annotations

from dataclasses import dataclass

from store.port import (
    DirectoryStore,
    EvidenceStore,
    Orders,
    PendingImports,
    ProfileQueries,
    ProfileStore,
    Rollups,
    Sightings,
    StatementQueries,
    Store,
    Writes,
)


@dataclass(frozen=True, slots=True)
class Stores:
    statements: StatementQueries
    evidence: EvidenceStore
    profiles: ProfileStore
    profile_queries: ProfileQueries
    directory: DirectoryStore
    sightings: Sightings
    rollups: Rollups
    orders: Orders
    pending_imports: PendingImports
    writes: Writes

    @staticmethod
    def of(store: Store) -> Stores:
        return Stores(
            store.statement_queries,
            store.evidence,
            store.profiles,
            store.profile_queries,
            store.directory,
            store.sightings,
            store.rollups,
            store.orders,
            store.pending_imports,
            store.writes,
        )
