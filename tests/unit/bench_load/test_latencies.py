"""What the histogram keeps is what was measured, to three digits."""

from __future__ import annotations

import pytest

from bench.load.latencies import Latencies


def test_percentiles_of_known_values() -> None:
    found = Latencies.of([number / 1000 for number in range(1, 1001)])
    assert found.count == 1000
    assert found.percentile_ms(50) == pytest.approx(500, rel=0.002)
    assert found.percentile_ms(99) == pytest.approx(990, rel=0.002)
    assert found.table_ms()["max"] == pytest.approx(1000, rel=0.002)
    assert found.table_ms()["p99.9"] == pytest.approx(999, rel=0.002)


def test_one_slow_answer_among_many_is_seen() -> None:
    found = Latencies.of([0.001] * 999 + [2.0])
    assert found.percentile_ms(99) == pytest.approx(1, rel=0.002)
    assert found.percentile_ms(100) == pytest.approx(2000, rel=0.002)


def test_saved_and_read_again_it_says_the_same() -> None:
    found = Latencies.of([0.0004, 0.02, 0.7])
    assert Latencies.decoded(found.encoded()).table_ms() == found.table_ms()


def test_repeats_together_are_as_if_measured_at_once() -> None:
    together = Latencies.of([0.001] * 60).together_with(Latencies.of([0.1] * 40))
    assert together.table_ms() == Latencies.of([0.001] * 60 + [0.1] * 40).table_ms()


def test_what_is_shorter_or_longer_than_it_knows_is_kept_at_its_ends() -> None:
    found = Latencies.of([0.0, 1_000.0])
    assert found.count == 2
    assert found.percentile_ms(100) == pytest.approx(120_000, rel=0.002)


def test_nothing_measured_is_nothing() -> None:
    assert Latencies().percentile_ms(50) == 0.0
