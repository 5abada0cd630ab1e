"""From an Authorization header to a credential, without asking the store each time."""

from __future__ import annotations

import base64
import hashlib
import hmac
import threading
from dataclasses import dataclass
from typing import Protocol

from access.credentials import Credential
from telemetry.clock import Clock


class AccessError(Exception):
    """Base of what authentication raises.

    AccessError
    ├── Unauthenticated    no, malformed or wrong credentials (401)
    └── Undecidable        the store of credentials can't be asked and nothing is remembered of this key (503)
    """


class Unauthenticated(AccessError):
    pass


class Undecidable(AccessError):
    pass


class CredentialSource(Protocol):
    """Where credentials are kept; `store.port.Credentials` is one."""

    def get(self, key: str) -> Credential | None: ...


@dataclass(frozen=True, slots=True)
class _Remembered:
    credential: Credential | None
    asked_at: float


class Authenticator:
    """Answers from memory for `ttl_s` seconds, so a revoked credential works at most that long; while the source can't be asked
    (it raises one of `unavailable`) the last answer stands. `always` are credentials that need no source. Thread-safe."""

    def __init__(
        self,
        source: CredentialSource,
        clock: Clock,
        *,
        always: tuple[Credential, ...] = (),
        unavailable: tuple[type[Exception], ...] = (),
        ttl_s: float = 10.0,
        capacity: int = 10_000,
    ) -> None:
        self._source = source
        self._clock = clock
        self._always = {credential.key: credential for credential in always}
        self._unavailable = unavailable
        self._ttl_s = ttl_s
        self._capacity = capacity
        self._remembered: dict[str, _Remembered] = {}
        self._lock = threading.Lock()

    def authenticate(self, authorization: str | None) -> Credential:
        """The credential of a Basic `Authorization` header. Raises Unauthenticated or Undecidable."""
        key, secret = _basic(authorization)
        credential = self._lookup(key)
        if credential is None:
            hmac.compare_digest(hashlib.sha256(secret.encode()).hexdigest(), "0" * 64)
            raise Unauthenticated("unknown key or wrong secret")
        if not credential.has_secret(secret):
            raise Unauthenticated("unknown key or wrong secret")
        return credential

    def _lookup(self, key: str) -> Credential | None:
        if key in self._always:
            return self._always[key]
        now = self._clock.monotonic()
        held = self._remembered.get(key)
        if held is not None and now - held.asked_at < self._ttl_s:
            return held.credential
        try:
            credential = self._source.get(key)
        except self._unavailable as error:
            if held is None:
                raise Undecidable("credentials can't be checked right now") from error
            return held.credential
        with self._lock:
            if len(self._remembered) >= self._capacity:
                self._remembered.clear()
            self._remembered[key] = _Remembered(credential, now)
        return credential


def _basic(authorization: str | None) -> tuple[str, str]:
    """Key and secret of a Basic header (RFC 7617)."""
    if not authorization:
        raise Unauthenticated("send your key and secret as HTTP Basic authentication")
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        raise Unauthenticated(f"the scheme {scheme[:20]!r} is not supported: use Basic")
    try:
        decoded = base64.b64decode(encoded.strip(), validate=True).decode()
    except ValueError as error:  # not base64, not even ASCII, or not UTF-8 inside
        raise Unauthenticated("the Basic credentials are not valid base64 of UTF-8 'key:secret'") from error
    key, colon, secret = decoded.partition(":")
    if not colon:
        raise Unauthenticated("the Basic credentials have no ':' between key and secret")
    return key, secret
