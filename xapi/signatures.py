"""Signed statements: opening a JSON Web Signature (JWS). Pure.

Opening checks what can be known without trusting anybody: that the signature is well formed, uses an algorithm of the
specification, and, where its header carries certificates, that it was made with the first one's key and that each was issued by
the next. Whether the certificates deserve trust, or are still valid, is for whoever relies on the signature to decide.

Source: xAPI 1.0.3, Data 2.6 (Signed Statements); RFC 7515 (JWS), 7518 (algorithms).
"""

from __future__ import annotations

import base64
import binascii
import re
from contextlib import suppress
from itertools import pairwise

import jiter
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512, HashAlgorithm
from cryptography.x509 import Certificate, load_der_x509_certificate

USAGE = "http://adlnet.gov/expapi/attachments/signature"
"""The usageType of an attachment that is a signature."""

CONTENT_TYPE = "application/octet-stream"
"""The contentType it must have."""

ALGORITHMS: dict[str, HashAlgorithm] = {"RS256": SHA256(), "RS384": SHA384(), "RS512": SHA512()}

_MAX_CERTIFICATES = 10
_BASE64URL = re.compile(rb"[A-Za-z0-9_-]*")
_SHOWN = 40


class BadSignature(ValueError):
    """Not a signature as the specification wants it; the message says what is wrong and what would be right."""


def open_signature(jws: bytes) -> bytes:
    """The payload of a JWS in compact serialization: the statement as its signer saw it, still text. Raises BadSignature."""
    if jws.lstrip()[:1] == b"{":
        raise BadSignature("is a JWS in JSON serialization; send the compact one, three base64url parts joined by dots")
    parts = jws.split(b".")
    if len(parts) != 3:
        raise BadSignature("is not a JWS in compact serialization: three base64url parts joined by dots")
    header_part, payload_part, signature_part = parts
    header = _header(_decoded(header_part, "header"))
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
        shown = f'"{algorithm[:_SHOWN]}"' if isinstance(algorithm, str) else "missing"
        raise BadSignature(f'has an "alg" that is {shown}; it must be one of {", ".join(ALGORITHMS)}')
    if "crit" in header:
        # RFC 7515, 4.1.11: whoever does not understand an extension that is marked critical must refuse.
        raise BadSignature('has a "crit" in its header, and no critical extension is understood here; sign without it')
    payload = _decoded(payload_part, "payload")
    signature = _decoded(signature_part, "signature")
    if not signature:
        raise BadSignature("has an empty signature part")
    if "x5c" in header:
        certificates = _certificates(header["x5c"])
        _verify(certificates[0], signature, header_part + b"." + payload_part, ALGORITHMS[algorithm])
        _check_chain(certificates)
    return payload


def _decoded(part: bytes, name: str) -> bytes:
    """RFC 7515, 2: base64url without padding, and without anything else."""
    if not _BASE64URL.fullmatch(part) or len(part) % 4 == 1:
        raise BadSignature(f"has a {name} part that is not base64url without padding")
    return base64.urlsafe_b64decode(part + b"=" * (-len(part) % 4))


def _header(text: bytes) -> dict[str, object]:
    try:
        header = jiter.from_json(text, allow_inf_nan=False, catch_duplicate_keys=True)
    except ValueError:
        raise BadSignature("has a header that is not JSON in UTF-8, or names a property twice") from None
    if not isinstance(header, dict):
        raise BadSignature("has a header that is not a JSON object")
    return header


def _certificates(x5c: object) -> list[Certificate]:
    """RFC 7515, 4.1.6: the signer's certificate and those that vouch for it, each DER in base64."""
    if not isinstance(x5c, list) or not x5c:
        raise BadSignature('has an "x5c" that is not an array of certificates')
    if len(x5c) > _MAX_CERTIFICATES:
        raise BadSignature(f'has an "x5c" of {len(x5c)} certificates; at most {_MAX_CERTIFICATES} are taken')
    found = []
    for number, text in enumerate(x5c):
        try:
            if not isinstance(text, str):
                raise ValueError
            found.append(load_der_x509_certificate(base64.b64decode(text, validate=True)))
        except (ValueError, binascii.Error, UnsupportedAlgorithm):
            raise BadSignature(f'has an "x5c" whose item {number} is not an X.509 certificate (DER in base64)') from None
    return found


def _verify(certificate: Certificate, signature: bytes, signed: bytes, algorithm: HashAlgorithm) -> None:
    key: object = None
    with suppress(ValueError, UnsupportedAlgorithm):
        key = certificate.public_key()
    if not isinstance(key, RSAPublicKey):
        raise BadSignature('has an "x5c" whose first certificate has no RSA key')
    try:
        key.verify(signature, signed, PKCS1v15(), algorithm)
    except (InvalidSignature, ValueError, UnsupportedAlgorithm):
        raise BadSignature('was not made with the key of the first certificate of its "x5c"') from None


def _check_chain(certificates: list[Certificate]) -> None:
    for number, (certificate, issuer) in enumerate(pairwise(certificates)):
        try:
            certificate.verify_directly_issued_by(issuer)
        except (InvalidSignature, ValueError, TypeError, UnsupportedAlgorithm):
            raise BadSignature(f'has an "x5c" whose certificate {number} was not issued by certificate {number + 1}') from None
