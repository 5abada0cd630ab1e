"""Messages are sent until they are taken or given up, and no receiver stands in the way of others; really sent, on real stores."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

import pytest

import store.port
from access.webhooks import GONE, WebhookEvent
from store.port import DeliveryState
from telemetry.clock import SystemClock
from tests.integration.workers.receiver import Receiver
from tests.integration.workers.webhook_bench import DAY_MS, NOW, SECRET, WebhookBench, bench_on
from workers.deliveries import DeliveryPolicy
from workers.loop import Stop

DEAD, DELIVERED, WAITING = DeliveryState.DEAD, DeliveryState.DELIVERED, DeliveryState.WAITING
CHANGED = frozenset({WebhookEvent.PROFILE_CHANGED})


@pytest.fixture(params=["sqlite", pytest.param("mongo", marks=pytest.mark.mongo)])
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[WebhookBench]:
    with bench_on(request, tmp_path) as made:
        yield made


class TestSending:
    @pytest.fixture(autouse=True)
    def one_message(self, bench: WebhookBench) -> None:
        bench.webhook(events=CHANGED)
        bench.notifier().handle(bench.updates(("e1", 1)))

    def test_a_message_is_signed_as_the_specification_says(self, bench: WebhookBench) -> None:
        assert bench.deliverer().deliver_due() == 1
        (got,) = bench.receiver.received
        assert got.is_signed_with(SECRET)
        assert not got.is_signed_with("whsec_AAAA")
        assert (got.id, got.body) == (bench.only().id, bench.only().body)
        assert got.headers["content-type"] == "application/json"
        assert int(got.headers["webhook-timestamp"]) == NOW // 1000

    def test_during_a_change_of_secrets_both_sign(self, bench: WebhookBench) -> None:
        new = "whsec_" + "bmV3" * 8
        bench.store.webhooks.change("w1", lambda one: one.with_secret(new, now_ms=NOW, overlap_ms=DAY_MS))
        bench.deliverer().deliver_due()
        bench.clock.advance_ms(DAY_MS)
        bench.notifier().handle(bench.updates(("e1", 2)))
        bench.deliverer().deliver_due()
        during, afterwards = bench.receiver.received
        assert during.is_signed_with(new)
        assert during.is_signed_with(SECRET)
        assert afterwards.is_signed_with(new)
        assert not afterwards.is_signed_with(SECRET)

    @pytest.mark.parametrize("status", [302, 404, 500, 503])
    def test_a_receiver_that_is_down_and_up_again_gets_it_in_the_end(self, bench: WebhookBench, status: int) -> None:
        bench.receiver.answer = lambda _: status
        deliverer = bench.deliverer()
        deliverer.deliver_due()
        failed = bench.only()
        assert (failed.state, failed.attempts, failed.last_status, failed.trouble) == (
            WAITING,
            1,
            status,
            f"the receiver answered {status}",
        )
        bench.clock.advance_ms(4_999)
        assert deliverer.deliver_due() == 0
        bench.clock.advance_ms(1)
        bench.receiver.answer = lambda _: 200
        assert deliverer.deliver_due() == 1
        assert (bench.only().state, bench.only().attempts, bench.only().trouble) == (DELIVERED, 2, "")
        first, second = bench.receiver.received
        assert (first.id, first.body) == (second.id, second.body)
        assert int(second.headers["webhook-timestamp"]) == int(first.headers["webhook-timestamp"]) + 5
        assert second.is_signed_with(SECRET)

    def test_it_is_tried_by_the_schedule_and_then_given_up_until_somebody_revives_it(self, bench: WebhookBench) -> None:
        bench.receiver.answer = lambda _: 500
        deliverer = bench.deliverer()
        waits = []
        while True:
            deliverer.deliver_due()
            if bench.only().state is DEAD:
                break
            waits.append((bench.only().due_ms - bench.clock.now_ms()) / 1000)
            bench.clock.advance_ms(bench.only().due_ms - bench.clock.now_ms())
        assert waits == [5, 30, 120, 600, 3_600, 14_400, 43_200]
        assert len(bench.receiver.ids) == 8
        bench.clock.advance_ms(DAY_MS)
        assert deliverer.deliver_due() == 0
        bench.notifier().handle(bench.updates(("e1", 1)))
        assert bench.only().state is DEAD, "told again, it stays as it is"
        bench.receiver.answer = lambda _: 200
        assert bench.store.deliveries.revive(bench.only().id, now_ms=bench.clock.now_ms(), keep_until_ms=0)
        assert deliverer.deliver_due() == 1
        assert bench.only().state is DELIVERED

    def test_jitter_spreads_the_next_attempts_and_never_brings_them_forward(self) -> None:
        due = [DeliveryPolicy().due_ms(1, 0, "") or 0 for _ in range(200)]
        assert 5_000 <= min(due) < 5_200
        assert 5_800 < max(due) <= 6_000

    @pytest.mark.parametrize("status", [429, 503])
    @pytest.mark.parametrize("as_date", [False, True])
    def test_retry_after_is_honoured_for_all_that_waits(self, bench: WebhookBench, status: int, as_date: bool) -> None:
        until = datetime.fromtimestamp(NOW / 1000 + 90, UTC)
        bench.receiver.answer = lambda _: (status, {"Retry-After": format_datetime(until, usegmt=True) if as_date else "90"})
        deliverer = bench.deliverer()
        deliverer.deliver_due()
        assert bench.only().due_ms == NOW + 90_000
        bench.notifier().handle(bench.updates(("e1", 2)))
        bench.clock.advance_ms(89_000)
        assert deliverer.deliver_due() == 0
        bench.receiver.answer = lambda _: 200
        bench.clock.advance_ms(1_000)
        assert deliverer.deliver_due() == 2

    @pytest.mark.parametrize("said", ["soon", "-5", "9" * 400, "Wed, 99 Foo 2026 00:00:00 GMT", "0"])
    def test_a_strange_retry_after_harms_nobody(self, bench: WebhookBench, said: str) -> None:
        bench.receiver.answer = lambda _: (503, {"Retry-After": said})
        bench.deliverer().deliver_due()
        assert NOW + 5_000 <= bench.only().due_ms <= NOW + DAY_MS

    def test_gone_disables_the_webhook_and_what_waits_stays(self, bench: WebhookBench) -> None:
        bench.notifier().handle(bench.updates(("e1", 2)))
        bench.receiver.answer = lambda _: 410
        deliverer = bench.deliverer(policy=DeliveryPolicy())
        first = bench.store.deliveries.take("w1", now_ms=NOW, lease_ms=1_000, limit=1)  # in another's hands
        deliverer.deliver_due()
        webhook = bench.store.webhooks.get("w1")
        assert webhook is not None
        assert (webhook.enabled, webhook.disabled_why) == (False, GONE)
        bench.clock.advance_ms(60_000)
        assert deliverer.deliver_due() == 0
        assert [one.id for one in bench.waiting()] == [first[0].id]
        bench.notifier().handle(bench.updates(("e1", 3)))
        assert len(bench.told()) == 2
        bench.store.webhooks.change("w1", lambda one: one.enabled_again())
        bench.receiver.answer = lambda _: 200
        assert deliverer.deliver_due() == 1

    def test_an_address_that_is_not_allowed_gets_nothing_and_the_reason_is_told(self, bench: WebhookBench) -> None:
        bench.store.webhooks.change("w1", lambda one: one.__class__(**{**_fields(one), "url": "http://127.0.0.2:1/"}))
        bench.deliverer().deliver_due()
        assert bench.only().state is WAITING
        assert "not allowed" in bench.only().trouble
        assert bench.only().last_status is None


def _fields(one: object) -> dict[str, object]:
    return {name: getattr(one, name) for name in one.__slots__}  # type: ignore[attr-defined]


class TestManyReceivers:
    def test_a_slow_receiver_blocks_nobody_and_is_not_crowded(self, bench: WebhookBench) -> None:
        ends = threading.Event()

        def slow(_: object) -> int:
            ends.wait(1.5)
            return 200

        with ExitStack() as later:
            slows = [later.enter_context(Receiver(slow)) for _ in range(6)]
            later.callback(ends.set)
            for number, receiver in enumerate(slows):
                bench.webhook(f"slow-{number}", url=receiver.url, events=CHANGED)
            bench.webhook("fast", events=CHANGED)
            bench.notifier().handle(bench.updates(*((f"e{number}", 1) for number in range(40))))
            stop = Stop()
            # Fewer threads than slow receivers would take.
            deliverer = bench.deliverer(policy=DeliveryPolicy(threads=6, slow_s=1.4, idle_s=0.02), clock=_Advancing())
            thread = threading.Thread(target=deliverer.run, args=(stop,))
            thread.start()
            try:
                bench.receiver.wait_for(40, within_s=60)
                asked_of_the_slow = [len(receiver.received) for receiver in slows]
            finally:
                stop.request()
                ends.set()
                thread.join(15)
            # Forty were through while each of the slow was asked a few times: the fast one has its turn in every round, and
            # waits for nobody once it answered well. (A machine that stands still for a second may cost it a turn.)
            assert max(asked_of_the_slow) <= 5
            assert max(receiver.most_at_once for receiver in slows) == 1
            assert bench.receiver.most_at_once <= 4

    def test_who_was_asked_longest_ago_is_asked_first(self, bench: WebhookBench) -> None:
        """With room for one unproven receiver at a time, every one has its turn before any has a second."""
        ends = threading.Event()

        def slow(_: object) -> int:
            ends.wait(0.1)
            return 200

        order: list[int] = []

        def noted(number: int) -> Callable[[object], int]:
            return lambda request: (order.append(number), slow(request))[1]

        with ExitStack() as later:
            later.callback(ends.set)
            for number in range(5):
                receiver = later.enter_context(Receiver(noted(number)))
                bench.webhook(f"slow-{number}", url=receiver.url, events=CHANGED)
            bench.notifier().handle(bench.updates(*((f"e{number}", 1) for number in range(8))))
            stop = Stop()
            deliverer = bench.deliverer(policy=DeliveryPolicy(threads=2, slow_s=0.0, idle_s=0.01), clock=_Advancing())
            thread = threading.Thread(target=deliverer.run, args=(stop,))
            thread.start()
            try:
                deadline = time.monotonic() + 30
                while len(order) < 15 and time.monotonic() < deadline:
                    time.sleep(0.02)
            finally:
                stop.request()
                ends.set()
                thread.join(15)
        assert [sorted(order[at : at + 5]) for at in (0, 5, 10)] == [[0, 1, 2, 3, 4]] * 3

    def test_one_that_does_not_answer_is_asked_ever_more_rarely(self, bench: WebhookBench) -> None:
        bench.receiver.answer = lambda _: 500
        bench.webhook(events=CHANGED)
        bench.notifier().handle(bench.updates(*((f"e{number}", 1) for number in range(200))))
        stop = Stop()
        deliverer = bench.deliverer(policy=DeliveryPolicy(idle_s=0.02), clock=_Advancing())
        thread = threading.Thread(target=deliverer.run, args=(stop,))
        thread.start()
        time.sleep(3.5)
        stop.request()
        thread.join(10)
        assert 2 <= len(bench.receiver.ids) <= 4
        assert bench.receiver.most_at_once == 1

    def test_the_end_does_not_wait_for_a_slow_receiver_and_counts_no_attempt(self, bench: WebhookBench) -> None:
        ends = threading.Event()

        def never(_: object) -> int:
            ends.wait(20)
            return 200

        bench.receiver.answer = never
        bench.webhook(events=CHANGED)
        bench.notifier().handle(bench.updates(("e1", 1)))
        stop = Stop()
        deliverer = bench.deliverer(policy=DeliveryPolicy(idle_s=0.02, grace_s=0.2), clock=_Advancing())
        thread = threading.Thread(target=deliverer.run, args=(stop,))
        thread.start()
        bench.receiver.wait_for(1)
        began = time.monotonic()
        stop.request()
        thread.join(10)
        assert time.monotonic() - began < 8
        ends.set()
        assert (bench.only().state, bench.only().attempts) == (WAITING, 0)
        assert bench.only().due_ms <= NOW + 10_000, "it is due at once, not when the lease ends"


class _Advancing(SystemClock):
    """The real time, counted from the tests' own beginning."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def now_ms(self) -> int:
        return NOW + round((time.monotonic() - self._began) * 1000)


def test_an_outage_of_the_store_keeps_a_receivers_answer(bench: WebhookBench) -> None:
    """The store goes away while the message is under way: it is waited for, and the message is not sent again."""
    bench.webhook(events=CHANGED)
    bench.notifier().handle(bench.updates(("e1", 1)))

    class Away:
        struck = 0

        def __getattr__(self, name: str) -> object:
            return getattr(bench.store.deliveries, name)

        def delivered(self, *arguments: object) -> None:
            self.struck += 1
            if self.struck < 3:
                raise store.port.Unavailable("away")
            bench.store.deliveries.delivered(*arguments)  # type: ignore[arg-type]

    away, stop = Away(), Stop()
    deliverer = bench.deliverer(policy=DeliveryPolicy(idle_s=0.02), deliveries=away, clock=_Advancing())
    thread = threading.Thread(target=deliverer.run, args=(stop,))
    thread.start()
    deadline = time.monotonic() + 10
    while bench.only().state is not DELIVERED and time.monotonic() < deadline:
        time.sleep(0.02)
    stop.request()
    thread.join(10)
    assert bench.only().state is DELIVERED
    assert away.struck == 3
    assert len(bench.receiver.ids) == 1
