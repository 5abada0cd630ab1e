"""The loop every worker runs: poll, handle, commit. It keeps nothing across polls.

Three verdicts and no fourth. Unavailable (log or store): keep the batch, wait, try again; an outage never makes a dead letter.
A record that can never be handled: the handler buries it and goes on. Anything unknown: crash without committing; whoever
supervises starts the worker anew and the records are delivered again.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
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
PORTION_BYTES = 4 * 1024 * 1024
"""About so much of a poll is handled and committed together: a second's work or so, after which an end can be asked for."""
PACE_S = 0.01
"""A poll begins no sooner after the last one that found something. What comes alone is handled at once, and what keeps coming is
handled together: each poll costs commits and appends, however little it found."""
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
    """What a worker does with records of one partition, in offset order. Idempotent: the same records may come again.

    Raises StartOver when they are no longer the ones to handle: they stay uncommitted and another reader is opened.
    """

    @property
    def name(self) -> str: ...

    def handle(self, partition: int, records: Sequence[Record]) -> None: ...


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
    max_records: int = 500,
    poll_ms: int = 500,
    before_poll: Callable[[], None] = lambda: None,
) -> None:
    """Work until `stop`. Raises whatever the handler raises beside outages, with nothing of that batch committed.

    `before_poll` may raise StartOver, too.
    """
    while not stop.requested:
        reader = patiently(open_reader, handler.name, stop)
        if reader is None:
            return
        try:
            _serve(handler, reader, stop, clock, max_records, poll_ms, before_poll)
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
    before_poll: Callable[[], None],
) -> None:
    while not stop.requested:
        patiently(before_poll, handler.name, stop)
        records = patiently(lambda: reader.poll(poll_ms, max_records), handler.name, stop)
        found_at = clock.monotonic()
        for partition, batch in _portions(records or ()):
            if stop.requested:
                return
            started = clock.monotonic()
            if not _handle(handler, partition, batch, stop):
                return
            next_offset = batch[-1].offset + 1
            patiently(lambda p=partition, n=next_offset: reader.commit({p: n}), handler.name, stop)  # type: ignore[misc]
            metrics.WORKER_BATCH_SECONDS.labels(handler.name).observe(clock.monotonic() - started)
        if records:
            _keep_pace(found_at, stop, clock)


def _keep_pace(found_at: float, stop: Stop, clock: Clock) -> None:
    rest_s = found_at + PACE_S - clock.monotonic()
    if rest_s > 0:
        stop.wait(rest_s)


def _handle(handler: Handler, partition: int, batch: Sequence[Record], stop: Stop) -> bool:
    """Whether the batch is done; False when the end was asked for during an outage (the batch will be delivered again)."""

    def attempt() -> bool:
        handler.handle(partition, batch)
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


def _portions(records: Sequence[Record]) -> Iterator[tuple[int, list[Record]]]:
    """Partition by partition, in offset order, as many at once as have PORTION_BYTES, and at least one."""
    ordered = sorted(records, key=lambda record: (record.partition, record.offset))
    for partition, group in groupby(ordered, key=lambda record: record.partition):
        portion: list[Record] = []
        size = 0
        for record in group:
            if portion and size + len(record.value) > PORTION_BYTES:
                yield partition, portion
                portion, size = [], 0
            portion.append(record)
            size += len(record.value)
        yield partition, portion
