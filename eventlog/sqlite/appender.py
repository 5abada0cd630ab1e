"""Appending to the embedded log: one thread writes what waits, so concurrent callers share a transaction and its fsync."""

from __future__ import annotations

import os
import random
import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from eventlog.port import Appended, Decided, LogError, LogLimits, Outgoing, Rejected, Topic, Unavailable
from eventlog.sqlite.batch import Batch, partition_of
from eventlog.sqlite.database import Database, Locked
from eventlog.sqlite.inspector import SqliteLogInspector
from telemetry.clock import Clock
from telemetry.logs import logger

_LOCK_TIMEOUT_MS: Final = 1_000
"""How long the writer waits for other processes before it looks whether it is to stop."""

_LATE_S: Final = 0.5
"""How much longer than the time-out a caller waits to be told of it: the writer may have to look whether it is over."""

_TRUSTED_S: Final = 1.0
"""How long a number of partitions is remembered: the file may be replaced by another log."""
_NO_COUNT: Final = (0, float("-inf"))

_Verdict = list[Appended] | LogError


class _Job:
    """One caller's records, their bytes, until when (monotonic seconds) they may wait, and whom to tell."""

    __slots__ = ("decide", "expires_at", "records", "size", "topic")

    def __init__(
        self,
        topic: Topic,
        records: Sequence[Outgoing],
        size: int,
        expires_at: float,
        decide: Callable[[_Verdict], None],
    ) -> None:
        self.topic = topic
        self.records = records
        self.size = size
        self.expires_at = expires_at
        self.decide = decide


class _Answer:
    """The lock that a caller waits at. (A future costs several times as much as what it is needed for here.)"""

    __slots__ = ("_decided", "_verdict")

    def __init__(self) -> None:
        self._verdict: _Verdict | None = None
        self._decided = threading.Lock()
        self._decided.acquire()

    def decide(self, verdict: _Verdict) -> None:
        self._verdict = verdict
        self._decided.release()

    def wait(self, timeout_s: float) -> _Verdict | None:
        return self._verdict if self._decided.acquire(timeout=timeout_s) else None


class SqliteLogAppender:
    """See `LogAppender`. A batch is whatever waits when the last one is on disk; nothing is delayed to fill it."""

    def __init__(self, database: Database, inspector: SqliteLogInspector, limits: LogLimits, clock: Clock) -> None:
        self._inspector = inspector
        self._limits = limits
        self._clock = clock
        self._counts: dict[Topic, tuple[int, float]] = {}
        self._new_writer = partial(_Writer, database, limits, clock)
        # By process: threads do not come over by a fork, and what waited there is the parent's to write.
        self._by_pid: dict[int, _Writer] = {}

    def append(self, topic: Topic, record: Outgoing) -> Appended:
        return self.append_all(topic, (record,))[0]

    def append_all(self, topic: Topic, records: Sequence[Outgoing]) -> list[Appended]:
        """In one transaction: here an error means that none was appended, unless it is a time-out."""
        if not records:
            return []
        answer = _Answer()
        self._take_on(topic, records, answer.decide)
        verdict = answer.wait(self._limits.append_timeout_ms / 1000 + _LATE_S)
        if isinstance(verdict, list):
            return verdict
        raise _too_late(self._limits) if verdict is None else verdict

    def submit(self, topic: Topic, record: Outgoing, decided: Decided) -> None:
        def decide(verdict: _Verdict) -> None:
            decided(verdict[0] if isinstance(verdict, list) else verdict)

        try:
            self._take_on(topic, (record,), decide)
        except LogError as error:
            decided(error)

    def partition_of(self, topic: Topic, key: bytes) -> int:
        now = self._clock.monotonic()
        count, trusted_until = self._counts.get(topic, _NO_COUNT)
        if now >= trusted_until:
            count = self._inspector.partitions(topic)
            self._counts[topic] = count, now + _TRUSTED_S
        return partition_of(key, count)

    def close(self) -> None:
        """Write what waits and stop."""
        self._writer().close()
        self._inspector.close()

    def _take_on(self, topic: Topic, records: Sequence[Outgoing], decide: Callable[[_Verdict], None]) -> None:
        sizes = [len(record.value) + len(record.key or b"") for record in records]
        if max(sizes) > self._limits.max_record_bytes:
            raise Rejected(f"a record of {max(sizes)} bytes is larger than the {self._limits.max_record_bytes} that are allowed")
        expires_at = self._clock.monotonic() + self._limits.append_timeout_ms / 1000
        self._writer().take_on(_Job(topic, records, sum(sizes), expires_at, decide))

    def _writer(self) -> _Writer:
        pid = os.getpid()
        return self._by_pid.get(pid) or self._by_pid.setdefault(pid, self._new_writer())


class _Writer:
    """The thread that writes, and the jobs that wait for it."""

    def __init__(self, database: Database, limits: LogLimits, clock: Clock) -> None:
        self._database = database
        self._limits = limits
        self._clock = clock
        # Processes start at different partitions, so that several of them spread evenly even if each appends little.
        self._spread = random.randrange(1 << 16)  # noqa: S311
        self._changed = threading.Condition()
        self._waiting: list[_Job] = []
        self._in_flight_bytes = 0
        self._thread: threading.Thread | None = None
        self._closed = False

    def take_on(self, job: _Job) -> None:
        """Raises Unavailable when too much waits already."""
        with self._changed:
            if self._closed:
                raise Unavailable("this appender is closed")
            # What is larger than the bound passes when it is alone: it could never pass otherwise.
            if self._in_flight_bytes and self._in_flight_bytes + job.size > self._limits.max_in_flight_bytes:
                raise Unavailable(f"{self._in_flight_bytes} bytes are waiting to be written already", retry_after_s=1)
            self._in_flight_bytes += job.size
            self._waiting.append(job)
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, name="log-writer", daemon=True)
                self._thread.start()
            self._changed.notify()

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()
        self._database.close()

    def _serve(self) -> None:
        while self._work_came():
            jobs: list[_Job] = []
            verdicts: Sequence[_Verdict]
            try:
                with self._database.writing(self._patience_ms()) as connection:
                    # Taken only now that the file is ours: until here a job whose time is up is not written any more, and
                    # whoever came while another process was writing shares this transaction.
                    jobs = self._take()
                    verdicts = self._add(jobs, Batch(connection, self._clock.now_ms(), self._next_spread))
            except Locked as error:
                jobs = self._take() if self._closed else self._take_expired()
                verdicts = [error if self._closed else _too_late(self._limits)] * len(jobs)
            except LogError as error:
                jobs = jobs or self._take()
                verdicts = [error] * len(jobs)
            except Exception as error:
                logger("eventlog").error("writing the event log failed", exc_info=error)
                jobs = jobs or self._take()
                verdicts = [Unavailable("the event log could not be written")] * len(jobs)
            # Before the answers: a caller that has one may append again at once.
            self._release(sum(job.size for job in jobs))
            for job, verdict in zip(jobs, verdicts, strict=True):
                job.decide(verdict)

    def _work_came(self) -> bool:
        """Wait for it; False when the appender is closed and nothing is left."""
        with self._changed:
            while not self._waiting and not self._closed:
                self._changed.wait()
            return bool(self._waiting)

    def _patience_ms(self) -> int:
        """How long to wait for other processes: not beyond the time of the first whose time is up."""
        with self._changed:
            left_s = min((job.expires_at for job in self._waiting), default=0.0) - self._clock.monotonic()
        return min(_LOCK_TIMEOUT_MS, max(0, round(left_s * 1000)))

    def _take_expired(self) -> list[_Job]:
        """Those whose time is up."""
        now = self._clock.monotonic()
        with self._changed:
            expired = [job for job in self._waiting if job.expires_at <= now]
            self._waiting = [job for job in self._waiting if job.expires_at > now]
        return expired

    def _take(self) -> list[_Job]:
        """All that wait."""
        with self._changed:
            waiting, self._waiting = self._waiting, []
        return waiting

    def _release(self, size: int) -> None:
        with self._changed:
            self._in_flight_bytes -= size

    def _add(self, jobs: list[_Job], batch: Batch) -> list[_Verdict]:
        verdicts: list[_Verdict] = []
        for job in jobs:
            try:
                verdicts.append(batch.add(job.topic, job.records))
            except Rejected as refusal:
                verdicts.append(refusal)
        batch.write()
        return verdicts

    def _next_spread(self) -> int:
        self._spread += 1
        return self._spread


def _too_late(limits: LogLimits) -> Unavailable:
    return Unavailable(f"the event log was not free to take the records for {limits.append_timeout_ms} ms")
