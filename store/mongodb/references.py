"""Statements that target statements: whoever refers to one is found by its keys too, along the whole chain, whichever came first.

A statement targets at most one other, so what it reaches is a chain. It ends where another partner's statement begins, whose
content is nobody else's business. The rule that makes races harmless: insert first, then look. Of a chain's statements one is the
last to be inserted; its recorder, looking afterwards, sees all the others, finds every statement above it and walks down from each
to the end. If it dies before it has done so, its batch is delivered again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import NamedTuple
from uuid import UUID

from pymongo import UpdateOne
from pymongo.collection import Collection
from pymongo.errors import BulkWriteError

from store.mongodb.client import Document
from store.mongodb.errors import TOO_LARGE, is_only
from store.mongodb.indexes import BY_TARGET, name_of
from store.mongodb.statement_document import LENT, MATCHED, one_of, source, sources_of
from store.mongodb.statement_keys import own_keys
from xapi.query import LENT_KEYS, LONGEST_CHAIN
from xapi.statement import Extract

_IDS_AT_ONCE = 2_000
_REFERRERS_AT_ONCE = 500
_SOURCES_AT_ONCE = 500
_UPDATES_AT_ONCE = 200
_UPDATE_KEYS = 80_000
_REFERRER = MATCHED | {"voids": 1, "may_void_any": 1}


class Settled(NamedTuple):
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


@dataclass(frozen=True, slots=True)
class _Node:
    """What the shape of a chain is made of."""

    partner: str
    to: UUID | None


class _Batch:
    """What the batch itself says, worked out when it is first needed: most batches refer to nothing and nothing refers to them."""

    def __init__(self, settled: Mapping[UUID, Settled]) -> None:
        self._settled = settled
        self._lent: dict[UUID, list[int]] = {}

    @cached_property
    def nodes(self) -> dict[UUID, _Node]:
        return {statement_id: _Node(one.partner, one.extract.refers_to) for statement_id, one in self._settled.items()}

    def lent_by(self, sources: Iterable[UUID]) -> dict[UUID, list[int]]:
        """What those of the batch among `sources` lend."""
        found: dict[UUID, list[int]] = {}
        for source_id in sources:
            if source_id in self._settled:
                if source_id not in self._lent:
                    settled = self._settled[source_id]
                    self._lent[source_id] = own_keys(settled.extract, settled.partner)[:LENT_KEYS]
                found[source_id] = self._lent[source_id]
        return found


@dataclass(slots=True)
class _Chains:
    """What is known of the statements involved: who each one's partner is and what it targets, and whose keys it holds already."""

    nodes: dict[UUID, _Node]
    held: dict[UUID, Set[UUID]] = field(default_factory=dict)

    def learn(self, documents: Iterable[Document]) -> None:
        for document in documents:
            sources = sources_of(document)
            # All are of one partner: nothing else gets into a `match`.
            self.nodes.update((of, _Node(document["partner"], to)) for of, to in sources.items())
            self.held[document["_id"]] = sources.keys()

    def below(self, statement_id: UUID) -> tuple[list[UUID], UUID | None]:
        """The sources that a statement reaches, nearest first, and the id at which the walk ended for want of knowledge. A cycle
        ends where it began."""
        start = self.nodes[statement_id]
        chain: dict[UUID, None] = {}
        at = start.to
        while at is not None and at != statement_id and at not in chain and len(chain) < LONGEST_CHAIN:
            node = self.nodes.get(at)
            if node is None:
                return list(chain), at
            if node.partner != start.partner:
                break
            chain[at] = None
            at = node.to
        return list(chain), None

    def unknown_below(self, statement_ids: Iterable[UUID]) -> set[UUID]:
        return {end for statement_id in statement_ids if (end := self.below(statement_id)[1]) is not None}

    def missing(self, statement_id: UUID) -> list[UUID]:
        """The sources whose keys a statement does not hold yet."""
        held = self.held.get(statement_id, frozenset())
        return [source_id for source_id in self.below(statement_id)[0] if source_id not in held]


def link(statements: Collection[Document], settled: Mapping[UUID, Settled]) -> list[Voider]:
    """Give the batch's statements, and all that reach them, the keys of what they reach.

    Returns the voiding statements that target one of the batch, one of a kind.
    """
    batch = _Batch(settled)
    voiders: set[Voider] = set()
    linked: set[UUID] = set()
    unasked = {statement_id: one.partner for statement_id, one in settled.items()}
    # A look finds direct referrers, and indirect ones as far as they are linked: ask on until nobody new turns up.
    for _ in range(LONGEST_CHAIN):
        found: dict[UUID, str] = {}
        for page in _referrers(statements, unasked):
            voiders.update(_voider(document) for document in page if document.get("voids") in settled)
            own = {document["_id"]: document["partner"] for document in page if _reaches_own(document, unasked)}
            if own:
                chains = _Chains(dict(batch.nodes))
                chains.learn(page)
                _complete(statements, own, chains, batch)
                found |= own
        unasked = {one: partner for one, partner in found.items() if one not in linked and one not in settled}
        linked |= found.keys()
        if not unasked:
            break
    referring = {statement_id for statement_id, one in settled.items() if one.extract.refers_to is not None}
    if rest := referring - linked:
        _complete(statements, rest, _Chains(dict(batch.nodes)), batch)
    return list(voiders)


def _reaches_own(document: Document, targets: Mapping[UUID, str]) -> bool:
    """Whether it reaches one of `targets`, each with its partner, that is of its own partner."""
    return any(to is not None and targets.get(to) == document["partner"] for to in sources_of(document).values())


def _voider(document: Document) -> Voider:
    return Voider(document["voids"], document["partner"], document.get("may_void_any", False))


def _referrers(statements: Collection[Document], targets: Iterable[UUID]) -> Iterator[list[Document]]:
    """Statements that reach one of `targets`, in pages: one target may have any number."""
    for ids in _portions(targets):
        found = iter(statements.find({"match.to": one_of(ids)}, _REFERRER, hint=name_of(BY_TARGET)))
        while page := list(islice(found, _REFERRERS_AT_ONCE)):
            yield page


def _complete(statements: Collection[Document], affected: Iterable[UUID], chains: _Chains, batch: _Batch) -> None:
    """Let `affected` have the keys of all they reach. A target that is linked itself brings the rest of its chain along."""
    asked: set[UUID] = set()
    while unasked := chains.unknown_below(affected) - asked:
        for ids in _portions(unasked):
            chains.learn(statements.find({"_id": {"$in": ids}}, MATCHED))
        asked |= unasked
    portion: dict[UUID, list[UUID]] = {}
    sources: set[UUID] = set()
    for statement_id in affected:
        if missing := chains.missing(statement_id):
            portion[statement_id] = missing
            sources.update(missing)
        if len(sources) >= _SOURCES_AT_ONCE:
            _write(statements, portion, sources, chains, batch)
            portion, sources = {}, set()
    if portion:
        _write(statements, portion, sources, chains, batch)


def _write(
    statements: Collection[Document], missing: Mapping[UUID, Sequence[UUID]], sources: Set[UUID], chains: _Chains, batch: _Batch
) -> None:
    """Add to each statement the sources it is missing, `sources` all together."""
    lent = batch.lent_by(sources)
    for document in statements.find({"_id": {"$in": list(sources - lent.keys())}}, LENT):
        lent[document["_id"]] = document["keys"]
    entries = {source_id: source(source_id, chains.nodes[source_id].to, keys) for source_id, keys in lent.items()}
    updates: list[UpdateOne] = []
    size = 0
    for statement_id, its in missing.items():
        for added, added_size in _by_size(entries[source_id] for source_id in its):
            updates.append(UpdateOne({"_id": statement_id}, {"$addToSet": {"match": {"$each": added}}}))
            size += added_size
            if len(updates) >= _UPDATES_AT_ONCE or size >= _UPDATE_KEYS:
                _send(statements, updates)
                updates, size = [], 0
    if updates:
        _send(statements, updates)


def _by_size(sources: Iterable[Document]) -> Iterator[tuple[list[Document], int]]:
    """In portions that one update may carry, each with the number of its keys."""
    entries: list[Document] = []
    size = 0
    for one in sources:
        entries.append(one)
        size += len(one["keys"])
        if size >= _UPDATE_KEYS:
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
