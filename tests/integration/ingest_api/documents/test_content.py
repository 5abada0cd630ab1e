"""What is put comes back, whatever it is; and JSON can be merged. Source: xAPI 1.0.3, Communication 2.2."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.integration.ingest_api.documents.resource import JSON, V1, V2, Resource, message, sha1

MIB = 1024 * 1024


@pytest.mark.parametrize("version", [V1, V2])
def test_the_life_of_a_document(resource: Resource, version: str) -> None:
    """2.2: PUT, GET, HEAD, DELETE."""
    resource = replace(resource, version=version)
    assert resource.holds(None)
    assert resource.send("HEAD").status_code == 404
    assert resource.all("GET").json == []
    put = resource.send("PUT", b'{"a": 1}', If_None_Match="*")
    assert (put.status_code, put.data) == (204, b"")
    got, head = resource.send("GET"), resource.send("HEAD")
    assert (got.status_code, got.data, head.status_code, head.data) == (200, b'{"a": 1}', 200, b"")
    for answer in (got, head):
        assert answer.headers["ETag"] == put.headers["ETag"] == sha1(b'{"a": 1}')
        assert answer.headers["Content-Type"] == JSON
        assert answer.headers["Content-Length"] == "8"
        assert answer.last_modified is not None
        assert answer.headers["X-Experience-API-Version"] == version
        assert "X-Experience-API-Consistent-Through" not in answer.headers
    assert resource.all("GET").json == ["a document"]
    assert resource.all("HEAD").headers["Content-Length"] == "14"
    assert resource.send("DELETE").status_code == 204
    assert resource.holds(None)
    assert resource.send("DELETE").status_code == 204
    assert resource.all("GET").json == []


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b"", "text/plain"),
        (bytes(range(256)) * 300, "image/png"),
        (b"a=1&content=b", "application/x-www-form-urlencoded"),
        (b"--x\r\n\r\n--x--", "multipart/mixed; boundary=x"),
        ("{'é': kein JSON}".encode("latin-1"), "application/json; charset=iso-8859-1"),
        (b"<script>alert(1)</script>", "text/html; charset=utf-8"),
        (b" 1.0 ", JSON),
    ],
)
def test_any_content_of_any_type_comes_back_byte_for_byte(resource: Resource, content: bytes, content_type: str) -> None:
    """2.2: "the content is not limited to JSON"."""
    for method in ("PUT", "POST"):
        if method == "POST" and "charset=iso" in content_type:
            continue  # XAPI-00235: a POST that says it is JSON has to be
        resource.send("DELETE")
        assert resource.send(method, content, content_type, If_None_Match="*").status_code == 204
        answer = resource.send("GET")
        assert (answer.data, answer.headers["Content-Type"]) == (content, content_type)


def test_content_without_a_type_is_bytes(resource: Resource) -> None:
    assert resource.send("PUT", b"\x00", None, If_None_Match="*").status_code == 204
    assert resource.send("GET").headers["Content-Type"] == "application/octet-stream"


def test_content_never_becomes_a_page_of_ours(resource: Resource) -> None:
    """Who may write must not be able to run a script where others are logged in."""
    resource.there_is(b"<script>alert(1)</script>", "text/html")
    headers = resource.send("GET").headers
    assert "sandbox" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-cache"


def test_up_to_ten_mebibytes(resource: Resource) -> None:
    content = b'{"a":"' + b"x" * (10 * MIB - 8) + b'"}'
    resource.there_is(content)
    assert resource.holds(content)
    for method in ("PUT", "POST"):
        answer = resource.send(method, content + b" ", If_Match="*")
        assert answer.status_code == 413
        assert str(10 * MIB) in message(answer)
    assert resource.send("POST", b'{"b":1}').status_code == 413
    assert resource.holds(content)


@pytest.mark.parametrize(
    ("held", "posted", "result"),
    [
        (b'{"car":"MKX"}', b'{"car":"MKZ"}', b'{"car":"MKZ"}'),
        (b'{"a":{"x":1},"b":2}', b'{"a":{"y":1}}', b'{"a":{"y":1},"b":2}'),
        (b'{"n": 1.10, "big": 12345678901234567890123}', b'{"o":1e3}', b'{"n":1.10,"big":12345678901234567890123,"o":1e3}'),
        (b"{}", b'{"a":null}', b'{"a":null}'),
        (None, b' {"a": 1} ', b' {"a": 1} '),
        (None, b"[1]", b"[1]"),
    ],
)
def test_a_post_merges_top_level_members(resource: Resource, held: bytes | None, posted: bytes, result: bytes) -> None:
    """2.2, XAPI-00183, XAPI-00184; without a document a POST is a PUT."""
    if held is not None:
        resource.there_is(held, "application/json; charset=utf-8")
    assert resource.send("POST", posted, "application/json;charset=UTF-8").status_code == 204
    assert resource.holds(result)
    assert resource.send("GET").headers["ETag"] == sha1(result)


@pytest.mark.parametrize(
    ("held", "held_type", "posted", "posted_type"),
    [
        (b'{"a":1}', JSON, b"abcdefg", "not/json"),
        (b'{"a":1}', JSON, b'{"b":1}', "text/plain"),
        (b"/ asdf", "application/octet-stream", b'{"b":1}', JSON),
        (b'{"a":1}', "text/plain", b'{"b":1}', JSON),
        (b'{"a":1}', JSON, b'{"b":1}{', JSON),
        (b'{"a":1}', JSON, b"[]", JSON),
        (b"[]", JSON, b'{"b":1}', JSON),
        (b"{", JSON, b'{"b":1}', JSON),
        (b'{"a":1}', JSON, b"", JSON),
        (None, "", b'{"b":', JSON),
    ],
)
def test_what_can_not_be_merged_is_refused_and_changes_nothing(
    resource: Resource, held: bytes | None, held_type: str, posted: bytes, posted_type: str
) -> None:
    """2.2, XAPI-00229, XAPI-00232, XAPI-00235."""
    if held is not None:
        resource.there_is(held, held_type)
    answer = resource.send("POST", posted, posted_type)
    assert answer.status_code == 400
    assert "JSON" in message(answer)
    assert resource.holds(held)
    if held is not None:
        assert resource.send("GET").headers["Content-Type"] == held_type
