"""Webhooks as an administrator makes, changes and watches them."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Any

import pytest

from access.webhook_addresses import WebhookHosts
from access.webhooks import GONE
from store.port import Attempt, Delivery
from tests.integration.hr_api.world import NOW, World

HOOKS = "/api/v1/webhooks"
URL = "https://hr.example.go.id/rekam"


def create(world: World, **more: Any) -> dict[str, Any]:
    body = {"url": URL, "events": ["profile.changed", "jp.reached"], **more}
    response = world.ask("POST", HOOKS, who="admin", json=body)
    assert response.status_code == 201, response.text
    assert response.headers["Location"] == f"{HOOKS}/{response.get_json()['id']}"
    made: dict[str, Any] = response.get_json()
    return made


def refused(world: World, body: dict[str, Any], *, method: str = "POST", path: str = HOOKS) -> str:
    response = world.ask(method, path, who="admin", json=body)
    assert response.status_code == 400, response.text
    pointer: str = response.get_json()["error"].get("pointer", "")
    return pointer


def delivery(world: World, webhook_id: str, name: str, at_ms: int = NOW) -> Delivery:
    body = b'{"type":"profile.changed","timestamp":"2026-01-31T07:15:00.000Z","data":{"employeeId":"emp-0001","revision":1}}'
    made = Delivery(name, webhook_id, "profile.changed", body, at_ms, at_ms, at_ms + 1_000)
    world.store.deliveries.add([made])
    return made


def test_the_secret_is_shown_when_it_is_made_and_never_again(world: World) -> None:
    made = create(world, description="the portal")
    secret = made.pop("secret")
    assert len(base64.b64decode(secret.removeprefix("whsec_"))) == 32
    assert made == {
        "id": made["id"],
        "url": URL,
        "events": ["jp.reached", "profile.changed"],
        "description": "the portal",
        "createdAt": "2026-01-31T07:15:00.000Z",
        "createdBy": "admin",
        "disabled": False,
        "disabledAt": None,
        "disabledWhy": "",
        "heldUntil": None,
        "oldSecretUntil": None,
    }
    assert world.get(f"{HOOKS}/{made['id']}", who="admin").get_json() == made
    listed = world.get(HOOKS, who="admin")
    assert listed.get_json() == {"items": [made]}
    assert secret not in listed.text
    held = world.store.webhooks.get(made["id"])
    assert held is not None
    assert held.signing(NOW) == [secret]


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("who", ["hr", "univ-a", "auditor"])
def test_only_administrators_may(world: World, who: str, method: str) -> None:
    assert world.ask(method, HOOKS, who=who, json={}).status_code == 403


@pytest.mark.parametrize(
    "url",
    [
        "http://hr.example.go.id/",
        "https://127.0.0.1/",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/",
        "https://user:secret@hr.example.go.id/",
        "ftp://hr.example.go.id/",
        "https://" + "a" * 2_001,
        "",
    ],
)
def test_a_url_that_nothing_would_be_sent_to_is_refused(world: World, url: str) -> None:
    assert refused(world, {"url": url, "events": ["jp.reached"]}) == "/url"
    made = create(world)
    assert refused(world, {"url": url}, method="PATCH", path=f"{HOOKS}/{made['id']}") == "/url"
    assert [one.url for one in world.store.webhooks.all()] == [URL]


def test_hosts_that_the_operator_lists_may_be_inside_and_no_others(world: World) -> None:
    hosts = WebhookHosts.of(["hr.internal"])
    world.replace(settings=replace(world.services.settings, webhook_hosts=hosts))
    assert create(world, url="http://hr.internal:8080/x")["url"] == "http://hr.internal:8080/x"
    assert refused(world, {"url": URL, "events": ["jp.reached"]}) == "/url"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"events": ["jp.reached"]}, "/url"),
        ({"url": URL}, "/events"),
        ({"url": URL, "events": []}, "/events"),
        ({"url": URL, "events": ["jp.lost"]}, "/events/0"),
        ({"url": URL, "events": ["jp.reached"], "description": "x" * 201}, "/description"),
        ({"url": URL, "events": ["jp.reached"], "secret": "whsec_own"}, "/secret"),
    ],
)
def test_what_makes_no_webhook_is_refused_with_its_place(world: World, body: dict[str, Any], pointer: str) -> None:
    assert refused(world, body) == pointer


def test_a_change_touches_what_it_names(world: World) -> None:
    path = f"{HOOKS}/{create(world, description='old')['id']}"
    changed = world.ask("PATCH", path, who="admin", json={"events": ["certificate.expiring"], "disabled": True}).get_json()
    assert (changed["events"], changed["description"], changed["url"]) == (["certificate.expiring"], "old", URL)
    assert (changed["disabled"], changed["disabledAt"], changed["disabledWhy"]) == (
        True,
        "2026-01-31T07:15:00.000Z",
        "by an administrator",
    )
    assert world.ask("POST", f"{path}/test", who="admin").status_code == 409
    enabled = world.ask("PATCH", path, who="admin", json={"disabled": False, "url": URL + "/2"}).get_json()
    assert (enabled["disabled"], enabled["disabledAt"], enabled["url"]) == (False, None, URL + "/2")
    for body, pointer in (({}, ""), ({"disabled": 1}, "/disabled"), ({"events": []}, "/events"), ({"id": "x"}, "/id")):
        assert refused(world, body, method="PATCH", path=path) == pointer


def test_what_a_receiver_disabled_tells_why_and_is_enabled_again(world: World) -> None:
    made = create(world)
    world.store.webhooks.change(made["id"], lambda one: one.disabled(NOW, GONE))
    shown = world.get(f"{HOOKS}/{made['id']}", who="admin").get_json()
    assert (shown["disabled"], shown["disabledWhy"]) == (True, GONE)
    assert not world.ask("PATCH", f"{HOOKS}/{made['id']}", who="admin", json={"disabled": False}).get_json()["disabled"]


def test_a_new_secret_leaves_the_old_one_for_a_while(world: World) -> None:
    made = create(world)
    path = f"{HOOKS}/{made['id']}/secret"
    changed = world.ask("POST", path, who="admin", json={"overlapHours": 2}).get_json()
    assert changed["secret"] != made["secret"]
    assert changed["oldSecretUntil"] == "2026-01-31T09:15:00.000Z"
    held = world.store.webhooks.get(made["id"])
    assert held is not None
    assert held.signing(NOW + 7_199_999) == [changed["secret"], made["secret"]]
    assert held.signing(NOW + 7_200_000) == [changed["secret"]]
    at_once = world.ask("POST", path, who="admin", json={"overlapHours": 0}).get_json()
    held = world.store.webhooks.get(made["id"])
    assert held is not None
    assert held.signing(NOW) == [at_once["secret"]]
    assert at_once["oldSecretUntil"] is None
    assert refused(world, {"overlapHours": 169}, path=path) == "/overlapHours"


def test_a_ping_waits_to_be_sent(world: World) -> None:
    made = create(world)
    sent = world.ask("POST", f"{HOOKS}/{made['id']}/test", who="admin")
    assert sent.status_code == 202
    ping = sent.get_json()
    assert (ping["event"], ping["state"], ping["payload"]["data"]) == ("ping", "waiting", {"webhookId": made["id"]})
    assert [one.id for one in world.store.deliveries.take(made["id"], now_ms=NOW, lease_ms=1, limit=9)] == [ping["id"]]


def test_deliveries_are_listed_newest_first_in_pages_and_by_state(world: World) -> None:
    made = create(world)
    path = f"{HOOKS}/{made['id']}/deliveries"
    for number in range(5):
        delivery(world, made["id"], f"msg_{number}", NOW + number)
    world.store.deliveries.delivered("msg_3", Attempt(0, NOW + 9, 204))
    seen, link = [], f"{path}?limit=2"
    while link is not None:
        page = world.get(link, who="admin").get_json()
        seen += [item["id"] for item in page["items"]]
        link = page["next"]
    assert seen == [f"msg_{number}" for number in (4, 3, 2, 1, 0)]
    (done,) = world.get(f"{path}?state=delivered", who="admin").get_json()["items"]
    assert (done["id"], done["lastStatus"], done["attempts"], done["dueAt"]) == ("msg_3", 204, 1, None)
    assert done["payload"]["data"] == {"employeeId": "emp-0001", "revision": 1}
    for query in ("state=gone", "limit=0", "after=x", "after=1~a.b"):
        assert world.get(f"{path}?{query}", who="admin").status_code == 400


def test_a_dead_delivery_is_sent_again_and_no_other(world: World) -> None:
    made, other = create(world), create(world)
    delivery(world, made["id"], "msg_1")
    path = f"{HOOKS}/{made['id']}/deliveries/msg_1/redeliver"
    assert world.ask("POST", path, who="admin").status_code == 409
    world.store.deliveries.failed("msg_1", Attempt(0, NOW, 500, "the receiver answered 500"), due_ms=None)
    assert world.ask("POST", path.replace(made["id"], other["id"]), who="admin").status_code == 404
    again = world.ask("POST", path, who="admin")
    assert again.status_code == 202
    assert (again.get_json()["state"], again.get_json()["attempts"]) == ("waiting", 0)
    assert [one.id for one in world.store.deliveries.take(made["id"], now_ms=NOW, lease_ms=1, limit=9)] == ["msg_1"]


def test_removing_one_leaves_nothing_of_it(world: World) -> None:
    made = create(world)
    delivery(world, made["id"], "msg_1")
    assert world.ask("DELETE", f"{HOOKS}/{made['id']}", who="admin").status_code == 200
    for method, path in (
        ("GET", ""),
        ("PATCH", ""),
        ("DELETE", ""),
        ("POST", "/test"),
        ("POST", "/secret"),
        ("GET", "/deliveries"),
        ("POST", "/deliveries/msg_1/redeliver"),
    ):
        body = {"disabled": True} if method == "PATCH" else {}
        more = {} if method in ("GET", "DELETE") else {"json": body}
        assert world.ask(method, f"{HOOKS}/{made['id']}{path}", who="admin", **more).status_code == 404
    assert world.store.deliveries.get("msg_1") is None


def test_what_administrators_do_to_webhooks_is_noted_without_the_url(world: World) -> None:
    made = create(world)
    path = f"{HOOKS}/{made['id']}"
    world.ask("PATCH", path, who="admin", json={"disabled": True})
    world.ask("POST", f"{path}/secret", who="admin", json={})
    world.ask("DELETE", path, who="admin")
    subject = f"webhook {made['id']}"
    assert world.noted() == [
        ("admin", action, subject) for action in ("webhook.create", "webhook.change", "webhook.secret", "webhook.remove")
    ]
