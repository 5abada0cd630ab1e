"""Reading one's own writes, and the honest X-Experience-API-Consistent-Through.

A read waits, bounded, until the recorder has passed everything that was acknowledged before the read began. Where that was is seen
by a *look* at the log's ends, which begins after the read did; those that arrive while one is under way share the next
(`ingest_api.rounds`). Mostly the recorder is known to be past the ends, and that is all, for positions do not go back. Else one
thread per process asks the store on behalf of all looks that wait. Source of the header: xAPI 1.0.3, Communication 2.1.3.
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


class Look:
    """What was seen of the log, for all reads that began before it, and what becomes of them."""

    __slots__ = ("asked_ms", "awaited", "done", "error", "expires_at", "extent", "through_ms")

    def __init__(self, asked_ms: int, expires_at: float, *, awaited: bool) -> None:
        self.asked_ms = asked_ms
        """When it began."""
        self.expires_at = expires_at
        self.awaited = awaited
        """Whether anybody waits for it."""
        self.extent: Extent | None = None
        """Which log it was and where it ended, None when it could not be asked: then there is nothing to wait for."""
        self.through_ms: int | None = None
        """What is promised to these reads, where the look alone settled it."""
        self.done = threading.Event()
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
        self._fresh: list[Look] = []
        self._refresh = False
        self._refresh_asked_at = float("-inf")
        self._partitions: frozenset[int] = frozenset()
        self._held: Mapping[int, Position] = {}
        self._held_until = float("-inf")
        self._through_ms = 0
        self._log_retry_at = float("-inf")
        self._rounds: Rounds[None, Look] = Rounds(self._look_for, self._wait_s)

    def caught_up(self) -> int:
        """Wait until everything acknowledged before this call is recorded, or the bound is reached; return the milliseconds up to
        which all statements are readable. Raises the store's Unavailable.

        While the log can't be asked, reads go on with what is recorded; the promise returned is then older, and true.
        """
        try:
            return self.after(self._rounds.ask(None))
        except TooLong:
            READ_WAITS_TIMED_OUT.inc()
            return self._through_ms

    def look(self) -> Look:
        """Look at the log, for reads that have begun. `after` tells what they are promised."""
        look = self._looked(awaited=True)
        if self._is_settled(look):
            look.through_ms = self._through_ms
            return look
        with self._condition:
            self._ensure_thread()
            self._fresh.append(look)
            if self._closed:
                look.done.set()
            self._condition.notify()
        return look

    def after(self, look: Look) -> int:
        """As `caught_up`, for a read that began before this look."""
        if look.through_ms is not None:
            return look.through_ms
        if not look.done.wait(self._wait_s):
            READ_WAITS_TIMED_OUT.inc()
        elif isinstance(look.error, StoreUnavailable):
            raise StoreUnavailable(str(look.error), look.error.retry_after_s) from look.error
        elif look.error is not None:
            raise RuntimeError("the recorder's positions could not be read") from look.error
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

    def _look_for(self, turns: Sequence[Turn[None, Look]]) -> None:
        look = self.look()
        for turn in turns:
            turn.tell(look)

    def _looked(self, *, awaited: bool) -> Look:
        # In this order: whatever is appended after the ends were read gets a `stored` that is not before this moment.
        look = Look(self._clock.now_ms(), self._clock.monotonic() + self._wait_s, awaited=awaited)
        look.extent = self._extent()
        self._refresh_asked_at = self._clock.monotonic()
        return look

    def _ensure_thread(self) -> None:
        if not self._closed and (self._thread is None or not self._thread.is_alive()):
            self._thread = threading.Thread(target=self._run, name="consistency", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        waiting: list[Look] = []
        pause_s = _FIRST_POLL_S
        while True:
            with self._condition:
                if waiting and not self._fresh:
                    self._condition.wait(pause_s)
                    pause_s = min(pause_s * _LONGER, _LAST_POLL_S)
                while not (waiting or self._fresh or self._refresh or self._closed):
                    self._condition.wait()
                fresh, self._fresh = self._fresh, []
                refresh, self._refresh = self._refresh, False
                if self._closed:
                    for look in (*waiting, *fresh):
                        look.done.set()
                    return
            if fresh:
                pause_s = _FIRST_POLL_S
            waiting = self._probe(waiting, fresh, refresh=refresh and not fresh)

    def _probe(self, waiting: Sequence[Look], fresh: Sequence[Look], *, refresh: bool) -> list[Look]:
        """Ask the store once; let those go that are served, return the others. To `refresh` is to look on nobody's behalf."""
        looks = [*waiting, *fresh]
        try:
            if refresh:
                looks.append(self._looked(awaited=False))
            unsettled = waiting or self._clock.monotonic() > self._held_until or not all(map(self._is_reached, looks))
            # A promise that is old may have been renewed by another process.
            if unsettled or self._is_old(looks[-1].asked_ms):
                self._hold(self._positions.positions())
            reached = list(filter(self._is_reached, looks))
            self._promise(reached)
        except Exception as error:
            if not isinstance(error, StoreUnavailable):
                logger("ingest_api").error("reading positions failed", exc_info=error)
            self._held_until = float("-inf")
            for look in looks:
                look.error = error
                look.done.set()
            return []
        for look in reached:
            look.done.set()
        now = self._clock.monotonic()
        return [look for look in looks if not look.done.is_set() and look.awaited and now < look.expires_at]

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

    def _promise(self, reached: Sequence[Look]) -> None:
        """Raise what is promised to the moment at which the newest look that is reached began, where that is worth a write."""
        for look in reversed(reached):
            if (extent := look.extent) is not None:
                if self._is_old(look.asked_ms) and any(_may_rise(self._held.get(one), extent, one) for one in extent.ends):
                    # A store too busy to write can still be read: then the older promise stands.
                    with contextlib.suppress(StoreUnavailable):
                        self._hold(self._positions.raise_through(extent.ends, look.asked_ms, log_id=extent.log_id))
                break

    def _is_reached(self, look: Look) -> bool:
        return look.extent is None or _is_reached(self._held, look.extent)

    def _is_settled(self, look: Look) -> bool:
        """Whether what is known of the positions is enough for these reads, and what it promises is young."""
        if look.extent is None or self._clock.monotonic() > self._held_until:
            return False
        held = self._held
        return _is_reached(held, look.extent) and not _is_old(held, look.extent.ends, look.asked_ms)

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
