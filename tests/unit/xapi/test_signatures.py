"""Opening JSON Web Signatures (xAPI 1.0.3, Data 2.6; RFC 7515)."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.xapi.signing import PAYLOAD, b64url, certificate, hmac_signed, sign
from xapi.signatures import BadSignature, open_signature


def with_header(header: bytes) -> bytes:
    return b64url(header) + b"." + sign().split(b".", 1)[1]


@pytest.mark.parametrize("alg", ["RS256", "RS384", "RS512"])
def test_the_three_algorithms(alg: str) -> None:
    assert open_signature(sign(alg=alg)) == PAYLOAD
    assert open_signature(sign(alg=alg, x5c=[certificate("signer", "signer")])) == PAYLOAD


def test_a_chain_of_certificates() -> None:
    chain = [certificate("signer", "office"), certificate("office", "root"), certificate("root", "root")]
    assert open_signature(sign(x5c=chain)) == PAYLOAD
    assert open_signature(sign(x5c=chain[:1])) == PAYLOAD


def test_without_a_certificate_whose_key_it_was_cannot_be_known() -> None:
    head, payload, _ = sign().split(b".")
    assert open_signature(b".".join([head, payload, b64url(b"anything")])) == PAYLOAD


def tampered(**header: Any) -> bytes:
    head, _, signature = sign(**header).split(b".")
    return b".".join([head, b64url(PAYLOAD.replace(b"ani", b"ina")), signature])


REFUSED = {
    "nothing": (lambda: b"", "three base64url parts"),
    "noise": (lambda: b"\x00\xff", "three base64url parts"),
    "two parts": (lambda: sign().rsplit(b".", 1)[0], "three base64url parts"),
    "four parts": (lambda: sign() + b".x", "three base64url parts"),
    "JSON serialization": (lambda: b' {"payload": "", "signatures": []}', "JSON serialization"),
    "a final line end": (lambda: sign() + b"\n", "signature part that is not base64url"),
    "padding": (lambda: with_header(b'{"alg":"RS256" }').replace(b".", b"==.", 1), "header part that is not base64url"),
    "base64 of the other alphabet": (lambda: b"a+b/." + sign().split(b".", 1)[1], "header part that is not base64url"),
    "an impossible length": (lambda: b"abcde." + sign().split(b".", 1)[1], "header part that is not base64url"),
    "no signature (RFC 7515, unsecured)": (lambda: sign().rsplit(b".", 1)[0] + b".", "empty signature"),
    "a header that is no JSON": (lambda: with_header(b"{alg}"), "not JSON"),
    "a header with a property twice": (lambda: with_header(b'{"alg":"RS256","alg":"RS256"}'), "not JSON in UTF-8, or names"),
    "a header that is no object": (lambda: with_header(b'["RS256"]'), "not a JSON object"),
    "a deep header": (lambda: with_header(b"[" * 10_000), "not JSON"),
    "no algorithm": (lambda: with_header(b"{}"), "missing"),
    "an algorithm that is no text": (lambda: with_header(b'{"alg":256}'), "RS256, RS384, RS512"),
    "HS256 (XAPI-00117)": (hmac_signed, '"HS256"'),
    "none": (lambda: with_header(b'{"alg":"none"}'), '"none"'),
    "rs256": (lambda: with_header(b'{"alg":"rs256"}'), '"rs256"'),
    "PS256": (lambda: with_header(b'{"alg":"PS256"}'), '"PS256"'),
    "a critical extension (RFC 7515, 4.1.11)": (lambda: sign(crit=["b64"], b64=False), "crit"),
    "x5c that is no array": (lambda: sign(x5c=certificate("signer", "signer")), "not an array"),
    "x5c that is empty": (lambda: sign(x5c=[]), "not an array"),
    "x5c of a number": (lambda: sign(x5c=[1]), "item 0 is not an X.509 certificate"),
    "x5c that is no base64": (lambda: sign(x5c=["*"]), "item 0 is not an X.509 certificate"),
    "x5c that is no certificate": (lambda: sign(x5c=[certificate("signer", "signer"), "AAAA"]), "item 1 is not an X.509"),
    "x5c without end": (lambda: sign(x5c=[certificate("signer", "signer")] * 11), "at most 10"),
    "another's certificate": (lambda: sign(x5c=[certificate("office", "root")]), "not made with the key of the first"),
    "another's signature": (lambda: sign(who="office", x5c=[certificate("signer", "signer")]), "not made with the key"),
    "a changed payload": (lambda: tampered(x5c=[certificate("signer", "signer")]), "not made with the key"),
    "a certificate of another kind of key": (lambda: sign(x5c=[certificate("curve", "root", ec_key=True)]), "no RSA key"),
    "a chain with a gap": (
        lambda: sign(x5c=[certificate("signer", "office"), certificate("root", "root")]),
        "certificate 0 was not issued by certificate 1",
    ),
    "a chain in the wrong order": (
        lambda: sign(x5c=[certificate("signer", "office"), certificate("office", "root"), certificate("signer", "office")]),
        "certificate 1 was not issued by certificate 2",
    ),
}


@pytest.mark.parametrize(("made", "words"), REFUSED.values(), ids=REFUSED.keys())
def test_refused(made: Any, words: str) -> None:
    with pytest.raises(BadSignature, match=words):
        open_signature(made())


def opens(jws: bytes) -> bool:
    try:
        open_signature(jws)
    except BadSignature:
        return False
    return True


@given(st.binary(max_size=80), st.binary(max_size=60))
def test_noise_is_refused_and_nothing_else_happens(noise: bytes, header: bytes) -> None:
    assert not opens(noise)
    assert not opens(b64url(header) + b".e30.AAAA")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just(certificate("signer", "signer")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["alg", "x5c", "crit", "x"]), inner),
    max_leaves=8,
)


@given(json_values)
def test_odd_certificates_are_refused(x5c: Any) -> None:
    head = b64url(json.dumps({"alg": "RS256", "x5c": x5c}).encode())
    assert not opens(head + b"." + b64url(PAYLOAD) + b"." + b64url(b"x" * 256))


@given(st.integers(0, 5_000), st.integers(1, 255))
def test_certificates_with_a_flipped_byte_never_crash(place: int, flip: int) -> None:
    der = bytearray(base64.b64decode(certificate("signer", "signer")))
    der[place % len(der)] ^= flip
    text = base64.b64encode(bytes(der)).decode()
    assert opens(sign(x5c=[text])) in (True, False)
    assert opens(sign(x5c=[text, text])) in (True, False)
