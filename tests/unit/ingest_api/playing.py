"""A table of requests, played one after the other against a fresh endpoint, and everything that can be told of each answer.

    python -m tests.unit.ingest_api.playing > tests/unit/ingest_api/answers.json

writes the answers down as they are now, which is to be done only when an answer is to change.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import structlog
from structlog.testing import capture_logs

from access.credentials import Role
from tests.unit.ingest_api.conftest import SETTINGS, Endpoint, basic, running, statement, voiding

STATEMENTS = "/xapi/statements"
STATES = "/xapi/activities/state"
A_STATE = "activityId=http://x.id/a&agent=%7B%22mbox%22%3A%22mailto%3Aa%40x.id%22%7D&stateId=s"
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
A, B, C, D = (f"{digit * 8}-{digit * 4}-4{digit * 3}-a{digit * 3}-{digit * 12}" for digit in "1234")
CALLER_ID = "0F4B1A6E-4B1E-4A57-9C6B-3F3F1B6F2F11"
LMS = "https://lms.example.id"
_RANDOM = re.compile("(?<=rekam-)[0-9a-f]{32}|(?<=more=gAAAA)[A-Za-z0-9_-]+")
_SHOWN = ("method", "partner", "request_id", "route", "status")


@dataclass(frozen=True)
class Play:
    """One request. `headers` are merged into those of a partner that writes version 1.0.3; None leaves one out."""

    name: str
    method: str
    path: str = STATEMENTS
    query: str = ""
    body: bytes | None = None
    headers: Mapping[str, str | None] = field(default_factory=dict)
    environ: Mapping[str, Any] = field(default_factory=dict)


def encoded(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _post(name: str, body: bytes, **headers: str | None) -> Play:
    return Play(f"POST {name}", "POST", body=body, headers=_named(headers))


def _put(name: str, body: bytes, query: str = f"statementId={A}", **headers: str | None) -> Play:
    return Play(f"PUT {name}", "PUT", query=query, body=body, headers=_named(headers))


def _named(headers: Mapping[str, str | None]) -> dict[str, str | None]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def _alternate(name: str, query: str, fields: Mapping[str, str], content_type: str = FORM, path: str = STATEMENTS) -> Play:
    body = urlencode(fields).encode()
    return Play(f"alternate {name}", "POST", path, query, body, {"Content-Type": content_type})


PLAIN = encoded(statement())
ANI = encoded(statement(id=A, result={"extensions": {"http://x.id/e": 1.10}}))
ATTACHED = b"a certificate"
SHA2 = hashlib.sha256(ATTACHED).hexdigest()
ATTACHMENT = {
    "usageType": "http://example.com/certificate",
    "display": {"en": "certificate"},
    "contentType": "text/plain",
    "length": len(ATTACHED),
    "sha2": SHA2,
}
BOUNDARY = "frontier"
MIXED = {"Content-Type": f"multipart/mixed; boundary={BOUNDARY}"}


def _mixed(body: bytes, *parts: tuple[str, bytes], close: bool = True) -> bytes:
    pieces = [f"--{BOUNDARY}\r\nContent-Type: {JSON}\r\n\r\n".encode() + body]
    for sha2, content in parts:
        headers = ("Content-Type: text/plain", "Content-Transfer-Encoding: binary", f"X-Experience-API-Hash: {sha2}")
        pieces.append("\r\n".join((f"--{BOUNDARY}", *headers, "", "")).encode() + content)
    return b"\r\n".join(pieces) + (f"\r\n--{BOUNDARY}--\r\n".encode() if close else b"")


VERSION = "X-Experience-API-Version"
CHUNKED = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
PLAIN_ATTACHED = encoded(statement(attachments=[ATTACHMENT]))
WITH_ATTACHMENT = encoded(statement(id=C, attachments=[ATTACHMENT]))

WRITING = (
    _post("one", ANI),
    _post("one again", ANI),
    _post("same id, other content", encoded(statement(id=A))),
    _post("same id of another partner", ANI, Authorization=basic("other")),
    _post("without an id", PLAIN),
    _post("a batch", encoded([statement(id=B), statement(), statement()])),
    _post("an empty batch", b"[]"),
    _post("a batch with one id twice", encoded([statement(id=D), statement(id=D)])),
    _post("a batch with a bad one", encoded([statement(), statement(verb={"id": "no iri"})])),
    _post("an unknown property", encoded(statement(surplus=1))),
    _post("no JSON", b'{"actor":'),
    _post("nothing", b""),
    _post("blanks", b" \r\n\t"),
    _post("a byte-order mark", b"\xef\xbb\xbf" + PLAIN),
    _post("UTF-16", PLAIN.decode().encode("utf-16")),
    _post("invalid UTF-8", PLAIN[:-1] + b',"version":"\xff"}'),
    _post("a property twice", PLAIN[:-1] + b',"actor":{"mbox":"mailto:b@example.com"}}'),
    _post("1e999", encoded(statement(result={"extensions": {"http://x.id/e": 0}})).replace(b":0}", b":1e999}")),
    _post("too deep", b"[" * 300 + b"]" * 300),
    _post("a statement too large", encoded(statement(result={"response": "x" * 60_000}))),
    _post("a body too large", encoded(statement(result={"response": "x" * 250_000}))),
    _post("a record too large", encoded([statement(result={"response": "x" * 45_000}) for _ in range(4)])),
    _post("a NIP in a pointer", encoded(statement(**{"198609262015051001": 1}))),
    _post("half a character in a name", PLAIN[:-1] + b',"\\ud800":1}'),
    _post(
        "a context activity that is no array",
        encoded(statement(context={"contextActivities": {"parent": {"id": "http://x.id/p"}}})),
    ),
    _post(
        "stored and authority of its own", encoded(statement(stored="2020-01-01T00:00:00Z", authority={"mbox": "mailto:x@y.id"}))
    ),
    _post("a voiding statement", encoded(voiding(B))),
    _post("a voiding statement of a voider", encoded([voiding(C, id=D), voiding(D)])),
    _post("a voiding statement for another's", encoded(voiding(A)), Authorization=basic("other")),
    _post("an attachment that is missing", WITH_ATTACHMENT),
    _post("version 2.0", encoded(statement(timestamp="2026-05-01T10:00:00.5+07:00")), **{VERSION: "2.0.0"}),
    _post("version 2.0 with a bad time", encoded(statement(timestamp="2026-05-01")), **{VERSION: "2.0"}),
    _post("no version", PLAIN, **{VERSION: None}),
    _post("version 0.95", PLAIN, **{VERSION: "0.95"}),
    _post("version 1.0", PLAIN, **{VERSION: " 1.0 "}),
    _post("version 1.0.99999", PLAIN, **{VERSION: "1.0.99999"}),
    _post("nobody", PLAIN, Authorization=None),
    _post("a wrong secret", PLAIN, Authorization=basic("writer", "guessed")),
    _post("an unknown key", PLAIN, Authorization=basic("nobody")),
    _post("Bearer", PLAIN, Authorization="Bearer abc"),
    _post("no base64", PLAIN, Authorization="Basic ==="),
    _post("no colon", PLAIN, Authorization="Basic " + base64.b64encode(b"writer").decode()),
    _post("scheme in capitals", encoded(statement(id=A)), Authorization=basic("writer").replace("Basic", "BASIC")),
    _post("a reader", PLAIN, Authorization=basic("reader")),
    _post("no Content-Type", PLAIN, Content_Type=None),
    _post("text/plain", PLAIN, Content_Type="text/plain"),
    _post("a form", PLAIN, Content_Type=FORM),
    _post("Content-Type with parameters", PLAIN, Content_Type="Application/JSON ; charset=utf-8"),
    _post("gzip", PLAIN, Content_Encoding="gzip"),
    _post("identity", PLAIN, Content_Encoding=" Identity "),
    _post("a request id of its own", PLAIN, X_Request_Id=CALLER_ID),
    _post("a request id that is none", PLAIN, X_Request_Id="198609262015051001"),
    Play("POST with a parameter", "POST", query="statementId=" + A, body=PLAIN),
    Play("POST with an empty query", "POST", query="&", body=PLAIN),
    Play("POST in lower case", "post", body=PLAIN),
    Play("POST chunked", "POST", body=PLAIN, headers={"Content-Length": None}, environ=CHUNKED),
    Play("POST chunked and too large", "POST", body=b"x" * 400_000, headers={"Content-Length": None}, environ=CHUNKED),
    Play("POST of unknown length", "POST", body=PLAIN, headers={"Content-Length": None}, environ={"wsgi.input_terminated": False}),
    Play("POST that breaks off", "POST", body=PLAIN, headers={"Content-Length": str(len(PLAIN) + 1)}),
    Play("POST with a longer body than it says", "POST", body=PLAIN + b"  ", headers={"Content-Length": str(len(PLAIN))}),
    Play("POST with a negative length", "POST", body=PLAIN, headers={"Content-Length": "-1"}),
    Play("POST with a length in words", "POST", body=PLAIN, headers={"Content-Length": "many"}),
    Play(
        "POST that waits for leave and is too large",
        "POST",
        body=PLAIN,
        headers={"Content-Length": "900000", "Expect": "100-continue"},
    ),
    _put("one", encoded(statement(result={"success": True})), f"statementId={D}"),
    _put("one again", encoded(statement(result={"success": True})), f"statementId={D}"),
    _put("other content", encoded(statement()), f"statementId={D}"),
    _put("another id in the body", ANI, f"statementId={B}"),
    _put("no id", PLAIN, ""),
    _put("an id that is none", PLAIN, "statementId=1"),
    _put("a surplus parameter", PLAIN, f"statementId={B}&x=1"),
    _put("a batch", b"[" + PLAIN + b"]"),
    _put("nobody", PLAIN, Authorization=None),
    _put("no version", PLAIN, **{VERSION: None}),
    _put("a reader", PLAIN, Authorization=basic("reader")),
    Play("POST mixed", "POST", body=_mixed(WITH_ATTACHMENT, (SHA2, ATTACHED)), headers=MIXED),
    Play("POST mixed with a wrong hash", "POST", body=_mixed(WITH_ATTACHMENT, (SHA2, b"other")), headers=MIXED),
    Play("POST mixed with a surplus part", "POST", body=_mixed(PLAIN, (SHA2, ATTACHED)), headers=MIXED),
    Play("POST mixed without its end", "POST", body=_mixed(PLAIN, close=False), headers=MIXED),
    Play("POST mixed without a boundary", "POST", body=_mixed(PLAIN), headers={"Content-Type": "multipart/mixed"}),
    Play("POST mixed, statements alone", "POST", body=_mixed(encoded([statement()])), headers=MIXED),
    _post("an attachment elsewhere", encoded(statement(attachments=[ATTACHMENT | {"fileUrl": "http://files.example.com/x"}]))),
)


def _get(query: str, name: str = "", method: str = "GET", **headers: str | None) -> Play:
    return Play(f"{method} {name or query or 'everything'}", method, query=query, headers=_named(headers))


READING = (
    _get(f"statementId={A}"),
    _get(f"statementId={A}", "HEAD one", "HEAD"),
    _get(f"statementId={A.upper()}", "with the id in capitals"),
    _get(f"voidedStatementId={B}"),
    _get(f"statementId={B}", "a voided one"),
    _get("statementId=99999999-9999-4999-8999-999999999999"),
    _get("statementId=99999999-9999-4999-8999-999999999999", "HEAD what is not there", "HEAD"),
    _get(f"statementId={A}", "another's", Authorization=basic("other")),
    _get(f"statementId={A}", "as an administrator", Authorization=basic("admin")),
    _get(f"statementId={A}&format=ids", "only ids"),
    _get(f"statementId={A}&format=canonical", "canonical", Accept_Language="id;q=0.5, en"),
    _get(f"statementId={A}&voidedStatementId={B}", "both ids"),
    _get(f"statementId={A}&verb=http://x.id/v", "an id and a filter"),
    _get(f"statementId={C}&attachments=true", "with attachments"),
    _get(f"statementId={C}&attachments=true", "HEAD with attachments", "HEAD"),
    _get(f"statementId={A}&attachments=true", "with attachments where there are none"),
    _get(""),
    _get("limit=1"),
    _get("limit=0&ascending=true"),
    _get("limit=-1"),
    _get("limit=1&limit=2", "a parameter twice"),
    _get("unknown=1"),
    _get("Limit=1", "a parameter in capitals"),
    _get("agent=%7B%22mbox%22%3A%22mailto%3Aani%40example.com%22%7D", "by agent"),
    _get("agent=ani", "an agent that is none"),
    _get("since=2026-05-28T20:26:40.123Z", "since"),
    _get("since=yesterday"),
    _get("verb=%ff", "bytes that are no text"),
    _get("more=abc"),
    _get("more=abc&limit=1", "more and something else"),
    _get("", "nobody", Authorization=None),
    _get("", "no version", **{VERSION: None}),
    _get("", "version 2.0", **{VERSION: "2.0.0"}),
    _get("", "a writer who may not read", Authorization=basic("sender")),
    _get("limit=1", "HEAD", "HEAD"),
    _get("", "HEAD nobody", "HEAD", Authorization=None),
    Play("GET in lower case", "get", query=f"statementId={A}"),
    Play("GET with a body", "GET", query=f"statementId={A}", body=PLAIN),
)

REST = (
    Play("DELETE", "DELETE"),
    Play("PATCH with a body", "PATCH", body=PLAIN),
    Play("BREW", "BREW"),
    Play("DELETE by nobody", "DELETE", headers={"Authorization": None, VERSION: None}),
    Play("OPTIONS", "OPTIONS"),
    Play("OPTIONS by nobody", "OPTIONS", headers={"Authorization": None, VERSION: None}),
    Play("a preflight", "OPTIONS", headers={"Origin": LMS, "Access-Control-Request-Method": "POST", "Authorization": None}),
    Play("POST from a page", "POST", body=ANI, headers={"Origin": LMS}),
    Play("POST from another page", "POST", body=ANI, headers={"Origin": "https://elsewhere.example"}),
    Play("GET refused to a page", "GET", headers={"Origin": LMS, "Authorization": None}),
    Play("a slash too many", "GET", STATEMENTS + "/"),
    Play("two slashes first", "GET", "/" + STATEMENTS),
    Play("capitals", "GET", "/xapi/Statements"),
    Play("something below", "POST", STATEMENTS + "/x", body=PLAIN),
    Play("nothing of ours", "GET", "/elsewhere"),
    Play("about", "GET", "/xapi/about", headers={"Authorization": None, VERSION: None}),
    Play("HEAD about", "HEAD", "/xapi/about"),
    Play("about in 2.0", "GET", "/xapi/about", headers={VERSION: "2.0.0"}),
    Play("DELETE about", "DELETE", "/xapi/about"),
    Play("alive", "GET", "/healthz"),
    Play("ready", "GET", "/readyz"),
    Play("an agent", "GET", "/xapi/agents", query="agent=%7B%22mbox%22%3A%22mailto%3Aani%40example.com%22%7D"),
    Play("an agent to nobody", "GET", "/xapi/agents", query="agent=x", headers={"Authorization": None}),
    Play("an activity", "GET", "/xapi/activities", query="activityId=http://example.com/activities/course-1"),
    Play("PUT a state", "PUT", STATES, query=A_STATE, body=b'{"a":1}'),
    Play("GET a state", "GET", STATES, query=A_STATE),
    Play("PUT a state too large", "PUT", STATES, query=A_STATE, body=b"x", headers={"Content-Length": "99999999"}),
    Play("a preflight for a state", "OPTIONS", STATES, headers={"Origin": LMS, "Access-Control-Request-Method": "PUT"}),
)  # fmt: skip

ALTERNATE = (
    _alternate("PUT", "method=PUT", {"statementId": B, "content": ANI.replace(A.encode(), B.encode()).decode()}),
    _alternate("POST", "method=POST", {"content": ANI.decode(), "Content-Type": JSON}),
    _alternate("GET", "method=GET", {"statementId": A}),
    _alternate("HEAD", "method=HEAD", {"statementId": A}),
    _alternate("DELETE", "method=DELETE", {}),
    _alternate("with everything in the form", "method=GET", {"limit": "1", "Authorization": basic("other"), VERSION: "1.0.3"}),
    _alternate("in 2.0", "method=GET", {VERSION: "2.0.0"}),
    _alternate("with a parameter beside", "method=GET&limit=1", {}),
    _alternate("of an unknown method", "method=BREW", {}),
    _alternate("without content", "method=PUT", {"statementId": B}),
    _alternate("that is no form", "method=GET", {}, JSON),
    _alternate("of a document", "method=GET", {"activityId": "http://x.id/a", "agent": "{}"}, path=STATES),
    _alternate("refused for a document", "method=BREW", {}, path=STATES),
    _alternate("of about", "method=GET", {}, path="/xapi/about"),
    _alternate("refused where nothing is", "method=BREW", {}, path="/xapi/nothing"),
)  # fmt: skip

DOWN = (
    _post("while the log is down", PLAIN),
    _post("a repeat while the log is down", ANI),
    _get(f"statementId={A}", "one while the log is down"),
)
STORE_DOWN = (
    _post("while the store is down", PLAIN),
    _get(f"statementId={A}", "one while the store is down"),
    _post("a stranger while the store is down", PLAIN, Authorization=basic("stranger")),
    Play("POST mixed while the store is down", "POST", body=_mixed(PLAIN_ATTACHED, (SHA2, ATTACHED)), headers=MIXED),
    Play("ready while the store is down", "GET", "/readyz"),
)  # fmt: skip


def answers() -> dict[str, dict[str, Any]]:
    """By name: status line, headers (sorted), body as text, and the line that was logged."""
    told: dict[str, dict[str, Any]] = {}
    structlog.reset_defaults()
    for endpoint in _endpoints():
        told |= dict(_played(endpoint, (*WRITING, *READING, *REST, *ALTERNATE)))
        endpoint.log.down = True
        told |= dict(_played(endpoint, DOWN))
        endpoint.log.down, endpoint.store.down = False, True
        told |= dict(_played(endpoint, STORE_DOWN))
    return told


def _endpoints() -> Iterator[Endpoint]:
    numbers = count(1)
    pages = replace(SETTINGS, cors_origins=(LMS,))
    for endpoint in running(pages, lambda: UUID(int=next(numbers), version=4)):
        for key, partner, roles in (
            ("writer", "univ-a", (Role.WRITE, Role.READ_MINE)),
            ("other", "univ-b", (Role.WRITE, Role.READ_MINE)),
            ("reader", "univ-a", (Role.READ_MINE,)),
            ("sender", "univ-a", (Role.WRITE,)),
            ("admin", "admin", (Role.ADMIN,)),
        ):
            endpoint.credential(key, partner, *roles)
        yield endpoint


def _played(endpoint: Endpoint, table: Iterable[Play]) -> Iterator[tuple[str, dict[str, Any]]]:
    for play in table:
        # Time goes on, so that what is said of it is seen to be said of the right moment.
        endpoint.clock.advance_ms(1_000)
        with capture_logs() as lines:
            status, headers, body = _call(endpoint, play)
        logged = [{name: line.get(name) for name in _SHOWN} for line in lines if line["event"] == "request"]
        yield (
            play.name,
            {
                "status": status,
                "headers": sorted([name, _settled(name, value)] for name, value in headers),
                "body": _RANDOM.sub("…", body.decode("latin-1")),
                "logged": logged,
            },
        )


def _settled(name: str, value: str) -> str:
    """Without what is random, or a promise that is renewed behind the caller's back; the methods allowed are a set."""
    if name == "X-Experience-API-Consistent-Through":
        return re.sub("[0-9]", "0", value)
    return ", ".join(sorted(value.split(", "))) if name == "Allow" else _RANDOM.sub("…", value)


def _call(endpoint: Endpoint, play: Play) -> tuple[str, list[tuple[str, str]], bytes]:
    started: list[tuple[str, list[tuple[str, str]]]] = []
    written: list[bytes] = []

    def start(status: str, headers: list[tuple[str, str]], exc_info: object = None) -> Any:
        started.append((status, headers))
        return written.append

    pieces = endpoint.app(_environ(play), start)
    try:
        body = b"".join(pieces)
    finally:
        close = getattr(pieces, "close", None)
        if close is not None:
            close()
    ((status, headers),) = started
    return status, headers, b"".join(written) + body


def _environ(play: Play) -> dict[str, Any]:
    """As the server makes it."""
    told: dict[str, str | None] = {"Authorization": basic("writer"), VERSION: "1.0.3", "Host": "lrs.example.id"}
    if play.body is not None:
        told |= {"Content-Type": JSON, "Content-Length": str(len(play.body))}
    told |= play.headers
    given = {name.upper().replace("-", "_"): value for name, value in told.items() if value is not None}
    plain = {name: value for name, value in given.items() if name in ("CONTENT_TYPE", "CONTENT_LENGTH")}
    return {
        "REQUEST_METHOD": play.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": play.path,
        "QUERY_STRING": play.query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8080",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(play.body or b""),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "wsgi.input_terminated": True,
        **plain,
        **{f"HTTP_{name}": value for name, value in given.items() if name not in plain},
        **play.environ,
    }


if __name__ == "__main__":
    json.dump(answers(), sys.stdout, ensure_ascii=False, indent=1, sort_keys=True)
    print()
