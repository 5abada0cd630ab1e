"""Processes that use an event log and are killed, stopped and continued by tests."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from typing import Any

from eventlog.port import EventLog, Outgoing, Record, Topic, Unavailable


class Running:
    """A spawned process and the end of the pipe on which it reports."""

    def __init__(self, target: Callable[..., None], *arguments: Any) -> None:
        context = multiprocessing.get_context("spawn")
        self.reports, sender = context.Pipe(duplex=False)
        self._process = context.Process(target=target, args=(sender, *arguments), daemon=True)
        self._process.start()
        sender.close()

    def kill(self) -> list[Any]:
        """SIGKILL; everything it had reported and nobody had received."""
        self.signal(signal.SIGKILL)
        self._process.join()
        left: list[Any] = []
        # What a dying process half wrote into the pipe is not a report.
        with suppress(EOFError, OSError):
            while self.reports.poll(0):
                left.append(self.reports.recv())
        return left

    def signal(self, number: signal.Signals) -> None:
        if self._process.pid is not None and self._process.is_alive():
            os.kill(self._process.pid, number)

    def report(self, timeout_s: float = 40.0) -> Any:
        assert self.reports.poll(timeout_s), "the process did not report"
        return self.reports.recv()

    def close(self) -> None:
        self.signal(signal.SIGCONT)
        self.kill()
        self.reports.close()
        self._process.close()


@contextmanager
def running(target: Callable[..., None], *arguments: Any) -> Iterator[Running]:
    process = Running(target, *arguments)
    try:
        yield process
    finally:
        process.close()


def append_for_ever(reports: Connection, log: EventLog, topic: Topic, name: str) -> None:
    """Append groups of three records, reporting the places of each group once it is acknowledged."""
    appender = log.appender()
    number = 0
    while True:
        records = [Outgoing(f"{name}:{number}:{part}".encode()) for part in range(3)]
        try:
            places = appender.append_all(topic, records)
        except Unavailable:
            time.sleep(0.05)
            continue
        reports.send((number, [(place.partition, place.offset) for place in places]))
        number += 1


def read_for_ever(reports: Connection, log: EventLog, topic: Topic, group: str, commits: bool) -> None:
    """Poll, report what came, commit if told to."""
    reader = log.reader(topic, group)
    while True:
        records = reader.poll(100, 50)
        if records:
            reports.send([(record.partition, record.offset, record.value) for record in records])
            if commits:
                reader.commit({record.partition: record.offset + 1 for record in records})


def read_once_and_commit_late(reports: Connection, orders: Connection, log: EventLog, topic: Topic, group: str) -> None:
    """Take one batch, report it, wait for an order, then commit that batch and report having done so."""
    reader = log.reader(topic, group)
    records: list[Record] = []
    while not records:
        records = reader.poll(100, 50)
    reports.send(sorted({record.partition for record in records}))
    orders.recv()
    reader.commit({record.partition: 1 for record in records})
    reports.send("committed")
