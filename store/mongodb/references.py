"""Statements that target statements: whoever refers to one is found by its keys too, along the whole chain, whichever came first.

A statement targets at most one other, so what it reaches is a chain. The rule that makes races harmless: insert first, then look.
Of a chain's statements one is the last to be inserted; its recorder, looking afterwards, sees all the others, finds every
statement above it and walks down from each to the end. If it dies before it has done so, its batch is delivered again.
"""

from __future__ import annotations

from collections.abc import Collection as Sized
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from uuid import UUID

from pymongo import UpdateOne
from pymongo.collection import Collection
from pymongo.errors import BulkWriteError

from store.mongodb.client import Document
from store.mongodb.errors import TOO_LARGE, is_only
from store.mongodb.indexes import BY_TARGET, name_of
from store.mongodb.statement_document import Source, own_source, sources_of
from xapi.statement import Extract

LONGEST_CHAIN = 1_000
"""Beyond it a chain's statements are not found through one another; a document could not hold the keys of them all."""

_IDS_AT_ONCE = 2_000
_UPDATES_AT_ONCE = 200
_LINKED = {"match": 1, "voids": 1, "partner": 1, "may_void_any": 1}


@dataclass(frozen=True, slots=True)
class Settled:
    """A statement of the batch that is in the store, as it is held there."""

    extract: Extract
    stored_ms: int
    partner: str
    may_void_any: bool


@dataclass(frozen=True, slots=True)
class Voider:
    """A voiding statement and what decides whether it may."""

    target: UUID
    partner: str
    may_void_any: bool


@dataclass(slots=True)
class _Chains:
    """What is known of the statements involved: each one's own source, and which sources each one holds already."""

    sources: dict[UUID, Source] = field(default_factory=dict)
    held: dict[UUID, set[UUID]] = field(default_factory=dict)

    def learn(self, documents: Iterable[Document]) -> None:
        for document in documents:
            found = sources_of(document)
            self.sources.update((source.of, source) for source in found)
            self.held[document["_id"]] = {source.of for source in found}

    def below(self, statement_id: UUID) -> list[Source]:
        """The known sources that a statement reaches, nearest first; a cycle ends where it began."""
        chain: dict[UUID, Source] = {}
        at = self.sources[statement_id].to
        while at is not None and at != statement_id and at not in chain and at in self.sources and len(chain) < LONGEST_CHAIN:
            chain[at] = self.sources[at]
            at = self.sources[at].to
        return list(chain.values())

    def missing_below(self, statement_ids: Iterable[UUID]) -> set[UUID]:
        """The ids at which walks down from these end for want of knowledge."""
        ends: set[UUID] = set()
        for statement_id in statement_ids:
            chain = self.below(statement_id)
            end = (chain[-1] if chain else self.sources[statement_id]).to
            if end is not None and end not in self.sources:
                ends.add(end)
        return ends


def link(statements: Collection[Document], settled: Mapping[UUID, Settled]) -> list[Voider]:
    """Give the batch's statements, and all that reach them, the keys of what they reach.

    Returns the voiding statements that target one of the batch.
    """
    chains = _Chains()
    referrers, voiders = _referrers(statements, settled.keys(), chains)
    affected = referrers | {statement_id for statement_id, one in settled.items() if one.extract.refers_to is not None}
    if affected:
        chains.sources.update((statement_id, own_source(one.extract)) for statement_id, one in settled.items())
        _walk_down(statements, affected, chains)
        _write(statements, affected, chains)
    return voiders


def _referrers(statements: Collection[Document], targets: Sized[UUID], chains: _Chains) -> tuple[set[UUID], list[Voider]]:
    """All statements that reach one of `targets`. Each look finds direct referrers, and indirect ones as far as they are linked."""
    found: set[UUID] = set()
    voiders: list[Voider] = []
    unasked: Sized[UUID] = targets
    while unasked:
        documents: list[Document] = []
        for ids in _portions(unasked):
            documents += statements.find({"match.to": {"$in": ids}}, _LINKED, hint=name_of(BY_TARGET))
        chains.learn(documents)
        for document in documents:
            if document.get("voids") in targets:
                voiders.append(Voider(document["voids"], document["partner"], document.get("may_void_any", False)))
        unasked = {document["_id"] for document in documents} - found - set(targets)
        found.update(document["_id"] for document in documents)
    return found, voiders


def _walk_down(statements: Collection[Document], affected: Iterable[UUID], chains: _Chains) -> None:
    """Learn what the affected ones reach. A target that is linked itself brings the rest of its chain along."""
    asked: set[UUID] = set()
    while unasked := chains.missing_below(affected) - asked:
        for ids in _portions(unasked):
            chains.learn(statements.find({"_id": {"$in": ids}}, {"match": 1}))
        asked |= unasked


def _write(statements: Collection[Document], affected: Iterable[UUID], chains: _Chains) -> None:
    updates: list[UpdateOne] = []
    for statement_id in affected:
        held = chains.held.get(statement_id, set())
        entries = [source.entry for source in chains.below(statement_id) if source.of not in held]
        if entries:
            updates.append(UpdateOne({"_id": statement_id}, {"$addToSet": {"match": {"$each": entries}}}))
        if len(updates) >= _UPDATES_AT_ONCE:
            _send(statements, updates)
            updates = []
    if updates:
        _send(statements, updates)


def _send(statements: Collection[Document], updates: list[UpdateOne]) -> None:
    try:
        statements.bulk_write(updates, ordered=False)
    except BulkWriteError as error:
        # A statement that can't hold the keys of its chain is found by those it has; its record is not to blame.
        if not is_only(error, TOO_LARGE):
            raise


def _portions(ids: Iterable[UUID]) -> Iterable[list[Any]]:
    remaining = iter(ids)
    while portion := list(islice(remaining, _IDS_AT_ONCE)):
        yield portion
