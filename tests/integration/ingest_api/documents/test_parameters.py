"""Query parameters and methods. Source: xAPI 1.0.3, Communication 1.3, 2.3, 2.6, 2.7 and 3.2."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.integration.ingest_api.documents.resource import JSON, V2, Resource, message


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "POST", "DELETE"])
def test_what_identifies_a_document_is_needed(resource: Resource, method: str) -> None:
    """2.3, 2.6, 2.7: the tables of parameters."""
    content = b"{}" if method in ("PUT", "POST") else None
    for name in resource.place:
        answer = replace(resource, place={k: v for k, v in resource.place.items() if k != name}).send(method, content)
        assert answer.status_code == 400
        assert method == "HEAD" or f'"{name}" is missing' in message(answer)
    if method in ("PUT", "POST") or (method == "DELETE" and resource.id_name == "profileId"):
        body: dict[str, Any] = {"data": content, "content_type": JSON} if content else {}
        answer = resource.all(method, **body)
        assert answer.status_code == 400
        assert f'"{resource.id_name}" is missing' in message(answer)


@pytest.mark.parametrize("method", ["GET", "PUT", "POST", "DELETE"])
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("agent", "not JSON"),
        ("agent", "true"),
        ("agent", "{}"),
        ("agent", '{"mbox":"ani@example.com"}'),
        ("agent", '{"mbox":"mailto:ani@example.com","mbox":"mailto:ani@example.com"}'),
        ("agent", '{"mbox":"mailto:ani@example.com","openid":"http://example.com/ani"}'),
        ("agent", '{"mbox":"mailto:ani@example.com","age":3}'),
        ("agent", '{"objectType":"Group","member":[{"mbox":"mailto:ani@example.com"}]}'),
        ("agent", '{"objectType":"Person","mbox":"mailto:ani@example.com"}'),
        ("activityId", "true"),
        ("activityId", ""),
        ("registration", "true"),
        ("id", ""),
        ("since", "2020-01-01T00:00:00Z"),
        ("unknown", "1"),
        ("ACTIVITYID", "http://example.com/1"),
        ("StateId", "1"),
        ("format", "exact"),
    ],
)
def test_wrong_and_unknown_parameters_are_refused(resource: Resource, method: str, name: str, value: str) -> None:
    """3.2. `since` is unknown beside an id, and to a DELETE."""
    given = dict(resource.place)
    if name == "id":
        resource = replace(resource, document_id=value)
        name = resource.id_name
    else:
        given[name] = value
    answer = replace(resource, place=given).send(method, b"{}" if method in ("PUT", "POST") else None)
    assert answer.status_code == 400
    assert f'"{name}"' in message(answer)


@pytest.mark.parametrize(("name", "value"), [("since", "yesterday"), ("since", ""), ("stateID", "1"), ("limit", "1")])
def test_lists_take_their_parameters_only(resource: Resource, name: str, value: str) -> None:
    assert resource.all("GET", query={name: value}).status_code == 400
    assert resource.all("DELETE", query={name: value}).status_code == 400


def test_a_parameter_given_twice_is_refused(resource: Resource) -> None:
    assert resource.caller.send("GET", resource.path, query_string=[*resource.place.items()] * 2).status_code == 400


def test_other_methods_are_not_allowed(resource: Resource) -> None:
    answer = resource.send("PATCH", b"{}")
    assert answer.status_code == 405
    assert {"GET", "HEAD", "PUT", "POST", "DELETE"} <= set(answer.headers["Allow"].split(", "))


def test_the_alternate_request_syntax(resource: Resource) -> None:
    """1.3: a form stands for a request with headers, parameters and content."""
    form = {**resource.place, resource.id_name: resource.document_id, "Content-Type": "text/plain", "If-None-Match": "*"}
    answer = resource.caller.send("POST", resource.path + "?method=PUT", data=form | {"content": "a=b&c é"})
    assert answer.status_code == 204
    assert resource.holds("a=b&c é".encode())
    assert resource.send("GET").headers["Content-Type"] == "text/plain"
    assert replace(resource, version=V2).caller.send(
        "POST", resource.path + "?method=GET", data=form, headers={"X-Experience-API-Version": V2}
    ).status_code in range(400, 500)
