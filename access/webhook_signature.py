"""Signing messages as Standard Webhooks 1.0.0 says (https://github.com/standard-webhooks/standard-webhooks). Pure.

What is signed is `{id}.{timestamp}.{body}`, with HMAC-SHA256 under the bytes that a secret's base64 stands for. During a change of
secrets a message carries a signature for each; a receiver takes it when one of them is right.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence

PREFIX = "whsec_"
_NEW_SECRET_BYTES = 32


def new_signing_secret() -> str:
    """256 random bits, as they are shown: `whsec_` and base64."""
    return PREFIX + base64.b64encode(secrets.token_bytes(_NEW_SECRET_BYTES)).decode()


def key_of(secret: str) -> bytes:
    """The bytes of a shown secret. Raises ValueError; the message does not repeat it."""
    try:
        return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError(f"a signing secret must be {PREFIX} and base64") from None


def signature(secret: str, message_id: str, timestamp_s: int, body: bytes) -> str:
    """`v1,` and base64."""
    content = f"{message_id}.{timestamp_s}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key_of(secret), content, hashlib.sha256)).decode()


def signed_headers(signing: Sequence[str], message_id: str, timestamp_s: int, body: bytes) -> Mapping[str, str]:
    """The headers of one attempt: `timestamp_s` is that of the attempt, in seconds. A message's id holds no full stop, so that
    nothing can be moved from one part of what is signed to another."""
    if "." in message_id:
        raise ValueError("the id of a message must hold no full stop")
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp_s),
        "webhook-signature": " ".join(signature(secret, message_id, timestamp_s, body) for secret in signing),
    }
