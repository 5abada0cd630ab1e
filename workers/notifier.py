"""The notifier: from `profiles.updated` to messages that wait for their receivers; and the daily look at certificates.

Only who is to be told of what is decided here; `workers.deliveries` sends. Deliveries are added if absent, so whatever is handled
again after a death or an outage adds nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date

import msgspec

from access.webhooks import Webhook, WebhookEvent
from eventlog.port import Record
from schemas.events import ProfileUpdated, decode_updated
from store.port import DeadLetter, DeadLetters, Deliveries, Delivery, ProfileQueries, ProfileStore, Webhooks
from telemetry import metrics
from telemetry.clock import Clock
from workers import loop
from workers.letters import UNDECODABLE, letter
from workers.notices import Moment, certificates_expiring, jp_reached, profile_changed

PACE_S = 0.25
"""Messages are put down so often; they go out by themselves soon after."""
PASS_EVERY_S = 30.0
PASS_LEASE_MS = 300_000
PAGE = 200
_OF_PROFILES = frozenset({WebhookEvent.JP_REACHED, WebhookEvent.CERTIFICATE_EXPIRING})


class Notifier:
    """Handles told profiles. Idempotent. Nothing is written, nor a profile read, while nobody wants to know.

    `today` gives the day where the hours count; `notices` are the days before its expiry on which a certificate is told of.
    """

    name = "notifier"

    def __init__(
        self,
        webhooks: Webhooks,
        deliveries: Deliveries,
        profiles: ProfileStore,
        dead_letters: DeadLetters,
        clock: Clock,
        today: Callable[[], date],
        notices: Sequence[int],
    ) -> None:
        self._webhooks = webhooks
        self._deliveries = deliveries
        self._profiles = profiles
        self._dead_letters = dead_letters
        self._clock = clock
        self._today = today
        self._notices = tuple(notices)

    def handle(self, records: Sequence[Record]) -> None:
        letters: list[DeadLetter] = []
        updates = list(self._decoded(records, letters))
        if letters:
            self._dead_letters.bury(letters)
            metrics.DEAD_LETTERS.labels(UNDECODABLE).inc(len(letters))
        webhooks = [webhook for webhook in self._webhooks.all() if webhook.enabled]
        if webhooks and updates:
            add(self._deliveries, list(self._messages(webhooks, updates)))

    def _messages(self, webhooks: Sequence[Webhook], updates: Sequence[tuple[Record, ProfileUpdated]]) -> Iterator[Delivery]:
        moment = Moment(self._clock.now_ms(), self._today())
        for record, update in updates:
            yield from profile_changed(
                webhooks, update.employee_id, update.revision, at_ms=record.appended_at_ms, now_ms=moment.now_ms
            )
        if any(webhook.events & _OF_PROFILES for webhook in webhooks):
            held = self._profiles.get_many(dict.fromkeys(update.employee_id for _, update in updates))
            for profile in held.values():
                yield from jp_reached(webhooks, profile, moment)
                yield from certificates_expiring(webhooks, profile, moment, self._notices)

    def _decoded(self, records: Sequence[Record], letters: list[DeadLetter]) -> Iterator[tuple[Record, ProfileUpdated]]:
        for record in records:
            try:
                yield record, decode_updated(record.value)
            except msgspec.MsgspecError as error:
                letters.append(letter(record, UNDECODABLE, str(error), now_ms=self._clock.now_ms()))


class CertificatePass:
    """Once a day, and for a new webhook at once: a look at every profile for certificates that expire soon, since a profile does
    not change by a day's passing. One process does it for all; where it dies, another begins anew when its time is over."""

    name = "certificates"

    def __init__(
        self,
        webhooks: Webhooks,
        deliveries: Deliveries,
        queries: ProfileQueries,
        clock: Clock,
        today: Callable[[], date],
        notices: Sequence[int],
    ) -> None:
        self._webhooks = webhooks
        self._deliveries = deliveries
        self._queries = queries
        self._clock = clock
        self._today = today
        self._notices = tuple(notices)

    def run(self, stop: loop.Stop) -> None:
        """Work until `stop`."""
        while True:
            loop.patiently(lambda: self.look(stop), self.name, stop)
            if stop.wait(PASS_EVERY_S):
                return

    def look(self, stop: loop.Stop | None = None) -> int:
        """Do what is to be done today by whoever comes first, forget what need not be kept; how many messages are new."""
        today, now_ms = self._today(), self._clock.now_ms()
        while self._deliveries.forget(now_ms) and not (stop and stop.requested):
            pass
        mine = [
            webhook
            for webhook in self._webhooks.all()
            if webhook.enabled
            and WebhookEvent.CERTIFICATE_EXPIRING in webhook.events
            and self._webhooks.take_turn(webhook.id, today.isoformat(), now_ms=now_ms, until_ms=now_ms + PASS_LEASE_MS)
        ]
        return self._pass(mine, today, stop) if mine else 0

    def _pass(self, mine: Sequence[Webhook], today: date, stop: loop.Stop | None) -> int:
        turn, added, after = today.isoformat(), 0, None
        while page := self._queries.in_unit(None, after=after, limit=PAGE):
            if stop and stop.requested:
                return added
            moment = Moment(self._clock.now_ms(), today)
            told = [message for held in page for message in certificates_expiring(mine, held, moment, self._notices)]
            added += add(self._deliveries, told)
            after = page[-1].place
            for webhook in mine:
                self._webhooks.extend_turn(webhook.id, turn, moment.now_ms + PASS_LEASE_MS)
        for webhook in mine:
            self._webhooks.end_turn(webhook.id, turn)
        return added


def add(deliveries: Deliveries, messages: Sequence[Delivery]) -> int:
    """Add what is not there yet, and count it."""
    added = deliveries.add(messages)
    if added:
        metrics.WEBHOOK_MESSAGES.inc(added)
    return added
