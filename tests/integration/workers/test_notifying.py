"""The notifier's parts together, on a real log and store: from `profiles.updated` to the receiver, through starts and ends."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from eventlog.port import Outgoing, Topic
from rekam.notifying import notifier_loop
from rekam.settings import Settings
from rekam.wiring import System
from store.port import DeliveryState
from tests.integration.workers.webhook_bench import WebhookBench
from workers.loop import Stop


@pytest.fixture(params=["embedded", pytest.param("full", marks=[pytest.mark.kafka, pytest.mark.mongo])])
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[WebhookBench]:
    environment = {"REKAM_DATA_DIR": str(tmp_path), "REKAM_RECORDED_PARTITIONS": "2", "REKAM_WEBHOOK_HOSTS": "127.0.0.1"}
    if request.param == "full":
        kafka, mongo = request.getfixturevalue("kafka_server"), request.getfixturevalue("mongo_server")
        environment["REKAM_EVENT_LOG"] = f"kafka://{kafka.bootstrap}"
        environment["REKAM_TOPIC_PREFIX"] = request.getfixturevalue("kafka_topic_prefix")
        environment["REKAM_STORE"] = mongo.database_url(request.getfixturevalue("mongo_database"))
    with ExitStack() as later:
        system = System.open(Settings.read(environment))
        later.callback(system.close)
        system.prepare()
        yield WebhookBench(system, later)


@contextmanager
def running(system: System) -> Iterator[list[BaseException]]:
    """The notifier in a thread, on the same installation through handles of its own; what it raised."""
    stop, errors = Stop(), []

    def run() -> None:
        own = System.open(system.settings)
        try:
            notifier_loop(own, stop)
        except BaseException as error:
            errors.append(error)
        finally:
            own.close()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield errors
    finally:
        stop.request()
        thread.join(20)
        assert not thread.is_alive()


def employees(bench: WebhookBench) -> list[str]:
    return sorted(one.message["data"]["employeeId"] for one in bench.receiver.received)


def test_every_told_profile_reaches_the_receiver_across_starts_and_ends(bench: WebhookBench) -> None:
    bench.webhook()
    with running(bench.system) as errors:
        bench.append(*((f"e{number}", 1) for number in range(5)))
        bench.receiver.wait_for(5)
    bench.append(*((f"e{number}", 1) for number in range(5, 10)))
    with running(bench.system) as more:
        bench.receiver.wait_for(10)
    assert employees(bench) == [f"e{number}" for number in range(10)]
    assert errors + more == []


def test_what_the_log_delivers_again_is_sent_no_second_time(bench: WebhookBench) -> None:
    bench.webhook()
    bench.append(("e1", 1), ("e2", 1))
    with running(bench.system):
        bench.receiver.wait_for(2)
        bench.append(("e1", 1), ("e2", 1), ("e3", 1))
        bench.receiver.wait_for(3)
    assert employees(bench) == ["e1", "e2", "e3"]


def test_a_poison_record_stops_nothing(bench: WebhookBench) -> None:
    bench.webhook()
    bench.system.appender.append(Topic.PROFILES, Outgoing(b"\xff", key=b"e1"))
    bench.append(("e1", 1))
    with running(bench.system):
        bench.receiver.wait_for(1)
    assert [one.reason for one in bench.store.dead_letters.page()] == ["undecodable"]


def test_an_error_of_any_part_ends_the_whole_and_is_told(bench: WebhookBench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever supervises starts it anew; a part that died alone would be missed by nobody."""
    bench.webhook()
    bench.append(("e1", 1))
    monkeypatch.setattr("workers.deliveries.signed_headers", lambda *_: 1 / 0)
    errors: list[BaseException] = []

    def run() -> None:
        with pytest.raises(ZeroDivisionError) as raised:
            notifier_loop(bench.system, Stop())
        errors.append(raised.value)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(30)
    assert len(errors) == 1
    monkeypatch.undo()
    (left,) = bench.waiting()
    bench.store.deliveries.release(left.id, left.takes, due_ms=0)  # the lease's end, without waiting for it
    with running(bench.system):
        bench.receiver.wait_for(1)
    assert bench.only().state is DeliveryState.DELIVERED
