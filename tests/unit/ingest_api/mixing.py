"""Bodies in multipart/mixed, as a sender writes them: by concatenation, without any of the code under test."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

BOUNDARY = "abcABC0123'()+_,-./:=?"
"""The one of the specification's example: it shows which characters are allowed."""

Part = tuple[Mapping[str, str], bytes]


def sha2_of(content: bytes, algorithm: str = "sha256") -> str:
    return hashlib.new(algorithm, content).hexdigest()


def attachment(content: bytes, algorithm: str = "sha256", **members: Any) -> dict[str, Any]:
    """How a statement names this content; a member of None is left out."""
    plain = {
        "usageType": "http://example.com/attachment-usage/certificate",
        "display": {"id-ID": "Sertifikat"},
        "contentType": "application/pdf",
        "length": len(content),
        "sha2": sha2_of(content, algorithm),
    }
    return {name: value for name, value in (plain | members).items() if value is not None}


def statements_part(value: Any, **headers: str | None) -> Part:
    return _headed({"Content-Type": "application/json"}, headers), json.dumps(value).encode()


def content_part(content: bytes, sha2: str | None = None, **headers: str | None) -> Part:
    """The part with an attachment's content; `headers` (with _ for -) replace or, with None, take away."""
    plain = {
        "Content-Type": "application/pdf",
        "Content-Transfer-Encoding": "binary",
        "X-Experience-API-Hash": sha2 or sha2_of(content),
    }
    return _headed(plain, headers), content


def _headed(plain: Mapping[str, str], changed: Mapping[str, str | None]) -> dict[str, str]:
    merged = {**plain, **{name.replace("_", "-"): value for name, value in changed.items()}}
    return {name: value for name, value in merged.items() if value is not None}


def body_of(parts: Iterable[Part], boundary: str = BOUNDARY) -> bytes:
    written = b""
    for headers, content in parts:
        lines = [f"--{boundary}", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
        written += "\r\n".join(lines).encode() + content + b"\r\n"
    return written + f"--{boundary}--\r\n".encode()


def content_type(boundary: str = BOUNDARY) -> str:
    return f'multipart/mixed; boundary="{boundary}"'


def request_of(*parts: Part, boundary: str = BOUNDARY) -> dict[str, Any]:
    """The arguments of `Caller.send` for a body of these parts."""
    return {"data": body_of(parts, boundary), "headers": {"Content-Type": content_type(boundary)}}


def parts_of(answer: Any) -> list[tuple[dict[str, str], bytes]]:
    """Headers (in lower case) and content of the parts of an answer."""
    media_type, _, boundary = answer.headers["Content-Type"].partition("; boundary=")
    assert media_type == "multipart/mixed"
    opening, *parts, closing = (b"\r\n" + answer.data).split(f"\r\n--{boundary}".encode())
    assert (opening, closing) == (b"", b"--\r\n")
    found = []
    for part in parts:
        head, _, content = part.partition(b"\r\n\r\n")
        lines = [line.partition(": ") for line in head.decode().split("\r\n")[1:]]
        found.append(({name.lower(): value for name, _, value in lines}, content))
    return found
