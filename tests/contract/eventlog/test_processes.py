"""What an event log promises to several processes: one log between them, also when it was named before a fork."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from contextlib import closing
from multiprocessing.connection import Connection
from typing import Any

import pytest

from eventlog.port import EventLog, Outgoing, Topic
from tests.contract.eventlog.opening import OpenLog, read, values


def append_numbers(log: EventLog, answer: Connection, first: int, count: int) -> None:
    with closing(log.appender()) as appender:
        appended = [appender.append(Topic.ACCEPTED, Outgoing(str(number).encode())) for number in range(first, first + count)]
    answer.send([(place.partition, place.offset) for place in appended])


def run_at_once(method: str, target: Callable[..., None], *arguments: tuple[Any, ...]) -> list[Any]:
    """Run a process per tuple of arguments, at the same time; what each answered."""
    context: Any = multiprocessing.get_context(method)
    running = []
    for args in arguments:
        receiver, sender = context.Pipe(duplex=False)
        process = context.Process(target=target, args=(args[0], sender, *args[1:]))
        process.start()
        sender.close()
        running.append((process, receiver))
    answers = []
    for process, receiver in running:
        with receiver:
            assert receiver.poll(60), "the process did not answer"
            answers.append(receiver.recv())
        process.join(20)
        assert process.exitcode == 0
        process.close()
    return answers


def test_processes_append_to_one_log(opened: OpenLog) -> None:
    answers = run_at_once("spawn", append_numbers, (opened.log, 0, 100), (opened.log, 100, 100))

    places = [tuple(place) for answer in answers for place in answer]
    assert len(set(places)) == 200
    assert sorted(values(read(opened.reader(), 200))) == list(range(200))


@pytest.mark.filterwarnings("ignore:This process.*is multi-threaded:DeprecationWarning")
def test_a_log_named_before_a_fork_works_after_it_on_both_sides(opened: OpenLog) -> None:
    with closing(opened.log.appender()) as appender:
        appender.append(Topic.ACCEPTED, Outgoing(b"0"))
        run_at_once("fork", append_numbers, (opened.log, 1, 10))
        appender.append(Topic.ACCEPTED, Outgoing(b"11"))

    assert sorted(values(read(opened.reader(), 12))) == list(range(12))
