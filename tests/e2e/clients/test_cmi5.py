"""@xapi/cmi5 as the content (the assignable unit), in Node.js and in a browser; the LMS, which launches it, is `launch`.

Source: cmi5 (Quartz), https://github.com/AICC/CMI-5_Spec_Current/blob/quartz/cmi5_spec.md
"""

from __future__ import annotations

import base64
import json
import uuid
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.e2e.clients.browser import told_by
from tests.e2e.clients.conftest import Partner
from tests.e2e.clients.node_clients import SOURCES, NodeClients
from tests.e2e.clients.page_server import PageServer

pytestmark = [pytest.mark.xdist_group("clients"), pytest.mark.timeout(120)]

VERBS = "http://adlnet.gov/expapi/verbs/"
CATEGORIES = "https://w3id.org/xapi/cmi5/context/categories/"
COURSE = "https://kursus.example/pelayanan-prima"


@pytest.fixture
def launch(embedded: Partner, page_server: PageServer) -> dict[str, Any]:
    """What an LMS does before it opens a content: 8.2 (fetch URL), 9.3.1 (launched), 10 (LMS.LaunchData), 11 (preferences)."""
    registration, session = str(uuid.uuid4()), str(uuid.uuid4())
    actor = {"objectType": "Agent", "account": {"homePage": "https://asn.example/nip", "name": uuid.uuid4().hex}}
    activity = f"https://kursus.example/{uuid.uuid4()}"
    template = {
        "contextActivities": {"grouping": [{"id": COURSE}]},
        "extensions": {"https://w3id.org/xapi/cmi5/context/extensions/sessionid": session},
    }
    whose = {"activityId": activity, "agent": json.dumps(actor), "registration": registration}
    data = {"contextTemplate": template, "launchMode": "Normal", "moveOn": "CompletedAndPassed", "masteryScore": 0.7}
    assert embedded.ask("PUT", f"/activities/state?{urlencode(whose | {'stateId': 'LMS.LaunchData'})}", data).status == 204
    profile = urlencode({"agent": json.dumps(actor), "profileId": "cmi5LearnerPreferences"})
    preferences = {"languagePreference": "id-ID", "audioPreference": "off"}
    assert embedded.ask("PUT", f"/agents/profile?{profile}", preferences, **{"If-None-Match": "*"}).status == 204
    launched = {
        "actor": actor,
        "verb": {"id": f"{VERBS}launched"},
        "object": {"id": activity},
        "context": {**template, "registration": registration},
    }
    assert embedded.ask("POST", "/statements", launched).status == 200
    token = base64.b64encode(f"{embedded.key}:{embedded.secret}".encode()).decode()
    page_server.answers[f"/fetch/{session}"] = [
        (200, {"auth-token": token}),
        (200, {"error-code": "1", "error-text": "The token was fetched before."}),
    ]
    return {
        "endpoint": f"{embedded.endpoint}/",
        "fetch": f"{page_server.origin}/fetch/{session}",
        "actor": actor,
        "registration": registration,
        "activityId": activity,
    }


def statements_of(launch: dict[str, Any], partner: Partner, **query: str) -> list[dict[str, Any]]:
    """Those of the session, oldest first."""
    asked = urlencode({"registration": launch["registration"], "ascending": "true", **query})
    found: list[dict[str, Any]] = partner.ask("GET", f"/statements?{asked}").json()["statements"]
    return found


def verbs_of(statements: list[dict[str, Any]]) -> list[str]:
    return [one["verb"]["id"].removeprefix(VERBS) for one in statements]


def test_a_session_from_launch_to_end(embedded: Partner, node: NodeClients, launch: dict[str, Any]) -> None:
    sent = node.run("cmi5.mjs", "session", CMI5_LAUNCH=json.dumps(launch))
    found = statements_of(launch, embedded)
    answered = ["answered", "answered"]
    assert verbs_of(found) == ["launched", "initialized", "progressed", *answered, "passed", "completed", "terminated"]
    assert [one["id"] for one in found[1:]] == sent
    assert found[5]["result"]["score"] == {"scaled": 0.9, "raw": 90, "min": 0, "max": 100}
    categories = {one["id"] for one in found[5]["context"]["contextActivities"]["category"]}
    assert categories == {f"{CATEGORIES}cmi5", f"{CATEGORIES}moveon"}
    assert statements_of(launch, embedded, activity=COURSE, related_activities="true") == found


def test_a_token_that_was_fetched_before_opens_nothing(
    embedded: Partner, node: NodeClients, launch: dict[str, Any], page_server: PageServer
) -> None:
    page_server.answers[launch["fetch"].removeprefix(page_server.origin)].pop(0)
    node.run("cmi5.mjs", "used_up", CMI5_LAUNCH=json.dumps(launch))
    assert verbs_of(statements_of(launch, embedded)) == ["launched"]


def test_a_session_in_a_browser(
    embedded: Partner, node: NodeClients, launch: dict[str, Any], page_server: PageServer, tmp_path: Path
) -> None:
    page_server.files["/cmi5.html"] = ("text/html; charset=utf-8", (SOURCES / "cmi5.html").read_bytes())
    page_server.files["/Cmi5.umd.js"] = ("text/javascript", (node.packages / "@xapi/cmi5/dist/Cmi5.umd.js").read_bytes())
    query = urlencode(launch | {"actor": json.dumps(launch["actor"])})
    told = told_by(f"{page_server.origin}/cmi5.html?{query}", page_server, tmp_path)
    assert "failed" not in told, told
    found = statements_of(launch, embedded)
    assert verbs_of(found) == ["launched", "initialized", "passed", "completed", "terminated"]
    assert [one["id"] for one in found[1:]] == told["sent"]
