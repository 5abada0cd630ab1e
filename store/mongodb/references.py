"""Statements that target statements: whoever refers to one is found by its keys too, along the whole chain, whichever came first.

A statement targets at most one other, so what it reaches is a chain. The rule that makes races harmless: insert first, then look.
Of a chain's statements one is the last to be inserted; its recorder, looking afterwards, sees all the others, finds every
statement above it and walks down from each to the end. If it dies before it has done so, its batch is delivered again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Any, Self
from uuid import UUID

from pymongo import UpdateOne
from pymongo.collection import Collection
from pymongo.errors import BulkWriteError

from store.mongodb.client import Document
from store.mongodb.errors import TOO_LARGE, is_only
from store.mongodb.indexes import BY_TARGET, name_of
from store.mongodb.statement_document import Source, own_source, sources_of
from xapi.query import LONGEST_CHAIN
from xapi.statement import Extract

_IDS_AT_ONCE = 2_000
_DOCUMENTS_AT_ONCE = 2_000
_UPDATES_AT_ONCE = 200
_UPDATE_CHARACTERS = 1 << 20
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

    sources: dict[UUID, Source]
    held: dict[UUID, set[UUID]] = field(default_factory=dict)

    @classmethod
    def of(cls, sources: Mapping[UUID, Source], documents: Iterable[Document]) -> Self:
        chains = cls(dict(sources))
        chains.learn(documents)
        return chains

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
    referring = {statement_id for statement_id, one in settled.items() if one.extract.refers_to is not None}
    batch = _Batch(settled)
    voiders: list[Voider] = []
    linked: set[UUID] = set()
    unasked: set[UUID] = set(settled)
    while unasked:
        found: set[UUID] = set()
        for page in _referrers(statements, unasked):
            ids = {document["_id"] for document in page}
            _complete(statements, ids, _Chains.of(batch.sources, page))
            voiders += [_voider(document) for document in page if document.get("voids") in settled]
            found |= ids
        # A look finds direct referrers, and indirect ones as far as they are linked: ask on until nobody new turns up.
        unasked = found - linked - settled.keys()
        linked |= found
    if rest := referring - linked:
        _complete(statements, rest, _Chains.of(batch.sources, []))
    return voiders


class _Batch:
    """The batch's own sources, made when they are first needed: most batches refer to nothing and nothing refers to them."""

    def __init__(self, settled: Mapping[UUID, Settled]) -> None:
        self._settled = settled

    @cached_property
    def sources(self) -> dict[UUID, Source]:
        return {statement_id: own_source(one.extract) for statement_id, one in self._settled.items()}


def _voider(document: Document) -> Voider:
    return Voider(document["voids"], document["partner"], document.get("may_void_any", False))


def _referrers(statements: Collection[Document], targets: Iterable[UUID]) -> Iterator[list[Document]]:
    """Statements that reach one of `targets`, in pages: one target may have any number."""
    for ids in _portions(targets):
        found = iter(statements.find({"match.to": {"$in": ids}}, _LINKED, hint=name_of(BY_TARGET)))
        while page := list(islice(found, _DOCUMENTS_AT_ONCE)):
            yield page


def _complete(statements: Collection[Document], affected: Set[UUID], chains: _Chains) -> None:
    """Let `affected` have the keys of all they reach. A target that is linked itself brings the rest of its chain along."""
    asked: set[UUID] = set()
    while unasked := chains.missing_below(affected) - asked:
        for ids in _portions(unasked):
            chains.learn(statements.find({"_id": {"$in": ids}}, {"match": 1}))
        asked |= unasked
    _write(statements, affected, chains)


def _write(statements: Collection[Document], affected: Iterable[UUID], chains: _Chains) -> None:
    updates: list[UpdateOne] = []
    size = 0
    for statement_id in affected:
        held = chains.held.get(statement_id, set())
        missing = [source for source in chains.below(statement_id) if source.of not in held]
        for entries, entries_size in _by_size(missing):
            updates.append(UpdateOne({"_id": statement_id}, {"$addToSet": {"match": {"$each": entries}}}))
            size += entries_size
            if len(updates) >= _UPDATES_AT_ONCE or size >= _UPDATE_CHARACTERS:
                _send(statements, updates)
                updates, size = [], 0
    if updates:
        _send(statements, updates)


def _by_size(sources: Iterable[Source]) -> Iterator[tuple[list[Mapping[str, Any]], int]]:
    """Their entries, in portions that one update may carry, each with its size."""
    entries: list[Mapping[str, Any]] = []
    size = 0
    for source in sources:
        entries.append(source.entry)
        size += sum(map(len, source.entry["keys"]))
        if size >= _UPDATE_CHARACTERS:
            yield entries, size
            entries, size = [], 0
    if entries:
        yield entries, size


def _send(statements: Collection[Document], updates: list[UpdateOne]) -> None:
    try:
        statements.bulk_write(updates, ordered=False)
    except BulkWriteError as error:
        # A statement that can't hold the keys of its chain is found by those it has; its record is not to blame.
        if not is_only(error, TOO_LARGE):
            raise


def _portions(ids: Iterable[UUID]) -> Iterator[list[UUID]]:
    remaining = iter(ids)
    while portion := list(islice(remaining, _IDS_AT_ONCE)):
        yield portion
