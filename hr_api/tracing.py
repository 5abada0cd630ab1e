"""Where a statement is: recorded, waiting in the log's unrecorded tail, or buried.

Nothing is kept for this; it is found out when somebody asks. The order of looking leaves no gap: the recorder's positions are read
first, then the store, then the dead letters, then the log from those positions on. Whatever was accepted before the question and was
not yet in the store when that was asked stands at or after those positions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

import msgspec

import eventlog.port
from eventlog.port import Record, Topic
from hr_api.services import HrServices
from schemas.events import decode_accepted
from store.port import DeadLetter, Position, StoredStatement

_POLL_S = 0.005
_READ_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Waiting:
    """A statement that is durable in the log and not yet recorded."""

    accepted_at_ms: int
    partner: str


@dataclass(frozen=True, slots=True)
class Tail:
    """What was found in the unrecorded tail. `complete` is False when it was longer than what was looked through."""

    waiting: tuple[Waiting, ...]
    looked_through: int
    complete: bool


@dataclass(frozen=True, slots=True)
class Trace:
    """Everything known of one statement id, whoever sent it. `tail` is None when it was not needed or the log did not answer."""

    stored: StoredStatement | None
    letters: tuple[DeadLetter, ...]
    tail: Tail | None
    through_ms: int
    log_answered: bool


class _Identified(msgspec.Struct):
    id: str


_identified = msgspec.json.Decoder(_Identified)


def trace(services: HrServices, statement_id: UUID) -> Trace:
    """Waits a little for the recorder to pass what was accepted before this call. Raises the store's Unavailable."""
    held, log_answered = _positions(services)
    stored = services.statement_queries.get_many([statement_id]).get(statement_id)
    letters = tuple(services.dead_letters.of_statement(statement_id))
    tail = None
    if stored is None and log_answered:
        try:
            tail = _look_through(services, statement_id, held)
        except eventlog.port.Unavailable:
            log_answered = False
    return Trace(stored, letters, tail, min((one.through_ms for one in held.values()), default=0), log_answered)


def _positions(services: HrServices) -> tuple[Mapping[int, Position], bool]:
    """The recorder's positions, once they reach the log's present end or the wait is over; and whether the log answered."""
    began_ms = services.clock.now_ms()
    try:
        ends = services.inspector.end_offsets(Topic.ACCEPTED)
    except eventlog.port.Unavailable:
        return services.positions.positions(), False
    deadline = services.clock.monotonic() + services.settings.receipt_wait_ms / 1000
    while True:
        held = services.positions.positions()
        if all(_next_offset(held, partition) >= end for partition, end in ends.items()):
            return services.positions.raise_through(ends, began_ms), True
        if services.clock.monotonic() >= deadline:
            missing = {partition: Position(partition, 0, 0, False) for partition in ends if partition not in held}
            return {**held, **missing}, True
        services.clock.sleep(_POLL_S)


def _next_offset(held: Mapping[int, Position], partition: int) -> int:
    return held[partition].next_offset if partition in held else 0


def _look_through(services: HrServices, statement_id: UUID, held: Mapping[int, Position]) -> Tail:
    """The log's records from `held` on, up to the bound for each partition."""
    waiting: list[Waiting] = []
    looked_through, complete = 0, True
    for partition, position in sorted(held.items()):
        next_offset, left = position.next_offset, services.settings.receipt_scan_records
        while records := services.inspector.read(Topic.ACCEPTED, partition, next_offset, min(left, _READ_AT_ONCE)):
            for record in records:
                waiting.extend(_statements(record, statement_id))
            looked_through += len(records)
            left -= len(records)
            next_offset = records[-1].offset + 1
            if left <= 0:
                complete = False
                break
    return Tail(tuple(waiting), looked_through, complete)


def _statements(record: Record, statement_id: UUID) -> list[Waiting]:
    try:
        requests = decode_accepted(record.value).requests
    except msgspec.MsgspecError:
        return []
    return [
        Waiting(record.appended_at_ms, request.partner)
        for request in requests
        if any(_id_of(bytes(raw)) == statement_id for raw in request.statements)
    ]


def _id_of(text: bytes) -> UUID | None:
    try:
        return UUID(_identified.decode(text).id)
    except (msgspec.MsgspecError, ValueError):
        return None
