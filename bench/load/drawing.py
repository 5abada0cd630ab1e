"""Throughput against latency as a picture, in SVG written by hand: a line a workload and percentile, a point for each number of
connections (which stands at it, where there are several), a bar for the spread of its repeats."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from bench.load.results import Run

HEIGHT = 480
RIGHT = 600
"""Where the diagram ends; what its lines are stands beside it, in as much room as the longest label takes."""
_LEFT, _TOP, _BOTTOM = 70, 46, 56
_LABEL_AT = 42
_CHARACTER = 6.6
"""The width of a label's characters is never more, on average."""
_COLOURS = ("#1b6ca8", "#c0392b", "#2e8b57", "#8e44ad", "#d68910", "#34495e", "#16a085", "#7f8c8d")
_PERCENTILES = ((50.0, ""), (99.0, "5 4"))
"""Of each, how its line is dashed."""


@dataclass(frozen=True, slots=True)
class Point:
    """Throughput (a second; median, least and most of the repeats) and latency (ms) with so many connections."""

    connections: int
    rate: float
    least: float
    most: float
    latency_ms: float


@dataclass(frozen=True, slots=True)
class Line:
    label: str
    colour: str
    dash: str
    points: tuple[Point, ...]


def lines(runs: Sequence[Run]) -> list[Line]:
    found: list[Line] = []
    for run in runs:
        for outcome in run.outcomes:
            colour = _COLOURS[len(found) // len(_PERCENTILES) % len(_COLOURS)]
            for percent, dash in _PERCENTILES:
                points = []
                for step in outcome.steps():
                    rates = outcome.rates(step)
                    latency = outcome.latencies(step).percentile_ms(percent)
                    points.append(Point(step, statistics.median(rates), min(rates), max(rates), latency))
                unit = "statements" if outcome.per_statement else "requests"
                label = f"{run.subject}: {outcome.workload}, p{percent:g} ({unit})"
                found.append(Line(label, colour, dash, tuple(points)))
    return found


def svg(title: str, drawn: Sequence[Line]) -> str:
    """Raises ValueError when there is nothing to draw."""
    points = [point for line in drawn for point in line.points]
    if not points:
        raise ValueError("there is nothing to draw")
    most_rate = max(point.most for point in points) * 1.05
    slowest, fastest = max(point.latency_ms for point in points), min(point.latency_ms for point in points)
    low, high = math.floor(math.log10(max(fastest, 0.01))), math.ceil(math.log10(max(slowest, 0.02)))
    scale = _Scale(most_rate, low, max(high, low + 1))
    width = RIGHT + _LABEL_AT + math.ceil(max(len(line.label) for line in drawn) * _CHARACTER)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{HEIGHT}" font-family="sans-serif" font-size="12">',
        f'<rect width="{width}" height="{HEIGHT}" fill="white"/>',
        _text(_LEFT, 24, title, size=15),
        *scale.grid(),
        *(part for place, line in enumerate(drawn) for part in _line(line, place, scale)),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


@dataclass(frozen=True, slots=True)
class _Scale:
    most_rate: float
    low: int
    high: int

    def x(self, rate: float) -> float:
        return _LEFT + rate / self.most_rate * (RIGHT - _LEFT)

    def y(self, latency_ms: float) -> float:
        place = (math.log10(max(latency_ms, 10**self.low)) - self.low) / (self.high - self.low)
        return HEIGHT - _BOTTOM - place * (HEIGHT - _TOP - _BOTTOM)

    def grid(self) -> Iterator[str]:
        bottom = HEIGHT - _BOTTOM
        for power in range(self.low, self.high + 1):
            height = self.y(10**power)
            yield f'<path d="M{_LEFT} {height:.1f}H{RIGHT}" stroke="#ddd"/>'
            yield _text(_LEFT - 8, height + 4, f"{10**power:g} ms", anchor="end")
        step = _round_step(self.most_rate / 5)
        for number in range(int(self.most_rate / step) + 1):
            place = self.x(number * step)
            yield f'<path d="M{place:.1f} {_TOP}V{bottom}" stroke="#eee"/>'
            yield _text(place, bottom + 18, f"{number * step:,.0f}", anchor="middle")
        yield _text((_LEFT + RIGHT) / 2, HEIGHT - 14, "a second", anchor="middle")


def _line(line: Line, place: int, scale: _Scale) -> Iterator[str]:
    path = "".join(
        f"{'L' if number else 'M'}{scale.x(point.rate):.1f} {scale.y(point.latency_ms):.1f}"
        for number, point in enumerate(line.points)
    )
    yield f'<path d="{path}" fill="none" stroke="{line.colour}" stroke-width="1.6" stroke-dasharray="{line.dash}"/>'
    for point in line.points:
        height = scale.y(point.latency_ms)
        yield f'<path d="M{scale.x(point.least):.1f} {height:.1f}H{scale.x(point.most):.1f}" stroke="{line.colour}"/>'
        yield (
            f'<circle cx="{scale.x(point.rate):.1f}" cy="{height:.1f}" r="3.2" fill="{line.colour}">'
            f"<title>{escape(line.label)}: {point.connections} connections, {point.rate:,.0f} a second, "
            f"{point.latency_ms:.1f} ms</title></circle>"
        )
        if len(line.points) > 1:
            yield _text(scale.x(point.rate), height - 7, str(point.connections), anchor="middle", size=10)
    height = _TOP + 8 + place * 18
    yield f'<path d="M{RIGHT + 14} {height}h22" stroke="{line.colour}" stroke-width="1.6" stroke-dasharray="{line.dash}"/>'
    yield _text(RIGHT + _LABEL_AT, height + 4, line.label, size=11)


def _text(x: float, y: float, text: str, *, anchor: str = "start", size: int = 12) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}">{escape(text)}</text>'


def _round_step(about: float) -> float:
    """The next of 1, 2, 5, 10, … below or at what is wished for."""
    power = 10.0 ** math.floor(math.log10(about))
    return next(factor * power for factor in (5, 2, 1) if factor * power <= about * 1.0001)
