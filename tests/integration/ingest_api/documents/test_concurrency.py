"""ETags and preconditions, and many writers at once.

Source: xAPI 1.0.3, Communication 3.1; IEEE 9274.1.1, 4.1.4; RFC 9110, 13.1.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from werkzeug.test import TestResponse

from tests.integration.ingest_api.conftest import Caller, System
from tests.integration.ingest_api.documents.resource import KINDS, V1, V2, Resource, message, sha1


@pytest.mark.parametrize(
    ("version", "kind", "exists", "status"),
    [
        (V1, "state", False, 204),
        (V1, "state", True, 204),
        (V1, "agent profile", False, 400),
        (V1, "agent profile", True, 409),
        (V1, "activity profile", False, 400),
        (V1, "activity profile", True, 409),
        (V2, "state", False, 204),
        (V2, "state", True, 409),
        (V2, "agent profile", False, 204),
        (V2, "agent profile", True, 409),
        (V2, "activity profile", False, 204),
        (V2, "activity profile", True, 409),
    ],
)
def test_a_put_that_does_not_say_what_it_expects(partner: Caller, version: str, kind: str, exists: bool, status: int) -> None:
    """3.1; IEEE 9274.1.1, 4.1.4."""
    resource = replace(KINDS[kind](partner), version=version)
    before = b'{"old":1}' if exists else None
    if before is not None:
        resource.there_is(before)
    answer = resource.send("PUT", b'{"new":1}')
    assert answer.status_code == status
    assert resource.holds(b'{"new":1}' if status == 204 else before)
    if status != 204:
        assert "If-Match" in message(answer)


CURRENT, OTHER = sha1(b'{"old":1}'), '"1111111111111111111111111111111111111111"'


@pytest.mark.parametrize("version", [V1, V2])
@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
@pytest.mark.parametrize(
    ("header", "value", "exists", "holds"),
    [
        ("If_Match", CURRENT, True, True),
        ("If_Match", f"{OTHER}, {CURRENT}", True, True),
        ("If_Match", CURRENT.strip('"'), True, True),
        ("If_Match", "*", True, True),
        ("If_Match", OTHER, True, False),
        ("If_Match", f"W/{CURRENT}", True, False),
        ("If_Match", CURRENT, False, False),
        ("If_Match", "*", False, False),
        ("If_None_Match", "*", True, False),
        ("If_None_Match", CURRENT, True, False),
        ("If_None_Match", f"W/{CURRENT}", True, False),
        ("If_None_Match", OTHER, True, True),
        ("If_None_Match", "*", False, True),
    ],
)
def test_preconditions_of_writes(
    resource: Resource, version: str, method: str, header: str, value: str, exists: bool, holds: bool
) -> None:
    """3.1; RFC 9110, 13.1: a write whose precondition fails is 412 and changes nothing."""
    resource = replace(resource, version=version)
    before = b'{"old":1}' if exists else None
    if before is not None:
        resource.there_is(before)
    answer = resource.send(method, None if method == "DELETE" else b'{"new":1}', **{header: value})
    assert answer.status_code == (204 if holds else 412)
    if not holds:
        assert header.replace("_", "-") in message(answer)
        assert resource.holds(before)
    elif method == "POST" and exists:
        assert resource.send("GET").json == {"old": 1, "new": 1}
    else:
        assert resource.holds(None if method == "DELETE" else b'{"new":1}')


def test_a_reader_is_told_that_nothing_changed(resource: Resource) -> None:
    """RFC 9110, 13.1.2: what a browser asks before it shows what it has."""
    tag = resource.there_is(b"{}")
    answer = resource.send("GET", If_None_Match=tag)
    assert (answer.status_code, answer.data, answer.headers["ETag"]) == (304, b"", tag)
    assert resource.send("HEAD", If_None_Match=f"W/{tag}").status_code == 304
    assert resource.send("GET", If_None_Match=OTHER).data == b"{}"
    assert resource.send("GET", If_Match=OTHER).status_code == 412


@pytest.mark.parametrize("method", ["GET", "PUT", "POST", "DELETE"])
def test_what_is_no_entity_tag_is_refused(resource: Resource, method: str) -> None:
    resource.there_is(b"{}")
    answer = resource.send(method, b"{}" if method in ("PUT", "POST") else None, If_Match="mine")
    assert answer.status_code == 400
    assert resource.holds(b"{}")


def at_once(writes: Sequence[Callable[[], TestResponse]]) -> list[int]:
    gate = threading.Barrier(len(writes), timeout=30)

    def run(write: Callable[[], TestResponse]) -> int:
        gate.wait()
        return write().status_code

    with ThreadPoolExecutor(len(writes)) as pool:
        return list(pool.map(run, writes))


def test_fifty_posts_at_once_lose_none(system: System, resource: Resource) -> None:
    """Through two API processes."""
    other = replace(resource, caller=Caller(system.api(), resource.caller.key))
    writers = [(resource, other)[number % 2] for number in range(50)]
    posts = [
        lambda writer=writer, number=number: writer.send("POST", b'{"k%d":%d}' % (number, number))
        for number, writer in enumerate(writers)
    ]
    assert at_once(posts) == [204] * 50
    assert resource.send("GET").json == {f"k{number}": number for number in range(50)}


@pytest.mark.parametrize("condition", ["If-Match", "If-None-Match"])
def test_of_fifty_puts_that_expect_the_same_one_succeeds(resource: Resource, condition: str) -> None:
    headers = {"If_Match": resource.there_is(b"{}")} if condition == "If-Match" else {"If_None_Match": "*"}
    puts = [lambda number=number: resource.send("PUT", b"%d" % number, **headers) for number in range(50)]
    answers = at_once(puts)
    assert sorted(answers) == [204] + [412] * 49
    assert resource.holds(b"%d" % answers.index(204))


def test_last_modified_grows(resource: Resource) -> None:
    """IEEE 9274.1.1, 4.1.6.2: to the second in the header, to the millisecond in `since`."""
    resource.there_is(b"{}")
    first = resource.send("GET").last_modified
    time.sleep(1.05)
    assert resource.send("POST", b'{"a":1}').status_code == 204
    second = resource.send("GET").last_modified
    assert first is not None
    assert second is not None
    assert second > first
