"""Webhooks: who is told of which events, and with which secrets the messages are signed. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

HOUR_MS = 3_600_000


class WebhookEvent(StrEnum):
    """What a webhook can be told of; the names are the `type` of a message."""

    PROFILE_CHANGED = "profile.changed"
    JP_REACHED = "jp.reached"
    CERTIFICATE_EXPIRING = "certificate.expiring"


PING = "ping"
"""The `type` of a message that only tries whether a webhook is reached."""

GONE = "the receiver answered 410 Gone"
"""Why a webhook was disabled by nobody here."""


@dataclass(frozen=True, slots=True)
class SigningSecret:
    """A secret as it is shown (`whsec_…`), and until when it signs; None: until it is replaced."""

    text: str
    until_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Webhook:
    """One receiver. `secrets`: the newest first; a replaced one goes on signing for a while. `created_by` is a credential's key.

    It is told of `events` while it is not disabled. `held_until_ms`: the receiver asked not to be called before that.
    """

    id: str
    url: str
    events: frozenset[WebhookEvent]
    secrets: tuple[SigningSecret, ...]
    created_at_ms: int
    created_by: str
    description: str = ""
    disabled_at_ms: int | None = None
    disabled_why: str = ""
    held_until_ms: int = 0

    @property
    def enabled(self) -> bool:
        return self.disabled_at_ms is None

    def signing(self, now_ms: int) -> Sequence[str]:
        """The secrets to sign with now."""
        return [secret.text for secret in self.secrets if secret.until_ms is None or secret.until_ms > now_ms]

    def disabled(self, at_ms: int, why: str) -> Webhook:
        """This webhook, disabled; as it is when it is so already."""
        return self if not self.enabled else replace(self, disabled_at_ms=at_ms, disabled_why=why)

    def enabled_again(self) -> Webhook:
        return replace(self, disabled_at_ms=None, disabled_why="", held_until_ms=0)

    def held(self, until_ms: int) -> Webhook:
        return replace(self, held_until_ms=max(self.held_until_ms, until_ms))

    def with_secret(self, text: str, *, now_ms: int, overlap_ms: int) -> Webhook:
        """This webhook with a new secret; the one before it signs for `overlap_ms` more, one that is older no longer."""
        before = SigningSecret(self.secrets[0].text, now_ms + overlap_ms)
        return replace(self, secrets=(SigningSecret(text), before) if overlap_ms > 0 else (SigningSecret(text),))
