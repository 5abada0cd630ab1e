"""The messages that webhooks are sent: `type`, `timestamp` (when it happened) and `data`, as Standard Webhooks recommends.

They name an employee by the internal id and nothing else of a person.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import msgspec

from access.webhooks import PING, WebhookEvent
from xapi.values import format_timestamp


class ProfileChanged(msgspec.Struct, frozen=True, rename="camel"):
    employee_id: str
    revision: int
    links: Mapping[str, str]


class JpReached(msgspec.Struct, frozen=True, rename="camel"):
    """The hours of the calendar year `year` have reached its floor."""

    employee_id: str
    revision: int
    year: int
    jp: Decimal
    floor_jp: Decimal
    links: Mapping[str, str]


class CertificateExpiring(msgspec.Struct, frozen=True, rename="camel"):
    """`notice_days`: at most so many days are left until `expires_on`, from which on it is not valid; `statement_id` is what it was
    earned by."""

    employee_id: str
    revision: int
    statement_id: str
    expires_on: date
    notice_days: int
    links: Mapping[str, str]


class Ping(msgspec.Struct, frozen=True, rename="camel"):
    webhook_id: str


EVENT_OF: Mapping[type[ProfileChanged | JpReached | CertificateExpiring | Ping], str] = {
    ProfileChanged: WebhookEvent.PROFILE_CHANGED,
    JpReached: WebhookEvent.JP_REACHED,
    CertificateExpiring: WebhookEvent.CERTIFICATE_EXPIRING,
    Ping: PING,
}

_encoder = msgspec.json.Encoder(decimal_format="number")


def message(data: ProfileChanged | JpReached | CertificateExpiring | Ping, at_ms: int) -> bytes:
    """The body; what is signed is exactly these bytes."""
    return _encoder.encode({"type": EVENT_OF[type(data)], "timestamp": format_timestamp(at_ms), "data": data})
