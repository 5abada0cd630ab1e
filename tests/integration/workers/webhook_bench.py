"""An installation with webhooks and profiles put into the store by hand; the notifier's parts are stepped one by one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from access.webhook_addresses import WebhookHosts
from access.webhooks import SigningSecret, Webhook, WebhookEvent
from eventlog.port import Outgoing, Record, Topic
from rekam.settings import Settings
from rekam.webhook_sender import HttpWebhookSender
from rekam.wiring import System
from schemas.events import ProfileUpdated, encode
from store.port import Delivery, DeliveryState, Store
from telemetry.clock import FixedClock
from tests.contract.store.builders import facts
from tests.integration.workers.receiver import Receiver
from workers.deliveries import Deliverer, DeliveryPolicy
from workers.notifier import CertificatePass, Notifier

NOW = 1_780_000_000_000
"""2026-05-28T20:26:40Z: in Jakarta it is the 29th already."""
TODAY = date(2026, 5, 29)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
EVERYTHING = frozenset(WebhookEvent)
DAY_MS = 86_400_000


def profile_text(
    *,
    jp: float = 12,
    standing: str = "missing",
    year: int = 2026,
    bound: str = "floor",
    expiring: tuple[tuple[int, date | None], ...] = (),
) -> bytes:
    """What messages look at of a profile's JSON, and a member that they know nothing of."""
    hours = {"period": "calendar-year", "year": year, "jp": jp, "lines": []}
    obligation = {"bound": bound, "jp": 20, "standing": standing, "mark": "verified"}
    certificates = [
        {
            "title": "Sertifikat",
            "statementIds": [f"00000000-0000-4000-8000-{number:012}"],
            "expiresOn": None if expires_on is None else expires_on.isoformat(),
            "catalogueId": f"cat-{number}",
        }
        for number, expires_on in expiring
    ]
    return json.dumps({"hours": [{**hours, "obligation": obligation}], "certificates": certificates, "v": 2}).encode()


class WebhookBench:
    def __init__(self, system: System, closing: ExitStack) -> None:
        self.system = system
        self.store: Store = system.store
        self.clock = FixedClock(NOW)
        self.receiver = closing.enter_context(Receiver())
        self._next = 0

    @property
    def today(self) -> date:
        return TODAY + timedelta(days=(self.clock.now_ms() - NOW) // DAY_MS)

    def webhook(self, name: str = "w1", *, url: str | None = None, events: frozenset[WebhookEvent] = EVERYTHING) -> Webhook:
        made = Webhook(name, url or self.receiver.url, events, (SigningSecret(SECRET),), NOW, "admin")
        self.store.webhooks.add(made)
        return made

    def profile(self, employee_id: str, text: bytes) -> int:
        """Put a profile into the store; its revision."""
        held = self.store.profiles.get(employee_id)
        revision = 0 if held is None else held.revision
        assert self.store.profiles.put(employee_id, text, facts("unit-1"), expected_revision=revision)
        return revision + 1

    def updates(self, *updated: tuple[str, int]) -> list[Record]:
        """Records of `profiles.updated`."""
        self._next += len(updated)
        return [
            Record(Topic.PROFILES, 0, self._next + at, NOW - 1_000, None, encode(ProfileUpdated(*one)))
            for at, one in enumerate(updated)
        ]

    def append(self, *updated: tuple[str, int]) -> None:
        self.system.appender.append_all(Topic.PROFILES, [Outgoing(encode(ProfileUpdated(*one))) for one in updated])

    def notifier(self, **parts: Any) -> Notifier:
        held = self.store
        own = {
            "webhooks": held.webhooks,
            "deliveries": held.deliveries,
            "profiles": held.profiles,
            "dead_letters": held.dead_letters,
            **parts,
        }
        return Notifier(**own, clock=self.clock, today=lambda: self.today, notices=(30, 7))

    def certificates(self, **parts: Any) -> CertificatePass:
        own = {
            "webhooks": self.store.webhooks,
            "deliveries": self.store.deliveries,
            "queries": self.store.profile_queries,
            **parts,
        }
        return CertificatePass(**own, clock=self.clock, today=lambda: self.today, notices=(30, 7))

    def deliverer(self, *, policy: DeliveryPolicy | None = None, **parts: Any) -> Deliverer:
        sender = HttpWebhookSender(WebhookHosts.of(["127.0.0.1"]), "rekam/test", timeout_s=2.0)
        own = {"webhooks": self.store.webhooks, "deliveries": self.store.deliveries, "sender": sender, "clock": self.clock, **parts}
        return Deliverer(**own, policy=replace(policy or DeliveryPolicy(), jitter=0.0))

    def waiting(self, name: str = "w1") -> list[Delivery]:
        return self.store.deliveries.page(name, state=DeliveryState.WAITING, limit=1_000)

    def told(self, name: str = "w1") -> list[dict[str, Any]]:
        """The messages for a webhook, whatever became of them, the oldest first."""
        return [json.loads(one.body) for one in reversed(self.store.deliveries.page(name, limit=1_000))]

    def only(self, name: str = "w1") -> Delivery:
        (one,) = self.store.deliveries.page(name)
        return one


@contextmanager
def bench_on(request: pytest.FixtureRequest, folder: Path) -> Iterator[WebhookBench]:
    """On the store that the test's parameter names: `sqlite` or `mongo`."""
    environment = {"REKAM_DATA_DIR": str(folder)}
    if request.param == "mongo":
        server = request.getfixturevalue("mongo_server")
        environment["REKAM_STORE"] = server.database_url(request.getfixturevalue("mongo_database"))
    with ExitStack() as later:
        system = System.open(Settings.read(environment))
        later.callback(system.close)
        system.prepare()
        yield WebhookBench(system, later)
