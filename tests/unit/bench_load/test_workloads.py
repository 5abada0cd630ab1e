"""Workloads are data: every file is one, and a wrong one is told what would be right."""

from __future__ import annotations

from typing import Any

import pytest

from bench.load.answers import Answer, AnswerReader, NotHttp
from bench.load.workload import NoWorkload, names, parsed, workload


@pytest.mark.parametrize("name", names())
def test_every_file_is_a_workload(name: str) -> None:
    found = workload(name)
    assert found.title
    assert found.connections


def test_an_unknown_one_is_told_which_there_are() -> None:
    with pytest.raises(NoWorkload, match="post-single"):
        workload("../../pyproject")


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"kind": "put"}, "kind is one of"),
        ({"connections": [8, 0]}, "connections is a number"),
        ({"kind": "get", "by": "verb"}, "by is one of"),
        ({"statements": 0}, "statements is a number from 1"),
        ({"kind": "freshness"}, "statements_per_second is needed"),
        ({"conections": 3}, "conections"),
    ],
)
def test_a_wrong_one_is_told_what_would_be_right(changed: dict[str, Any], message: str) -> None:
    said = {"title": "A", "kind": "post", "connections": 8, "statements": 50, "seconds": 3, **changed}
    with pytest.raises(NoWorkload, match=message):
        parsed("mine", said)


ANSWERS = [
    (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", Answer(200, b"hello", True)),
    (b"HTTP/1.1 204 No Content\r\n\r\n", Answer(204, b"", True)),
    (b"HTTP/1.1 503 No\r\nconnection: close\r\ncontent-length: 0\r\n\r\n", Answer(503, b"", False)),
    (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhel\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
        Answer(200, b"hel\r\nabc", True),
    ),
]


@pytest.mark.parametrize(("text", "expected"), ANSWERS)
@pytest.mark.parametrize("step", [1, 7, 1_000])
def test_an_answer_is_read_however_it_is_cut(text: bytes, expected: Answer, step: int) -> None:
    reader = AnswerReader()
    for _ in range(2):  # nothing of one answer stays for the next
        found = [reader.feed(text[at : at + step]) for at in range(0, len(text), step)]
        assert found[-1] == expected
        assert set(found[:-1]) <= {None}


@pytest.mark.parametrize("text", [b"SSH-2.0-x\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nab"])
def test_what_is_no_answer_is_refused(text: bytes) -> None:
    with pytest.raises(NotHttp):
        AnswerReader().feed(text)
