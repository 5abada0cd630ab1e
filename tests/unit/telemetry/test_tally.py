"""What is counted often reaches the metrics in bulk, soon, and when a process ends."""

from __future__ import annotations

import multiprocessing
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest

from telemetry.tally import BulkHistogram, Tally

BOUNDS = (0.1, 1.0, 5.0)


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
def tally() -> Tally:
    return Tally()


def test_a_tallied_histogram_ends_as_a_plain_one(registry: CollectorRegistry, tally: Tally) -> None:
    plain = CollectorRegistry()
    tallied = tally.histogram(BulkHistogram("seconds", "x", registry=registry, buckets=BOUNDS))
    observed = Histogram("seconds", "x", registry=plain, buckets=BOUNDS)
    for value in (0.0, 0.1, 0.10001, 0.5, 1.0, 4.0, 5.0, 5.1, 1e9):
        tallied.observe(value)
        observed.observe(value)
    tally.put()
    assert without_times(registry) == without_times(plain)


def without_times(registry: CollectorRegistry) -> list[bytes]:
    return [line for line in generate_latest(registry).splitlines() if b"_created" not in line]


def test_many_threads_lose_no_count(registry: CollectorRegistry, tally: Tally) -> None:
    count = tally.counter(Counter("things", "x", registry=registry))

    def work() -> None:
        for _ in range(5_000):
            count.inc()
            count.inc(2)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        tally.put()
    tally.put()
    assert registry.get_sample_value("things_total") == 60_000


def test_what_was_counted_is_shown_soon_though_nobody_asks(registry: CollectorRegistry, tally: Tally) -> None:
    count = tally.counter(Counter("things", "x", registry=registry))
    for expected in (1, 2):
        count.inc()
        deadline = time.monotonic() + 30
        while registry.get_sample_value("things_total") != expected:
            assert time.monotonic() < deadline
            time.sleep(0.01)


COUNTING = """
import multiprocessing, sys
from telemetry import metrics

def count(resource):
    metrics.answered(resource, "GET", 200, 0.01)
    metrics.accepted_of("lan").inc(3)

if __name__ == "__main__":
    count("parent")
    child = multiprocessing.get_context("fork").Process(target=count, args=("child",))
    child.start()
    child.join()
"""


def test_a_process_that_ends_and_its_forked_child_leave_all_they_counted_once(tmp_path: Path) -> None:
    assert multiprocessing.get_start_method() == "fork", "as the server starts its processes"
    root = Path(__file__).parents[3]
    script, folder = tmp_path / "counting.py", tmp_path / "metrics"
    script.write_text(COUNTING)
    folder.mkdir()
    environment = {"PYTHONPATH": str(root), "PROMETHEUS_MULTIPROC_DIR": str(folder)}
    subprocess.run([sys.executable, str(script)], env=environment, check=True, timeout=60)
    show = "from telemetry.metrics import exposition; print(exposition().decode())"
    asked = subprocess.run([sys.executable, "-c", show], env=environment, check=True, timeout=60, capture_output=True, text=True)
    for line in (
        'rekam_http_requests_total{method="GET",resource="parent",status="200"} 1.0',
        'rekam_http_requests_total{method="GET",resource="child",status="200"} 1.0',
        'rekam_http_request_seconds_count{method="GET",resource="child"} 1.0',
        'rekam_statements_accepted_total{partner="lan"} 6.0',
    ):
        assert line in asked.stdout.splitlines()
