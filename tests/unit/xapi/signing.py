"""Signing as a partner's system does: JSON Web Signatures in compact serialization, and certificates for them."""

from __future__ import annotations

import base64
import hmac
import json
from datetime import UTC, datetime
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512
from cryptography.hazmat.primitives.serialization import Encoding

PAYLOAD = b'{"actor": {"mbox": "mailto:ani@example.com"}}'
HASHES = {"RS256": SHA256(), "RS384": SHA384(), "RS512": SHA512()}


@cache
def key_of(who: str) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@cache
def certificate(who: str, issuer: str, *, ec_key: bool = False) -> str:
    """As an item of x5c."""
    names = [x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]) for name in (who, issuer)]
    public = ec.generate_private_key(ec.SECP256R1()).public_key() if ec_key else key_of(who).public_key()
    made = (
        x509.CertificateBuilder()
        .subject_name(names[0])
        .issuer_name(names[1])
        .public_key(public)
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2021, 1, 1, tzinfo=UTC))
        .sign(key_of(issuer), SHA256())
    )
    return base64.b64encode(made.public_bytes(Encoding.DER)).decode()


def b64url(raw: bytes) -> bytes:
    return base64.urlsafe_b64encode(raw).rstrip(b"=")


def sign(payload: bytes = PAYLOAD, *, who: str = "signer", alg: str = "RS256", **header: Any) -> bytes:
    signed = b64url(json.dumps({"alg": alg, **header}).encode()) + b"." + b64url(payload)
    return signed + b"." + b64url(key_of(who).sign(signed, PKCS1v15(), HASHES[alg]))


def hmac_signed() -> bytes:
    signed = b64url(b'{"alg":"HS256"}') + b"." + b64url(PAYLOAD)
    return signed + b"." + b64url(hmac.digest(b"secret", signed, "sha256"))
