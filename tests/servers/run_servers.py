"""The servers of one test run: started once, when first asked for, by the process that all of the run's workers share.

That process (pytest's own, or the controller under pytest-xdist) owns the servers and ends them. Its workers ask it
over a Unix socket, whose address it hands them when it starts them.
"""

import os
import secrets
import shutil
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from multiprocessing.connection import Client, Connection, Listener
from pathlib import Path
from typing import Generic, TypeVar, cast

import psutil

from tests.servers.cache import Unobtainable
from tests.servers.discovery import (
    KafkaAddress,
    KafkaSource,
    MongoAddress,
    MongoSource,
    OwnServer,
    kafka_at_environment,
    kafka_source,
    mongo_at_environment,
    mongo_source,
    new_kafka,
    new_mongo,
)
from tests.servers.kafka_broker import provision_kafka
from tests.servers.local_server import DidNotStart
from tests.servers.mongod import let_go_of_what_is_dropped, provision_mongod

_DIRECTORY = "rekam-test-servers-"

Refusal = Unobtainable | DidNotStart
Answer = TypeVar("Answer")
_Server = TypeVar("_Server", bound=OwnServer)


class Wanted(StrEnum):
    """What a test can ask for: the run's server, something to start one of its own from, or a provisioned program."""

    KAFKA = "kafka"
    MONGO = "mongo"
    OWN_KAFKA = "own kafka"
    OWN_MONGO = "own mongo"
    KAFKA_PROGRAM = "kafka program"
    MONGO_PROGRAM = "mongo program"

    @property
    def product(self) -> str:
        return "Apache Kafka" if "kafka" in self.value else "MongoDB"


class _Once(Generic[Answer]):
    """The answer to a question that is costly to ask, refusal included: asked once, whoever asks first."""

    def __init__(self, ask: Callable[[], Answer]) -> None:
        self._ask = ask
        self._lock = threading.Lock()
        self._answer: Answer | Refusal | None = None

    def get(self) -> Answer:
        """The answer. Raises `Unobtainable` or `DidNotStart`, the same each time."""
        with self._lock:
            if self._answer is None:
                try:
                    self._answer = self._ask()
                except (Unobtainable, DidNotStart) as refusal:
                    self._answer = refusal
                except Exception as error:
                    self._answer = DidNotStart(f"{type(error).__name__}: {error}")
            if isinstance(self._answer, Unobtainable | DidNotStart):
                raise type(self._answer)(str(self._answer))
            return self._answer

    @property
    def known(self) -> Answer | Refusal | None:
        return self._answer


class ServersOfTheRun:
    """Owned by the process that the run's workers share."""

    def __init__(self) -> None:
        _remove_abandoned()
        self._directory = Path(tempfile.mkdtemp(prefix=f"{_DIRECTORY}{os.getpid()}-"))
        self._started: list[OwnServer] = []
        self._seconds_to_start: dict[Wanted, float] = {}
        self._asked: Counter[Wanted] = Counter()
        self._kafka_source = _Once(kafka_source)
        self._mongo_source = _Once(mongo_source)
        self._kafka_program = _Once(provision_kafka)
        self._mongo_program = _Once(provision_mongod)
        self._kafka = _Once(self._find_kafka)
        self._mongo = _Once(self._find_mongo)
        self._listener: Listener | None = None
        self.authkey = secrets.token_bytes(16)

    def ask(self, wanted: Wanted) -> object:
        """The address, source or program wanted.

        Raises `Unobtainable` where it cannot be had, and `DidNotStart` where it can but is broken; the same each time.
        """
        self._asked[wanted] += 1
        return self._question(wanted).get()

    def listen(self) -> str:
        """Begin to answer workers; the address to give to `AskTheController`."""
        if self._listener is None:
            self._listener = Listener(str(self._directory / "ask"), family="AF_UNIX", backlog=64, authkey=self.authkey)
            threading.Thread(target=self._accept, args=(self._listener,), name="test-servers", daemon=True).start()
        return str(self._directory / "ask")

    def end(self) -> None:
        """End the servers and remove what they wrote."""
        if self._listener is not None:
            self._listener.close()
        for server in self._started:
            server.__exit__(None, None, None)
        shutil.rmtree(self._directory, ignore_errors=True)

    def took_part(self, skipped: Counter[str]) -> list[str]:
        """For people, one line a server: which one took part and how it was found, or why none did and what that cost.

        `skipped` counts skipped tests by the reason that `refusal` words.
        """
        return [self._line(product, skipped) for product in ("Apache Kafka", "MongoDB")]

    def _line(self, product: str, skipped: Counter[str]) -> str:
        parts: dict[str, list[str]] = {}
        for wanted in Wanted:
            if wanted.product == product and self._asked[wanted]:
                subject, predicate = self._part(wanted, skipped)
                parts.setdefault(subject, []).append(predicate)
        told = "; ".join(f"{subject}: {', and '.join(dict.fromkeys(predicates))}" for subject, predicates in parts.items())
        return told or f"{product}: did not take part, no selected test needs it"

    def _part(self, wanted: Wanted, skipped: Counter[str]) -> tuple[str, str]:
        answer = self._question(wanted).known
        if isinstance(answer, DidNotStart):
            return wanted.product, f"did not start, its tests failed: {str(answer).partition(';')[0]}"
        if isinstance(answer, Unobtainable):
            count = skipped[refusal(wanted, answer)]
            cost = "its tests failed" if count == 0 else f"{count} {'test was' if count == 1 else 'tests were'} skipped"
            return wanted.product, f"could not be had, {cost}: {answer.reason}"
        found = cast(KafkaAddress | MongoAddress | KafkaSource | MongoSource, answer)
        subject = f"{wanted.product} {found.version} ({found.found})"
        if wanted not in (Wanted.KAFKA, Wanted.MONGO):
            return subject, "took part in tests that start their own"
        seconds = self._seconds_to_start.get(wanted)
        return subject, "took part" + (f", ready in {seconds:.1f} s" if seconds is not None else "")

    def _question(self, wanted: Wanted) -> _Once[object]:
        return {
            Wanted.KAFKA: cast(_Once[object], self._kafka),
            Wanted.MONGO: cast(_Once[object], self._mongo),
            Wanted.OWN_KAFKA: cast(_Once[object], self._kafka_source),
            Wanted.OWN_MONGO: cast(_Once[object], self._mongo_source),
            Wanted.KAFKA_PROGRAM: cast(_Once[object], self._kafka_program),
            Wanted.MONGO_PROGRAM: cast(_Once[object], self._mongo_program),
        }[wanted]

    def _find_kafka(self) -> KafkaAddress:
        if address := kafka_at_environment():
            return address
        source = self._kafka_source.get()
        server = self._start(Wanted.KAFKA, new_kafka(source, self._directory / "kafka"))
        return KafkaAddress(server.bootstrap, server.version, source.found)

    def _find_mongo(self) -> MongoAddress:
        if address := mongo_at_environment():
            return address
        source = self._mongo_source.get()
        server = self._start(Wanted.MONGO, new_mongo(source, self._directory / "mongo"))
        let_go_of_what_is_dropped(server.url)
        return MongoAddress(server.url, server.version, source.found)

    def _start(self, wanted: Wanted, server: _Server) -> _Server:
        began = time.monotonic()
        server.start()
        self._started.append(server)
        self._seconds_to_start[wanted] = time.monotonic() - began
        return server

    def _accept(self, listener: Listener) -> None:
        with suppress(OSError):  # closed: the run is over
            while True:
                connection = listener.accept()
                threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: Connection) -> None:
        with connection, suppress(EOFError, OSError):
            try:
                connection.send(self.ask(connection.recv()))
            except (Unobtainable, DidNotStart) as refused:
                connection.send(refused)


@dataclass(frozen=True, slots=True)
class AskTheController:
    """The servers of the run, as a worker of pytest-xdist has them."""

    address: str
    authkey: bytes

    def ask(self, wanted: Wanted) -> object:
        """As `ServersOfTheRun.ask`."""
        with Client(self.address, family="AF_UNIX", authkey=self.authkey) as connection:
            connection.send(wanted)
            answer = connection.recv()
        if isinstance(answer, Unobtainable | DidNotStart):
            raise answer
        return cast(object, answer)


def _remove_abandoned() -> None:
    """What runs that were killed left on this machine."""
    for directory in Path(tempfile.gettempdir()).glob(f"{_DIRECTORY}*"):
        owner = directory.name.removeprefix(_DIRECTORY).partition("-")[0]
        if owner.isdigit() and not psutil.pid_exists(int(owner)):
            shutil.rmtree(directory, ignore_errors=True)


def refusal(wanted: Wanted, unobtainable: Unobtainable) -> str:
    """Why a test is skipped."""
    return f"{wanted.product} could not be had: {unobtainable.reason}"
