"""Appending to the embedded log: one thread writes what waits, so concurrent callers share a transaction and its fsync."""

from __future__ import annotations

import os
import random
import threading
from collections.abc import Sequence
from functools import partial
from typing import Final

from eventlog.port import Appended, LogLimits, Outgoing, Rejected, Topic, Unavailable
from eventlog.sqlite.batch import Batch
from eventlog.sqlite.database import Database, Locked
from telemetry.clock import Clock

_LOCK_TIMEOUT_MS: Final = 1_000
"""How long the writer waits for other processes before it looks whether it is to stop."""


class _Job:
    """One caller's records, their bytes, and the lock at which the caller waits for the verdict. (A future costs several times as
    much as what it is needed for here.)"""

    __slots__ = ("_decided", "_verdict", "records", "size", "topic")

    def __init__(self, topic: Topic, records: Sequence[Outgoing], size: int) -> None:
        self.topic = topic
        self.records = records
        self.size = size
        self._verdict: list[Appended] | Exception | None = None
        self._decided = threading.Lock()
        self._decided.acquire()

    def decide(self, verdict: list[Appended] | Exception) -> None:
        """Let the caller go. To be called once."""
        self._verdict = verdict
        self._decided.release()

    def verdict(self, timeout_s: float) -> list[Appended] | None:
        """What was appended, None when nothing is decided in time. Raises what was decided instead."""
        if not self._decided.acquire(timeout=timeout_s):
            return None
        if isinstance(self._verdict, Exception):
            raise self._verdict
        return self._verdict


class SqliteLogAppender:
    """See `LogAppender`. A batch is whatever waits when the last one is on disk; nothing is delayed to fill it."""

    def __init__(self, database: Database, limits: LogLimits, clock: Clock) -> None:
        self._limits = limits
        self._new_writer = partial(_Writer, database, limits, clock)
        # By process: threads do not come over by a fork, and what waited there is the parent's to write.
        self._by_pid: dict[int, _Writer] = {}

    def append(self, topic: Topic, record: Outgoing) -> Appended:
        return self.append_all(topic, (record,))[0]

    def append_all(self, topic: Topic, records: Sequence[Outgoing]) -> list[Appended]:
        """In one transaction: here an error means that none was appended, unless it is a time-out."""
        if not records:
            return []
        sizes = [len(record.value) + len(record.key or b"") for record in records]
        if max(sizes) > self._limits.max_record_bytes:
            raise Rejected(f"a record of {max(sizes)} bytes is larger than the {self._limits.max_record_bytes} that are allowed")
        job = _Job(topic, records, sum(sizes))
        writer = self._writer()
        writer.take_on(job)
        appended = job.verdict(self._limits.append_timeout_ms / 1000)
        if appended is None:
            writer.give_back(job)
            raise Unavailable(f"the event log was not free to take the records for {self._limits.append_timeout_ms} ms")
        return appended

    def close(self) -> None:
        """Write what waits and stop."""
        self._writer().close()

    def _writer(self) -> _Writer:
        pid = os.getpid()
        return self._by_pid.get(pid) or self._by_pid.setdefault(pid, self._new_writer())


class _Writer:
    """The thread that writes, and the jobs that wait for it."""

    def __init__(self, database: Database, limits: LogLimits, clock: Clock) -> None:
        self._database = database
        self._most_bytes = limits.max_in_flight_bytes
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
            if self._in_flight_bytes and self._in_flight_bytes + job.size > self._most_bytes:
                raise Unavailable(f"{self._in_flight_bytes} bytes are waiting to be written already", retry_after_s=1)
            self._in_flight_bytes += job.size
            self._waiting.append(job)
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, name="log-writer", daemon=True)
                self._thread.start()
            self._changed.notify()

    def give_back(self, job: _Job) -> None:
        """Forget a job, unless it is being written right now."""
        with self._changed:
            if job in self._waiting:
                self._waiting.remove(job)
                self._in_flight_bytes -= job.size

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
            try:
                with self._database.writing(_LOCK_TIMEOUT_MS) as connection:
                    # Taken only now that the file is ours: until here a caller whose time is up can take its records back,
                    # and whoever came while another process was writing shares this transaction.
                    jobs = self._take()
                    verdicts = self._add(jobs, Batch(connection, self._clock.now_ms(), self._next_spread))
            except Exception as error:
                if isinstance(error, Locked) and not self._closed:
                    # Whose time is up goes by itself; the others may still have luck.
                    continue
                jobs = jobs or self._take()
                verdicts = [error] * len(jobs)
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

    def _take(self) -> list[_Job]:
        """All that wait."""
        with self._changed:
            waiting, self._waiting = self._waiting, []
        return waiting

    def _release(self, size: int) -> None:
        with self._changed:
            self._in_flight_bytes -= size

    def _add(self, jobs: list[_Job], batch: Batch) -> list[list[Appended] | Exception]:
        verdicts: list[list[Appended] | Exception] = []
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
