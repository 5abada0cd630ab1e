"""Webhooks as an administrator and a receiver meet them: over HTTP, through deaths of processes and of the receiver."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from store.sqlite import SqliteStore
from tests.e2e.installation import Installation
from tests.integration.workers.receiver import Receiver

FILES = Path(__file__).parents[2] / "samples" / "files"
COMPLETED = "http://adlnet.gov/expapi/verbs/completed"
NIP = "198609262015052001"
YEAR = datetime.now(UTC).year
# Enough for the floor of 20 JP, and then once more.
COURSES = {"course-1": 12, "course-2": 12, "course-3": 1}


@pytest.fixture(scope="module")
def rekam(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    folder = tmp_path_factory.mktemp("webhooks")
    rows = [f"{name},https://lms.example/{name},Kursus {name},Kursus,LMS,{jp},completed" for name, jp in COURSES.items()]
    catalogue = folder / "catalogue.csv"
    catalogue.write_text("\n".join(["id,activity_ids,title,kind,provider,jp,finish", *rows]))
    with Installation(folder / "var", log_level="warning", webhook_hosts="127.0.0.1") as installation:
        installation.cli("directory", "import", *(str(FILES / f"{name}.csv") for name in ("units", "posts", "employees")))
        installation.cli("catalogue", "import", str(catalogue))
        installation.wait_until_idle()
        yield installation


def finish(rekam: Installation, course: str) -> str:
    """Siti finishes a course; the statement's id."""
    statement = {
        "id": str(uuid.uuid4()),
        "actor": {"account": {"homePage": "https://asn.example/nip", "name": NIP}},
        "verb": {"id": COMPLETED},
        "object": {"id": f"https://lms.example/{course}"},
        "result": {"completion": True},
        "timestamp": datetime.now(UTC).isoformat(),
    }
    answer = rekam.ask("POST", "/xapi/statements", statement)
    assert answer.status == 200, answer.data
    return str(statement["id"])


def create(rekam: Installation, receiver: Receiver, *events: str) -> dict[str, Any]:
    answer = rekam.ask("POST", "/api/v1/webhooks", {"url": receiver.url, "events": list(events)})
    assert answer.status == 201, answer.data
    made: dict[str, Any] = answer.json()
    return made


def wait_until(rekam: Installation, webhook: dict[str, Any], state: str, count: int) -> list[dict[str, Any]]:
    """The webhook's deliveries in a state, once there are `count`."""
    deadline = time.monotonic() + 30
    while True:
        found = rekam.json(f"/api/v1/webhooks/{webhook['id']}/deliveries?state={state}")["items"]
        if len(found) == count:
            return list(found)
        assert time.monotonic() < deadline, f"{len(found)} of {count} {state}; {rekam.log[-2000:]}"
        time.sleep(0.1)


def kill_the_notifier(rekam: Installation) -> None:
    (notifier,) = rekam.members("work", "notifier")
    notifier.kill()
    notifier.wait(10)


@pytest.mark.timeout(240)
@pytest.mark.xdist_group("webhooks")
class TestWebhooks:
    """In this order, on one installation, so by one worker of a parallel run."""

    def test_a_ping_arrives_signed(self, rekam: Installation) -> None:
        with Receiver() as receiver:
            webhook = create(rekam, receiver, "jp.reached")
            ping = rekam.ask("POST", f"/api/v1/webhooks/{webhook['id']}/test").json()
            (got,) = receiver.wait_for(1)
            assert got.is_signed_with(webhook["secret"])
            assert (got.id, got.message["type"], got.message["data"]) == (ping["id"], "ping", {"webhookId": webhook["id"]})
            assert wait_until(rekam, webhook, "delivered", 1)[0]["id"] == ping["id"]
            rekam.ask("DELETE", f"/api/v1/webhooks/{webhook['id']}")

    def test_events_reach_a_receiver_that_was_down_and_a_notifier_that_died(self, rekam: Installation) -> None:
        with Receiver() as receiver:
            webhook = create(rekam, receiver, "profile.changed", "jp.reached")
            finish(rekam, "course-1")
            (first,) = receiver.wait_for(1)
        # The receiver is away now, and its port refuses.
        finish(rekam, "course-2")
        wait_until(rekam, webhook, "waiting", 2)
        kill_the_notifier(rekam)
        rekam.wait_until_ready()
        with Receiver(port=receiver.port) as again:
            messages = [one.message for one in again.wait_for(2, within_s=90)]
            assert all(one.is_signed_with(webhook["secret"]) for one in again.received)
        assert first.message["type"] == "profile.changed"
        assert sorted(message["type"] for message in messages) == ["jp.reached", "profile.changed"]
        (reached,) = [message["data"] for message in messages if message["type"] == "jp.reached"]
        assert (reached["year"], reached["jp"], reached["floorJp"]) == (YEAR, 24, 20)
        assert len({first.id, *again.ids}) == 3
        wait_until(rekam, webhook, "delivered", 3)
        profile = rekam.json(first.message["data"]["links"]["profile"])
        assert profile["employeeId"] == first.message["data"]["employeeId"] == reached["employeeId"]

    def test_more_hours_are_a_changed_profile_and_no_second_floor(self, rekam: Installation) -> None:
        (webhook,) = rekam.json("/api/v1/webhooks")["items"]
        with Receiver(port=int(webhook["url"].rpartition(":")[2].partition("/")[0])) as receiver:
            finish(rekam, "course-3")
            (got,) = receiver.wait_for(1)
            rekam.wait_until_idle()
            assert got.message["type"] == "profile.changed"
        assert len(receiver.received) == 1

    def test_gone_disables_it(self, rekam: Installation) -> None:
        with Receiver(lambda _: 410) as receiver:
            webhook = create(rekam, receiver, "jp.reached")
            rekam.ask("POST", f"/api/v1/webhooks/{webhook['id']}/test")
            wait_until(rekam, webhook, "dead", 1)
        shown = rekam.json(f"/api/v1/webhooks/{webhook['id']}")
        assert (shown["disabled"], shown["disabledWhy"]) == (True, "the receiver answered 410 Gone")

    def test_a_dead_one_is_sent_again_when_asked_for(self, rekam: Installation) -> None:
        dead = next(one for one in rekam.json("/api/v1/webhooks")["items"] if one["disabled"])
        (delivery,) = wait_until(rekam, dead, "dead", 1)
        with Receiver() as receiver:
            path = f"/api/v1/webhooks/{dead['id']}"
            assert rekam.ask("PATCH", path, {"disabled": False, "url": receiver.url}).status == 200
            assert rekam.ask("POST", f"{path}/deliveries/{delivery['id']}/redeliver").status == 202
            (got,) = receiver.wait_for(1)
            assert got.id == delivery["id"]

    def test_nothing_personal_is_in_messages_metrics_or_the_log(self, rekam: Installation) -> None:
        metrics = rekam.ask("GET", "/metrics").data.decode()
        assert "rekam_webhook_attempts_total" in metrics
        with closing(SqliteStore(rekam.folder / "store.db")) as store:
            webhooks = store.webhooks.all()
            bodies = b"".join(one.body for webhook in webhooks for one in store.deliveries.page(webhook.id))
        assert len(webhooks) == 2
        for text in (metrics, rekam.log, bodies.decode()):
            assert NIP not in text
            assert "Siti" not in text
            assert "whsec_" not in text

    def test_the_end_comes_quickly_while_a_receiver_is_silent(self, rekam: Installation) -> None:
        with Receiver(lambda _: time.sleep(8) or 200) as receiver:  # type: ignore[func-returns-value]
            webhook = create(rekam, receiver, "jp.reached")
            rekam.ask("POST", f"/api/v1/webhooks/{webhook['id']}/test")
            receiver.wait_for(1)
            assert rekam.stop() < 5.0
