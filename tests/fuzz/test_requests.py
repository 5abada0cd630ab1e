"""Whatever is sent to the record store, over its real log and store, has an answer, and a refusal says what is wrong.

What was accepted is given out as it was sent; what was refused is nowhere.
"""

from __future__ import annotations

import base64
import copy
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import event, given
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from access.credentials import Role
from tests.fuzz.breakages import breakages
from tests.fuzz.effort import examples
from tests.fuzz.oracle import Version
from tests.fuzz.places import Json
from tests.fuzz.requests import Sent, requests
from tests.fuzz.valid import statements
from tests.integration.ingest_api.conftest import SECRET, Caller, System
from xapi.values import parse_timestamp

HEADERS: dict[Version, dict[str, str]] = {version: {"X-Experience-API-Version": version} for version in ("1.0.3", "2.0")}


@pytest.fixture(scope="module")
def partner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Caller]:
    """A partner with every right, of one running system for all examples."""
    system = System(tmp_path_factory.mktemp("system"))
    with system.recorder():
        yield Caller(system.api(), system.credential("univ-a", *Role))
    system.close()


@given(sent=requests())
@examples(250)
def test_any_request_has_an_answer_that_is_no_servers_error(partner: Caller, sent: Sent) -> None:
    headers = dict(sent.headers)
    if headers.get("Authorization") == "valid":
        headers["Authorization"] = "Basic " + base64.b64encode(f"{partner.key}:{SECRET}".encode()).decode()
    answer = partner.app.test_client().open(
        sent.path, method=sent.method, query_string=sent.query, headers=headers, data=sent.body or None
    )
    event(f"{answer.status_code}")
    assert answer.status_code < 500, answer.data
    if sent.method == "HEAD":
        assert answer.data == b""
    elif answer.status_code >= 400:
        assert answer.content_type == "application/json", answer.data
        error = answer.get_json()["error"]
        assert error["status"] == answer.status_code
        assert error["message"]
        assert error["request_id"]


@pytest.mark.parametrize("version", ["1.0.3", "2.0"])
@given(data=st.data())
@examples(25, exploring_times=8)
def test_what_is_accepted_is_given_out_and_what_is_refused_is_nowhere(
    partner: Caller, version: Version, data: st.DataObject
) -> None:
    statement = _sendable(data.draw(statements(version)))
    found = [breakage for breakage in breakages(statement, version) if breakage.path and breakage.path != ("id",)]
    broken = data.draw(st.sampled_from(found)).of(statement) | {"id": str(uuid4())}
    neighbour = statement | {"id": str(uuid4())}

    refused = partner.send("POST", body=[neighbour, broken], headers=HEADERS[version])
    assert refused.status_code == 400, refused.data
    assert refused.get_json()["error"]["message"]
    accepted = partner.send("POST", body=statement, headers=HEADERS[version])
    assert accepted.status_code == 200, accepted.data
    assert accepted.get_json() == [statement["id"]]

    given_out = _read(partner, statement["id"], version)
    assert given_out.status_code == 200, given_out.data
    found_again = given_out.get_json()
    if "timestamp" not in statement:
        assert found_again.pop("timestamp") == found_again["stored"]
    assert _comparable(found_again, version) == _comparable(statement, version)
    for never in (neighbour, broken):
        for parameter in ("statementId", "voidedStatementId"):
            assert _read(partner, never["id"], version, parameter).status_code == 404


def _read(partner: Caller, statement_id: str, version: Version, parameter: str = "statementId") -> TestResponse:
    return partner.send("GET", query_string={parameter: statement_id}, headers=HEADERS[version])


def _sendable(statement: Json) -> Json:
    """With an id that no other example has, and with fileUrls, as application/json demands of attachments."""
    for part in (statement, statement["object"]):
        for attachment in part.get("attachments", []):
            attachment["fileUrl"] = "http://files.example.com/1"
    return {**statement, "id": str(uuid4())}


def _comparable(statement: Json, version: Version) -> Json:
    """Without what the store sets, lone activities of a context as arrays (Data 2.4.6.2), times of 2.0 as instants (4.2.7)."""
    comparable = copy.deepcopy(statement)
    for name in ("stored", "authority", "version"):
        comparable.pop(name, None)
    for part in (comparable, comparable["object"]):
        kinds: dict[str, Any] = part.get("context", {}).get("contextActivities", {})
        for kind, activities in kinds.items():
            kinds[kind] = activities if isinstance(activities, list) else [activities]
        if version == "2.0" and "timestamp" in part:
            part["timestamp"] = parse_timestamp(part["timestamp"])
    return comparable
