"""Two runs beside each other. What lies within the spread of the repeats is noise, and is called so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median

from bench.load.results import Outcome, Run, Spread

ENOUGH = 3
"""Repeats on either side below which a spread says nothing."""
_MACHINE_DIFFERS = 0.1


class Verdict(StrEnum):
    FASTER = "faster"
    SLOWER = "slower"
    NOISE = "noise"
    TOO_FEW = "too few repeats to say"


@dataclass(frozen=True, slots=True)
class Ratio:
    """New divided by old. `least` is the slowest new repeat beside the fastest old one, `most` the other way round."""

    median: float
    least: float
    most: float

    @staticmethod
    def of(old: Sequence[float], new: Sequence[float]) -> Ratio:
        return Ratio(median(new) / median(old), min(new) / max(old), max(new) / min(old))


@dataclass(frozen=True, slots=True)
class Compared:
    """`ceiling` is how the machine itself did, by the ceilings of both runs; `of_ceiling` is the ratio with that taken out."""

    workload: str
    connections: int
    old: Spread
    new: Spread
    ratio: Ratio
    verdict: Verdict
    ceiling: float | None
    of_ceiling: float | None
    p99_ms: tuple[float, float]


def verdict(old: Sequence[float], new: Sequence[float]) -> Verdict:
    """Faster (slower) only where every new repeat beats (loses to) every old one."""
    if min(len(old), len(new)) < ENOUGH:
        return Verdict.TOO_FEW
    ratio = Ratio.of(old, new)
    if ratio.least > 1:
        return Verdict.FASTER
    return Verdict.SLOWER if ratio.most < 1 else Verdict.NOISE


def compared(old: Run, new: Run) -> list[Compared]:
    """Of the workloads and connections that both have."""
    before = {one.workload: one for one in old.outcomes}
    return [
        _compared(before[one.workload], one, step)
        for one in new.outcomes
        if one.workload in before
        for step in one.steps()
        if step in before[one.workload].steps()
    ]


def _compared(old: Outcome, new: Outcome, step: int) -> Compared:
    rates = old.rates(step), new.rates(step)
    ratio = Ratio.of(*rates)
    ceiling = median(new.ceiling) / median(old.ceiling) if old.ceiling and new.ceiling else None
    return Compared(
        *(new.workload, step, Spread.of(rates[0]), Spread.of(rates[1]), ratio, verdict(*rates)),
        *(ceiling, None if ceiling is None else ratio.median / ceiling),
        (old.latencies(step).percentile_ms(99), new.latencies(step).percentile_ms(99)),
    )


def document(old: Run, new: Run) -> Iterator[str]:
    found = compared(old, new)
    if old.subject != new.subject:
        yield f"These are different things: {old.subject}, and {new.subject}."
        yield ""
    yield "| workload | connections | old | new | new / old | | the machine | with that taken out | p99 ms |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for one in found:
        cells = (
            *(one.workload, str(one.connections), f"{one.old.median:,.0f}", f"{one.new.median:,.0f}"),
            f"{one.ratio.median:.2f} ({one.ratio.least:.2f}..{one.ratio.most:.2f})",
            str(one.verdict),
            *("" if one.ceiling is None else f"{one.ceiling:.2f}", "" if one.of_ceiling is None else f"{one.of_ceiling:.2f}"),
            f"{one.p99_ms[0]:,.1f} → {one.p99_ms[1]:,.1f}",
        )
        yield f"| {' | '.join(cells)} |"
    yield ""
    moved = [one.ceiling for one in found if one.ceiling is not None and abs(one.ceiling - 1) > _MACHINE_DIFFERS]
    if moved:
        yield (
            f"The ceilings moved as well ({min(moved):.2f}..{max(moved):.2f}): the machine was not the same, or was busy "
            "with other things. Believe the column with that taken out, or measure both again."
        )
    if not found:
        yield "The two have no workload in common."
