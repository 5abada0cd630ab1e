"""Every metric Rekam exports, with what it counts. Labels never carry personal data.

With `PROMETHEUS_MULTIPROC_DIR` set (by `rekam`), all processes of one installation share a folder and `/metrics` shows the whole.
"""

from __future__ import annotations

import os
from functools import cache

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from telemetry.tally import BulkHistogram, TalliedCounter, TalliedHistogram, Tally

HTTP_REQUESTS = Counter("rekam_http_requests", "Answers, by resource, method and status", ["resource", "method", "status"])
HTTP_SECONDS = BulkHistogram(
    "rekam_http_request_seconds",
    "Time to answer, by resource and method",
    ["resource", "method"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
STATEMENTS_ACCEPTED = Counter("rekam_statements_accepted", "Statements acknowledged to their sender, by partner", ["partner"])
STATEMENTS_TOLERATED = Counter(
    "rekam_statements_tolerated",
    "Acknowledged statements that a tolerance of their sender's saved from refusal, by partner and tolerance",
    ["partner", "tolerance"],
)
STATEMENTS_REFUSED = Counter("rekam_requests_refused", "Requests refused as invalid, by partner", ["partner"])
VALIDATION_DISAGREEMENTS = Counter(
    "rekam_validation_disagreements", "Statements on which the compiled rules and the explaining rules disagreed; should stay 0"
)
READ_WAITS_TIMED_OUT = Counter("rekam_read_waits_timed_out", "Reads answered before everything accepted earlier was recorded")
STATEMENTS_RECORDED = Counter("rekam_statements_recorded", "Statements recorded, by outcome", ["outcome"])
DEAD_LETTERS = Counter("rekam_dead_letters", "Dead letters buried, by reason", ["reason"])
WORKER_BATCH_SECONDS = Histogram("rekam_worker_batch_seconds", "Time a worker took for one batch", ["worker"])
WORKER_BACKOFFS = Counter("rekam_worker_backoffs", "Times a worker waited because the log or the store was unavailable", ["worker"])
PROFILES_CHANGED = Counter("rekam_profiles_changed", "Profiles written with new content")
PROFILE_RACES = Counter("rekam_profile_races", "Profile writes that were tried again because another profiler came first")
WEBHOOK_MESSAGES = Counter("rekam_webhook_messages", "Messages that webhooks are to be sent")
WEBHOOK_ATTEMPTS = Counter("rekam_webhook_attempts", "Attempts at sending one, by outcome (delivered, failed)", ["outcome"])
WEBHOOK_DEAD = Counter("rekam_webhook_dead", "Messages given up after their last attempt")
WEBHOOK_ATTEMPT_SECONDS = Histogram(
    "rekam_webhook_attempt_seconds", "Time an attempt took", buckets=(0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
)
ORDERS_CARRIED_OUT = Counter(
    "rekam_orders_carried_out", "Orders that changes left behind and that were carried out, by kind", ["kind"]
)
ORDERS_WAITING = Gauge(
    "rekam_orders_waiting", "Orders that are not done, as the keeper last saw it", multiprocess_mode="mostrecent"
)
PROFILES_DUE = Counter("rekam_profiles_due", "Profiles that were computed anew because a day came")
ROLLUPS_COMPUTED = Counter("rekam_rollups_computed", "Rollups of units that were computed")
RECORDER_NEXT_OFFSET = Gauge(
    "rekam_recorder_next_offset", "Where the recorder stands", ["partition"], multiprocess_mode="mostrecent"
)


_tally = Tally()


@cache
def _request_counter(resource: str, method: str, status: int) -> TalliedCounter:
    return _tally.counter(HTTP_REQUESTS.labels(resource, method, str(status)))


@cache
def _request_seconds(resource: str, method: str) -> TalliedHistogram:
    return _tally.histogram(HTTP_SECONDS.labels(resource, method))


@cache
def accepted_of(partner: str) -> TalliedCounter:
    """`STATEMENTS_ACCEPTED` of one partner."""
    return _tally.counter(STATEMENTS_ACCEPTED.labels(partner))


def answered(resource: str, method: str, status: int, seconds: float) -> None:
    """Count an answer. (Finding the place of labels costs as much as counting there, so it is found once.)"""
    _request_counter(resource, method, status).inc()
    _request_seconds(resource, method).observe(seconds)


def exposition() -> bytes:
    """What `/metrics` answers, in Prometheus' text format. What other processes count is in it half a second later."""
    _tally.put()
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry)
    return generate_latest()
