"""Documents where something is wrong outside of them: the store, the network, other writers, a client's framing."""

from __future__ import annotations

from io import BytesIO
from itertools import count
from typing import Any, NoReturn

import pytest
from werkzeug.test import TestResponse

from store.port import Unavailable
from tests.unit.ingest_api.conftest import Caller, Endpoint
from tests.unit.ingest_api.memory_documents import MemoryDocuments

PROFILE = "/xapi/activities/profile"
QUERY = {"activityId": "http://example.com/activities/course-1", "profileId": "p"}
MIB = 1024 * 1024


def send(partner: Caller, method: str, **more: Any) -> TestResponse:
    return partner.send(method, PROFILE, query_string=QUERY, **more)


def unavailable(*_: object, **__: object) -> NoReturn:
    raise Unavailable("no store", retry_after_s=7)


@pytest.mark.parametrize(
    ("method", "body", "headers"),
    [("GET", None, {}), ("HEAD", None, {}), ("PUT", b"{}", {"If-None-Match": "*"}), ("POST", b"{}", {}), ("DELETE", None, {})],
)
def test_an_outage_of_the_store_is_503(
    partner: Caller, monkeypatch: pytest.MonkeyPatch, method: str, body: bytes | None, headers: dict[str, str | None]
) -> None:
    monkeypatch.setattr(MemoryDocuments, "get", unavailable)
    answer = send(partner, method, headers=headers, **({} if body is None else {"data": body}))
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "7"


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_so_it_is_for_lists(partner: Caller, monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    for name in ("ids", "delete_all"):
        monkeypatch.setattr(MemoryDocuments, name, unavailable)
    query = {"activityId": "http://example.com/1", "agent": '{"mbox":"mailto:ani@example.com"}'}
    assert partner.send(method, "/xapi/activities/state", query_string=query).status_code == 503


def test_a_writer_that_always_loses_gives_up(partner: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MemoryDocuments, "put", lambda *_, **__: False)
    answer = send(partner, "POST", data=b"{}")
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) >= 1


def test_a_write_that_loses_once_looks_again(endpoint: Endpoint, partner: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another came in between what was read and what is written: its members are in the merge, and a condition is checked anew."""
    put = MemoryDocuments.put
    calls = 0
    numbers = count(1)

    def overtaken(self: MemoryDocuments, document: Any, *, expected_etag: str | None) -> bool:
        nonlocal calls
        calls += 1
        if calls == 2:
            send(partner, "POST", data=b'{"theirs%d":1}' % next(numbers))
        return put(self, document, expected_etag=expected_etag)

    monkeypatch.setattr(MemoryDocuments, "put", overtaken)
    tag = send(partner, "PUT", data=b"{}", headers={"If-None-Match": "*"}).headers["ETag"]
    assert send(partner, "POST", data=b'{"ours":1}').status_code == 204
    assert send(partner, "GET").json == {"theirs1": 1, "ours": 1}
    calls = 1
    assert send(partner, "POST", data=b'{"late":1}', headers={"If-Match": tag}).status_code == 412
    tag = send(partner, "GET").headers["ETag"]
    calls = 1
    assert send(partner, "PUT", data=b'{"late":1}', headers={"If-Match": tag}).status_code == 412


@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_the_limit_holds_for_bodies_of_unknown_length(partner: Caller, method: str) -> None:
    """Chunked: read up to the limit, and not a byte of it kept."""
    for extra, status in ((0, 204), (1, 413)):
        send(partner, "DELETE")
        content = b"x" * (10 * MIB + extra)
        answer = send(
            partner,
            method,
            input_stream=BytesIO(content),
            headers={"If-None-Match": "*", "Content-Type": "text/plain"},
            environ_overrides={"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"},
        )
        assert answer.status_code == status
        assert (send(partner, "GET").data == content) is (status == 204)


def test_an_announced_length_over_the_limit_is_not_read(partner: Caller) -> None:
    answer = send(
        partner,
        "PUT",
        input_stream=BytesIO(b"x"),
        headers={"If-None-Match": "*"},
        environ_overrides={"CONTENT_LENGTH": str(10 * MIB + 1)},
    )
    assert answer.status_code == 413
    assert "document" in answer.json["error"]["message"]  # type: ignore[index]


def test_a_body_that_ends_early_is_not_kept(partner: Caller) -> None:
    answer = send(
        partner, "PUT", input_stream=BytesIO(b"half"), headers={"If-None-Match": "*"}, environ_overrides={"CONTENT_LENGTH": "8"}
    )
    assert answer.status_code == 400
    assert send(partner, "GET").status_code == 404


def test_an_encoded_body_is_refused(partner: Caller) -> None:
    """What is kept is what was meant, not how it travelled."""
    assert send(partner, "PUT", data=b"\x1f\x8b", headers={"If-None-Match": "*", "Content-Encoding": "gzip"}).status_code == 415


def test_a_refusal_does_not_repeat_what_was_sent(partner: Caller) -> None:
    """Promise: people are protected; messages end up in logs of clients."""
    query = QUERY | {"agent": '{"mbox":"mailto:ani@example.com"}'}
    answer = partner.send("GET", PROFILE, query_string=query)
    assert answer.status_code == 400
    assert b"ani@" not in answer.data
