"""Which documents a request speaks of: lists, registrations, agents, partners, roles.

Source: xAPI 1.0.3, Communication 2.3, 2.6, 2.7.
"""

from __future__ import annotations

import time
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from access.credentials import Role
from tests.integration.ingest_api.conftest import Caller, System
from tests.integration.ingest_api.documents.resource import Resource, state


def test_the_list_of_ids_since_a_time(resource: Resource) -> None:
    """2.3, 2.6, 2.7: ids of documents stored after `since`."""
    for name in ("b", "a"):
        replace(resource, document_id=name).there_is(b"{}")
    assert resource.all("GET").json == ["a", "b"]
    time.sleep(0.02)
    between = datetime.now(UTC)
    time.sleep(0.02)
    assert replace(resource, document_id="a").send("POST", b'{"x":1}').status_code == 204
    for since, ids in (
        (datetime(2020, 1, 1, tzinfo=UTC), ["a", "b"]),
        (between, ["a"]),
        (between.astimezone(timezone(timedelta(hours=7))), ["a"]),
        (datetime(2200, 1, 1, tzinfo=UTC), []),
    ):
        assert resource.all("GET", query={"since": since.isoformat()}).json == ids


def test_a_registration_is_part_of_what_a_state_is_known_by(partner: Caller) -> None:
    """2.3: none is one of its own for a single state, and any for lists and for deleting all."""
    plain = replace(state(partner), document_id="plain")
    first, second = (
        replace(plain, document_id=name, place=plain.place | {"registration": str(uuid.uuid4())}) for name in ("first", "second")
    )
    for each in (plain, first, second):
        each.there_is(each.document_id.encode(), "text/plain")
    assert plain.holds(b"plain")
    assert replace(plain, document_id="first").holds(None)
    assert replace(first, document_id="plain").holds(None)
    assert plain.all("GET").json == ["first", "plain", "second"]
    assert first.all("GET").json == ["first"]
    assert first.all("DELETE").status_code == 204
    assert plain.all("GET").json == ["plain", "second"]
    assert replace(plain, document_id="second").send("DELETE").status_code == 204
    assert second.holds(b"second")
    assert plain.all("DELETE", headers={"If-Match": "*"}).status_code == 400
    assert plain.all("GET").json == ["plain", "second"]
    assert plain.all("DELETE").status_code == 204
    assert plain.all("GET").json == []


def test_an_agent_is_who_its_identifier_says(partner: Caller) -> None:
    """Not the text of the JSON: order, name and objectType make no other agent of it."""
    one = state(partner)
    one.there_is(b"{}")
    for same in ('{"objectType":"Agent","name":"Ani","mbox":"mailto:ani@example.com"}', '{ "mbox" : "mailto:ani@EXAMPLE.com" }'):
        assert replace(one, place=one.place | {"agent": same}).holds(b"{}")
    other = '{"account":{"homePage":"http://example.com","name":"ani"}}'
    assert replace(one, place=one.place | {"agent": other}).holds(None)
    group = '{"objectType":"Group","mbox":"mailto:ani@example.com"}'
    assert replace(one, place=one.place | {"agent": group}).send("GET").status_code == 200


def test_partners_have_their_own_documents(system: System, resource: Resource) -> None:
    """Neither reads, changes nor deletes what the other wrote, whatever its role; keys of one partner share."""
    app = resource.caller.app
    other = replace(resource, caller=Caller(app, system.credential("univ-b")))
    above = replace(resource, caller=Caller(app, system.credential("bkn", Role.READ_ALL, Role.WRITE)))
    same = replace(resource, caller=Caller(app, system.credential("univ-a", Role.READ_MINE)))
    resource.there_is(b"ours", "text/plain")
    assert same.holds(b"ours")
    for stranger in (other, above):
        assert stranger.holds(None)
        assert stranger.all("GET").json == []
        assert stranger.send("PUT", b"theirs", "text/plain", If_None_Match="*").status_code == 204
        assert resource.holds(b"ours")
        assert stranger.send("DELETE").status_code == 204
    assert resource.holds(b"ours")


@pytest.mark.parametrize(
    ("roles", "allowed"),
    [
        ((Role.READ_MINE,), {"GET", "HEAD"}),
        ((Role.READ_ALL,), {"GET", "HEAD"}),
        ((Role.WRITE,), {"PUT", "POST", "DELETE"}),
        ((Role.HR,), set()),
        ((Role.ADMIN,), {"GET", "HEAD", "PUT", "POST", "DELETE"}),
    ],
)
def test_what_a_role_may(system: System, resource: Resource, roles: tuple[Role, ...], allowed: set[str]) -> None:
    resource = replace(resource, caller=Caller(resource.caller.app, system.credential("roles", *roles)))
    for method, content in (("PUT", b"{}"), ("POST", b"{}"), ("GET", None), ("HEAD", None), ("DELETE", None)):
        headers = {"If_None_Match": "*"} if method == "PUT" else {}
        status = resource.send(method, content, **headers).status_code
        assert (status != 403) is (method in allowed), method
        assert status < 500


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "POST", "DELETE"])
def test_version_and_credential_are_needed(resource: Resource, method: str) -> None:
    query = resource.place | {resource.id_name: "x"}
    nobody = replace(resource, caller=Caller(resource.caller.app, "unknown"))
    assert nobody.send(method).status_code == 401
    for version in ("", "1.1.0", "3"):
        assert replace(resource, version=version).send(method).status_code == 400
    assert resource.caller.app.test_client().open(resource.path, method=method, query_string=query).status_code == 400
