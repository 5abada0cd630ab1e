"""Strategies for requests to the record store: sensible ones, and ones with anything about them mangled, down to single bytes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from tests.fuzz.samples import SAMPLES
from tests.fuzz.values import json_values, texts

_AGENT = json.dumps({"mbox": "mailto:ani@example.com"})
_UUID = "fd41c918-b88b-4b20-a0a5-a4c32391aaa0"
_RESOURCES = ["statements", "activities/state", "activities/profile", "agents/profile", "agents", "activities", "about", ""]
_VALUES: dict[str, list[str]] = {
    "statementId": [_UUID],
    "voidedStatementId": [_UUID],
    "agent": [_AGENT, json.dumps({"objectType": "Group", "member": [{"mbox": "mailto:ani@example.com"}]})],
    "verb": ["http://example.com/verbs/did"],
    "activity": ["http://example.com/activities/1"],
    "registration": [_UUID],
    "since": ["2026-01-01T00:00:00Z"],
    "until": ["2030-01-01T00:00:00+07:00"],
    "limit": ["0", "1", "100000000000000000000"],
    "format": ["exact", "ids", "canonical"],
    "attachments": ["true", "false"],
    "ascending": ["true"],
    "related_agents": ["true"],
    "related_activities": ["true"],
    "more": ["gAAAAABo"],
    "activityId": ["http://example.com/activities/1"],
    "stateId": ["bookmark", "\x00", "é"],
    "profileId": ["preferences"],
    "method": ["GET", "PUT", "POST", "DELETE", "PATCH"],
}
_BY_RESOURCE: dict[str, tuple[str, ...]] = {
    "activities/state": ("activityId", "agent", "stateId"),
    "activities/profile": ("activityId", "profileId"),
    "agents/profile": ("agent", "profileId"),
    "agents": ("agent",),
    "activities": ("activityId",),
}
_ODD = [
    "",
    "x",
    "null",
    "{}",
    "[]",
    "1",
    "-1",
    "NaN",
    "\x00",
    "\ufffd",
    "a" * 2000,
    '{"mbox":1}',
    "[" * 300,
    "2015-02-29T00:00:00Z",
    "é\n",
]
_BOUNDARY = "abc123"


@dataclass(frozen=True)
class Sent:
    """One request. "valid" as its Authorization stands for a credential that the test knows."""

    method: str
    path: str
    query: list[tuple[str, str]]
    headers: dict[str, str]
    body: bytes


def _mixed(statement: Any) -> bytes:
    """A statement whose attachment comes along."""
    content = b"hello, world"
    digest = sha256(content).hexdigest()
    attachment = {"usageType": "http://example.com/usage", "display": {"en": "x"}, "contentType": "text/plain", "sha2": digest}
    text = json.dumps(statement | {"attachments": [attachment | {"length": len(content)}]})
    lines = [
        *(f"--{_BOUNDARY}", "Content-Type: application/json", "", text),
        *(
            f"--{_BOUNDARY}",
            "Content-Type: text/plain",
            "Content-Transfer-Encoding: binary",
            f"X-Experience-API-Hash: {digest}",
            "",
        ),
        *(content.decode(), f"--{_BOUNDARY}--", ""),
    ]
    return "\r\n".join(lines).encode()


@st.composite
def _mangled(draw: DrawFn, body: bytes) -> bytes:
    """The body with bytes changed, cut out, doubled or put in, at a few places."""
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, max(len(body) - 1, 0)))
        length = draw(st.sampled_from([1, 1, 2, 7, 40]))
        piece = draw(
            st.binary(max_size=4)
            | st.sampled_from([b'"', b"}", b"{", b"\\u0000", b"\\ud800", b"\xff", b"1e999", b"\r\n", b"--abc123"])
        )
        match draw(st.sampled_from(["change", "cut", "double", "insert", "end"])):
            case "change":
                body = body[:at] + piece + body[at + length :]
            case "cut":
                body = body[:at] + body[at + length :]
            case "double":
                body = body[: at + length] + body[at:]
            case "insert":
                body = body[:at] + piece + body[at:]
            case _:
                body = body[:at]
    return body


@st.composite
def _bodies(draw: DrawFn) -> tuple[str, bytes]:
    """A content type and a body that fits it, more or less."""
    statement = {
        name: value
        for name, value in SAMPLES[draw(st.sampled_from(sorted(SAMPLES)))](draw(st.sampled_from(["1.0.3", "2.0"]))).items()
        if name not in ("id", "attachments")
    }
    match draw(st.sampled_from(["one", "one", "batch", "mixed", "mixed", "json", "bytes", "form", "none"])):
        case "one":
            kind, body = "application/json", json.dumps(statement).encode()
        case "batch":
            kind, body = "application/json", json.dumps([statement, statement]).encode()
        case "mixed":
            kind, body = f"multipart/mixed; boundary={_BOUNDARY}", _mixed(statement)
        case "json":
            kind, body = "application/json", json.dumps(draw(json_values)).encode()
        case "bytes":
            kind, body = "application/octet-stream", draw(st.binary(max_size=50))
        case "form":
            form = "statementId=" + _UUID + "&content=%7B%7D&Authorization=Basic%20x&X-Experience-API-Version=1.0.3"
            kind, body = "application/x-www-form-urlencoded", form.encode()
        case _:
            return "", b""
    if draw(st.integers(0, 9)) == 0:
        kind = draw(
            st.sampled_from(
                ["text/plain", "application/json; charset=x", "multipart/mixed", "multipart/mixed; boundary=", "/", "é"]
            )
        )
    return kind, draw(_mangled(body))


@st.composite
def requests(draw: DrawFn) -> Sent:
    """A request that is often understood."""
    resource = draw(st.sampled_from(["statements", "statements", *_RESOURCES]))
    if draw(st.integers(0, 15)) == 0:
        resource = draw(st.text("a/%é.\x00;", max_size=5))
    method = draw(st.sampled_from([*["GET", "PUT", "POST", "POST", "DELETE"] * 2, "HEAD", "OPTIONS", "PATCH", "TRACE", "GREET"]))
    names = list(_BY_RESOURCE.get(resource, ())) if draw(st.booleans()) else []
    names += draw(st.lists(st.sampled_from(sorted(_VALUES)) | texts, max_size=2 if names else 3))
    query = []
    for name in names:
        odd = draw(st.integers(0, 5)) == 0
        value = draw(st.sampled_from(_ODD) | texts) if odd or name not in _VALUES else draw(st.sampled_from(_VALUES[name]))
        query.append((name, value))
    kind, body = draw(_bodies())
    headers = {"Authorization": "valid", "X-Experience-API-Version": draw(st.sampled_from(["1.0.3", "2.0.0"]))}
    if kind:
        headers["Content-Type"] = kind
    for name, values in _HEADERS.items():
        if draw(st.integers(0, 7)) == 0:
            headers[name] = draw(st.sampled_from(values))
    path = f"/xapi/{resource}" if draw(st.integers(0, 15)) else f"/{resource.lstrip('/')}"  # two slashes would begin a host
    return Sent(method, path, query, headers, body)


_HEADERS: dict[str, list[str]] = {
    "Authorization": ["", "Basic", "Basic !!!", "Basic eDp5", "Bearer x", "Basic " + "A" * 3000, "Basic /w=="],
    "X-Experience-API-Version": ["", "1.0", "2.0", "0.95", "1.1.0", "x", "1.0.0.0", "2.0.0, 1.0.3"],
    "If-Match": ["*", '"x"', "x", 'W/"da39a3ee5e6b4b0d3255bfef95601890afd80709"', ""],
    "If-None-Match": ["*", '"x"', ","],
    "Accept-Language": ["id, en;q=0.5", "*", ";;q=x", "é", "x" * 500],
    "Accept": ["text/html", "x"],
    "Content-Encoding": ["gzip", "x"],
    "Content-Transfer-Encoding": ["base64"],
    "Origin": ["http://example.com", "null"],
    "Access-Control-Request-Method": ["PUT"],
    "X-Request-Id": ["x", "a b", "é" * 300],
    "X-HTTP-Method-Override": ["DELETE"],
}
