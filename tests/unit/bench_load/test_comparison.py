"""A comparison calls noise noise, and says when the machine was another."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.load import comparison, drawing, results, tables
from bench.load.comparison import Verdict, compared, verdict
from bench.load.latencies import Latencies
from bench.load.results import NoResults, Outcome, Repeat, Run
from bench.load.trend import growing


def repeat(rate: float, connections: int = 32, latency_s: float = 0.01) -> Repeat:
    count = round(rate * 2)
    return Repeat(
        connections,
        seconds=2.0,
        requests=count,
        statements=count * 50,
        read_bytes=count * 10,
        latencies=Latencies.of([latency_s] * 10).encoded(),
        cpu_s={"api": 1.0, "client": 0.5},
        peak_bytes={"api": 100 * 2**20},
        drained_s=2.0,
    )


def run(rates: list[float], ceiling: list[float] | None = None) -> Run:
    outcome = Outcome("post-50", "POST", "post", True, [repeat(rate) for rate in rates], ceiling or [])
    return Run("2026-11-24T00:00:00+00:00", "embedded", {"rekam": "0.1.0"}, {"cores": "2"}, 1, [], [outcome])


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ([100, 101, 102], [110, 111, 112], Verdict.FASTER),
        ([110, 111, 112], [100, 101, 102], Verdict.SLOWER),
        ([100, 105, 110], [108, 112, 116], Verdict.NOISE),
        ([100, 100, 100], [100, 100, 100], Verdict.NOISE),
        ([100, 101], [200, 201], Verdict.TOO_FEW),
    ],
)
def test_verdicts(old: list[float], new: list[float], expected: Verdict) -> None:
    assert verdict(old, new) is expected


def test_a_ratio_is_of_medians_and_its_ends_are_of_the_extremes() -> None:
    (found,) = compared(run([90, 100, 110]), run([198, 200, 220]))
    assert found.ratio.median == pytest.approx(2.0)
    assert found.ratio.least == pytest.approx(198 / 110)
    assert found.ratio.most == pytest.approx(220 / 90)


def test_a_faster_machine_is_taken_out_and_said() -> None:
    old, new = run([100, 101, 102], [1000, 1000]), run([200, 202, 204], [2000, 2000])
    (found,) = compared(old, new)
    assert found.verdict is Verdict.FASTER
    assert found.of_ceiling == pytest.approx(1.0, rel=0.01)
    assert "the machine was not the same" in "\n".join(comparison.document(old, new))


def test_a_machine_that_did_the_same_is_not_mentioned() -> None:
    assert "machine was not" not in "\n".join(comparison.document(run([1, 1, 1], [10.0]), run([1, 1, 1], [10.2])))


def test_what_only_one_run_has_is_left_out() -> None:
    other = run([1, 2, 3])
    renamed = Outcome("post-500", "POST", "post", True, other.outcomes[0].repeats)
    told = "\n".join(comparison.document(run([1, 2, 3]), Run("", "full", {}, {}, 1, [], [renamed])))
    assert "no workload in common" in told
    assert "different things" in told


def test_a_run_is_read_as_it_was_saved(tmp_path: Path) -> None:
    made = run([1, 2, 3], [5.0])
    results.save(made, tmp_path / "new" / "run.json")
    assert results.read(tmp_path / "new" / "run.json") == made


@pytest.mark.parametrize("text", ["", "[]", "not json"])
def test_a_file_without_results_is_refused_by_its_name(tmp_path: Path, text: str) -> None:
    path = tmp_path / "odd.json"
    path.write_text(text)
    with pytest.raises(NoResults, match=r"odd\.json"):
        results.read(path)


def test_the_table_has_rates_to_the_end_and_the_share_of_the_ceiling() -> None:
    told = "\n".join(tables.document(run([100, 110, 120], [440.0])))
    assert "110 (100..120) | 5,500 (5,000..6,000) | 2,750 (2,500..3,000) | 25% of 440" in told
    # A second of CPU for 11,000 statements.
    assert "91, 100 MB" in told


def test_a_queue_that_has_found_its_level_does_not_grow() -> None:
    assert growing([0, 50, 100, 150, 200, 190, 210, 200, 205]) is False
    assert growing([0, 0, 0, 0, 5, 0, 3, 8, 1]) is False


def test_a_queue_that_climbs_grows() -> None:
    assert growing([0, 100, 200, 300, 400, 500, 600, 700, 800]) is True


def test_a_few_looks_say_nothing() -> None:
    assert growing([0, 500]) is None


def test_a_picture_has_a_point_for_each_number_of_connections() -> None:
    repeats = [repeat(rate, connections, latency) for connections, rate, latency in ((1, 40, 0.002), (8, 90, 0.01), (64, 95, 0.4))]
    made = Run("", "embedded & co", {}, {}, 1, [], [Outcome("curve", "", "post", True, repeats)])
    drawn = drawing.svg("Throughput", drawing.lines([made]))
    assert drawn.count("<circle") == 6  # p50 and p99
    assert "64 connections, 4,750 a second, 400.1 ms" in drawn
    assert "embedded &amp; co" in drawn
    assert drawn.count(">64</text>") == 2, "the connections stand at the points"
    width = float(drawn.split('width="', 1)[1].split('"', 1)[0])
    assert width >= drawing.RIGHT + 7 * len("embedded & co: curve, p50 (statements)"), "there is room for the labels"


def test_the_point_of_two_repeats_is_between_them() -> None:
    made = Run("", "embedded", {}, {}, 1, [], [Outcome("curve", "", "post", True, [repeat(40, 1, 0.002), repeat(60, 1, 0.002)])])
    for line in drawing.lines([made]):
        (point,) = line.points
        assert (point.least, point.rate, point.most) == (2_000, 2_500, 3_000)


def test_nothing_is_not_drawn() -> None:
    with pytest.raises(ValueError, match="nothing to draw"):
        drawing.svg("Throughput", [])
