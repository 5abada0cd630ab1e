"""Each request is served by the version it names, and a statement stays what it was sent as.

Source: xAPI 1.0.3, Communication 3.3 and Data 2.4.10; IEEE 9274.1.1, 4.1.7, 4.2.4 and 4.2.7.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.unit.ingest_api.conftest import SETTINGS, Caller, Endpoint, running, statement

HEADER = "X-Experience-API-Version"
A = "11111111-1111-4111-8111-111111111111"
OLD, NEW = {HEADER: "1.0.3"}, {HEADER: "2.0.0"}
PLAYER = {"objectType": "Agent", "mbox": "mailto:player@example.com"}
TEAM = {"objectType": "Group", "member": [{"mbox": "mailto:m@example.com"}]}
AS_PLAYER = {"objectType": "contextAgent", "agent": PLAYER, "relevantTypes": ["http://example.com/types/player"]}
RELATED = {"contextAgents": [AS_PLAYER], "contextGroups": [{"objectType": "contextGroup", "group": TEAM}]}

NEGOTIATED = [
    # sent, status, answered
    *(("1.0", 200, "1.0.3"), ("1.0.0", 200, "1.0.3"), ("1.0.3", 200, "1.0.3"), ("1.0.12", 200, "1.0.3"), (" 1.0.3 ", 200, "1.0.3")),
    *(("2.0", 200, "2.0.0"), ("2.0.0", 200, "2.0.0"), ("2.0.7", 200, "2.0.0")),
    *((None, 400, "1.0.3"), ("0.9", 400, "1.0.3"), ("0.95", 400, "1.0.3"), ("1.1.0", 400, "1.0.3"), ("1", 400, "1.0.3")),
    *(("2.1.0", 400, "1.0.3"), ("2", 400, "1.0.3"), ("3.0.0", 400, "1.0.3"), ("", 400, "1.0.3"), ("1.0.3, 2.0.0", 400, "1.0.3")),
]
RESOURCES = [
    "/xapi/statements",
    "/xapi/activities?activityId=http://example.com/a",
    '/xapi/agents?agent={"mbox":"mailto:a@b.id"}',
    '/xapi/activities/state?activityId=http://example.com/a&agent={"mbox":"mailto:a@b.id"}',
    "/xapi/activities/profile?activityId=http://example.com/a",
    '/xapi/agents/profile?agent={"mbox":"mailto:a@b.id"}',
]


@pytest.mark.parametrize(("sent", "status", "answered"), NEGOTIATED)
@pytest.mark.parametrize("resource", RESOURCES, ids=lambda path: path.partition("?")[0])
def test_the_answer_names_the_latest_patch_of_the_family(
    shared_caller: Caller, resource: str, sent: str | None, status: int, answered: str
) -> None:
    answer = shared_caller.send("GET", resource, headers={HEADER: sent})
    assert (answer.status_code, answer.headers[HEADER]) == (status, answered)


@pytest.fixture
def newer_by_default() -> Iterator[Endpoint]:
    yield from running(replace(SETTINGS, default_version="2.0.0"))


def test_the_default_speaks_where_the_request_does_not(newer_by_default: Endpoint) -> None:
    caller = newer_by_default.caller()
    for sent, answered in ((None, "2.0.0"), ("0.95", "2.0.0"), ("1.0", "1.0.3")):
        assert caller.send("GET", headers={HEADER: sent}).headers[HEADER] == answered
    assert caller.send("GET", "/xapi/about", headers={HEADER: None}).headers[HEADER] == "2.0.0"


def test_a_statement_of_one_version_is_read_in_the_other_as_it_was_sent(partner: Caller) -> None:
    newer = statement(id=A, context=RELATED, version="2.0.0")
    assert partner.post(newer, headers=OLD).status_code == 400
    assert partner.post(newer, headers=NEW).status_code == 200
    answers = [partner.send("GET", query_string={"statementId": A}, headers=headers) for headers in (OLD, NEW)]
    assert answers[0].data == answers[1].data
    assert newer.items() <= answers[0].json.items()


@pytest.mark.parametrize(("headers", "version"), [(OLD, "1.0.0"), (NEW, "2.0.0")])
def test_a_statement_without_a_version_gets_that_of_the_family(partner: Caller, headers: dict[str, str], version: str) -> None:
    partner.post(statement(id=A), headers=headers)
    assert partner.get(statementId=A).json["version"] == version


@pytest.mark.parametrize("version", ["1.0.3", "2.0.0"])
def test_a_version_is_kept(partner: Caller, version: str) -> None:
    partner.post(statement(id=A, version=version), headers=NEW)
    assert partner.get(statementId=A).json["version"] == version


def test_only_the_newer_version_turns_times_to_utc(partner: Caller) -> None:
    sub = statement(timestamp="2023-05-04T12:00:00.250-05:00") | {"objectType": "SubStatement"}
    sent = statement(timestamp="2023-05-05T01:00:00.1234567+07:00", object=sub)
    ids = [partner.post(sent, headers=headers).json[0] for headers in (OLD, NEW)]
    old, new = (partner.get(statementId=statement_id).json for statement_id in ids)
    assert (old["timestamp"], old["object"]["timestamp"]) == (sent["timestamp"], sub["timestamp"])
    assert (new["timestamp"], new["object"]["timestamp"]) == ("2023-05-04T18:00:00.1234567Z", "2023-05-04T17:00:00.250Z")


@pytest.mark.parametrize("headers", [OLD, NEW], ids=["1.0.3", "2.0.0"])
def test_a_repeat_may_differ_in_what_is_not_compared(partner: Caller, headers: dict[str, str]) -> None:
    """A duration counts to hundredths of a second, cut and not rounded (Data 4.6; IEEE 9274.1.1, 4.2.7)."""
    partner.post(statement(id=A, result={"duration": "PT1.239S"}), headers=headers)
    for duration, status in (("PT1.23S", 200), ("PT1.2301S", 200), ("PT1.24S", 409), ("PT1S", 409)):
        assert partner.post(statement(id=A, result={"duration": duration}), headers=headers).status_code == status


@pytest.mark.parametrize(
    ("format_", "expected"),
    [
        ("exact", PLAYER | {"name": "Ani"}),
        ("ids", {"mbox": "mailto:player@example.com"}),
        ("canonical", PLAYER | {"name": "Ani"}),
    ],
)
def test_formats_of_context_agents(partner: Caller, format_: str, expected: dict[str, Any]) -> None:
    named = {"contextAgents": [AS_PLAYER | {"agent": PLAYER | {"name": "Ani"}}]}
    partner.post(statement(id=A, context=named), headers=NEW)
    shown = partner.get(statementId=A, format=format_).json["context"]["contextAgents"]
    assert shown == [AS_PLAYER | {"agent": expected}]
