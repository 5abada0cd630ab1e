"""When clients of Kafka are built, built again and given up; and how much may be in flight."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from kafka.errors import KafkaTimeoutError, MessageSizeTooLargeError, NotEnoughReplicasError

from eventlog.kafka.appender import InFlight
from eventlog.kafka.connection import LazyClient, as_log_error
from eventlog.port import Rejected, Unavailable


class Builder:
    """Builds things that can be told apart; fails while `down`."""

    def __init__(self) -> None:
        self.built: list[object] = []
        self.closed: list[object] = []
        self.attempts = 0
        self.down = False

    def build(self) -> object:
        self.attempts += 1
        if self.down:
            raise KafkaTimeoutError("nobody answers")
        client = object()
        self.built.append(client)
        return client

    def client(self) -> LazyClient[object]:
        return LazyClient(self.build, self.closed.append)


def test_nothing_is_built_before_it_is_needed_and_then_once() -> None:
    builder = Builder()
    client = builder.client()
    assert builder.built == []

    with ThreadPoolExecutor(8) as pool:
        got = set(pool.map(lambda _: client.get(), range(50)))

    assert got == set(builder.built)
    assert len(got) == 1


def test_threads_that_ask_first_at_the_same_moment_get_one_client() -> None:
    threads = 8
    with ThreadPoolExecutor(threads) as pool:
        for _ in range(200):
            builder, start = Builder(), threading.Barrier(threads)
            client = builder.client()

            def ask(_number: int, client: LazyClient[object] = client, start: threading.Barrier = start) -> object:
                start.wait()
                return client.get()

            assert set(pool.map(ask, range(threads))) == set(builder.built)
            assert len(builder.built) == 1


def test_after_a_failure_askers_are_refused_at_once_for_a_moment_and_then_it_is_tried_again() -> None:
    builder = Builder()
    builder.down = True
    client = builder.client()
    for _ in range(5):
        with pytest.raises(Unavailable):
            client.get()
    assert builder.attempts == 1

    builder.down = False
    time.sleep(0.55)

    assert client.get() is builder.built[0]


def test_a_discarded_client_is_closed_and_replaced() -> None:
    builder = Builder()
    client = builder.client()
    first = client.get()
    client.discard(first)
    client.discard(first)

    assert client.get() is not first
    assert builder.closed == [first]


def test_an_error_that_is_not_kafkas_replaces_the_client() -> None:
    builder = Builder()
    client = builder.client()

    with pytest.raises(Unavailable, match="asking"), client.asking("asking"):
        raise RuntimeError("the I/O thread has ended")

    assert builder.closed == builder.built


def test_a_closed_part_builds_nothing_more() -> None:
    builder = Builder()
    client = builder.client()
    client.get()
    client.close()
    client.close()

    with pytest.raises(Unavailable, match="closed"):
        client.get()
    assert builder.closed == builder.built


def test_only_a_record_that_is_wrong_itself_is_rejected() -> None:
    assert isinstance(as_log_error(MessageSizeTooLargeError(), "appending"), Rejected)
    assert isinstance(as_log_error(NotEnoughReplicasError(), "appending"), Unavailable)
    assert isinstance(as_log_error(KafkaTimeoutError(), "appending"), Unavailable)


def test_what_goes_beyond_the_bound_is_refused_until_something_is_acknowledged() -> None:
    in_flight = InFlight(1_000)
    with in_flight.holding(600):
        with pytest.raises(Unavailable, match="600 bytes"), in_flight.holding(500):
            pass
        with in_flight.holding(400):
            pass
    with in_flight.holding(5_000):
        pass


def test_what_failed_is_no_longer_in_flight() -> None:
    in_flight = InFlight(1_000)
    with pytest.raises(ZeroDivisionError), in_flight.holding(1_000):
        raise ZeroDivisionError

    with in_flight.holding(1_000):
        pass


def test_the_bound_holds_for_threads_together() -> None:
    in_flight, release, inside = InFlight(10), threading.Event(), threading.Semaphore(0)

    def hold(_number: int) -> bool:
        try:
            with in_flight.holding(1):
                inside.release()
                release.wait(5)
                return True
        except Unavailable:
            return False

    with ThreadPoolExecutor(16) as pool:
        futures = [pool.submit(hold, number) for number in range(16)]
        for _ in range(10):
            assert inside.acquire(timeout=5)
        release.set()
        assert sum(future.result() for future in futures) >= 10
