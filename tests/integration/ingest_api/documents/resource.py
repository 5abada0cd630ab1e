"""One document as a client speaks of it."""

from __future__ import annotations

import hashlib
import json
import uuid
from dataclasses import dataclass
from typing import Any, cast

from werkzeug.test import TestResponse

from tests.integration.ingest_api.conftest import Caller

V1, V2 = "1.0.3", "2.0.0"
JSON = "application/json"
ANI = '{"mbox":"mailto:ani@example.com"}'


@dataclass(frozen=True)
class Resource:
    """One document of one kind, spoken of in one version."""

    caller: Caller
    path: str
    id_name: str
    place: dict[str, str]
    document_id: str = "a document"
    version: str = V1

    def send(self, method: str, content: bytes | None = None, content_type: str | None = JSON, **headers: str) -> TestResponse:
        """Header names in snake case."""
        more: dict[str, Any] = {} if content is None else {"data": content, "content_type": content_type}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.all(method, query={self.id_name: self.document_id}, headers=named, **more)

    def all(
        self, method: str, query: dict[str, str] | None = None, headers: dict[str, str] | None = None, **more: Any
    ) -> TestResponse:
        """Without the id: what is in the place."""
        sent = {"X-Experience-API-Version": self.version, **(headers or {})}
        return self.caller.send(method, self.path, query_string=self.place | (query or {}), headers=sent, **more)

    def there_is(self, content: bytes, content_type: str = JSON) -> str:
        """Put it there, whatever is there now; returns the ETag as a header has it."""
        assert self.send("DELETE").status_code == 204
        answer = self.send("PUT", content, content_type, If_None_Match="*")
        assert answer.status_code == 204, answer.data
        return answer.headers["ETag"]

    def holds(self, content: bytes | None) -> bool:
        answer = self.send("GET")
        return answer.status_code == 404 if content is None else (answer.status_code, answer.data) == (200, content)


def state(caller: Caller) -> Resource:
    place = {"activityId": f"http://example.com/activities/{uuid.uuid4()}", "agent": ANI}
    return Resource(caller, "/xapi/activities/state", "stateId", place)


def agent_profile(caller: Caller) -> Resource:
    place = {"agent": json.dumps({"account": {"homePage": "http://example.com", "name": str(uuid.uuid4())}})}
    return Resource(caller, "/xapi/agents/profile", "profileId", place)


def activity_profile(caller: Caller) -> Resource:
    place = {"activityId": f"http://example.com/activities/{uuid.uuid4()}"}
    return Resource(caller, "/xapi/activities/profile", "profileId", place)


KINDS = {"state": state, "agent profile": agent_profile, "activity profile": activity_profile}


def sha1(content: bytes) -> str:
    return f'"{hashlib.sha1(content, usedforsecurity=False).hexdigest()}"'


def message(answer: TestResponse) -> str:
    """What an error says."""
    return cast(str, cast(dict[str, Any], answer.json)["error"]["message"])
