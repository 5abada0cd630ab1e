"""A run as Markdown: what RESULTS.md is made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bench.load.latencies import Latencies
from bench.load.results import Outcome, Repeat, Run, Spread
from bench.load.trend import growing

_ROLES = ("api", "recorder", "profiler", "keeper", "notifier", "kafka", "mongod", "supervisor", "client")


def document(run: Run) -> Iterator[str]:
    yield f"## {run.subject}, {run.made_at}"
    yield ""
    yield ", ".join(f"{name} {said}" for name, said in run.machine.items())
    yield ""
    yield ", ".join(f"{name} {said}" for name, said in run.versions.items())
    yield ""
    if run.held:
        yield f"{run.held:,} statements were held before anything was read."
        yield ""
    yield from _rates(run)
    yield from _processes(run)
    for outcome in run.outcomes:
        yield from _parts(outcome)
        yield from _behind(outcome)
    for name, rates in run.stores.items():
        yield f"Bare {name}: {spread(Spread.of(rates))} statements/s."


def spread(one: Spread) -> str:
    return f"{one.median:,.0f} ({one.least:,.0f}..{one.most:,.0f})"


def _rates(run: Run) -> Iterator[str]:
    yield (
        "| workload | connections | requests/s | statements/s | to the end, statements/s "
        "| of the ceiling (requests/s) | p50 ms | p99 ms | refused |"
    )
    yield "|---|---|---|---|---|---|---|---|---|"
    for outcome in run.outcomes:
        for step in outcome.steps():
            yield _row(outcome, step)
    yield ""


def _row(outcome: Outcome, step: int) -> str:
    repeats = outcome.at(step)
    requests = Spread.of([one.requests_per_s for one in repeats])
    through = [one.through_per_s for one in repeats if one.through_per_s is not None]
    ceiling = (
        f"{requests.median / Spread.of(outcome.ceiling).median:.0%} of {spread(Spread.of(outcome.ceiling))}"
        if outcome.ceiling
        else ""
    )
    latencies = outcome.latencies(step)
    cells = (
        *(outcome.workload, str(step), spread(requests), spread(Spread.of([one.statements_per_s for one in repeats]))),
        *(spread(Spread.of(through)) if through else "", ceiling),
        *(_ms(latencies.percentile_ms(50)), _ms(latencies.percentile_ms(99)), _refused(repeats)),
    )
    return f"| {' | '.join(cells)} |"


def _refused(repeats: list[Repeat]) -> str:
    found: dict[str, int] = {}
    for one in repeats:
        for status, count in one.refused.items():
            found[status] = found.get(status, 0) + count
    return ", ".join(f"{count} × {status}" for status, count in found.items()) or "0"


def _processes(run: Run) -> Iterator[str]:
    roles = [role for role in _ROLES if any(role in one.cpu_s for outcome in run.outcomes for one in outcome.repeats)]
    yield f"| µs of CPU, and most memory | a | {' | '.join(roles)} |"
    yield f"|---|---|{'---|' * len(roles)}"
    for outcome in run.outcomes:
        for step in outcome.steps():
            repeats = outcome.at(step)
            used = [one.cpu_us(per_statement=outcome.per_statement) for one in repeats]
            cells = (_cell(role, used, [one.peak_bytes for one in repeats]) for role in roles)
            name = outcome.workload if len(outcome.steps()) == 1 else f"{outcome.workload}, {step}"
            yield f"| {name} | {'statement' if outcome.per_statement else 'request'} | {' | '.join(cells)} |"
    yield ""


def _cell(role: str, used: list[dict[str, float]], peaks: list[Mapping[str, int]] | list[dict[str, int]]) -> str:
    times = [one[role] for one in used if role in one]
    most = max((one.get(role, 0) for one in peaks), default=0)
    if not times:
        return ""
    median = Spread.of(times).median
    return f"{median:,.0f}, {most / 2**20:,.0f} MB" if median >= 10 else f"{median:.1f}, {most / 2**20:,.0f} MB"


def _parts(outcome: Outcome) -> Iterator[str]:
    for name in dict.fromkeys(name for one in outcome.repeats for name in one.parts):
        together = Latencies()
        for one in outcome.repeats:
            if name in one.parts:
                together = together.together_with(Latencies.decoded(one.parts[name]))
        told = ", ".join(f"{label} {_ms(value)}" for label, value in together.table_ms().items())
        yield f"{outcome.workload}, {name} (ms, {together.count:,} times): {told}."


def _behind(outcome: Outcome) -> Iterator[str]:
    for one in outcome.repeats:
        for place, worker in ((1, "recorder"), (2, "profiler")):
            if one.behind:
                series = [look[place] for look in one.behind]
                said = {True: "growing", False: "not growing", None: "too few looks to say whether it grows"}[growing(series)]
                yield f"{outcome.workload}: {worker} behind by at most {max(series):,} records, at the end {series[-1]:,}: {said}."


def _ms(value: float) -> str:
    return f"{value:.1f}" if value < 100 else f"{value:,.0f}"
