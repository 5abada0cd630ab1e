"""Who is told of what, once, whatever dies in between. On real stores, to a real receiver."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from access.webhooks import WebhookEvent
from store.port import DeliveryState
from tests.integration.workers.test_interruptions import Outage
from tests.integration.workers.webhook_bench import DAY_MS, NOW, TODAY, WebhookBench, bench_on, profile_text
from workers.deliveries import DeliveryPolicy
from workers.loop import OUTAGES, Stop

DELIVERED = DeliveryState.DELIVERED
CHANGED = frozenset({WebhookEvent.PROFILE_CHANGED})
REACHED = frozenset({WebhookEvent.JP_REACHED})
EXPIRING = frozenset({WebhookEvent.CERTIFICATE_EXPIRING})


@pytest.fixture(params=["sqlite", pytest.param("mongo", marks=pytest.mark.mongo)])
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[WebhookBench]:
    with bench_on(request, tmp_path) as made:
        yield made


class TestWhoIsToldOfWhat:
    def test_a_changed_profile_is_told_once_per_revision_with_internal_ids_only(self, bench: WebhookBench) -> None:
        bench.webhook(events=CHANGED)
        records = bench.updates(("emp/1", 1), ("emp/1", 2))
        bench.notifier().handle(records)
        bench.notifier().handle(records)
        first, second = sorted(bench.told(), key=lambda one: one["data"]["revision"])
        assert first == {
            "type": "profile.changed",
            "timestamp": "2026-05-28T20:26:39.000Z",
            "data": {"employeeId": "emp/1", "revision": 1, "links": {"profile": "/api/v1/employees/emp%2F1/profile"}},
        }
        assert second["data"]["revision"] == 2

    def test_each_webhook_is_told_what_it_asked_for(self, bench: WebhookBench) -> None:
        bench.webhook("changed", events=CHANGED)
        bench.webhook("reached", events=REACHED)
        bench.webhook("everything")
        bench.webhook("disabled")
        bench.store.webhooks.change("disabled", lambda one: one.disabled(NOW, "test"))
        bench.notifier().handle(bench.updates(("e1", bench.profile("e1", profile_text(jp=21, standing="met")))))
        told = {name: sorted(one["type"] for one in bench.told(name)) for name in ("changed", "reached", "everything", "disabled")}
        assert told == {
            "changed": ["profile.changed"],
            "reached": ["jp.reached"],
            "everything": ["jp.reached", "profile.changed"],
            "disabled": [],
        }
        ids = [one.id for name in ("changed", "everything") for one in bench.store.deliveries.page(name)]
        assert len(set(ids)) == 3

    def test_reaching_the_floor_is_told_once_a_year(self, bench: WebhookBench) -> None:
        bench.webhook(events=REACHED)
        notifier = bench.notifier()
        notifier.handle(bench.updates(("e1", bench.profile("e1", profile_text(jp=19.5)))))
        assert bench.told() == []
        for jp in (20, 27.5):
            notifier.handle(bench.updates(("e1", bench.profile("e1", profile_text(jp=jp, standing="met")))))
        (message,) = bench.told()
        assert message["data"] == {
            "employeeId": "e1",
            "revision": 2,
            "year": 2026,
            "jp": 20,
            "floorJp": 20,
            "links": {"profile": "/api/v1/employees/e1/profile"},
        }
        bench.clock.advance_ms(217 * DAY_MS)  # 1 January
        notifier.handle(bench.updates(("e1", bench.profile("e1", profile_text(jp=0, year=2027)))))
        assert len(bench.told()) == 1
        notifier.handle(bench.updates(("e1", bench.profile("e1", profile_text(jp=20, standing="met", year=2027)))))
        assert [one["data"]["year"] for one in bench.told()] == [2026, 2027]

    @pytest.mark.parametrize("text", [profile_text(jp=20, standing="met", bound="ceiling"), b"{}", b'{"hours":[]}'])
    def test_a_ceiling_and_a_profile_of_an_older_program_tell_nothing(self, bench: WebhookBench, text: bytes) -> None:
        bench.webhook(events=REACHED | EXPIRING)
        bench.notifier().handle(bench.updates(("e1", bench.profile("e1", text))))
        assert bench.told() == []

    def test_expiring_certificates_are_told_once_per_notice(self, bench: WebhookBench) -> None:
        bench.webhook(events=EXPIRING)
        expiries = ((1, TODAY + timedelta(days=31)), (2, TODAY + timedelta(days=7)), (3, TODAY), (4, None))
        bench.profile("e1", profile_text(expiring=expiries))
        days: dict[tuple[str, int], date] = {}
        for _ in range(36):
            bench.certificates().look()
            for one in bench.told():
                days.setdefault((one["data"]["statementId"][-1], one["data"]["noticeDays"]), bench.today)
            bench.clock.advance_ms(DAY_MS)
        assert len(bench.told()) == 3
        assert days == {
            ("2", 7): TODAY,
            ("1", 30): TODAY + timedelta(days=1),
            ("1", 7): TODAY + timedelta(days=24),
        }

    def test_the_message_of_an_expiring_certificate(self, bench: WebhookBench) -> None:
        bench.webhook(events=EXPIRING)
        bench.notifier().handle(
            bench.updates(("e1", bench.profile("e1", profile_text(expiring=((1, TODAY + timedelta(days=5)),)))))
        )
        (message,) = bench.told()
        assert message == {
            "type": "certificate.expiring",
            "timestamp": "2026-05-28T20:26:40.000Z",
            "data": {
                "employeeId": "e1",
                "revision": 1,
                "statementId": "00000000-0000-4000-8000-000000000001",
                "expiresOn": "2026-06-03",
                "noticeDays": 7,
                "links": {
                    "profile": "/api/v1/employees/e1/profile",
                    "receipt": "/api/v1/receipts/00000000-0000-4000-8000-000000000001",
                },
            },
        }

    def test_a_renewed_certificate_is_not_told_of(self, bench: WebhookBench) -> None:
        bench.webhook(events=EXPIRING)
        renewed = profile_text(expiring=((1, TODAY + timedelta(days=5)), (2, TODAY + timedelta(days=900))))
        bench.profile("e1", renewed.replace(b"cat-2", b"cat-1"))
        bench.certificates().look()
        assert bench.told() == []

    def test_a_new_webhook_has_its_first_look_on_the_same_day(self, bench: WebhookBench) -> None:
        bench.webhook(events=EXPIRING)
        bench.profile("e1", profile_text(expiring=((1, TODAY + timedelta(days=5)),)))
        assert bench.certificates().look() == 1
        bench.webhook("w2", events=EXPIRING)
        assert bench.certificates().look() == 1
        assert bench.certificates().look() == 0
        assert (len(bench.told()), len(bench.told("w2"))) == (1, 1)

    def test_what_cannot_be_read_is_buried_and_the_others_are_told(self, bench: WebhookBench) -> None:
        bench.webhook(events=CHANGED)
        good, bad = bench.updates(("e1", 1), ("e2", 1))
        bench.notifier().handle([good, bad.__class__(bad.topic, 0, bad.offset, NOW, None, b"\xff")])
        assert [one["data"]["employeeId"] for one in bench.told()] == ["e1"]
        assert [one.reason for one in bench.store.dead_letters.page()] == ["undecodable"]

    def test_deliveries_are_forgotten_in_time_and_never_before_they_could_be_told_again(self, bench: WebhookBench) -> None:
        bench.webhook(events=CHANGED | REACHED)
        records = bench.updates(("e1", bench.profile("e1", profile_text(jp=20, standing="met"))))
        bench.notifier().handle(records)
        bench.clock.advance_ms(31 * DAY_MS)
        bench.certificates().look()
        assert [one["type"] for one in bench.told()] == ["jp.reached"]
        bench.clock.advance_ms(230 * DAY_MS)
        bench.certificates().look()
        assert bench.told() == []


class TestDeathsAndOutages:
    @pytest.mark.parametrize("after", [False, True], ids=["before the step", "after the step"])
    @pytest.mark.parametrize("at", range(1, 5))
    def test_the_notifier_survives_an_outage_at_every_step(self, bench: WebhookBench, at: int, after: bool) -> None:
        bench.webhook()
        records = bench.updates(("e1", bench.profile("e1", profile_text(jp=20, standing="met"))), ("e2", 1))
        outage = Outage(at, after=after)
        parts = {name: outage.guard(getattr(bench.store, name)) for name in ("webhooks", "deliveries", "profiles")}
        try:
            bench.notifier(**parts).handle(records)
        except OUTAGES:
            assert outage.struck
            bench.notifier().handle(records)
        assert sorted(one["type"] for one in bench.told()) == ["jp.reached", "profile.changed", "profile.changed"]

    @pytest.mark.parametrize("after", [False, True], ids=["before the step", "after the step"])
    @pytest.mark.parametrize("at", range(1, 7))
    def test_the_look_at_certificates_is_finished_by_another(self, bench: WebhookBench, at: int, after: bool) -> None:
        bench.webhook(events=EXPIRING)
        for number in range(3):
            bench.profile(f"e{number}", profile_text(expiring=((1, TODAY + timedelta(days=5)),)))
        outage = Outage(at, after=after)
        parts = {name: outage.guard(getattr(bench.store, name)) for name in ("webhooks", "deliveries")}
        try:
            bench.certificates(queries=outage.guard(bench.store.profile_queries), **parts).look()
        except OUTAGES:
            bench.clock.advance_ms(300_000)
            bench.certificates().look()
        assert sorted(one["data"]["employeeId"] for one in bench.told()) == ["e0", "e1", "e2"]
        assert bench.certificates().look() == 0

    @pytest.mark.parametrize("after", [False, True], ids=["before the step", "after the step"])
    @pytest.mark.parametrize("at", range(1, 4))
    def test_what_a_process_had_in_hand_when_it_died_is_sent_by_another(self, bench: WebhookBench, at: int, after: bool) -> None:
        """Each step may be the last; then the lease ends, and the message arrives: once, or twice with the same id."""
        bench.webhook(events=CHANGED)
        bench.notifier().handle(bench.updates(("e1", 1)))
        outage = Outage(at, after=after)
        parts = {name: outage.guard(getattr(bench.store, name)) for name in ("webhooks", "deliveries")}
        try:
            bench.deliverer(**parts).deliver_due()
        except OUTAGES:
            bench.clock.advance_ms(60_000)
            bench.deliverer().deliver_due()
        assert bench.only().state is DELIVERED
        assert set(bench.receiver.ids) == {bench.only().id}
        assert 1 <= len(bench.receiver.ids) <= 2

    def test_several_processes_share_the_work(self, bench: WebhookBench) -> None:
        bench.webhook(events=CHANGED)
        bench.notifier().handle(bench.updates(*((f"e{number}", 1) for number in range(60))))
        stop = Stop()
        policy = DeliveryPolicy(idle_s=0.05)
        parts = [bench.deliverer(policy=policy) for _ in range(3)]
        threads = [threading.Thread(target=part.run, args=(stop,)) for part in parts]
        for thread in threads:
            thread.start()
        bench.receiver.wait_for(60)
        stop.request()
        for thread in threads:
            thread.join(10)
        assert len(bench.receiver.ids) == len(set(bench.receiver.ids)) == 60
        assert bench.waiting() == []
