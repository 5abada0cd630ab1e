"""Attachments from a POST to a GET through each store, and how little memory they take on their way."""

from __future__ import annotations

import hashlib
import io
import json
import threading
import tracemalloc
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from werkzeug.test import EnvironBuilder, run_wsgi_app

from store.port import Store, Unavailable
from store.sqlite import SqliteStore
from tests.contract.store.opening import open_store
from tests.integration.ingest_api.conftest import Caller, System
from tests.unit.ingest_api.conftest import basic
from tests.unit.ingest_api.mixing import attachment, body_of, content_part, content_type, parts_of, sha2_of, statements_part
from tests.unit.xapi.signing import certificate, sign

MIB = 1024 * 1024
SIGNATURE = {"usageType": "http://adlnet.gov/expapi/attachments/signature", "contentType": "application/octet-stream"}


@pytest.fixture(params=["sqlite", pytest.param("mongo", marks=pytest.mark.mongo)])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'store.db'}"
    return str(request.getfixturevalue("mongo_server").database_url(request.getfixturevalue("mongo_database")))


@pytest.fixture
def system(tmp_path: Path, store_url: str) -> Iterator[System]:
    made = System(tmp_path, open_store(store_url))
    yield made
    made.close()


@pytest.fixture
def partner(system: System) -> Iterator[Caller]:
    with system.recorder():
        yield Caller(system.api(), system.credential("univ-a"))


def statement(*attachments: dict[str, Any], **members: Any) -> dict[str, Any]:
    return {
        "id": str(uuid4()),
        "actor": {"mbox": "mailto:ani@example.com"},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/completed"},
        "object": {"id": "http://example.com/activities/a"},
        **({"attachments": list(attachments)} if attachments else {}),
        **members,
    }


def test_what_is_acknowledged_is_read_at_once(partner: Caller) -> None:
    for number in range(5):
        contents = [b"%d" % number, b"the same in all", b"\r\n--%d" % number * 100_000]
        sent = statement(*map(attachment, contents))
        body = body_of([statements_part(sent), *map(content_part, contents)])
        answer = partner.send("POST", data=body, content_type=content_type())
        assert (answer.status_code, answer.json) == (200, [sent["id"]])
        parts = parts_of(partner.get(statementId=sent["id"], attachments="true"))
        assert [content for _, content in parts[1:]] == contents
    listed = parts_of(partner.get(attachments="true"))
    assert len(json.loads(listed[0][1])["statements"]) == 5
    assert [content for _, content in listed[1:]].count(b"the same in all") == 1
    assert len(listed) == 1 + 1 + 2 * 5


def test_a_signed_statement_can_still_be_verified(partner: Caller) -> None:
    sent = statement()
    jws = sign(json.dumps(sent).encode(), x5c=[certificate("signer", "signer")])
    body = body_of(
        [
            statements_part(sent | {"attachments": [attachment(jws, **SIGNATURE)]}),
            content_part(jws, Content_Type="application/octet-stream"),
        ]
    )
    assert partner.send("POST", data=body, content_type=content_type()).status_code == 200
    assert parts_of(partner.get(statementId=sent["id"], attachments="true"))[1][1] == jws


def test_uploads_of_the_same_content_at_once(system: System, partner: Caller) -> None:
    content = hashlib.shake_128(b"shared").digest(3 * MIB)
    statuses: list[int] = []

    def send() -> None:
        body = body_of([statements_part(statement(attachment(content))), content_part(content)])
        statuses.append(partner.send("POST", data=body, content_type=content_type()).status_code)

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 6
    parts = parts_of(partner.get(attachments="true"))
    assert len(json.loads(parts[0][1])["statements"]) == 6
    assert [sha2_of(part) for _, part in parts[1:]] == [sha2_of(content)]


class Made(io.RawIOBase):
    """A body that is made while it is read."""

    def __init__(self, begin: bytes, pieces: Iterator[bytes], end: bytes) -> None:
        self._rest = self._all(begin, pieces, end)
        self._left = b""

    @staticmethod
    def _all(begin: bytes, pieces: Iterator[bytes], end: bytes) -> Iterator[bytes]:
        yield begin
        yield from pieces
        yield end

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        self._left = self._left or next(self._rest, b"")
        piece, self._left = self._left[: len(buffer)], self._left[len(buffer) :]
        buffer[: len(piece)] = piece
        return len(piece)


LARGE = 60 * MIB


def noise() -> Iterator[bytes]:
    for number in range(LARGE // (64 * 1024)):
        yield hashlib.shake_128(b"%d" % number).digest(64 * 1024)


def test_a_large_attachment_is_never_held_whole(system: System, partner: Caller) -> None:
    digest = hashlib.sha256()
    for piece in noise():
        digest.update(piece)
    sha2 = digest.hexdigest()
    sent = statement(attachment(b"", sha2=sha2, length=LARGE))
    begin, end = body_of([statements_part(sent), content_part(b"|", sha2)]).split(b"|")
    environ = EnvironBuilder(
        path="/xapi/statements",
        method="POST",
        headers={"X-Experience-API-Version": "1.0.3", "Authorization": basic(partner.key), "Content-Type": content_type()},
    ).get_environ()
    environ |= {"wsgi.input": Made(begin, noise(), end), "CONTENT_LENGTH": str(len(begin) + LARGE + len(end))}
    reading = EnvironBuilder(
        path="/xapi/statements",
        query_string={"statementId": sent["id"], "attachments": "true"},
        headers={"X-Experience-API-Version": "1.0.3", "Authorization": basic(partner.key)},
    ).get_environ()
    partner.get()  # what is set up on first use does not count

    tracemalloc.start()
    try:
        _, status, _ = run_wsgi_app(partner.app, environ)
        assert status == "200 OK"
        uploading = tracemalloc.get_traced_memory()[1]
        tracemalloc.reset_peak()
        answer, status, headers = run_wsgi_app(partner.app, reading)
        assert status == "200 OK"
        boundary = headers["Content-Type"].partition("boundary=")[2].encode()
        received, tail = hashlib.sha256(), b""
        pieces = iter(answer)
        text = next(pieces) + next(pieces) + next(pieces)
        for piece in pieces:
            received.update(tail)
            tail = piece
        downloading = tracemalloc.get_traced_memory()[1]
        close = getattr(answer, "close", None)
        if close is not None:
            close()
    finally:
        tracemalloc.stop()
    assert sent["id"].encode() in text
    assert sha2.encode() in text
    assert tail == b"\r\n--" + boundary + b"--\r\n"
    assert received.hexdigest() == sha2
    assert uploading < 10 * MIB
    assert downloading < 5 * MIB


def test_a_store_that_fails_on_the_way_ends_the_answer_without_its_last_boundary(tmp_path: Path) -> None:
    """Only with SQLite, which can be closed under a reader's hands."""
    store: Store = SqliteStore(tmp_path / "store.db")
    system = System(tmp_path, store)
    with closing(system), system.recorder():
        partner = Caller(system.api(), system.credential("univ-a"))
        content = hashlib.shake_128(b"").digest(2 * MIB)
        sent = statement(attachment(content))
        body = body_of([statements_part(sent), content_part(content)])
        assert partner.send("POST", data=body, content_type=content_type()).status_code == 200
        whole = b""
        answer = partner.send("GET", query_string={"statementId": sent["id"], "attachments": "true"}, buffered=False)
        pieces = iter(answer.response)
        whole += next(pieces) + next(pieces) + next(pieces) + next(pieces)
    rest: list[bytes] = []
    with pytest.raises(Unavailable, match="closed"):
        rest.extend(pieces)
    whole += b"".join(rest)
    assert not whole.endswith(b"--\r\n")
    answer.close()
