"""Reading one's own writes, and the honest X-Experience-API-Consistent-Through.

A read waits, bounded, until the recorder has passed everything that was acknowledged before the read began. Mostly it has: then one
look at the log's ends by the reader is enough, which those that arrive meanwhile share (`ingest_api.rounds`), for positions do not
go back, so those that had passed the ends a moment ago have passed them now. Else one thread per process asks log and store on
behalf of all reads: a *wave* gathers those that arrive while the thread is busy, and its look at the log starts after the last of
them arrived. Source of the header: xAPI 1.0.3, Communication 2.1.3.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterable, Mapping, Sequence

from eventlog.port import Extent, LogError, LogInspector, Topic
from ingest_api.rounds import Rounds, TooLong, Turn
from store.port import Position, Positions
from store.port import Unavailable as StoreUnavailable
from telemetry.clock import Clock
from telemetry.logs import logger
from telemetry.metrics import READ_WAITS_TIMED_OUT

RAISE_AFTER_MS = 200
"""A promise younger than this is not renewed: each renewal is a durable write, and reads wait for it."""
REFRESH_AFTER_S = 1.0
LOG_RETRY_S = 1.0
TRUSTED_S = 1.0
"""Positions read longer ago are read anew: a store may have been put back from a copy."""
_FIRST_POLL_S, _LAST_POLL_S, _LONGER = 0.002, 0.02, 1.5


class _Wave:
    """Reads that are served by the same look at the log."""

    __slots__ = ("asked_ms", "done", "error", "expires_at", "extent", "joined")

    def __init__(self) -> None:
        self.joined = False
        self.done = threading.Event()
        self.asked_ms = 0
        self.extent: Extent | None = None
        """Which log it was and where it ended, None when it could not be asked: then there is nothing to wait for."""
        self.expires_at = 0.0
        self.error: Exception | None = None


class Consistency:
    """What may be promised about statements. Thread-safe; its thread is started on first use, so after fork."""

    def __init__(self, inspector: LogInspector, positions: Positions, clock: Clock, *, wait_ms: int) -> None:
        self._inspector = inspector
        self._positions = positions
        self._clock = clock
        self._wait_s = wait_ms / 1000
        self._condition = threading.Condition()
        self._thread: threading.Thread | None = None
        self._closed = False
        self._joining = _Wave()
        self._refresh = False
        self._refresh_asked_at = float("-inf")
        self._partitions: frozenset[int] = frozenset()
        self._held: Mapping[int, Position] = {}
        self._held_until = float("-inf")
        self._through_ms = 0
        self._log_retry_at = float("-inf")
        self._glances: Rounds[None, int | None] = Rounds(self._glance, self._wait_s)

    def caught_up(self) -> int:
        """Wait until everything acknowledged before this call is recorded, or the bound is reached; return the milliseconds up to
        which all statements are readable. Raises the store's Unavailable.

        While the log can't be asked, reads go on with what is recorded; the promise returned is then older, and true.
        """
        with contextlib.suppress(TooLong):
            through_ms = self._glances.ask(None)
            if through_ms is not None:
                return through_ms
        with self._condition:
            self._ensure_thread()
            wave = self._joining
            wave.joined = True
            self._condition.notify()
        if not wave.done.wait(self._wait_s):
            READ_WAITS_TIMED_OUT.inc()
        elif isinstance(wave.error, StoreUnavailable):
            raise StoreUnavailable(str(wave.error), wave.error.retry_after_s) from wave.error
        elif wave.error is not None:
            raise RuntimeError("the recorder's positions could not be read") from wave.error
        return self._through_ms

    def begin(self) -> None:
        """Make a first promise, behind the caller's back. To be called in the process that serves, so after fork."""
        self.known()

    def known(self) -> int:
        """The last promise made, in milliseconds; 0 (true of every statement) while there is none. Never waits for the log or the
        store: a promise that has become old is renewed behind the caller's back."""
        now = self._clock.monotonic()
        if now - self._refresh_asked_at > REFRESH_AFTER_S:
            with self._condition:
                self._refresh_asked_at = now
                self._refresh = True
                self._ensure_thread()
                self._condition.notify()
        return self._through_ms

    def close(self) -> None:
        """Stop the thread; reads that wait are let go."""
        with self._condition:
            self._closed = True
            self._condition.notify()
            thread = self._thread
        if thread is not None:
            thread.join()

    def _glance(self, turns: Sequence[Turn[None, int | None]]) -> None:
        """Tell what is promised, where one look at the log shows that it is settled and young; None where it takes more."""
        through_ms: int | None = None
        # What a look that fails means is the thread's to say.
        with contextlib.suppress(Exception):
            if self._clock.monotonic() <= self._held_until and self._thread is not None:
                asked_ms, held = self._clock.now_ms(), self._held
                extent = self._extent()
                if extent is not None and _is_reached(held, extent) and not _is_old(held, frozenset(extent.ends), asked_ms):
                    through_ms = self._through_ms
        for turn in turns:
            turn.tell(through_ms)

    def _ensure_thread(self) -> None:
        if self._closed:
            self._joining.done.set()
        elif self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._run, name="consistency", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        waiting: list[_Wave] = []
        pause_s = _FIRST_POLL_S
        while True:
            with self._condition:
                if waiting and not self._joining.joined:
                    self._condition.wait(pause_s)
                    pause_s = min(pause_s * _LONGER, _LAST_POLL_S)
                while not (waiting or self._joining.joined or self._refresh or self._closed):
                    self._condition.wait()
                fresh: _Wave | None = None
                if self._joining.joined or self._refresh or self._closed:
                    fresh, self._joining = self._joining, _Wave()
                    self._refresh = False
                    pause_s = _FIRST_POLL_S
                if self._closed:
                    for wave in (*waiting, *((fresh,) if fresh else ())):
                        wave.done.set()
                    return
            waiting = self._probe(waiting, fresh)

    def _probe(self, waiting: Sequence[_Wave], fresh: _Wave | None) -> list[_Wave]:
        """Look at log and store once; let go the waves that are served, return the others."""
        waves = [*waiting, *((fresh,) if fresh else ())]
        try:
            if fresh is not None:
                # In this order: whatever is appended after the ends were read gets a `stored` that is not before this moment.
                fresh.asked_ms = self._clock.now_ms()
                fresh.expires_at = self._clock.monotonic() + self._wait_s
                fresh.extent = self._extent()
                self._refresh_asked_at = self._clock.monotonic()
            unsettled = waiting or self._clock.monotonic() > self._held_until or not all(map(self._is_reached, waves))
            newest = fresh or waiting[-1]
            # A promise that is old may have been renewed by another process.
            if unsettled or self._is_old(newest.asked_ms):
                self._hold(self._positions.positions())
            reached = list(filter(self._is_reached, waves))
            self._promise(reached)
        except Exception as error:
            if not isinstance(error, StoreUnavailable):
                logger("ingest_api").error("reading positions failed", exc_info=error)
            self._held_until = float("-inf")
            for wave in waves:
                wave.error = error
                wave.done.set()
            return []
        for wave in reached:
            wave.done.set()
        now = self._clock.monotonic()
        return [wave for wave in waves if not wave.done.is_set() and wave.joined and now < wave.expires_at]

    def _hold(self, positions: Mapping[int, Position]) -> None:
        """Go by these from now on. What they promise never becomes untrue."""
        self._held = positions
        self._held_until = self._clock.monotonic() + TRUSTED_S
        self._through_ms = min((_through(positions, partition) for partition in self._partitions), default=0)

    def _extent(self) -> Extent | None:
        if self._clock.monotonic() < self._log_retry_at:
            return None
        try:
            extent = self._inspector.extent(Topic.ACCEPTED)
        except LogError:
            # Its topics may be missing, too, while it is being made anew.
            self._log_retry_at = self._clock.monotonic() + LOG_RETRY_S
            return None
        self._partitions = frozenset(extent.ends)
        return extent

    def _promise(self, reached: Sequence[_Wave]) -> None:
        """Raise what is promised to the moment at which the newest wave that is reached began, where that is worth a write."""
        for wave in reversed(reached):
            if (extent := wave.extent) is not None:
                if self._is_old(wave.asked_ms) and any(_may_rise(self._held.get(one), extent, one) for one in extent.ends):
                    # A store too busy to write can still be read: then the older promise stands.
                    with contextlib.suppress(StoreUnavailable):
                        self._hold(self._positions.raise_through(extent.ends, wave.asked_ms, log_id=extent.log_id))
                break

    def _is_reached(self, wave: _Wave) -> bool:
        return wave.extent is None or _is_reached(self._held, wave.extent)

    def _is_old(self, asked_ms: int) -> bool:
        return _is_old(self._held, self._partitions, asked_ms)


def _is_reached(held: Mapping[int, Position], extent: Extent) -> bool:
    """Whether these positions are past all that the log had."""
    return all(end == 0 or _is_past(held.get(partition), extent.log_id, end) for partition, end in extent.ends.items())


def _is_old(held: Mapping[int, Position], partitions: Iterable[int], asked_ms: int) -> bool:
    """Whether what these positions promise is to be renewed for one who asked at this moment."""
    return any(_through(held, partition) < asked_ms - RAISE_AFTER_MS for partition in partitions)


def _is_past(position: Position | None, log_id: str, end: int) -> bool:
    """Offsets of another log say nothing of what this one holds."""
    return position is not None and position.log_id == log_id and position.next_offset >= end


def _may_rise(position: Position | None, extent: Extent, partition: int) -> bool:
    """Whether `raise_through` may find it so; what a recorder works on is not raised, and need not be asked for."""
    end = extent.ends[partition]
    if position is None:
        return end == 0
    return position.log_id == extent.log_id and position.next_offset == end and not position.claimed


def _through(positions: Mapping[int, Position], partition: int) -> int:
    position = positions.get(partition)
    return 0 if position is None else position.through_ms
