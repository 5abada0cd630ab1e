"""What a run found, as it is saved: every repeat with its histogram, so that whatever is asked later can be computed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import msgspec

from bench.load.latencies import Latencies

FOLDER = Path(__file__).parents[1] / "results"
SCHEMA = 1


class NoResults(Exception):
    """The file has no results that this version reads."""


@dataclass(frozen=True, slots=True)
class Spread:
    """The median of repeats, and between what they lie."""

    median: float
    least: float
    most: float

    @staticmethod
    def of(values: Sequence[float]) -> Spread:
        """Of at least one value."""
        return Spread(median(values), min(values), max(values))


@dataclass(frozen=True, slots=True)
class Repeat:
    """One measurement. `latencies` and `parts` are histograms (see `Latencies.encoded`). `drained_s` is how long the workers took
    after the last answer until nothing was left; None where nobody can tell. `behind` has the records that recorder and profiler
    were behind, moment by moment (seconds)."""

    connections: int
    seconds: float
    requests: int
    statements: int
    read_bytes: int
    latencies: str
    cpu_s: dict[str, float]
    peak_bytes: dict[str, int]
    drained_s: float | None = None
    refused: dict[str, int] = field(default_factory=dict)
    first_refusal: str = ""
    parts: dict[str, str] = field(default_factory=dict)
    behind: list[tuple[float, int, int]] = field(default_factory=list)

    @property
    def requests_per_s(self) -> float:
        return self.requests / self.seconds

    @property
    def statements_per_s(self) -> float:
        return self.statements / self.seconds

    @property
    def through_per_s(self) -> float | None:
        """Statements a second through everything: accepted, recorded, profiled."""
        return None if self.drained_s is None else self.statements / (self.seconds + self.drained_s)

    def cpu_us(self, *, per_statement: bool) -> dict[str, float]:
        count = self.statements if per_statement else self.requests
        return {role: seconds / count * 1e6 for role, seconds in self.cpu_s.items()} if count else {}


@dataclass(frozen=True, slots=True)
class Outcome:
    """A workload and its repeats. `ceiling` has requests a second of a bare server under the same requests, in the same run."""

    workload: str
    title: str
    kind: str
    per_statement: bool
    repeats: list[Repeat]
    ceiling: list[float] = field(default_factory=list)

    def steps(self) -> list[int]:
        return sorted({one.connections for one in self.repeats})

    def at(self, connections: int) -> list[Repeat]:
        return [one for one in self.repeats if one.connections == connections]

    def rates(self, connections: int) -> list[float]:
        """Statements a second where statements are sent, else requests a second."""
        return [one.statements_per_s if self.per_statement else one.requests_per_s for one in self.at(connections)]

    def latencies(self, connections: int) -> Latencies:
        together = Latencies()
        for one in self.at(connections):
            together = together.together_with(Latencies.decoded(one.latencies))
        return together


@dataclass(frozen=True, slots=True)
class Run:
    """A run of the tool. `stores` has statements a second of the bare store, one thread, 500 a commit, in the same run."""

    made_at: str
    subject: str
    versions: dict[str, str]
    machine: dict[str, str]
    seed: int
    arguments: list[str]
    outcomes: list[Outcome]
    stores: dict[str, list[float]] = field(default_factory=dict)
    held: int = 0
    schema: int = SCHEMA


def save(run: Run, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(run), indent=1) + b"\n")


def read(path: Path) -> Run:
    """Raises NoResults."""
    try:
        run = msgspec.json.decode(path.read_bytes(), type=Run)
    except OSError as error:
        raise NoResults(f"{path} can't be read: {error.strerror}") from error
    except msgspec.DecodeError as error:
        raise NoResults(f"{path} has no results of this tool: {error}") from error
    if run.schema != SCHEMA:
        raise NoResults(f"{path} has results of schema {run.schema}; this version reads {SCHEMA}")
    return run
