"""What is prepared in one compiled call is what Python makes of it, or is left to Python; what is ordinary is not left."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.load.statements import rendered
from ingest_api.candidates import Preparation
from ingest_api.prepared import PreparedAtOnce
from tests.fuzz import valid
from tests.unit.ingest_api.conftest import running, statement, voiding
from tests.unit.ingest_api.test_candidates import GIVEN, SAMPLE, both, check
from tests.unit.schemas.strategies import mutated, newer_statements, statements
from xapi.errors import XapiError
from xapi.native import compiled

pytestmark = pytest.mark.skipif(compiled is None, reason="the crate is not installed")
EDITIONS = {"1.0.3": (statements(), valid.statements("1.0.3")), "2.0.0": (newer_statements(), valid.statements("2.0"))}
VERSIONS = list(EDITIONS)
SPACES = st.sampled_from([{"separators": (",", ":")}, {}, {"indent": 1}, {"ensure_ascii": False}])
SINGLE = {"contextActivities": {"parent": {"id": "http://example.com/p"}, "other": [{"id": "http://example.com/o"}]}}


@pytest.fixture(scope="module")
def preparation() -> Iterator[Preparation]:
    for endpoint in running():
        made: Preparation = endpoint.app.wsgi_app._statements._acceptance._preparation  # type: ignore[attr-defined]
        yield made


def enough(preparation: Preparation, body: bytes, version: str = "1.0.3") -> bool:
    return check(preparation, body, version, "_at_once")


def without_attachments(sent: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in sent.items() if name != "attachments"}
    kept["object"] = {name: value for name, value in sent["object"].items() if name != "attachments"}
    return kept


@pytest.mark.parametrize("version", VERSIONS)
@settings(max_examples=40)
@given(data=st.data())
def test_of_valid_statements(preparation: Preparation, version: str, data: st.DataObject) -> None:
    sent = data.draw(st.one_of(EDITIONS[version]))
    form: dict[str, Any] = data.draw(SPACES)
    own = without_attachments(sent)
    times = (own.get("timestamp", ""), own["object"].get("timestamp", ""))
    at_an_end_of_time = any(time.startswith(("0001", "9999")) for time in times)  # Python sees to those
    assert at_an_end_of_time or enough(preparation, json.dumps(own, **form).encode() + b" ", version)
    enough(preparation, json.dumps([own, statement(), statement(id=GIVEN.upper())], **form).encode(), version)
    enough(preparation, json.dumps(sent, **form).encode(), version)


@pytest.mark.parametrize("version", VERSIONS)
@settings(max_examples=60)
@given(data=st.data())
def test_of_almost_valid_statements(preparation: Preparation, version: str, data: st.DataObject) -> None:
    sent = data.draw(mutated(EDITIONS[version][0]))
    enough(preparation, json.dumps([statement(), sent], ensure_ascii=False).encode(errors="surrogatepass"), version)


def test_of_real_statements(preparation: Preparation) -> None:
    lines = SAMPLE.read_bytes().splitlines()
    assert all(enough(preparation, line) for line in lines)
    assert enough(preparation, b" [" + b" ,\n".join(lines[:50]) + b"]\n")


@pytest.mark.parametrize("version", VERSIONS)
def test_of_statements_as_they_are_measured_with(preparation: Preparation, version: str) -> None:
    made = count(1)
    texts = [one.text(str(UUID(int=next(made))), "2026-03-01T08:15:00.123Z") for one in rendered(1, 500)]
    assert all(enough(preparation, b"[" + b",".join(texts[at : at + 50]) + b"]", version) for at in range(0, 500, 50))


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    "said",
    [
        {"stored": "2026-01-01T00:00:00Z"},
        {"authority": {"mbox": "mailto:x@example.com"}},
        {"context": SINGLE},
        {"context": SINGLE, "authority": {"mbox": "mailto:x@example.com"}, "id": GIVEN.upper(), "version": "1.0.2"},
        {"context": {"language": "id"}, "stored": "2026-01-01T00:00:00Z"},
        {"timestamp": "2026-01-01T00:00:00.1230+07:00"},
        {"timestamp": "2016-12-31T23:59:60-05:30", "context": SINGLE},
    ],
)
def test_of_what_is_rewritten(preparation: Preparation, version: str, said: dict[str, Any]) -> None:
    event = statement(**said)
    inner = {"objectType": "SubStatement"} | {
        name: value for name, value in event.items() if name in ("actor", "verb", "object", "context", "timestamp")
    }
    for sent in (event, statement(object=inner), event | {"object": inner}):
        for form in ({}, {"indent": 2}):
            assert enough(preparation, json.dumps(sent, **form).encode(), version)


@settings(max_examples=100)
@given(moment=st.datetimes(), fraction=st.from_regex(r"(\.[0-9]{1,9})?", fullmatch=True), minutes=st.integers(-1439, 1439))
def test_of_times_in_every_zone(preparation: Preparation, moment: Any, fraction: str, minutes: int) -> None:
    sign, ahead = ("-" if minutes < 0 else "+"), abs(minutes)
    time = f"{moment.isoformat()[:19]}{fraction}{sign}{ahead // 60:02}:{ahead % 60:02}"
    taken = enough(preparation, json.dumps(statement(timestamp=time)).encode(), "2.0.0")
    assert taken or moment.year in (1, 9999)


@pytest.mark.parametrize(
    "score",
    [
        '{"raw":1,"min":1,"max":1.5}',
        '{"scaled":-1}',
        '{"scaled":1.0000000000000001}',
        '{"raw":-0.0,"min":0}',
        '{"raw":1e300,"max":2e300}',
    ],
)
def test_of_numbers(preparation: Preparation, score: str) -> None:
    body = json.dumps(statement(result={"score": 0})).replace('"score": 0', f'"score": {score}').encode()
    assert enough(preparation, body)


@pytest.mark.parametrize(
    "score",
    [
        *(
            '{"raw":9007199254740993,"max":9007199254740992}',
            '{"min":1,"max":1}',
            '{"scaled":1.01}',
            '{"raw":true}',
            '{"raw":null}',
        ),
        *('{"min":2,"raw":1}', '{"raw":2,"max":1.5}', '{"raw":179769313486231580000e300}', '{"raw":' + "9" * 400 + "}"),
    ],
)
def test_of_numbers_that_are_refused(preparation: Preparation, score: str) -> None:
    body = json.dumps(statement(result={"score": 0})).replace('"score": 0', f'"score": {score}').encode()
    short, long = both(preparation, body, way="_at_once")
    assert short is None
    assert isinstance(long, XapiError)


def test_what_needs_more_is_left_to_python(preparation: Preparation) -> None:
    for body in (
        b"[]",
        json.dumps(statement(attachments=[])).encode(),
        json.dumps([statement(id=GIVEN)] * 2).encode(),
        b"[1]",
        b"",
    ):
        assert both(preparation, body, way="_at_once")[0] is None
    assert enough(preparation, json.dumps([voiding(GIVEN), statement(id=GIVEN)]).encode())


def test_the_endpoint_goes_this_way(preparation: Preparation) -> None:
    short, _ = both(preparation, json.dumps([statement()]).encode(), way="prepare")
    assert isinstance(short, PreparedAtOnce)


def test_how_deep_and_how_large_statements_may_be(preparation: Preparation) -> None:
    def nested(levels: int) -> bytes:
        deep = json.loads("[" * levels + "]" * levels)
        return json.dumps(statement(context={"extensions": {"http://example.com/deep": deep}})).encode()

    limit = preparation._settings.max_depth
    assert enough(preparation, nested(limit - 3))
    assert both(preparation, nested(limit - 2), way="_at_once")[0] is None
    wide = {"http://example.com/wide": [[] for _ in range(limit)]}
    assert enough(preparation, json.dumps(statement(context={"extensions": wide})).encode())
