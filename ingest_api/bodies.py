"""The body of a request, up to a limit and not a byte further."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

from flask import Request

from xapi.errors import InvalidRequest, TooLarge

JSON = "application/json"
_CHUNK = 256 * 1024


def media_type_of(request: Request) -> str:
    """What the Content-Type says without its parameters, in lower case; empty where there is none."""
    media_type: str = request.environ.get("CONTENT_TYPE", "")
    return media_type.partition(";")[0].strip().lower()


def json_body(request: Request, max_bytes: int) -> bytes:
    """The body of a request in application/json (xAPI 1.0.3, Communication 1.5). Raises InvalidRequest (400, 415) and TooLarge;
    what says it is too large is not read, and what does not say is read until it is."""
    _refuse_encodings(request, "JSON")
    return _read(request, max_bytes)


def chunks(request: Request, max_bytes: int) -> Iterator[bytes]:
    """The body of a request in pieces, never held whole. Raises InvalidRequest (400, 415) and TooLarge, on the way as well."""
    _refuse_encodings(request, "body")
    announced = request.content_length
    if announced is not None and announced > max_bytes:
        raise _too_large(max_bytes)
    if announced is None and not request.environ.get("wsgi.input_terminated"):
        return
    stream, missing = request.environ["wsgi.input"], max_bytes + 1 if announced is None else announced
    while missing and (chunk := stream.read(min(missing, _CHUNK))):
        missing -= len(chunk)
        if announced is None and not missing:
            raise _too_large(max_bytes)
        yield chunk
    if announced is not None and missing:
        raise _broken_off()


def form_body(request: Request, max_bytes: int) -> bytes:
    """The body of a request whatever its type says. Raises InvalidRequest and TooLarge."""
    return _read(request, max_bytes)


def document_body(request: Request, max_bytes: int) -> bytes:
    """The body of a request as it is, whatever its type says. Raises InvalidRequest (400, 415) and TooLarge."""
    _refuse_encodings(request, "document")
    try:
        return _read(request, max_bytes)
    except TooLarge:
        raise TooLarge(f"the document is larger than the {max_bytes} bytes that this server takes") from None


def _read(request: Request, max_bytes: int) -> bytes:
    """Werkzeug's own limit cuts a body of unknown length off at the limit instead of refusing it, so the stream is read here."""
    announced = request.content_length
    if announced is not None and announced > max_bytes:
        raise _too_large(max_bytes)
    if announced is None and not request.environ.get("wsgi.input_terminated"):
        return b""  # the server does not know where the body ends: reading on could take for ever
    body = _take(request.environ["wsgi.input"], max_bytes + 1 if announced is None else announced)
    if len(body) > max_bytes:
        raise _too_large(max_bytes)
    if announced is not None and len(body) < announced:
        raise _broken_off()
    return body


def _take(stream: IO[bytes], wanted: int) -> bytes:
    """Up to `wanted` bytes, fewer where the stream ends."""
    first = stream.read(min(wanted, _CHUNK))
    if len(first) == wanted or not first:
        return first
    parts, missing = [first], wanted - len(first)
    while missing and (part := stream.read(min(missing, _CHUNK))):
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)


def _refuse_encodings(request: Request, what: str) -> None:
    if request.environ.get("HTTP_CONTENT_ENCODING", "identity").strip().lower() != "identity":
        raise InvalidRequest(f"a Content-Encoding is not taken here; send the {what} as it is", status=415)


def _broken_off() -> InvalidRequest:
    return InvalidRequest("the body ended before its Content-Length was reached; send it again")


def _too_large(max_bytes: int) -> TooLarge:
    return TooLarge(
        f"the body is larger than the {max_bytes} bytes that this server takes; send its statements in several requests"
    )
