"""The loop every worker runs: poll, handle, commit. It keeps nothing across polls but what is done and not committed yet.

Three verdicts and no fourth. Unavailable (log or store): keep the batch, wait, try again; an outage never makes a dead letter.
A record that can never be handled: the handler buries it and goes on. Anything unknown: crash without committing; whoever
supervises starts the worker anew and the records are delivered again.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Final, Protocol, TypeVar

import eventlog.port as log
import store.port as store
from eventlog.port import LogReader, Record
from telemetry import metrics
from telemetry.clock import Clock
from telemetry.logs import logger

T = TypeVar("T")
OUTAGES = (log.Unavailable, store.Unavailable)
FIRST_WAIT_S = 0.1
LONGEST_WAIT_S = 5.0
MOST_RECORDS = 500
"""Of a poll."""
PORTION_BYTES = 4 * 1024 * 1024
"""About so much of a poll is handled and committed together: a second's work or so, after which an end can be asked for."""
PACE_S = 0.01
"""A poll begins no sooner after the last one that found something. What comes alone is handled at once, and what keeps coming is
handled together: each poll costs commits and appends, however little it found."""
COMMIT_EVERY_S = 0.2
"""How long what is done may wait to be committed while more keeps coming; when nothing does, it is committed at once."""
_JITTER = random.Random()  # noqa: S311 - spreads retries, guards nothing


class PoisonRecord(Exception):
    """A record, or a statement in it, that can never be handled; `reason` is one of a few words for counting."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


class StartOver(Exception):
    """What the reader delivered is not to be committed: the log is not the one it was opened in, or the end was asked for."""


class Handler(Protocol):
    """What a worker does with records, those of a partition in offset order. Idempotent: the same records may come again.

    Raises StartOver when they are no longer the ones to handle: they stay uncommitted and another reader is opened.
    """

    @property
    def name(self) -> str: ...

    def handle(self, records: Sequence[Record]) -> None: ...


class Stop:
    """Asked to end: the batch in hand is finished, committed and the group left."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def request(self) -> None:
        self._event.set()

    @property
    def requested(self) -> bool:
        return self._event.is_set()

    def wait(self, seconds: float) -> bool:
        """Wait, and say whether the end was asked for."""
        return self._event.wait(seconds)

    def check(self) -> None:
        """Raise StartOver when the end was asked for: between steps of what takes long, each of which may be done again."""
        if self.requested:
            raise StartOver("the end was asked for; what is not committed comes again")


NEVER: Final = Stop()
"""For work that is not to be ended from outside. Nobody requests it."""


def run(
    handler: Handler,
    open_reader: Callable[[], LogReader],
    stop: Stop,
    clock: Clock,
    *,
    max_records: int = MOST_RECORDS,
    poll_ms: int = 500,
    pace_s: float = PACE_S,
    before_poll: Callable[[], None] = lambda: None,
) -> None:
    """Work until `stop`. Raises whatever the handler raises beside outages, with nothing of that batch committed.

    A poll begins `pace_s` seconds after the last one that found something, at the earliest. `before_poll` may raise StartOver, too.
    """
    while not stop.requested:
        reader = patiently(open_reader, handler.name, stop)
        if reader is None:
            return
        try:
            _serve(handler, reader, stop, clock, max_records, poll_ms, pace_s, before_poll)
        except StartOver as reason:
            if not stop.requested:
                logger(handler.name).warning("opening another reader", reason=str(reason))
        finally:
            reader.close()


def tend(tick: Callable[[], bool], name: str, stop: Stop, pause_s: float) -> None:
    """Do `tick` until `stop`, waiting `pause_s` seconds after each that found nothing to do. Outages are waited out, and
    whatever else it raises is raised."""
    while not stop.requested:
        if not patiently(tick, name, stop):
            stop.wait(pause_s)


def _serve(
    handler: Handler,
    reader: LogReader,
    stop: Stop,
    clock: Clock,
    max_records: int,
    poll_ms: int,
    pace_s: float,
    before_poll: Callable[[], None],
) -> None:
    done = _Done(reader, handler.name, stop, clock)
    try:
        while not stop.requested:
            patiently(before_poll, handler.name, stop)
            timeout_ms = 0 if done.waits else poll_ms
            records = patiently(partial(reader.poll, timeout_ms, max_records), handler.name, stop)
            if not records:
                done.commit()
                continue
            found_at = clock.monotonic()
            for batch in _portions(records):
                if stop.requested:
                    break
                started = clock.monotonic()
                if not _handle(handler, batch, stop):
                    break
                metrics.WORKER_BATCH_SECONDS.labels(handler.name).observe(clock.monotonic() - started)
                done.add(batch)
            _keep_pace(found_at + pace_s, stop, clock)
    except StartOver:
        if not stop.requested:
            raise
    done.commit()


class _Done:
    """What is handled and not committed yet. To commit is to write to the log, which costs a small batch as much again as a good
    part of handling it; what was not committed when a worker dies is handled once more, which changes nothing."""

    def __init__(self, reader: LogReader, name: str, stop: Stop, clock: Clock) -> None:
        self._reader = reader
        self._name = name
        self._stop = stop
        self._clock = clock
        self._next_offsets: dict[int, int] = {}
        self._commit_at = 0.0

    @property
    def waits(self) -> bool:
        return bool(self._next_offsets)

    def add(self, batch: Sequence[Record]) -> None:
        now = self._clock.monotonic()
        if not self._next_offsets:
            self._commit_at = now + COMMIT_EVERY_S
        self._next_offsets |= {record.partition: record.offset + 1 for record in batch}
        if now >= self._commit_at:
            self.commit()

    def commit(self) -> None:
        """Waits out outages, until the end is asked for."""
        if self._next_offsets:
            patiently(lambda: self._reader.commit(self._next_offsets), self._name, self._stop)
            self._next_offsets = {}


def _keep_pace(until: float, stop: Stop, clock: Clock) -> None:
    rest_s = until - clock.monotonic()
    if rest_s > 0:
        stop.wait(rest_s)


def _handle(handler: Handler, batch: Sequence[Record], stop: Stop) -> bool:
    """Whether the batch is done; False when the end was asked for during an outage (the batch will be delivered again)."""

    def attempt() -> bool:
        handler.handle(batch)
        return True

    return patiently(attempt, handler.name, stop) or False


def patiently(act: Callable[[], T], name: str, stop: Stop) -> T | None:
    """Do `act`, waiting out outages with growing, jittered waits; None when the end was asked for meanwhile."""
    wait_s = FIRST_WAIT_S
    while True:
        try:
            return act()
        except OUTAGES as outage:
            metrics.WORKER_BACKOFFS.labels(name).inc()
            logger(name).warning("waiting out an outage", wait_s=round(wait_s, 2), error=str(outage))
            if stop.wait(wait_s * _JITTER.uniform(0.7, 1.3)):
                return None
            wait_s = min(wait_s * 2, LONGEST_WAIT_S)


def _portions(records: Sequence[Record]) -> Iterator[list[Record]]:
    """By partition and offset, as many at once as have PORTION_BYTES, and at least one."""
    portion: list[Record] = []
    size = 0
    for record in sorted(records, key=lambda record: (record.partition, record.offset)):
        if portion and size + len(record.value) > PORTION_BYTES:
            yield portion
            portion, size = [], 0
        portion.append(record)
        size += len(record.value)
    if portion:
        yield portion
