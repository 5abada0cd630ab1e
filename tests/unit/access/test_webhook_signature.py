"""Our signatures are those of Standard Webhooks: worked out by hand and by others."""

from __future__ import annotations

import base64
import hashlib

import pytest

from access.webhook_signature import key_of, new_signing_secret, signature, signed_headers

# The example that the libraries of Standard Webhooks test themselves with.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ID, TIMESTAMP, BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def hmac_sha256_by_hand(key: bytes, content: bytes) -> bytes:
    """RFC 2104, without the library that the code uses."""
    padded = key.ljust(64, b"\0")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in padded) + content).digest()
    return hashlib.sha256(bytes(byte ^ 0x5C for byte in padded) + inner).digest()


def test_the_published_example() -> None:
    assert signature(SECRET, ID, TIMESTAMP, BODY) == SIGNATURE


def test_the_scheme_worked_out_by_hand() -> None:
    secret, body = new_signing_secret(), '{"type":"ping","data":"é"}'.encode()
    key = base64.b64decode(secret.removeprefix("whsec_"))
    expected = base64.b64encode(hmac_sha256_by_hand(key, b"msg_1.1700000000." + body)).decode()
    assert signature(secret, "msg_1", 1_700_000_000, body) == f"v1,{expected}"


def test_headers_have_a_signature_for_each_secret() -> None:
    other = new_signing_secret()
    assert signed_headers([SECRET, other], ID, TIMESTAMP, BODY) == {
        "webhook-id": ID,
        "webhook-timestamp": str(TIMESTAMP),
        "webhook-signature": f"{SIGNATURE} {signature(other, ID, TIMESTAMP, BODY)}",
    }


def test_a_new_secret_has_as_many_bytes_as_the_specification_wants_and_is_new() -> None:
    first, second = new_signing_secret(), new_signing_secret()
    assert first != second
    assert first.startswith("whsec_")
    assert 24 <= len(key_of(first)) <= 64


def test_an_id_with_a_full_stop_is_not_signed() -> None:
    with pytest.raises(ValueError, match="full stop"):
        signed_headers([SECRET], "msg_1.1614265330", TIMESTAMP, BODY)


def test_what_is_no_secret_is_refused_without_being_repeated() -> None:
    with pytest.raises(ValueError, match="base64") as refused:
        key_of("whsec_no base64!")
    assert "no base64!" not in str(refused.value)
