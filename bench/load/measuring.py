"""A workload, measured: warm-up, repeats, the ceiling under the same requests."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from bench.load import ceilings
from bench.load.connections import Conversation, LoadFailed, drive
from bench.load.conversations import Asking, Pace, Posting, Tally, Turning, in_turn, statements_on
from bench.load.filling import Filling, reads
from bench.load.latencies import Latencies
from bench.load.probes import until_profiled, until_readable
from bench.load.processes import Watch
from bench.load.requests import Endpoint, Ids, Posts
from bench.load.results import Outcome, Repeat
from bench.load.statements import Rendered
from bench.load.subject import Subject
from bench.load.workload import Workload

DEEP = 5
"""A page that counts as a deep one comes after so many."""
_LOOK_S = 0.2
_WATCH_S = 1.0
_PROBES = 2
_BARE_S = 3.0
_BARE_REPEATS = 3


@dataclass(frozen=True, slots=True)
class Plan:
    """How a run measures: `drain_s` is the longest to wait for the workers after a repeat."""

    repeats: int
    warm_up_s: float
    seconds: float | None
    ceilings: bool
    drain_s: float = 600.0


@dataclass(frozen=True, slots=True)
class _Talk:
    """Conversations of one repeat, their tally, and further tallies by name."""

    conversations: Sequence[Conversation]
    tally: Tally
    parts: dict[str, Tally]


class Measuring:
    """Measures workloads of one subject. What is written goes on from repeat to repeat under new ids."""

    def __init__(
        self, subject: Subject, pool: Sequence[Rendered], filling: Filling | None, plan: Plan, tell: Callable[[str], None]
    ):
        self._subject = subject
        self._pool = pool
        self._filling = filling
        self._plan = plan
        self._tell = tell
        self._begun = 0

    def outcome(self, workload: Workload) -> Outcome:
        """Raises LoadFailed."""
        repeats = []
        for connections in workload.connections:
            if self._plan.warm_up_s:
                drive(
                    self._subject.endpoint.address,
                    self._talk(self._subject.endpoint, workload, connections).conversations,
                    self._plan.warm_up_s,
                )
                self.drained()
            for number in range(workload.repeats or self._plan.repeats):
                made = self._repeat(workload, connections)
                repeats.append(made)
                self._tell(
                    f"{workload.name}, {connections} connections, repeat {number + 1}: {made.requests_per_s:,.0f} requests/s"
                )
        ceiling = self._ceiling(workload, repeats) if self._plan.ceilings else []
        return Outcome(workload.name, workload.title, workload.kind, workload.writes, repeats, ceiling)

    def _repeat(self, workload: Workload, connections: int) -> Repeat:
        talk = self._talk(self._subject.endpoint, workload, connections)
        behind: list[tuple[float, int, int]] = []
        with Watch(self._subject.members) as watch:
            with self._watched(behind) if workload.kind == "sustained" else _nothing():
                took_s = drive(self._subject.endpoint.address, talk.conversations, self._plan.seconds or workload.seconds)
            drained_s = self.drained() if workload.writes else None
        tally = talk.tally
        if not tally.seconds:
            raise LoadFailed(f"{workload.name}: every request was refused: {dict(tally.refused)} {tally.first_refusal}")
        return Repeat(
            connections,
            took_s,
            len(tally.seconds),
            tally.statements,
            tally.read_bytes,
            Latencies.of(tally.seconds).encoded(),
            watch.cpu_s,
            watch.peak_bytes,
            drained_s,
            {str(status): count for status, count in tally.refused.items()},
            tally.first_refusal,
            {name: Latencies.of(part.seconds).encoded() for name, part in talk.parts.items() if part.seconds},
            behind,
        )

    def _talk(self, endpoint: Endpoint, workload: Workload, connections: int) -> _Talk:
        tally = Tally()
        if workload.writes:
            self._begun += 1
            posts = Posts(endpoint, self._pool, workload.statements, Ids(f"{workload.name}/{time.time_ns()}/{self._begun}"))
            per_second = workload.statements_per_second
            pace = Pace(per_second / workload.statements) if per_second else None
            talk = _Talk([Posting(posts, tally, pace) for _ in range(connections)], tally, {})
            return self._with_probes(endpoint, talk) if workload.kind == "freshness" else talk
        if self._filling is None:
            raise LoadFailed(f"{workload.name} needs statements to read")
        asked = reads(endpoint, self._filling, workload)
        starts = [in_turn(asked, number * len(asked) // connections) for number in range(connections)]
        if workload.kind == "more":
            first, last = Tally(), Tally()
            turning = [Turning(one, endpoint.get, tally, first, last, DEEP) for one in starts]
            return _Talk(turning, tally, {"first page": first, f"page {DEEP} and deeper": last})
        count = (lambda _: 1) if workload.by == "id" else statements_on
        return _Talk([Asking(one, tally, count) for one in starts], tally, {})

    def _with_probes(self, endpoint: Endpoint, talk: _Talk) -> _Talk:
        parts = {"acknowledged to readable": Tally()}
        begun = self._begun * 100
        probes: list[Conversation] = [
            until_readable(endpoint, begun + number, parts["acknowledged to readable"]) for number in range(_PROBES)
        ]
        if self._subject.settings is not None:
            parts["acknowledged to profile"] = Tally()
            probes += [until_profiled(endpoint, begun + 50 + number, parts["acknowledged to profile"]) for number in range(_PROBES)]
        return replace(talk, conversations=[*talk.conversations, *probes], parts=parts)

    def drained(self) -> float | None:
        """Seconds until recorder and profiler have nothing left. Raises LoadFailed when that takes too long."""
        if self._subject.behind is None:
            return None
        started = time.monotonic()
        while (left := self._subject.behind()) != (0, 0):
            if time.monotonic() - started > self._plan.drain_s:
                raise LoadFailed(f"after {self._plan.drain_s:.0f} s recorder and profiler are still {left} records behind")
            time.sleep(_LOOK_S)
        return time.monotonic() - started

    @contextmanager
    def _watched(self, behind: list[tuple[float, int, int]]) -> Iterator[None]:
        """Note how far the workers are behind, every second."""
        stop = threading.Event()
        look = self._subject.behind
        started = time.monotonic()

        def watch() -> None:
            while look is not None and not stop.wait(_WATCH_S):
                behind.append((time.monotonic() - started, *look()))

        thread = threading.Thread(target=watch, name="behind", daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()

    def _ceiling(self, workload: Workload, repeats: Sequence[Repeat]) -> list[float]:
        if workload.kind in ("sustained", "freshness"):
            return []
        settings = self._subject.settings
        processes, threads = (settings.api_processes, settings.api_threads) if settings else (2, 16)
        connections = workload.connections[-1]
        tally = Tally()
        with ceilings.bare_server(processes, threads) as bare:
            if workload.writes:
                posts = Posts(bare, self._pool, workload.statements, Ids("bare"))
                talk: list[Conversation] = [Posting(posts, tally) for _ in range(connections)]
            else:
                size = sum(one.read_bytes for one in repeats) // sum(one.requests for one in repeats)
                asked = bare.get(f"{bare.statements}?bytes={size}")
                talk = [Asking(in_turn([asked], 0), tally, statements_on) for _ in range(connections)]
            drive(bare.address, talk, 1.0)
            return [ceilings.requests_per_s(bare, talk, lambda: len(tally.seconds), _BARE_S) for _ in range(_BARE_REPEATS)]


@contextmanager
def _nothing() -> Iterator[None]:
    yield
