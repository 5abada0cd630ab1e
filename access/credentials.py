"""Who calls, and what they may do. Pure.

Secrets are generated with 256 bits of randomness and kept as their SHA-256; a slow password hash adds nothing to a secret that
can't be guessed, and would cost 50 ms on every first request.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a credential may do."""

    WRITE = "statements:write"
    READ_MINE = "statements:read:mine"
    READ_ALL = "statements:read"
    VOID_ANY = "statements:void:any"
    HR = "hr"
    HR_NIP = "hr:nip"
    """Sees NIPs in clear where `hr` sees them masked."""
    CATALOGUE = "catalogue"
    """Says which trainings count and for what: the catalogue, the frameworks and the rules."""
    ADMIN = "admin"
    """Everything."""


PARTNER_ROLES = frozenset({Role.WRITE, Role.READ_MINE})

_PARTNER = re.compile("[a-z0-9][a-z0-9.-]{0,62}")
_NUMBER_OF_A_PERSON = re.compile("[0-9]{18}")
_WHERE_IT_STANDS = "it stands in logs, in metrics and in the authority of statements"


def check_partner(name: str) -> None:
    """Raises ValueError unless `name` may name a partner. It stands in logs, in metrics and in the authority of every statement, so
    it can be no e-mail address and hold no NIP. The message says what would be right and does not repeat the name."""
    if _PARTNER.fullmatch(name) is None:
        raise ValueError(
            "the name of a partner must be 1 to 63 of a-z, 0-9, dot and hyphen and begin with a letter or a digit, like "
            f"universitas-a: {_WHERE_IT_STANDS}"
        )
    if _NUMBER_OF_A_PERSON.search(re.sub("[.-]", "", name)) is not None:
        raise ValueError(
            "the name of a partner must hold no 18 digits in a row, which may be somebody's NIP; name the organisation, like "
            f"universitas-a: {_WHERE_IT_STANDS}"
        )


@dataclass(frozen=True, slots=True)
class Credential:
    """A key with the hash of its secret. `partner` owns the statements it sends and survives a change of keys."""

    key: str
    secret_sha256: str
    partner: str
    roles: frozenset[Role]
    created_at_ms: int
    label: str = ""
    revoked_at_ms: int | None = None
    tolerances: frozenset[str] = frozenset()
    """Names of `schemas.tolerances` that apply to what it sends; none is strict."""

    def may(self, role: Role) -> bool:
        if Role.ADMIN in self.roles:
            return True
        if role is Role.READ_MINE:
            return Role.READ_MINE in self.roles or Role.READ_ALL in self.roles
        return role in self.roles

    def has_secret(self, secret: str) -> bool:
        """Whether `secret` is this credential's, in constant time, and it is not revoked."""
        return hmac.compare_digest(hash_secret(secret), self.secret_sha256) and self.revoked_at_ms is None


def hash_secret(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def new_secret() -> str:
    return secrets.token_urlsafe(32)


def new_key(partner: str) -> str:
    """A key that tells an operator whose it is."""
    return f"{partner}-{secrets.token_hex(4)}"
