"""Clients of a Kafka cluster: built when first needed, in the process that needs them, and what their errors mean."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from kafka.errors import (
    InvalidConfigurationError,
    InvalidPartitionsError,
    InvalidTopicError,
    KafkaError,
    MessageSizeTooLargeError,
    PolicyViolationError,
    RecordListTooLargeError,
)

from eventlog.port import LogError, Rejected, Topic, Unavailable

BOOTSTRAP_TIMEOUT_MS: Final = 3_000
"""How long a first connection may take."""

MANY_AT_ONCE: Final[Mapping[str, Any]] = {"max_in_flight_requests_per_connection": 1_000}
"""For clients that several threads ask at once: beyond the library's 5 it refuses, and what it held back while connecting it
may never send. (The producer keeps 5, which idempotence demands.)"""

_PAUSE_AFTER_FAILURE_S: Final = 0.5
"""After a failed connection, askers are refused at once for so long: a queue of them would otherwise wait in turn."""

Client = TypeVar("Client")


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where the brokers are and how topics and groups are named there: `topic_prefix` begins each name, so that several
    deployments can share a cluster."""

    bootstrap_servers: tuple[str, ...]
    topic_prefix: str

    def topic_name(self, topic: Topic) -> str:
        return f"{self.topic_prefix}{topic.value}"

    def group_name(self, group: str) -> str:
        return f"{self.topic_prefix}{group}"

    def client_settings(self, role: str) -> Mapping[str, Any]:
        """What every client of kafka-python is given."""
        return {
            "bootstrap_servers": list(self.bootstrap_servers),
            "client_id": f"rekam-{role}-{os.getpid()}",
            "bootstrap_timeout_ms": BOOTSTRAP_TIMEOUT_MS,
            # The library's 30 s would leave a broker unused long after it is back.
            "reconnect_backoff_max_ms": 1_000,
        }


_FINAL: Final = (
    InvalidConfigurationError,
    InvalidPartitionsError,
    InvalidTopicError,
    MessageSizeTooLargeError,
    PolicyViolationError,
    RecordListTooLargeError,
)


def as_log_error(error: KafkaError, doing: str) -> LogError:
    """Only what is wrong with the record or the topic asked for is final; anything about brokers, leaders or rights may pass."""
    message = f"{doing}: {error}"
    if isinstance(error, _FINAL):
        return Rejected(message)
    return Unavailable(message)


@contextmanager
def translated(doing: str) -> Iterator[None]:
    """Raise Kafka's errors as the port's."""
    try:
        yield
    except KafkaError as error:
        raise as_log_error(error, doing) from error


class _Held(Generic[Client]):
    """What one process has of a client."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.client: Client | None = None
        self.not_before = 0.0


class LazyClient(Generic[Client]):
    """A client that is built on first use and again after a fork, or after `discard`. Thread-safe.

    Clients own threads and sockets, which do not come over by a fork; and a process must be able to start while no
    broker runs.
    """

    def __init__(self, build: Callable[[], Client], close: Callable[[Client], object]) -> None:
        self._build = build
        self._close = close
        self._closed = False
        # By process: a lock that some thread of the parent held at a fork would never be free in the child.
        self._by_pid: dict[int, _Held[Client]] = {}

    def get(self) -> Client:
        """Raises Unavailable, within a few seconds, when no broker answers."""
        held = self._held()
        if (client := held.client) is not None:
            return client
        if not held.lock.acquire(timeout=BOOTSTRAP_TIMEOUT_MS / 1000 + 1):
            raise Unavailable("still connecting to Kafka")
        try:
            if self._closed:
                raise Unavailable("this part of the event log is closed")
            if held.client is None:
                if time.monotonic() < held.not_before:
                    raise Unavailable("no Kafka broker could be reached just now")
                try:
                    with translated("connecting to Kafka"):
                        held.client = self._build()
                except Unavailable:
                    held.not_before = time.monotonic() + _PAUSE_AFTER_FAILURE_S
                    raise
            return held.client
        finally:
            held.lock.release()

    @contextmanager
    def asking(self, doing: str) -> Iterator[Client]:
        """The client, for questions. What fails leaves as the port's errors.

        An error that is not Kafka's means that the client's own thread has ended: it is replaced.
        """
        client = self.get()
        try:
            with translated(doing):
                yield client
        except LogError:
            raise
        except Exception as error:
            self.discard(client)
            raise Unavailable(f"{doing}: the connection to Kafka broke down ({error!r})") from error

    def discard(self, client: Client) -> None:
        """Close this client if it is still the current one; the next `get` builds another."""
        held = self._held()
        with held.lock:
            if held.client is not client:
                return
            held.client = None
        self._close(client)

    def close(self) -> None:
        held = self._held()
        with held.lock:
            self._closed = True
            client, held.client = held.client, None
        if client is not None:
            self._close(client)

    def _held(self) -> _Held[Client]:
        pid = os.getpid()
        return self._by_pid.get(pid) or self._by_pid.setdefault(pid, _Held())
