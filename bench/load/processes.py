"""What every process uses while something is measured: CPU by role, and the most memory any one of a role had."""

from __future__ import annotations

import contextlib
import threading
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType

import psutil

CLIENT = "client"
_SAMPLE_S = 0.2


@dataclass(frozen=True, slots=True)
class Member:
    """A process, and what it is of the installation: api, recorder, kafka, …"""

    role: str
    process: psutil.Process


class Watch:
    """A context manager. `cpu_s` and `peak_bytes` are by role, and complete at its end; this process is the client.

    `members` is asked anew at the end, so a process that was restarted meanwhile counts from its start.
    """

    def __init__(self, members: Callable[[], Sequence[Member]]) -> None:
        self._members = members
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._sample, name="memory", daemon=True)
        self._before: Mapping[psutil.Process, float] = {}
        self._watched: Sequence[Member] = ()
        self.cpu_s: dict[str, float] = {}
        self.peak_bytes: dict[str, int] = {}

    def __enter__(self) -> Watch:
        self._watched = self._everybody()
        self._before = {one.process: _cpu_s(one.process) for one in self._watched}
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stop.set()
        self._thread.join()
        used: defaultdict[str, float] = defaultdict(float)
        for member in self._everybody():
            used[member.role] += _cpu_s(member.process) - self._before.get(member.process, 0.0)
        self.cpu_s = dict(used)

    def _everybody(self) -> Sequence[Member]:
        return [*self._members(), Member(CLIENT, psutil.Process())]

    def _sample(self) -> None:
        while True:
            for member in self._watched:
                with contextlib.suppress(psutil.Error):
                    now = member.process.memory_info().rss
                    self.peak_bytes[member.role] = max(now, self.peak_bytes.get(member.role, 0))
            if self._stop.wait(_SAMPLE_S):
                return


def rekam_members(up: psutil.Process) -> list[Member]:
    """The processes below a `rekam up`. Those that answer are children of `rekam serve`, which only watches over them."""
    found = [Member("supervisor", up)]
    for child in up.children():
        with contextlib.suppress(psutil.Error):
            command = child.cmdline()
            if command[-2:-1] == ["work"]:
                found.append(Member(command[-1], child))
            elif command[-1:] == ["serve"]:
                found.append(Member("supervisor", child))
                found += [Member("api", answering) for answering in child.children()]
    return found


def with_children(role: str, process: psutil.Process) -> list[Member]:
    return [Member(role, one) for one in (process, *process.children(recursive=True))]


def _cpu_s(process: psutil.Process) -> float:
    with contextlib.suppress(psutil.Error):
        times = process.cpu_times()
        return float(times.user + times.system)
    return 0.0
