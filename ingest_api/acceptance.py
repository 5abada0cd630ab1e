"""Accepting statements: from the body of a request to one durable record of the log.

Everything that can be wrong is found here, before the acknowledgement; nothing is left for the recorder to refuse but what two
requests do to each other at the same time. Requests that arrive together are worked on together: one look-up for all, and one
record for all of a partition.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from eventlog.port import Appended, LogError, Outgoing, Topic, Unavailable
from ingest_api.attachments import Intake
from ingest_api.candidates import Preparation
from ingest_api.precedents import Precedents, unrecorded
from ingest_api.prepared import Fresh, Posted, Prepared
from ingest_api.rounds import Rounds, TooLong, Turn
from ingest_api.services import IngestServices
from schemas.events import Submitted, SubmittedRequest, encode
from telemetry.metrics import STATEMENTS_TOLERATED, accepted_of

TOGETHER_BYTES = 128 * 1024
"""A request with a larger body is worked on alone: it would hold up the others, and gains little."""
_RECORD_BYTES = 512 * 1024
"""Requests share a record until their statements come to so much."""

_Turn = Turn[Posted, Prepared]


@dataclass(slots=True)
class _Shared:
    """Requests that go into one record, and who waits for it."""

    key: bytes | None
    requests: list[SubmittedRequest] = field(default_factory=list)
    waiting: list[tuple[_Turn, Prepared]] = field(default_factory=list)
    size: int = 0

    def decided(self, verdict: Appended | LogError) -> None:
        for turn, prepared in self.waiting:
            if isinstance(verdict, LogError):
                turn.fail(verdict)
            else:
                turn.tell(prepared)


class Acceptance:
    """Accepts requests. Thread-safe."""

    def __init__(self, services: IngestServices) -> None:
        self._appender = services.appender
        self._intake = Intake(services.attachments, services.settings)
        self._preparation = Preparation(services, self._intake)
        self._precedents = Precedents(services.statement_queries, services.clock)
        self._rounds: Rounds[Posted, Prepared] = Rounds(self._work, services.settings.append_wait_ms / 1000)

    def accept(self, posted: Posted) -> list[str]:
        """The ids of the statements in the order of the body, once they are on disk.

        Raises XapiError for what is wrong with the request, the log's Unavailable (then nothing is promised: the request may be
        sent again), the log's Rejected (too large for it), and CannotKeep when the store can't take the attachments that came.
        """
        if posted.submission.mixed or len(posted.submission.json) > TOGETHER_BYTES:
            prepared = self._alone(posted)
        else:
            try:
                prepared = self._rounds.ask(posted)
            except TooLong:
                raise Unavailable("the statements were not written in time") from None
        partner = posted.credential.partner
        accepted_of(partner).inc(prepared.count)
        for toleration in prepared.tolerated:
            for name in toleration.names:
                STATEMENTS_TOLERATED.labels(partner, name).inc()
        return prepared.ids

    def _alone(self, posted: Posted) -> Prepared:
        prepared = self._preparation.prepare(posted)
        fresh = unrecorded(prepared, self._precedents.of(prepared.named))
        if fresh is not None:
            # First: a statement on the log must never lack what came with it.
            self._intake.keep(prepared.received, posted.credential.partner)
            record = encode(Submitted([fresh.request(posted)]))
            self._appender.append(Topic.ACCEPTED, Outgoing(record, prepared.key))
        return prepared

    def _work(self, turns: Sequence[_Turn]) -> None:
        ready: list[tuple[_Turn, Prepared]] = []
        for turn in turns:
            try:
                ready.append((turn, self._preparation.prepare(turn.asked)))
            except Exception as error:
                turn.fail(error)
        known = self._precedents.of([statement_id for _, prepared in ready for statement_id in prepared.named])
        sharing: dict[int | None, _Shared] = {}
        for turn, prepared in ready:
            try:
                fresh = unrecorded(prepared, known)
                if fresh is not None:
                    self._share(turn, prepared, fresh, sharing)
                else:
                    turn.tell(prepared)
            except Exception as error:
                turn.fail(error)
        for shared in sharing.values():
            self._submit(shared)

    def _share(self, turn: _Turn, prepared: Prepared, fresh: Fresh, sharing: dict[int | None, _Shared]) -> None:
        """Put a request into the record of its partition. One whose ids are all ours may go to any."""
        key = prepared.key
        partition = next(iter(sharing), None) if key is None else self._appender.partition_of(Topic.ACCEPTED, key)
        size = len(fresh.texts)
        shared = sharing.get(partition)
        if shared is not None and shared.size + size > _RECORD_BYTES:
            self._submit(sharing.pop(partition))
            shared = None
        if shared is None:
            shared = sharing[partition] = _Shared(key)
        shared.requests.append(fresh.request(prepared.posted))
        shared.waiting.append((turn, prepared))
        shared.size += size

    def _submit(self, shared: _Shared) -> None:
        self._appender.submit(Topic.ACCEPTED, Outgoing(encode(Submitted(shared.requests)), shared.key), shared.decided)
