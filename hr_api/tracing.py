"""Where a statement is: recorded, waiting in the log's unrecorded tail, or buried.

Nothing is kept for this; it is found out when somebody asks. The order of looking leaves no gap: the recorder's positions are read
first, then the store, then the dead letters, then the log from those positions on. Whatever was accepted before the question and
was not yet in the store when that was asked stands at or after those positions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

import msgspec

import eventlog.port
from eventlog.port import Extent, Record, Topic
from hr_api.services import HrServices
from schemas.events import AcceptedRequest, decode_accepted
from store.port import DeadLetter, Position, StoredStatement

_POLL_S = 0.005
_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Waiting:
    """A statement that is durable in the log and not yet recorded."""

    accepted_at_ms: int
    partner: str
    tolerated: tuple[str, ...]
    received: bytes | None


@dataclass(frozen=True, slots=True)
class Tail:
    """What was found in the unrecorded tail. `passed_over` are the records, at most, that were too old to be looked through."""

    waiting: tuple[Waiting, ...]
    passed_over: int


@dataclass(frozen=True, slots=True)
class Trace:
    """What is known of one statement id. `tail` is None when the statement is stored (there is no need to look) and when the log
    did not answer."""

    stored: StoredStatement | None
    letters: tuple[DeadLetter, ...]
    tail: Tail | None
    through_ms: int


class _Identified(msgspec.Struct):
    id: str


_identified = msgspec.json.Decoder(_Identified)


@dataclass(frozen=True, slots=True)
class _Standing:
    """The log as it was when the question came (None when it did not answer), and the recorder's positions after."""

    extent: Extent | None
    positions: Mapping[int, Position]

    @property
    def ends(self) -> Mapping[int, int]:
        return {} if self.extent is None else self.extent.ends

    def next_offset(self, partition: int) -> int:
        """Where the log is unrecorded from: its beginning, when the position is one of another log."""
        position = self.positions.get(partition)
        if self.extent is None or position is None or position.log_id != self.extent.log_id:
            return 0
        return position.next_offset

    @property
    def reached(self) -> bool:
        return all(self.next_offset(partition) >= end for partition, end in self.ends.items())

    @property
    def through_ms(self) -> int:
        held = {partition: one.through_ms for partition, one in self.positions.items()}
        return min({**dict.fromkeys(self.ends, 0), **held}.values(), default=0)


def trace(services: HrServices, statement_id: UUID, *, of_partner: str | None) -> Trace:
    """Only what this partner sent; None for what anybody did.

    Waits a little for the recorder to pass what was accepted before this call. Raises the store's Unavailable.
    """
    standing = _wait(services)
    stored = services.statement_queries.get_many([statement_id]).get(statement_id)
    if stored is not None and of_partner not in (None, stored.partner):
        stored = None
    letters = [one for one in services.dead_letters.of_statement(statement_id) if of_partner in (None, one.partner)]
    tail = _look_through(services, statement_id, of_partner, standing) if stored is None else None
    return Trace(stored, tuple(letters), tail, standing.through_ms)


def _wait(services: HrServices) -> _Standing:
    """Until the recorder has reached the log's present end, or the wait is over."""
    began_ms = services.clock.now_ms()
    try:
        extent = services.inspector.extent(Topic.ACCEPTED)
    except eventlog.port.Unavailable:
        return _Standing(None, services.positions.positions())
    deadline = services.clock.monotonic() + services.settings.receipt_wait_ms / 1000
    while not (standing := _Standing(extent, services.positions.positions())).reached:
        if services.clock.monotonic() >= deadline:
            return standing
        services.clock.sleep(_POLL_S)
    return _Standing(extent, services.positions.raise_through(extent.ends, began_ms, log_id=extent.log_id))


def _look_through(services: HrServices, statement_id: UUID, of_partner: str | None, standing: _Standing) -> Tail | None:
    """The log from the recorder's positions to its end; of a long tail only the newest records, which are asked for most."""
    if standing.extent is None:
        return None
    waiting: list[Waiting] = []
    passed_over = 0
    try:
        for partition, end in sorted(standing.ends.items()):
            first = standing.next_offset(partition)
            next_offset = max(first, end - services.settings.receipt_scan_records)
            passed_over += next_offset - first
            while next_offset < end and (records := services.inspector.read(Topic.ACCEPTED, partition, next_offset, _AT_ONCE)):
                for record in records:
                    waiting.extend(one for one in _sent(record, statement_id) if of_partner in (None, one.partner))
                next_offset = records[-1].offset + 1
    except eventlog.port.Unavailable:
        return None
    return Tail(tuple(waiting), passed_over)


def _sent(record: Record, statement_id: UUID) -> list[Waiting]:
    try:
        requests = decode_accepted(record.value).requests
    except msgspec.MsgspecError:
        return []
    return [
        _waiting(record, request, index)
        for request in requests
        for index, raw in enumerate(request.statements)
        if _id_of(bytes(raw)) == statement_id
    ]


def _waiting(record: Record, request: AcceptedRequest, index: int) -> Waiting:
    toleration = next((one for one in request.tolerated if one.index == index), None)
    if toleration is None:
        return Waiting(record.appended_at_ms, request.partner, (), None)
    return Waiting(record.appended_at_ms, request.partner, tuple(toleration.tolerances), bytes(toleration.received))


def _id_of(text: bytes) -> UUID | None:
    try:
        return UUID(_identified.decode(text).id)
    except (msgspec.MsgspecError, ValueError):
        return None
