"""The short way of preparing a request says what the long way says, or leaves it to it."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings

from access.credentials import PARTNER_ROLES, Credential
from ingest_api import versions
from ingest_api.candidates import Preparation
from ingest_api.prepared import Posted, Prepared, PreparedSingly
from ingest_api.submissions import Submission
from tests.unit.ingest_api.conftest import NOW_MS, running, statement, voiding
from tests.unit.schemas.strategies import mutated, newer_statements, statements
from xapi.errors import XapiError
from xapi.native import compiled

native = pytest.mark.skipif(compiled is None, reason="the crate is not installed")
CREDENTIAL = Credential("k", "", "univ-a", PARTNER_ROLES, NOW_MS)
GIVEN = "fd41c918-b88b-4b20-a0a5-a4c32391aaa0"
SAMPLE = Path(__file__).parents[2] / "data" / "mooc-statements-sample.ndjson"


def ids(step: int) -> Callable[[], UUID]:
    """Each as far from the last one."""
    made = count(1 << 100, step)
    return lambda: UUID(int=next(made), version=4)


@pytest.fixture(scope="module")
def preparation() -> Iterator[Preparation]:
    for endpoint in running():
        made: Preparation = endpoint.app.wsgi_app._statements._acceptance._preparation  # type: ignore[attr-defined]
        yield made


def both(
    preparation: Preparation, body: bytes, version: str = "1.0.3", way: str = "_plain"
) -> tuple[Prepared | None, Prepared | XapiError]:
    posted = Posted(Submission(body, None, io.BytesIO()), CREDENTIAL, versions.named(version), "")
    preparation._new_id = ids(1)
    short = getattr(preparation, way)(posted)
    preparation._new_id = ids(1)
    try:
        return short, preparation._any(posted)
    except XapiError as error:
        return short, error


def check(preparation: Preparation, body: bytes, version: str = "1.0.3", way: str = "_plain") -> bool:
    """Whether the short way was enough."""
    short, long = both(preparation, body, version, way)
    if short is None:
        return False
    assert isinstance(long, PreparedSingly), f"the short way took what is refused: {long}"
    assert (short.ids, short.pointers, short.count) == (long.ids, long.pointers, long.count)
    assert (short.named, short.key, short.voids) == (long.named, long.key, long.voids)
    assert (list(short.tolerated), list(short.received)) == (list(long.tolerated), list(long.received))
    assert short.all() == long.all()
    assert [one.text for one in short.candidates] == [one.text for one in long.candidates]
    assert short.candidates == long.candidates
    return True


@settings(max_examples=60)
@given(sent=statements())
def test_of_valid_statements(preparation: Preparation, sent: dict[str, Any]) -> None:
    body = json.dumps([sent, statement(), statement(id=GIVEN.upper())]).encode()
    if "attachments" not in json.dumps(sent) and sent["object"].get("objectType") != "SubStatement":
        assert check(preparation, body)


@settings(max_examples=60)
@given(sent=newer_statements())
def test_of_valid_statements_of_the_newer_version(preparation: Preparation, sent: dict[str, Any]) -> None:
    check(preparation, json.dumps(sent).encode(), "2.0.0")


@settings(max_examples=100)
@given(sent=mutated(statements()))
def test_of_almost_valid_statements(preparation: Preparation, sent: dict[str, Any]) -> None:
    check(preparation, json.dumps([statement(), sent], ensure_ascii=False).encode(errors="surrogatepass"))


def test_of_real_statements(preparation: Preparation) -> None:
    lines = SAMPLE.read_bytes().splitlines()
    assert all(check(preparation, line) for line in lines)
    assert check(preparation, b" [" + b" ,\n".join(lines[:50]) + b"]\n")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"[",
        b"[1]",
        b"{} {}",
        b"\xef\xbb\xbf[]",
        b'[{"actor": 1e999}]',
        json.dumps([statement(id=GIVEN), statement(id=GIVEN.upper())]).encode(),
        json.dumps(statement(result={"score": {"raw": 1}})).replace("1}", "1e999}").encode(),
        json.dumps(statement()).replace('"verb"', '"verb": 1, "verb"').encode(),
        json.dumps(statement(context={"extensions": {"http://example.com/deep": json.loads("[" * 150 + "]" * 150)}})).encode(),
        json.dumps(statement(context={"extensions": {"http://example.com/long": "x" * 60_000}})).encode(),
        json.dumps(statement()).encode() + b"\xff",
        json.dumps([statement()]).encode() + b"x",
    ],
)
def test_what_is_wrong_is_left_to_the_long_way(preparation: Preparation, body: bytes) -> None:
    short, long = both(preparation, body)
    assert short is None
    assert isinstance(long, XapiError)


def test_what_needs_more_is_left_to_the_long_way(preparation: Preparation) -> None:
    attachment = {
        "usageType": "http://example.com/use",
        "display": {"id": "Sertifikat"},
        "contentType": "text/plain",
        "length": 4,
        "sha2": "ab" * 32,
        "fileUrl": "https://example.com/file",
    }
    assert not check(preparation, json.dumps(statement(attachments=[attachment])).encode())
    assert check(preparation, json.dumps([voiding(GIVEN)]).encode())
    assert check(preparation, b"[]")


@pytest.mark.parametrize("prepare", ["_plain", "_any", pytest.param("_at_once", marks=native)])
def test_ids_that_are_made_stand_in_the_order_of_the_statements(preparation: Preparation, prepare: str) -> None:
    preparation._new_id = ids(-1)  # the last one made is the least
    body = json.dumps([statement(), statement(id=GIVEN), statement(), statement()]).encode()
    posted = Posted(Submission(body, None, io.BytesIO()), CREDENTIAL, versions.named("1.0.3"), "")
    made = [one for one in getattr(preparation, prepare)(posted).ids if one != GIVEN]
    assert made == sorted(made)
    assert len(set(made)) == 3
