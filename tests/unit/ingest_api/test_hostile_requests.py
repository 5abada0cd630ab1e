"""Whatever is sent, the answer is JSON and never a 5xx."""

from __future__ import annotations

import io
import json
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.ingest_api.conftest import SETTINGS, Caller, Endpoint, statement

GOOD = json.dumps(statement()).encode()


def with_response(text: bytes) -> bytes:
    """The good statement with these bytes as the value of an extension."""
    return GOOD[:-1] + b',"result":{"extensions":{"http://x.id/e":' + text + b"}}}"


BODIES = {
    "duplicate keys": (GOOD[:-1] + b',"actor":{"mbox":"mailto:b@example.com"}}', 400),
    "duplicate keys deep inside": (with_response(b'{"a":1,"a":2}'), 400),
    "NaN": (with_response(b"NaN"), 400),
    "Infinity": (with_response(b"-Infinity"), 400),
    "a number beyond 64-bit floats": (with_response(b"1e400"), 400),
    "an integer of 30 digits": (with_response(b"9" * 30), 200),
    "an integer of 5,000 digits": (with_response(b"9" * 5000), 400),
    "a lone surrogate": (with_response(b'"\\ud800"'), 400),
    "a lone surrogate in a key": (with_response(b'{"\\udfff":1}'), 400),
    "a pair of surrogates": (with_response(b'"\\ud83d\\ude00"'), 200),
    "U+0000 in a string": (with_response(b'"\\u0000"'), 200),
    "90 levels deep": (with_response(b"[" * 90 + b"]" * 90), 200),
    "150 levels deep": (with_response(b"[" * 150 + b"]" * 150), 400),
    "5,000 levels deep": (with_response(b'{"a":' * 5000 + b"1" + b"}" * 5000), 400),
    "5,000 brackets": (b"[" * 5000, 400),
    "invalid UTF-8": (with_response(b'"\xff\xfe"'), 400),
    "overlong UTF-8": (with_response(b'"\xc0\x80"'), 400),
    "a byte-order mark": (b"\xef\xbb\xbf" + GOOD, 400),
    "UTF-16": (GOOD.decode().encode("utf-16"), 400),
    "a control character": (with_response(b'"\x01"'), 400),
    "two values": (GOOD + GOOD, 400),
    "a trailing comma": (GOOD[:-1] + b",}", 400),
    "half of it": (GOOD[: len(GOOD) // 2], 400),
    "a number": (b"1", 400),
    "null": (b"null", 400),
    "an array of arrays": (b"[[]]", 400),
    "an array of nulls": (b"[null]", 400),
    "whitespace": (b" \n\t ", 400),
    "compressed": (zlib.compress(GOOD), 400),
    "null for the verb": (json.dumps(statement() | {"verb": None}).encode(), 400),
    "null for the object": (json.dumps(statement() | {"object": None}).encode(), 400),
    "a list for the authority": (json.dumps(statement(authority=[])).encode(), 400),
    "a number for the id": (json.dumps(statement(id=1)).encode(), 400),
    "a number for the attachments": (json.dumps(statement(attachments=1)).encode(), 400),
}


@pytest.mark.parametrize(("body", "status"), BODIES.values(), ids=BODIES.keys())
def test_a_body(partner: Caller, body: bytes, status: int) -> None:
    for sent in (body, b"[" + body + b"]"):
        answer = partner.send("POST", data=sent)
        if sent is body:
            assert answer.status_code == status, answer.data
        assert answer.status_code in (200, 400)
        assert answer.content_type == "application/json"


def test_what_is_kept_is_kept_exactly(partner: Caller) -> None:
    for text in (b"9" * 30, b"1.10", b"-0.0", b"1E+2", b'"\\ud83d\\ude00 \\u00e9"', b'{"b.c":1,"a$":2}', b'"\\u0000"'):
        answer = partner.send("POST", data=with_response(text))
        assert with_response(text)[:-1] in partner.get(statementId=answer.json[0]).data


class Unread(io.RawIOBase):
    """A body that must not be read."""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        raise AssertionError("the body was read")


def with_body(stream: io.RawIOBase | io.BytesIO, **environ: str | bool) -> dict[str, Any]:
    """A request in JSON with this body, as a server would hand it over."""
    return {"environ_overrides": {"CONTENT_TYPE": "application/json", "wsgi.input": stream, **environ}}


class Endless(io.RawIOBase):
    """A chunked body that never ends."""

    def __init__(self) -> None:
        self.given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        buffer[:] = b"x" * len(buffer)
        self.given += len(buffer)
        return len(buffer)


HUGE: dict[str, str | bool] = {"CONTENT_LENGTH": str(20 * 1024 * 1024), "wsgi.input_terminated": True}


def test_of_a_body_that_says_it_is_too_large_a_bounded_part_is_dropped_so_that_its_sender_reads_why(partner: Caller) -> None:
    body = Endless()
    answer = partner.send("POST", **with_body(body, **HUGE))
    assert answer.status_code == 413
    assert str(SETTINGS.max_body_bytes) in answer.json["error"]["message"]
    assert SETTINGS.max_body_bytes < body.given < 2 * SETTINGS.max_body_bytes


def test_a_little_over_the_limit_is_taken_to_its_end(partner: Caller) -> None:
    length = SETTINGS.max_body_bytes + 10_000
    body = io.BytesIO(b"x" * length)
    assert partner.send("POST", **with_body(body, **HUGE | {"CONTENT_LENGTH": str(length)})).status_code == 413
    assert body.read() == b""


def test_nothing_is_read_of_a_stranger_nor_of_one_who_waits_for_leave(endpoint: Endpoint, partner: Caller) -> None:
    stranger = Caller(endpoint.app, None)
    assert stranger.send("POST", **with_body(Unread(), **HUGE)).status_code == 401
    assert partner.send("POST", **with_body(Unread(), **HUGE, HTTP_EXPECT="100-continue")).status_code == 413


def test_a_sender_who_is_slow_is_not_waited_for(endpoint: Endpoint, partner: Caller) -> None:
    class Slow(Endless):
        def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
            endpoint.clock.advance_ms(1_000)
            return super().readinto(buffer[:10])

    body = Slow()
    assert partner.send("POST", **with_body(body, **HUGE)).status_code == 413
    assert body.given <= 30


CHUNKED = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}


def test_a_body_without_a_length_is_read_up_to_the_limit(partner: Caller) -> None:
    body = Endless()
    assert partner.send("POST", **with_body(body, **CHUNKED)).status_code == 413
    assert 0 < body.given < 3 * SETTINGS.max_body_bytes


def test_a_chunked_body_is_taken(partner: Caller) -> None:
    assert partner.send("POST", **with_body(io.BytesIO(GOOD), **CHUNKED)).status_code == 200


def test_a_body_that_breaks_off_is_refused(endpoint: Endpoint, partner: Caller) -> None:
    answer = partner.send("POST", **with_body(io.BytesIO(GOOD), CONTENT_LENGTH=str(len(GOOD) + 10)))
    assert answer.status_code == 400
    assert answer.content_type == "application/json"
    assert endpoint.log.records == []


@pytest.mark.parametrize("method", ["DELETE", "PATCH", "TRACE", "CONNECT", "BREW", "get", "G\tT"])
def test_other_methods(partner: Caller, method: str) -> None:
    environ = partner.app.test_client().open("/xapi/about").request.environ
    sent = {key: value for key, value in environ.items() if not key.startswith("werkzeug")}
    seen: list[str] = []
    app = partner.app
    body = b"".join(
        app(sent | {"REQUEST_METHOD": method, "PATH_INFO": "/xapi/statements"}, lambda status, headers, *_: seen.append(status))  # type: ignore[arg-type,func-returns-value]
    )
    assert seen[0].startswith(("405", "400"))
    assert json.loads(body)["error"]["status"] in (400, 405)


@pytest.mark.parametrize(
    "path", ["/", "/xapi", "/xapi/statements/", "//xapi/statements", "/xapi/statements/x", "/xapi/%00", "/%ff", "/xapi/../x"]
)
def test_other_addresses(partner: Caller, path: str) -> None:
    answer = partner.send("GET", path)
    assert answer.status_code == 404
    assert answer.json["error"]["message"]
    assert "Location" not in answer.headers


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT"])
def test_a_huge_query_string(partner: Caller, method: str) -> None:
    for query in (
        "x" * 1_000_000,
        "verb=" + "a" * 1_000_000,
        "&" * 1_000_000,
        "=&" * 100_000,
        "%" * 100_000,
        "agent=" + "[" * 100_000,
    ):
        answer = partner.send(method, query_string=query)
        assert 400 <= answer.status_code < 500 or set(query) == {"&"}
        assert len(answer.data) < 2_000


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Basic"},
        {"Authorization": "Basic ====="},
        {"Authorization": "Basic \x00"},
        {"Authorization": "Basic " + "A" * 100_000},
        {"Authorization": "é"},
        {"X-Experience-API-Version": "1.0." + "9" * 10_000},
        {"X-Experience-API-Version": "١.0.3"},
        {"Accept-Language": ";q=,*;q=9," * 10_000},
        {"Accept-Language": "é"},
        {"X-Request-Id": "198609262015051001"},
        {"Content-Length": "-1"},
        {"Content-Length": "abc"},
        {"Host": "a b"},
    ],
    ids=str,
)
def test_odd_headers(partner: Caller, headers: dict[str, str | None]) -> None:
    for method in ("GET", "POST"):
        answer = partner.send(method, headers=headers, environ_overrides={"CONTENT_TYPE": "application/json"})
        assert answer.status_code < 500
        assert answer.content_type == "application/json"
        assert "198609262015051001" not in answer.headers["X-Request-Id"]


def test_a_callers_request_id_is_kept_if_it_is_a_uuid(partner: Caller) -> None:
    ours = "0f4b1a6e-4b1e-4a57-9c6b-3f3f1b6f2f11"
    assert partner.send("GET", "/xapi/about", headers={"X-Request-Id": ours.upper()}).headers["X-Request-Id"] == ours


@given(body=st.binary(max_size=300), query=st.binary(max_size=60).map(lambda raw: raw.decode("latin-1")))
def test_noise(shared_caller: Caller, body: bytes, query: str) -> None:
    assert shared_caller.send("POST", data=body).status_code in (200, 400)
    assert shared_caller.send("GET", query_string=query).status_code in (200, 400)


@pytest.mark.parametrize(
    "broken",
    [
        statement(verb={"id": "http://x.example/v", "display": {"x" * 40_000: "done"}}),
        statement(**{"y" * 40_000: 1}),
        statement(result={"extensions": {"z" * 40_000: 1}}),
        statement(verb={"id": "http://x.example/v", "display": {"𝒳" * 4_000: "done"}}),
    ],
    ids=["language tag", "property", "extension", "four bytes a character"],
)
def test_what_was_sent_is_repeated_in_part_at_most(partner: Caller, broken: dict[str, Any]) -> None:
    for body in (broken, [broken]):
        answer = partner.post(body)
        assert answer.status_code == 400
        assert len(answer.data) < 4_096
        error = answer.json["error"]
        assert max(map(len, error["pointer"].split("/"))) <= 200
        assert "…" in error["pointer"]


def test_a_parameter_is_repeated_in_part_at_most(partner: Caller) -> None:
    for query in ({"n" * 60_000: "1"}, {"agent": '{"%s": 1}' % ("n" * 60_000)}, {"since": "n" * 60_000}):
        answer = partner.get(**query)
        assert (answer.status_code, len(answer.data) < 4_096) == (400, True)
