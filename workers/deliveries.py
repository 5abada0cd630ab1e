"""Deliveries: sending what waits for webhooks, again and again until it is taken or given up.

Several processes may do so at once: what one has in hand is leased to it, and what it had when it died is due again when the lease
ends. A message may therefore come twice, with the same `webhook-id`; the order of messages is not promised.

No receiver stands in the way of others: what can be under way to one is bounded, one that has not answered well lately is asked one
message at a time and ever more rarely, and all of these together leave half of the threads to the others.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime

from access.webhook_signature import signed_headers
from access.webhooks import GONE, Webhook
from store.port import Attempt, Deliveries, Delivery, Webhooks
from telemetry import metrics
from telemetry.clock import Clock
from telemetry.logs import logger
from workers import loop
from workers.sending import Answered, Sender, Unanswered

_JITTER = random.Random()  # noqa: S311 - spreads retries, guards nothing


@dataclass(frozen=True, slots=True)
class DeliveryPolicy:
    """How deliveries are tried. After the first attempt and each of `waits_s` (seconds, each made up to `jitter` longer) one more;
    then it is dead. `lease_ms` is more than an attempt can take."""

    waits_s: tuple[float, ...] = (5, 30, 120, 600, 3_600, 14_400, 43_200)
    jitter: float = 0.2
    longest_retry_after_s: int = 86_400
    lease_ms: int = 60_000
    threads: int = 32
    at_once: int = 4
    """Messages under way to one receiver."""
    slow_s: float = 2.0
    longest_pause_s: float = 60.0
    """Between two attempts at a receiver that does not answer well."""
    idle_s: float = 0.5
    grace_s: float = 1.0
    """For what is under way when the end is asked for."""

    def due_ms(self, attempts: int, now_ms: int, retry_after: str) -> int | None:
        """When to try again after `attempts` that failed, not before the receiver's Retry-After; None: no more."""
        if attempts > len(self.waits_s):
            return None
        wait_s = self.waits_s[attempts - 1] * _JITTER.uniform(1, 1 + self.jitter)
        return now_ms + max(round(wait_s * 1000), self.asked_ms(retry_after, now_ms))

    def asked_ms(self, retry_after: str, now_ms: int) -> int:
        """Milliseconds that a Retry-After (seconds, or a date of HTTP) asks to wait; 0 for none and for what is neither."""
        if retry_after.isascii() and retry_after.isdigit():
            asked_ms = int(retry_after[:9]) * 1000
        else:
            try:
                until = parsedate_to_datetime(retry_after)
            except ValueError:
                return 0
            asked_ms = round((until if until.tzinfo else until.replace(tzinfo=UTC)).timestamp() * 1000) - now_ms
        return min(max(asked_ms, 0), self.longest_retry_after_s * 1000)


class _Standing:
    """What this process knows of one receiver."""

    def __init__(self) -> None:
        self.under_way = 0
        self.proven = False
        """It answered well, and in time, the last time."""
        self.failures = 0
        self.not_before = 0.0
        """Monotonic seconds, as all here."""
        self.last_asked = 0.0


class Deliverer:
    """Sends what is due. `run` is for one thread; it uses others."""

    name = "deliverer"

    def __init__(
        self, webhooks: Webhooks, deliveries: Deliveries, sender: Sender, clock: Clock, policy: DeliveryPolicy | None = None
    ) -> None:
        self._webhooks = webhooks
        self._deliveries = deliveries
        self._sender = sender
        self._clock = clock
        self._policy = policy or DeliveryPolicy()
        self._lock = threading.Lock()
        self._standings: dict[str, _Standing] = {}
        self._under_way: set[Future[None]] = set()
        self._ended = threading.Event()

    def run(self, stop: loop.Stop) -> None:
        """Work until `stop`. Raises what is neither an outage nor a receiver's doing."""
        pool = ThreadPoolExecutor(self._policy.threads, "webhook")
        try:
            while not stop.requested:
                self._ended.clear()
                loop.patiently(lambda: self._start(pool, stop), self.name, stop)
                if not self._under_way:
                    stop.wait(self._policy.idle_s)
                else:
                    self._ended.wait(self._policy.idle_s)
                self._collect()
        finally:
            wait(self._under_way, self._policy.grace_s)
            self._sender.close()
            pool.shutdown(wait=False, cancel_futures=True)
            wait(self._under_way, 1.0)
        self._collect()

    def deliver_due(self) -> int:
        """Try everything that is due once, one after the other; how many were tried. For those who step by hand."""
        tried = 0
        for webhook in self._callable():
            for delivery in self._take(webhook, 1_000):
                self._attempt(webhook, delivery, None)
                tried += 1
        return tried

    def _start(self, pool: ThreadPoolExecutor, stop: loop.Stop) -> None:
        for webhook in self._callable():
            standing = self._standings.setdefault(webhook.id, _Standing())
            room = self._room(standing)
            if room > 0:
                for delivery in self._take(webhook, room):
                    with self._lock:
                        standing.under_way += 1
                        standing.last_asked = self._clock.monotonic()
                    future = pool.submit(self._attempt, webhook, delivery, stop)
                    self._under_way.add(future)
                    future.add_done_callback(lambda _: self._ended.set())

    def _callable(self) -> list[Webhook]:
        """Those that may be called now, the one that was asked longest ago first: so whoever is new, or was slow once, has its turn
        after each of the others had one."""
        now_ms, now_s = self._clock.now_ms(), self._clock.monotonic()
        every = self._webhooks.all()
        with self._lock:
            known = {webhook.id for webhook in every}
            for name in [name for name, one in self._standings.items() if name not in known and not one.under_way]:
                del self._standings[name]
            resting = {name for name, one in self._standings.items() if one.not_before > now_s}
            asked = {name: one.last_asked for name, one in self._standings.items()}
        fit = [one for one in every if one.enabled and one.held_until_ms <= now_ms and one.id not in resting]
        return sorted(fit, key=lambda one: asked.get(one.id, 0.0))

    def _room(self, standing: _Standing) -> int:
        """How many more may be under way to a receiver."""
        policy = self._policy
        with self._lock:
            all_under_way = sum(one.under_way for one in self._standings.values())
            of_the_slow = sum(one.under_way for one in self._standings.values() if not one.proven)
            if standing.proven:
                return min(policy.at_once - standing.under_way, policy.threads - all_under_way)
            return min(1 - standing.under_way, policy.threads // 2 - of_the_slow, policy.threads - all_under_way)

    def _take(self, webhook: Webhook, limit: int) -> Sequence[Delivery]:
        return self._deliveries.take(webhook.id, now_ms=self._clock.now_ms(), lease_ms=self._policy.lease_ms, limit=limit)

    def _collect(self) -> None:
        ended = {future for future in self._under_way if future.done()}
        self._under_way -= ended
        for future in ended:
            future.result()

    def _attempt(self, webhook: Webhook, delivery: Delivery, stop: loop.Stop | None) -> None:
        began_s, began_ms = self._clock.monotonic(), self._clock.now_ms()
        outcome: Answered | Unanswered = Unanswered("not sent", aborted=True)
        try:
            headers = signed_headers(webhook.signing(began_ms), delivery.id, began_ms // 1000, delivery.body)
            outcome = self._sender.send(webhook.url, {"Content-Type": "application/json", **headers}, delivery.body)
        finally:
            took_s = self._clock.monotonic() - began_s
            self._remember(webhook.id, outcome, took_s, under_way=stop is not None)
        metrics.WEBHOOK_ATTEMPT_SECONDS.observe(took_s)
        if stop is None:
            self._settle(webhook, delivery, outcome)
        else:
            # The receiver's answer is not to be lost by an outage of the store; if it is after all, it is asked again.
            loop.patiently(lambda: self._settle(webhook, delivery, outcome), self.name, stop)

    def _remember(self, webhook_id: str, outcome: Answered | Unanswered, took_s: float, *, under_way: bool) -> None:
        with self._lock:
            standing = self._standings.setdefault(webhook_id, _Standing())
            standing.under_way -= under_way
            standing.proven = _took(outcome) and took_s < self._policy.slow_s
            standing.failures = 0 if _took(outcome) else standing.failures + 1
            if standing.failures and under_way:
                pause_s = min(2.0 ** min(standing.failures - 1, 10), self._policy.longest_pause_s)
                standing.not_before = self._clock.monotonic() + pause_s

    def _settle(self, webhook: Webhook, delivery: Delivery, outcome: Answered | Unanswered) -> None:
        now_ms = self._clock.now_ms()
        if isinstance(outcome, Unanswered) and outcome.aborted:
            self._deliveries.release(delivery.id, delivery.takes, due_ms=now_ms)
            return
        status = outcome.status if isinstance(outcome, Answered) else None
        if _took(outcome):
            self._deliveries.delivered(delivery.id, Attempt(delivery.takes, now_ms, status))
            metrics.WEBHOOK_ATTEMPTS.labels("delivered").inc()
            return
        trouble = outcome.trouble if isinstance(outcome, Unanswered) else f"the receiver answered {outcome.status}"
        retry_after = outcome.retry_after if isinstance(outcome, Answered) else ""
        if status == 410:
            self._webhooks.change(webhook.id, lambda held: held.disabled(now_ms, GONE))
            logger(self.name).warning("webhook disabled", webhook=webhook.id, why=GONE)
        elif status in (429, 503) and (asked_ms := self._policy.asked_ms(retry_after, now_ms)):
            self._webhooks.change(webhook.id, lambda held: held.held(now_ms + asked_ms))
        due_ms = None if status == 410 else self._policy.due_ms(delivery.attempts + 1, now_ms, retry_after)
        if self._deliveries.failed(delivery.id, Attempt(delivery.takes, now_ms, status, trouble), due_ms=due_ms):
            metrics.WEBHOOK_ATTEMPTS.labels("failed").inc()
            if due_ms is None:
                metrics.WEBHOOK_DEAD.inc()
                logger(self.name).warning("delivery given up", webhook=webhook.id, delivery=delivery.id, trouble=trouble)


def _took(outcome: Answered | Unanswered) -> bool:
    return isinstance(outcome, Answered) and 200 <= outcome.status < 300
