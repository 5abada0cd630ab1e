"""The requests of a record, read by the compiled paths or not."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.events import Accepted, AcceptedRequest, ToleratedStatement, encode
from tests.unit.schemas.strategies import mutated
from tests.unit.xapi.corpora import ordinary
from workers import requests
from workers.requests import Request, requests_in

TEXTS = list(ordinary())


def accepted(*texts: bytes, tolerated: list[ToleratedStatement] | None = None) -> AcceptedRequest:
    return AcceptedRequest("r", "c", "univ-a", True, list(map(msgspec.Raw, texts)), tolerated or [])


def texts_of(found: list[Request]) -> list[Any]:
    return [(one.partner, one.may_void_any, [text for text, _ in one.statements], one.tolerated) for one in found]


def both(record: bytes, monkeypatch: pytest.MonkeyPatch) -> list[Request]:
    found = requests_in(record)
    with monkeypatch.context() as without:
        without.setattr(requests, "compiled", None)
        assert texts_of(found) == texts_of(requests_in(record))
    return found


def test_of_ordinary_requests_everything_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("rekam_native")
    found = both(encode(Accepted([accepted(*TEXTS[:50]), accepted(*TEXTS[-50:])])), monkeypatch)
    assert [len(one.statements) for one in found] == [50, 50]
    assert all(said is not None and said.key for one in found for _, said in one.statements)


def test_what_is_no_plain_statement_leaves_the_others_be(monkeypatch: pytest.MonkeyPatch) -> None:
    record = encode(Accepted([accepted(TEXTS[0], b"[1]", b'{"id":7}', b'"\\u00e9"', TEXTS[1])]))
    found = both(record, monkeypatch)
    assert [text for text, _ in found[0].statements] == [TEXTS[0], b"[1]", b'{"id":7}', b'"\\u00e9"', TEXTS[1]]
    assert [said for _, said in found[0].statements[1:4]] == [None, None, None]


def test_tolerated_ones_have_what_was_received(monkeypatch: pytest.MonkeyPatch) -> None:
    tolerated = [ToleratedStatement(1, ["a", "b"], msgspec.Raw(b'{"as": "sent"}'))]
    (found,) = both(encode(Accepted([accepted(*TEXTS[:2], tolerated=tolerated)])), monkeypatch)
    assert found.tolerated == {1: (("a", "b"), b'{"as": "sent"}')}


@pytest.mark.parametrize(
    "record", [b"", b"{}", b"[]", b'{"requests":1}', b'{"requests":[{}]}', b'{"requests":[]', b'{"requests":[]}x']
)
def test_what_is_no_record_is_refused(record: bytes) -> None:
    with pytest.raises(msgspec.MsgspecError):
        requests_in(record)


RECORD = json.loads(encode(Accepted([accepted(*TEXTS[:2], tolerated=[ToleratedStatement(1, ["a"], msgspec.Raw(b"{}"))])])))


@given(mutated(st.just(RECORD)))
def test_of_what_is_nearly_a_record(value: Any) -> None:
    record = json.dumps(value).encode()
    verdicts = []
    for compiled in (requests.compiled, None):
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(requests, "compiled", compiled)
            try:
                verdicts.append(texts_of(requests_in(record)))
            except msgspec.MsgspecError:
                verdicts.append(["refused"])
    assert verdicts[0] == verdicts[1]
