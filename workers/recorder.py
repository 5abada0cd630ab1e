"""The recorder: from `statements.accepted` to the store, then on to the profilers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from operator import attrgetter

import jiter
import msgspec

from eventlog.port import Record
from schemas.events import Accepted, AcceptedRequest, ToleratedStatement, encode
from store.port import (
    AnotherLog,
    DeadLetter,
    DeadLetters,
    Positions,
    Recordable,
    RecordBatch,
    Recorded,
    Rejected,
    StatementStore,
    Writes,
)
from telemetry import metrics
from telemetry.clock import Clock
from telemetry.logs import logger
from workers.announcements import Announcer
from workers.following import LogFollower, Reading
from workers.letters import UNDECODABLE, letter, letter_of
from workers.loop import MOST_RECORDS
from workers.requests import requests_in
from xapi.agents import learner_keys
from xapi.reading import extract_text

CONFLICT = "conflict"
REJECTED = "rejected by the store"
SLICE_STATEMENTS = 3_000
SLICE_BYTES = 8 * 1024 * 1024
_NOTHING_TOLERATED: tuple[tuple[str, ...], bytes | None] = ((), None)


class Recorder:
    """Handles batches of accepted requests: record, bury what can't be recorded, advance (one write where the store has such), and
    announce. In this order, each step idempotent, so that a crash between any two is mended by handling the batch again: whoever
    begins goes on where batches were done to the end, which the group's offset tells (`committed`, by partition), and not where the
    store stands, from where readers see that they are recorded."""

    name = "recorder"

    def __init__(
        self,
        statements: StatementStore,
        positions: Positions,
        dead_letters: DeadLetters,
        writes: Writes,
        announcer: Announcer,
        clock: Clock,
        follower: LogFollower,
        committed: Callable[[], Mapping[int, int]],
    ) -> None:
        self._statements = statements
        self._positions = positions
        self._dead_letters = dead_letters
        self._writes = writes
        self._announcer = announcer
        self._clock = clock
        self._reading = Reading(follower, clock)
        self._committed = committed

    def resume_at(self, partition: int) -> int | None:
        """What is recorded and announced of the log that is there: as far as the store stands, but for what the group has not
        committed. A group whose offset is gone (brokers forget those of groups that rest for days) may have left one poll."""
        stands_at = self._reading.begin(partition)
        if stands_at is None:
            return None
        return min(stands_at, self._committed().get(partition, max(0, stands_at - MOST_RECORDS)))

    def look_at_the_log(self) -> None:
        """Raise StartOver when the log is not the one that is being read, or shorter than what was read. Once a second at most."""
        self._reading.look()

    def handle(self, records: Sequence[Record]) -> None:
        for partition, of_partition in groupby(records, key=attrgetter("partition")):
            self._handle(partition, list(of_partition))

    def _handle(self, partition: int, records: Sequence[Record]) -> None:
        position = self._reading.position(partition, self._positions.positions())
        letters: list[DeadLetter] = []
        *earlier, last = _slices([recordable for record in records for recordable in self._decode(record, letters)])
        next_offset = records[-1].offset + 1
        try:
            outcomes = [outcome for some in earlier for outcome in self._record(records[-1], some, letters, position.log_id)]
            with self._writes.together():
                outcomes += self._record(records[-1], last, letters, position.log_id)
                letters += [self._conflict(refused, records[0]) for outcome in outcomes for refused in outcome.conflicts]
                if letters:
                    self._dead_letters.bury(letters)
                through_ms = max((outcome.last_stored_ms or 0 for outcome in outcomes), default=0)
                self._positions.advance(partition, next_offset, through_ms, log_id=position.log_id)
        except AnotherLog as superseded:
            raise self._reading.outdated(str(superseded)) from superseded
        self._count(outcomes, letters)
        self._announce(outcomes)
        self._reading.passed(position, next_offset)
        metrics.RECORDER_NEXT_OFFSET.labels(str(partition)).set(next_offset)

    def _decode(self, record: Record, letters: list[DeadLetter]) -> Iterator[Recordable]:
        """The statements of a record; what can't be read becomes a dead letter and leaves the others be."""
        try:
            requests = requests_in(record.value)
        except msgspec.MsgspecError as error:
            letters.append(letter(record, UNDECODABLE, str(error), now_ms=self._clock.now_ms()))
            return
        offset, appended_at_ms, index = record.offset, record.appended_at_ms, 0
        for request in requests:
            partner, may_void_any = request.partner, request.may_void_any
            for place, (text, found) in enumerate(request.statements):
                names, received = request.tolerated.get(place, _NOTHING_TOLERATED)
                try:
                    said = extract_text(text) if found is None else found
                except (ValueError, KeyError, TypeError, AttributeError) as error:
                    # The door lets none in that is no complete statement; a foreign producer might.
                    detail = f"not a complete statement: {type(error).__name__}: {error}"
                    payload = _alone(partner, may_void_any, text, names, received)
                    at = (offset, index, appended_at_ms)
                    written = letter_of(record, at, UNDECODABLE, detail, payload, now_ms=self._clock.now_ms())
                    letters.append(replace(written, partner=partner))
                else:
                    yield Recordable(text, said, partner, may_void_any, appended_at_ms, offset, index, names, received)
                index += 1

    def _record(
        self, last: Record, recordables: Sequence[Recordable], letters: list[DeadLetter], log_id: str
    ) -> Iterator[Recorded]:
        """Record all; when the store rejects them, halve until the culprit is buried. `last` is the last record."""
        try:
            outcome = self._statements.record(RecordBatch(last.partition, last.offset + 1, recordables, log_id))
        except Rejected as rejected:
            if len(recordables) <= 1:
                letters.extend(self._of_statement(refused, last, REJECTED, str(rejected)) for refused in recordables)
                return
            middle = len(recordables) // 2
            yield from self._record(last, recordables[:middle], letters, log_id)
            yield from self._record(last, recordables[middle:], letters, log_id)
        else:
            yield outcome

    def _announce(self, outcomes: Sequence[Recorded]) -> None:
        """Duplicates are announced as well: the run that recorded them may have died before it could."""
        self._announcer.announce(
            (statement_id, learners)
            for outcome in outcomes
            for statement_id, learners in (
                *((held.extract.statement_id, held.extract.learners) for held in (*outcome.recorded, *outcome.duplicates)),
                *((held.statement_id, learner_keys(jiter.from_json(held.text)["actor"])) for held in outcome.voided),
            )
        )

    def _count(self, outcomes: Sequence[Recorded], letters: Sequence[DeadLetter]) -> None:
        for outcome in outcomes:
            for name, found in (
                ("recorded", outcome.recorded),
                ("duplicate", outcome.duplicates),
                ("conflict", outcome.conflicts),
            ):
                metrics.STATEMENTS_RECORDED.labels(name).inc(len(found))
        for one in letters:
            metrics.DEAD_LETTERS.labels(one.reason).inc()
            logger(self.name).warning("dead letter", id=one.id, reason=one.reason, partner=one.partner)

    def _conflict(self, refused: Recordable, record: Record) -> DeadLetter:
        detail = (
            f"the id {refused.extract.statement_id} was used before, for other content or by another sender, and a recorded "
            "statement never changes; send this one under a new id"
        )
        return self._of_statement(refused, record, CONFLICT, detail)

    def _of_statement(self, refused: Recordable, record: Record, reason: str, detail: str) -> DeadLetter:
        payload = _alone(refused.partner, refused.may_void_any, refused.text, refused.tolerated, refused.received)
        at = (refused.offset, refused.place, refused.appended_at_ms)
        written = letter_of(record, at, reason, detail, payload, now_ms=self._clock.now_ms())
        return replace(written, statement_id=refused.extract.statement_id, partner=refused.partner)


def _slices(recordables: Sequence[Recordable]) -> Iterator[Sequence[Recordable]]:
    """Portions to record at once: others want the store meanwhile. At least one, for a batch without statements moves on too."""
    start = size = 0
    for place, recordable in enumerate(recordables):
        size += len(recordable.text)
        if place > start and (place - start == SLICE_STATEMENTS or size > SLICE_BYTES):
            yield recordables[start:place]
            start, size = place, len(recordable.text)
    yield recordables[start:]


def _alone(partner: str, may_void_any: bool, text: bytes, tolerated: Sequence[str], received: bytes | None) -> bytes:
    """A record with this one statement, which can be appended again as it is."""
    request = AcceptedRequest(
        request_id="",
        credential="",
        partner=partner,
        may_void_any=may_void_any,
        statements=[msgspec.Raw(text)],
        tolerated=[] if received is None else [ToleratedStatement(0, list(tolerated), msgspec.Raw(received))],
    )
    return encode(Accepted([request]))
