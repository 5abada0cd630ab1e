"""Recording: insert-only by id, then what the new statements mean for others (`references`, `voiding`) and for activities.

Nothing here needs a transaction. Every step can be repeated and none takes anything back, so a crash between two steps is mended
by redelivery, and recorders of different partitions may meet in the same statements.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from pymongo.database import Database

from store.mongodb import commands, crowds, positions, references, voiding
from store.mongodb.activity_recorder import ActivityRecorder
from store.mongodb.client import Connection, Document
from store.mongodb.observations import Observations
from store.mongodb.partners import KnownPartners
from store.mongodb.references import Settled
from store.mongodb.statement_document import to_document
from store.port import Recordable, RecordBatch, Recorded
from xapi.equality import same_texts
from xapi.statement import extract

_INSERT_BYTES = 4 << 20
_INSERT_STATEMENTS = 2_000
_TEXTS_AT_ONCE = 500


class _Held(NamedTuple):
    """What the store holds under an id: another's, or the first of this batch."""

    text: bytes
    stored_ms: int
    partner: str
    may_void_any: bool


@dataclass(slots=True)
class _Outcome:
    """What becomes of a batch's statements, and what is to be done for those in the store."""

    recorded: list[Recordable] = field(default_factory=list)
    duplicates: list[Recordable] = field(default_factory=list)
    conflicts: list[Recordable] = field(default_factory=list)
    settled: dict[UUID, Settled] = field(default_factory=dict)
    observed: Observations = field(default_factory=Observations)

    def settle(self, statement_id: UUID, held: Settled) -> None:
        self.settled[statement_id] = held
        self.observed.add(held.partner, held.extract, held.stored_ms)


class MongoStatementStore:
    """`store.port.StatementStore`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._partners = KnownPartners()
        self._activities = ActivityRecorder()

    def record(self, batch: RecordBatch) -> Recorded:
        with self._connection.database() as database:
            through_ms = positions.claim(database, batch.partition, batch.next_offset, batch.log_id)
            firsts: dict[UUID, Recordable] = {}
            for statement in batch.statements:
                firsts.setdefault(statement.extract.statement_id, statement)
            self._partners.ensure(database, {one.partner for one in firsts.values()})
            earlier = _insert(database, list(firsts.values()), through_ms)
            outcome = _outcome(batch.statements, firsts, earlier, through_ms)
            # Of duplicates too: whoever inserted them may have died before it had done so.
            crowds.complete(database["statements"], outcome.settled)
            voiders = references.link(database["statements"], outcome.settled)
            voided = voiding.apply(database["statements"], outcome.settled, voiders)
            self._activities.record(database, outcome.observed)
            return Recorded(
                tuple(outcome.recorded),
                tuple(outcome.duplicates),
                tuple(outcome.conflicts),
                tuple(voided),
                max((one.stored_ms for one in outcome.settled.values()), default=None),
            )


def _insert(database: Database[Document], firsts: Sequence[Recordable], through_ms: int) -> dict[UUID, _Held]:
    """Insert those whose id is new; return what is held under the ids that are not."""
    taken: list[UUID] = []
    for portion in _portions(firsts):
        documents = [to_document(one, _stored_ms(one, through_ms)) for one in portion]
        places = commands.insert(database, "statements", documents)
        taken += [portion[place].extract.statement_id for place in places]
    wanted = {"stored": 1, "text": 1, "partner": 1, "may_void_any": 1}
    held: dict[UUID, _Held] = {}
    for start in range(0, len(taken), _TEXTS_AT_ONCE):
        for found in database["statements"].find({"_id": {"$in": taken[start : start + _TEXTS_AT_ONCE]}}, wanted):
            held[found["_id"]] = _Held(found["text"], found["stored"], found["partner"], found.get("may_void_any", False))
    return held


def _outcome(
    statements: Sequence[Recordable], firsts: dict[UUID, Recordable], earlier: dict[UUID, _Held], through_ms: int
) -> _Outcome:
    """Tell new, duplicate and conflict apart."""
    outcome = _Outcome()
    for statement in statements:
        statement_id = statement.extract.statement_id
        first = firsts[statement_id]
        held = earlier.get(statement_id)
        if held is None:
            stored_ms = _stored_ms(first, through_ms)
            if statement is first:
                outcome.recorded.append(statement)
                outcome.settle(statement_id, Settled(first.extract, stored_ms, first.partner, first.may_void_any))
                continue
            held = _Held(first.text, stored_ms, first.partner, first.may_void_any)
        if statement.partner != held.partner or not same_texts(statement.text, held.text):
            outcome.conflicts.append(statement)
            continue
        outcome.duplicates.append(statement)
        if statement_id not in outcome.settled:
            # What the held text says counts: a duplicate may differ from it in authority and definitions.
            found = statement.extract if statement.text == held.text else extract(json.loads(held.text))
            outcome.settle(statement_id, Settled(found, held.stored_ms, held.partner, held.may_void_any))
    return outcome


def _stored_ms(statement: Recordable, through_ms: int) -> int:
    return max(statement.appended_at_ms, through_ms)


def _portions(statements: Sequence[Recordable]) -> Iterator[Sequence[Recordable]]:
    """In order, cut so that one insert takes a moment, not the time after which the connection is given up."""
    start, size = 0, 0
    for end, statement in enumerate(statements):
        if end > start and (size + len(statement.text) > _INSERT_BYTES or end - start >= _INSERT_STATEMENTS):
            yield statements[start:end]
            start, size = end, 0
        size += len(statement.text)
    if start < len(statements):
        yield statements[start:]
