"""Latencies in a high dynamic range histogram: from 1 µs to 2 minutes, to three digits, whatever their number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

from hdrh.histogram import HdrHistogram

LONGEST_US = 120_000_000
DIGITS = 3
SHOWN = (50.0, 90.0, 99.0, 99.9, 100.0)


class Latencies:
    """Recorded in seconds, told in milliseconds."""

    def __init__(self, histogram: Any = None) -> None:
        self._histogram = histogram if histogram is not None else HdrHistogram(1, LONGEST_US, DIGITS)

    @staticmethod
    def of(seconds: Iterable[float]) -> Latencies:
        made = Latencies()
        for one in seconds:
            made._histogram.record_value(min(max(1, round(one * 1e6)), LONGEST_US))
        return made

    @staticmethod
    def decoded(text: str) -> Latencies:
        """Of `encoded`."""
        return Latencies(HdrHistogram.decode(text.encode("ascii")))

    def encoded(self) -> str:
        """HdrHistogram's V2 format, compressed, in base64: every tool that reads it can."""
        return cast(bytes, self._histogram.encode()).decode("ascii")

    @property
    def count(self) -> int:
        return int(self._histogram.get_total_count())

    def percentile_ms(self, percent: float) -> float:
        return float(self._histogram.get_value_at_percentile(percent)) / 1000 if self.count else 0.0

    def table_ms(self) -> Mapping[str, float]:
        return {f"p{percent:g}" if percent < 100 else "max": self.percentile_ms(percent) for percent in SHOWN}

    def together_with(self, other: Latencies) -> Latencies:
        made = Latencies()
        made._histogram.add(self._histogram)
        made._histogram.add(other._histogram)
        return made
