"""How statements are given out. Source: xAPI 1.0.3, Communication 2.1.3, Data 2.4; IEEE 9274.1.1, 4.1.6.1 and 4.2.4."""

from __future__ import annotations

import json
import re
import time
import uuid
from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from ingest_api.consistency import RAISE_AFTER_MS
from tests.integration.ingest_api.requirements.conftest import VERBS, Speaker, statement
from xapi.values import parse_timestamp

THROUGH = "X-Experience-API-Consistent-Through"
PRINTED = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3,}Z")
KINDS = ("parent", "grouping", "category", "other")


def kept(speaker: Speaker, sent: dict[str, Any], **query: str) -> dict[str, Any]:
    """`sent`, posted and given out again."""
    assert speaker.post(sent).status_code == 200
    answer = speaker.get(statementId=sent["id"], **query)
    assert answer.status_code == 200
    found: dict[str, Any] = json.loads(answer.data)
    return found


def test_what_the_store_sets(speaker: Speaker) -> None:
    """2.4: times have a fraction, authority comes of the credential, version of the family."""
    found = kept(speaker, statement())
    assert PRINTED.fullmatch(found["stored"])
    assert found["timestamp"] == found["stored"]
    assert found["authority"]["account"]["name"] == "univ-a"
    assert found["version"] == {"1.0.3": "1.0.0", "2.0.0": "2.0.0"}[speaker.version]


def test_a_time_is_the_same_instant(speaker: Speaker) -> None:
    found = kept(speaker, statement(timestamp="2023-05-04T12:00:00.123456-05:00"))
    assert parse_timestamp(found["timestamp"]) == parse_timestamp("2023-05-04T17:00:00.123Z")
    assert found["timestamp"].endswith({"1.0.3": "123456-05:00", "2.0.0": "123456Z"}[speaker.version])


@pytest.mark.parametrize("version", ["1.0", "1.0.3"])
def test_a_version_is_retained(speaker: Speaker, version: str) -> None:
    """XAPI-00332."""
    assert kept(speaker, statement(version=version))["version"] == version


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("inside", [False, True], ids=["statement", "SubStatement"])
def test_a_context_activity_is_always_in_an_array(speaker: Speaker, kind: str, inside: bool) -> None:
    """XAPI-00096."""
    context = {"contextActivities": {kind: {"id": "http://example.com/p"}}}
    inner = {**statement(id=None, context=context), "objectType": "SubStatement"}
    found = kept(speaker, statement(object=inner) if inside else statement(context=context))
    shown = found["object"] if inside else found
    assert shown["context"]["contextActivities"] == {kind: [{"id": "http://example.com/p"}]}


@pytest.mark.parametrize(
    "number", ["0.1234567890123456789", "12345678901234567890123", "1e-30", "5.0"], ids=["digits", "integer", "small", "zero"]
)
def test_numbers_are_given_out_as_they_came(speaker: Speaker, number: str) -> None:
    """XAPI-00001: at least the precision of a float; ours is that of the text."""
    sent = statement(result={"extensions": {"http://example.com/n": "N"}})
    body = json.dumps(sent).replace('"N"', number).encode()
    assert speaker.send("POST", body=body).status_code == 200
    assert number.encode() in speaker.get(statementId=sent["id"]).data


AGENT = {"objectType": "Agent", "name": "Ani", "mbox": "mailto:ani@example.com"}
RICH = {
    "actor": {"objectType": "Group", "name": "team", "mbox": "mailto:team@example.com", "member": [AGENT]},
    "verb": {"id": VERBS + "attended", "display": {"en-US": "attended", "id-ID": "menghadiri"}},
}


def activity() -> dict[str, Any]:
    definition = {"name": {"en-US": "Course", "id-ID": "Kursus"}, "description": {"en-US": "A course"}}
    return {"objectType": "Activity", "id": f"http://example.com/{uuid.uuid4()}", "definition": definition}


def test_exact_is_as_received(speaker: Speaker) -> None:
    sent = statement(**RICH, object=activity())
    for query in ({}, {"format": "exact"}):
        assert sent.items() <= kept(speaker, sent, **query).items()


def test_ids_has_what_identifies_and_no_more(speaker: Speaker) -> None:
    """XAPI-00171."""
    sent = statement(**RICH, object=activity())
    found = kept(speaker, sent, format="ids")
    assert found["actor"] == {"objectType": "Group", "mbox": "mailto:team@example.com"}
    assert found["verb"] == {"id": VERBS + "attended"}
    assert found["object"] == {"id": sent["object"]["id"]}


@pytest.mark.parametrize(("accepted", "chosen"), [("id-ID", "id-ID"), ("en-US;q=0.5, id;q=0.9", "id-ID"), ("en", "en-US")])
def test_canonical_speaks_one_language_per_map(speaker: Speaker, accepted: str, chosen: str) -> None:
    """XAPI-00169; without format=canonical the header changes nothing."""
    sent = statement(**RICH, object=activity())
    exact = kept(speaker, sent)
    heard = {"headers": {"Accept-Language": accepted}}
    shown = speaker.send("GET", query_string={"statementId": sent["id"], "format": "canonical"}, **heard).json
    assert shown is not None
    assert list(shown["verb"]["display"]) == [chosen]
    assert shown["object"]["definition"]["name"] == {chosen: sent["object"]["definition"]["name"][chosen]}
    assert shown["object"]["definition"]["description"] == {"en-US": "A course"}
    assert shown["actor"] == sent["actor"]
    assert json.loads(speaker.send("GET", query_string={"statementId": sent["id"]}, **heard).data) == exact


def test_last_modified_is_stored(speaker: Speaker) -> None:
    sent = statement(verb={"id": f"http://example.com/{uuid.uuid4()}"})
    stored_ms = parse_timestamp(kept(speaker, sent)["stored"])
    for query in ({"statementId": sent["id"]}, {"verb": sent["verb"]["id"]}):
        modified = parsedate_to_datetime(speaker.get(**query).headers["Last-Modified"])
        assert int(modified.timestamp()) == stored_ms // 1000


UNKNOWN_VERSION: dict[str, Any] = {"headers": {"X-Experience-API-Version": "0.9"}}
ANSWERS: dict[str, tuple[str, dict[str, Any], int]] = {
    "a list": ("GET", {"query_string": {"limit": "1"}}, 200),
    "nothing found": ("GET", {"query_string": {"verb": "http://example.com/never"}}, 200),
    "an unknown id": ("GET", {"query_string": {"statementId": str(uuid.uuid4())}}, 404),
    "both ids": ("GET", {"query_string": {"statementId": str(uuid.uuid4()), "voidedStatementId": str(uuid.uuid4())}}, 400),
    "an id and a filter": ("GET", {"query_string": {"statementId": str(uuid.uuid4()), "limit": "1"}}, 400),
    "an unknown parameter": ("GET", {"query_string": {"until_": "x"}}, 400),
    "a parameter in another case": ("GET", {"query_string": {"Limit": "1"}}, 400),
    "a negative limit": ("GET", {"query_string": {"limit": "-1"}}, 400),
    "an unknown format": ("GET", {"query_string": {"format": "short"}}, 400),
    "a bad time": ("GET", {"query_string": {"since": "yesterday"}}, 400),
    "a bad agent": ("GET", {"query_string": {"agent": '{"name":"Ani"}'}}, 400),
    "a bad statement": ("POST", {"body": {}}, 400),
    "no such user": ("GET", {"headers": {"Authorization": "Basic eDp5"}}, 401),
    "no such version": ("GET", UNKNOWN_VERSION, 400),
    "a HEAD": ("HEAD", {"query_string": {"limit": "1"}}, 200),
    "another method": ("DELETE", {}, 405),
}


@pytest.mark.parametrize(("method", "request_", "status"), ANSWERS.values(), ids=ANSWERS.keys())
def test_every_answer_says_how_far_it_is_consistent(speaker: Speaker, method: str, request_: dict[str, Any], status: int) -> None:
    """2.1.3, and 3.3 for the version."""
    answer = speaker.send(method, **request_)
    assert answer.status_code == status
    assert PRINTED.fullmatch(answer.headers[THROUGH])
    assert answer.headers["X-Experience-API-Version"] == ("1.0.3" if request_ is UNKNOWN_VERSION else speaker.version)
    assert answer.data or method == "HEAD"


def test_the_promise_is_recent_without_anything_to_wait_for(speaker: Speaker) -> None:
    """2.1.3: it is expected to be recent, even if no statement was received lately."""
    found = kept(speaker, statement())
    through = speaker.get(limit="1").headers[THROUGH]
    assert parse_timestamp(through) >= parse_timestamp(found["stored"]) - RAISE_AFTER_MS
    time.sleep(2 * RAISE_AFTER_MS / 1000)
    assert parse_timestamp(speaker.get(limit="1").headers[THROUGH]) > parse_timestamp(found["stored"])
