"""Counting in memory what is counted with every request.

A metric that all processes share is kept in a mapped file behind one lock of the process, so that adding to four of them costs as
much as parsing a statement. What is counted often is added up here and put into the metrics twice a second, by a thread that is
there while something waits, and when the process ends. A process that is killed takes half a second's counts along.
"""

from __future__ import annotations

import os
import threading
import time
from bisect import bisect_left
from collections.abc import Sequence
from multiprocessing.util import Finalize
from typing import Final, Protocol

from prometheus_client import Counter, Histogram

PUT_EVERY_S: Final = 0.5


class BulkHistogram(Histogram):
    """A histogram that takes many observations at once."""

    @property
    def bounds(self) -> Sequence[float]:
        """The upper bounds of the buckets; the last is infinite."""
        return self._upper_bounds

    def observe_all(self, counts: Sequence[int], total: float) -> None:
        """So many observations for each bucket, not counting those of lower ones; `total` is the sum of what was observed."""
        self._sum.inc(total)
        for bucket, count in zip(self._buckets, counts, strict=True):
            if count:
                bucket.inc(count)


class _Waiting(Protocol):
    """What one metric is still to be given."""

    def put(self) -> None: ...

    def forget(self) -> None: ...


class Tally:
    """Thread-safe. A forked process begins with nothing: what waited is its parent's to put."""

    def __init__(self) -> None:
        self._waiting: list[_Waiting] = []
        self._thread: threading.Thread | None = None
        self._ends = False
        self._begin()
        os.register_at_fork(after_in_child=self._begin)

    def counter(self, counter: Counter) -> TalliedCounter:
        made = TalliedCounter(self, counter)
        self._waiting.append(made)
        return made

    def histogram(self, histogram: BulkHistogram) -> TalliedHistogram:
        made = TalliedHistogram(self, histogram)
        self._waiting.append(made)
        return made

    def put(self) -> None:
        """Put all that waits into the metrics. When it returns, nothing is on its way there."""
        with self._turn:
            for one in tuple(self._waiting):
                one.put()

    def came(self) -> None:
        """Something waits. To be called with the lock held."""
        if self._thread is None:
            if not self._ends:
                self._ends = True
                # Not `atexit`, which a server's processes, children of multiprocessing, do not call.
                Finalize(None, self.put, exitpriority=0)
            self._thread = threading.Thread(target=self._put_later, name="tally", daemon=True)
            self._thread.start()

    def _put_later(self) -> None:
        time.sleep(PUT_EVERY_S)
        with self.lock:
            self._thread = None
        self.put()

    def _begin(self) -> None:
        self.lock = threading.Lock()
        self._turn = threading.Lock()
        self._thread = None
        self._ends = False
        for one in self._waiting:
            one.forget()


class TalliedCounter:
    """A counter to whose count is added here first."""

    def __init__(self, tally: Tally, counter: Counter) -> None:
        self._tally = tally
        self._counter = counter
        self.forget()

    def inc(self, amount: float = 1) -> None:
        with self._tally.lock:
            self._amount += amount
            self._tally.came()

    def put(self) -> None:
        with self._tally.lock:
            amount = self._amount
            self.forget()
        if amount:
            self._counter.inc(amount)

    def forget(self) -> None:
        self._amount = 0.0


class TalliedHistogram:
    """A histogram whose observations are gathered here first."""

    def __init__(self, tally: Tally, histogram: BulkHistogram) -> None:
        self._tally = tally
        self._histogram = histogram
        self._bounds = histogram.bounds
        self.forget()

    def observe(self, value: float) -> None:
        bucket = bisect_left(self._bounds, value)
        with self._tally.lock:
            self._counts[bucket] += 1
            self._total += value
            self._tally.came()

    def put(self) -> None:
        with self._tally.lock:
            counts, total = self._counts, self._total
            self.forget()
        if any(counts):
            self._histogram.observe_all(counts, total)

    def forget(self) -> None:
        self._counts = [0] * len(self._bounds)
        self._total = 0.0
