"""Which messages a profile gives, as deliveries whose ids are made of what they tell. No clock, no I/O.

A message names an employee by the internal id and nothing else of a person: whoever wants more asks the API, where it is audited.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from urllib.parse import quote

import msgspec

from access.webhooks import Webhook, WebhookEvent
from competency.hours import Standing
from competency.regulation import Bound, Period
from schemas.webhook_messages import CertificateExpiring, JpReached, ProfileChanged, message
from store.port import Delivery, StoredProfile

KEPT_DAYS = 30
"""A delivery is kept this long at least, whatever became of it."""

_DAY_MS = 86_400_000


class _Obligation(msgspec.Struct, frozen=True):
    bound: str
    jp: Decimal
    standing: str


class _Hours(msgspec.Struct, frozen=True):
    period: str
    year: int
    jp: Decimal
    obligation: _Obligation | None = None


class _Certificate(msgspec.Struct, frozen=True, rename="camel"):
    statement_ids: tuple[str, ...]
    expires_on: date | None
    catalogue_id: str


class _Profile(msgspec.Struct, frozen=True):
    """What messages need of a profile's JSON (`competency.profile_json`); a profile of an older program may lack it."""

    hours: list[_Hours] = []
    certificates: list[_Certificate] = []


_profiles = msgspec.json.Decoder(_Profile)


@dataclass(frozen=True, slots=True)
class Moment:
    """Now, and the day it is where the hours count."""

    now_ms: int
    today: date


def profile_changed(webhooks: Sequence[Webhook], employee_id: str, revision: int, *, at_ms: int, now_ms: int) -> Iterator[Delivery]:
    """Told once per revision; `at_ms` is when it changed."""
    data = ProfileChanged(employee_id, revision, _links(employee_id))
    for webhook in _wanting(webhooks, WebhookEvent.PROFILE_CHANGED):
        parts = (employee_id, str(revision))
        yield _delivery(webhook, WebhookEvent.PROFILE_CHANGED, parts, data, at_ms=at_ms, now_ms=now_ms, keep_until_ms=0)


def jp_reached(webhooks: Sequence[Webhook], held: StoredProfile, moment: Moment) -> Iterator[Delivery]:
    """Told once per employee and year, when the floor of the running calendar year is met."""
    wanting = _wanting(webhooks, WebhookEvent.JP_REACHED)
    if not wanting:
        return
    for hours in _profiles.decode(held.text).hours:
        owed = hours.obligation
        if hours.period != Period.CALENDAR_YEAR or hours.year != moment.today.year or owed is None:
            continue
        if owed.bound != Bound.FLOOR or owed.standing != Standing.MET:
            continue
        data = JpReached(held.employee_id, held.revision, hours.year, hours.jp, owed.jp, _links(held.employee_id))
        for webhook in wanting:
            yield _delivery(
                webhook,
                WebhookEvent.JP_REACHED,
                (held.employee_id, str(hours.year)),
                data,
                at_ms=moment.now_ms,
                now_ms=moment.now_ms,
                keep_until_ms=_after(date(hours.year, 12, 31)),
            )


def certificates_expiring(
    webhooks: Sequence[Webhook], held: StoredProfile, moment: Moment, notices: Sequence[int]
) -> Iterator[Delivery]:
    """Told once per certificate, expiry and notice (days before). Of several notices that are due, the latest is told alone; what
    was renewed, by another certificate of the same entry of the catalogue, is not told of."""
    wanting = _wanting(webhooks, WebhookEvent.CERTIFICATE_EXPIRING)
    if not wanting:
        return
    certificates = _profiles.decode(held.text).certificates
    for certificate in certificates:
        expires_on = certificate.expires_on
        if expires_on is None or expires_on <= moment.today or not certificate.statement_ids:
            continue
        due = [days for days in notices if (expires_on - moment.today).days <= days]
        if not due or any(_renews(other, certificate.catalogue_id, expires_on) for other in certificates):
            continue
        statement_id = certificate.statement_ids[0]
        receipt = f"/api/v1/receipts/{quote(statement_id, safe='')}"
        links = {**_links(held.employee_id), "receipt": receipt}
        data = CertificateExpiring(held.employee_id, held.revision, statement_id, expires_on, min(due), links)
        for webhook in wanting:
            yield _delivery(
                webhook,
                WebhookEvent.CERTIFICATE_EXPIRING,
                (held.employee_id, statement_id, expires_on.isoformat(), str(min(due))),
                data,
                at_ms=moment.now_ms,
                now_ms=moment.now_ms,
                keep_until_ms=_after(expires_on),
            )


def _renews(other: _Certificate, catalogue_id: str, expires_on: date) -> bool:
    return other.catalogue_id == catalogue_id and (other.expires_on is None or other.expires_on > expires_on)


def _wanting(webhooks: Sequence[Webhook], event: WebhookEvent) -> list[Webhook]:
    return [webhook for webhook in webhooks if webhook.enabled and event in webhook.events]


def _links(employee_id: str) -> Mapping[str, str]:
    return {"profile": f"/api/v1/employees/{quote(employee_id, safe='')}/profile"}


def _after(day: date) -> int:
    """As long as it could be told again, and a while more."""
    over = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1 + KEPT_DAYS)
    return int(over.timestamp() * 1000)


def _delivery(
    webhook: Webhook,
    event: WebhookEvent,
    parts: Sequence[str],
    data: ProfileChanged | JpReached | CertificateExpiring,
    *,
    at_ms: int,
    now_ms: int,
    keep_until_ms: int,
) -> Delivery:
    return Delivery(
        id=_message_id(webhook.id, event, *parts),
        webhook_id=webhook.id,
        event=event,
        body=message(data, at_ms),
        created_at_ms=now_ms,
        due_ms=now_ms,
        keep_until_ms=max(keep_until_ms, now_ms + KEPT_DAYS * _DAY_MS),
    )


def _message_id(*parts: str) -> str:
    """The same for the same message to the same webhook; no full stop in it."""
    return "msg_" + hashlib.sha256(b"\0".join(part.encode() for part in parts)).hexdigest()[:32]
