"""How an identifier is shown: enough to decide whose it is, with NIPs masked."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from competency.likeness import nip_in
from competency.nip import mask, masked_within
from schemas.hr.identity import ActorKind


@dataclass(frozen=True, slots=True)
class ShownIdentifier:
    """An agent key, apart."""

    kind: ActorKind
    home_page: str | None
    identifier: str


def parts_of(agent_key: str) -> ShownIdentifier:
    """As it is: for looking things up, not for showing."""
    kind, _, rest = agent_key.partition("|")
    if kind == ActorKind.ACCOUNT:
        home_page, _, name = rest.partition("|")
        return ShownIdentifier(ActorKind.ACCOUNT, home_page, name)
    return ShownIdentifier(ActorKind(kind), None, rest.removeprefix("mailto:"))


def shown(agent_key: str) -> ShownIdentifier:
    """With every NIP masked, be it the identifier or a part of it."""
    parts = parts_of(agent_key)
    digits = nip_in(parts.identifier)
    home_page = None if parts.home_page is None else masked_within(parts.home_page)
    return ShownIdentifier(parts.kind, home_page, masked_within(parts.identifier) if digits is None else mask(digits))


def identifier_id(secret: bytes, employee_id: str, agent_key: str) -> str:
    """Names an identifier of an employee in URLs and tells nothing of it."""
    return hmac.digest(secret, f"{employee_id}\n{agent_key}".encode(), hashlib.sha256).hex()[:32]
