"""Persons and activities. Source: xAPI 1.0.3, Communication 2.4 and 2.5; IEEE 9274.1.1, 4.1.6.3 and 4.1.6.4."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest

from access.credentials import Role
from tests.integration.ingest_api.conftest import Caller, System
from tests.integration.ingest_api.documents.resource import message

AGENTS, ACTIVITIES = "/xapi/agents", "/xapi/activities"
VERSIONS = ["1.0.3", "2.0.0"]
ACCOUNT = {"homePage": "http://example.com", "name": "ani"}


def ask(caller: Caller, path: str, method: str = "GET", version: str = "1.0.3", **parameters: str) -> Any:
    return caller.send(method, path, query_string=parameters, headers={"X-Experience-API-Version": version})


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("agent", "person"),
    [
        ({"mbox": "mailto:ani@example.com"}, {"mbox": ["mailto:ani@example.com"]}),
        (
            {"objectType": "Agent", "name": "Ani é", "openid": "http://example.com/ani"},
            {"name": ["Ani é"], "openid": ["http://example.com/ani"]},
        ),
        ({"mbox_sha1sum": "a" * 40}, {"mbox_sha1sum": ["a" * 40]}),
        ({"account": ACCOUNT}, {"account": [ACCOUNT]}),
    ],
)
def test_a_person_is_what_the_agent_shows(partner: Caller, version: str, agent: dict[str, Any], person: dict[str, Any]) -> None:
    answer = ask(partner, AGENTS, version=version, agent=json.dumps(agent))
    assert (answer.status_code, answer.json) == (200, {"objectType": "Person", **person})
    head = ask(partner, AGENTS, "HEAD", version, agent=json.dumps(agent))
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["Content-Length"] == answer.headers["Content-Length"]


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"agent": "not JSON"},
        {"agent": "true"},
        {"agent": "{}"},
        {"agent": '{"objectType":"Agent"}'},
        {"agent": '{"mbox":"mailto:ani@example.com","account":{}}'},
        {"agent": '{"account":{"homePage":"http://example.com"}}'},
        {"agent": '{"objectType":"Group","mbox":"mailto:ani@example.com"}'},
        {"agent": '{"mbox":"mailto:ani@example.com"}', "name": "ani"},
        {"Agent": '{"mbox":"mailto:ani@example.com"}'},
    ],
)
def test_only_an_agent_can_be_asked_for(partner: Caller, parameters: dict[str, str]) -> None:
    answer = ask(partner, AGENTS, **parameters)
    assert answer.status_code == 400
    assert message(answer)


def describing(activity_id: str, **definition: Any) -> dict[str, Any]:
    return {
        "actor": {"mbox": "mailto:ani@example.com"},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/completed"},
        "object": {"id": activity_id, "definition": definition},
    }


@pytest.mark.parametrize("version", VERSIONS)
def test_an_activity_is_what_all_statements_said_of_it_at_once(partner: Caller, version: str) -> None:
    """XAPI-00254: the next request after the acknowledgement sees it."""
    for _ in range(5):
        activity_id = f"http://example.com/activities/{uuid4()}"
        for name in ({"en-US": "Course"}, {"fr-FR": "Cours"}):
            sent = describing(activity_id, name=name, extensions={"http://example.com/n": 12345678901234567890123})
            assert partner.send("POST", body=sent).status_code == 200
        answer = ask(partner, ACTIVITIES, version=version, activityId=activity_id)
        assert answer.json == {
            "objectType": "Activity",
            "id": activity_id,
            "definition": {
                "name": {"en-US": "Course", "fr-FR": "Cours"},
                "extensions": {"http://example.com/n": 12345678901234567890123},
            },
        }
        head = ask(partner, ACTIVITIES, "HEAD", version, activityId=activity_id)
        assert (head.status_code, head.data, head.headers["Content-Length"]) == (200, b"", answer.headers["Content-Length"])
        assert "X-Experience-API-Consistent-Through" not in answer.headers


def test_an_activity_is_what_the_askers_own_statements_said(system: System, partner: Caller) -> None:
    """What another partner says of it, its extensions above all, is not told; who may read all statements hears all."""
    activity_id = f"http://example.com/activities/{uuid4()}"
    other = Caller(partner.app, system.credential("univ-b"))
    internal = {"http://example.com/internal": 1}
    assert partner.send("POST", body=describing(activity_id, name={"id": "Kursus"}, extensions=internal)).status_code == 200
    assert ask(other, ACTIVITIES, activityId=activity_id).json == {"objectType": "Activity", "id": activity_id}
    assert other.send("POST", body=describing(activity_id, name={"id": "Lain"})).status_code == 200
    assert ask(other, ACTIVITIES, activityId=activity_id).json["definition"] == {"name": {"id": "Lain"}}
    own = ask(partner, ACTIVITIES, activityId=activity_id).json["definition"]
    assert own == {"name": {"id": "Kursus"}, "extensions": internal}
    reader = Caller(partner.app, system.credential("bkn", Role.READ_ALL))
    assert ask(reader, ACTIVITIES, activityId=activity_id).json["definition"] == {"name": {"id": "Lain"}, "extensions": internal}


@pytest.mark.parametrize("version", VERSIONS)
def test_an_activity_that_nobody_described_is_answered_with_its_id(partner: Caller, version: str) -> None:
    activity_id = f"http://example.com/activities/{uuid4()}"
    answer = ask(partner, ACTIVITIES, version=version, activityId=activity_id)
    assert (answer.status_code, answer.json) == (200, {"objectType": "Activity", "id": activity_id})


@pytest.mark.parametrize("parameters", [{}, {"activityId": "true"}, {"activityId": ""}, {"activityid": "http://a.id/1"}])
def test_an_activity_has_an_iri(partner: Caller, parameters: dict[str, str]) -> None:
    assert ask(partner, ACTIVITIES, **parameters).status_code == 400


@pytest.mark.parametrize(
    ("path", "parameters"),
    [(AGENTS, {"agent": '{"mbox":"mailto:ani@example.com"}'}), (ACTIVITIES, {"activityId": "http://example.com/1"})],
)
def test_who_may_ask(system: System, partner: Caller, path: str, parameters: dict[str, str]) -> None:
    assert ask(Caller(partner.app, "unknown"), path, **parameters).status_code == 401
    assert ask(Caller(partner.app, system.credential("univ-a", Role.WRITE)), path, **parameters).status_code == 403
    assert ask(Caller(partner.app, system.credential("bkn", Role.READ_ALL)), path, **parameters).status_code == 200
    assert ask(partner, path, version="1.1", **parameters).status_code == 400
    assert ask(partner, path, "POST", **parameters).status_code == 405
