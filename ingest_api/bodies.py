"""The body of a request, up to a limit and not a byte further."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import IO

from werkzeug.sansio.utils import get_content_length

from ingest_api.answers import JSON
from ingest_api.exchange import Environment
from xapi.errors import InvalidRequest, TooLarge

__all__ = ["JSON", "announced_bytes", "chunks", "document_body", "form_body", "json_body", "media_type_of"]
_CHUNK = 256 * 1024


def media_type_of(environ: Environment) -> str:
    """What the Content-Type says without its parameters, in lower case; empty where there is none."""
    media_type: str = environ.get("CONTENT_TYPE", "")
    return media_type.partition(";")[0].strip().lower()


def json_body(environ: Environment, max_bytes: int) -> bytes:
    """The body of a request in application/json (xAPI 1.0.3, Communication 1.5). Raises InvalidRequest (400, 415) and TooLarge;
    what says it is too large is not read, and what does not say is read until it is."""
    _refuse_encodings(environ, "JSON")
    return _read(environ, max_bytes)


def chunks(environ: Environment, max_bytes: int) -> Iterator[bytes]:
    """The body of a request in pieces, never held whole. Raises InvalidRequest (400, 415) and TooLarge, on the way as well."""
    _refuse_encodings(environ, "body")
    announced = announced_bytes(environ)
    if announced is not None and announced > max_bytes:
        raise _too_large(max_bytes)
    if announced is None and not environ.get("wsgi.input_terminated"):
        return
    stream, missing = environ["wsgi.input"], max_bytes + 1 if announced is None else announced
    while missing and (chunk := stream.read(min(missing, _CHUNK))):
        missing -= len(chunk)
        if announced is None and not missing:
            raise _too_large(max_bytes)
        yield chunk
    if announced is not None and missing:
        raise _broken_off()


def form_body(environ: Environment, max_bytes: int) -> bytes:
    """The body of a request whatever its type says. Raises InvalidRequest and TooLarge."""
    return _read(environ, max_bytes)


def document_body(environ: Environment, max_bytes: int) -> bytes:
    """The body of a request as it is, whatever its type says. Raises InvalidRequest (400, 415) and TooLarge."""
    _refuse_encodings(environ, "document")
    try:
        return _read(environ, max_bytes)
    except TooLarge:
        raise TooLarge(f"the document is larger than the {max_bytes} bytes that this server takes") from None


def _read(environ: Environment, max_bytes: int) -> bytes:
    """Werkzeug's own limit cuts a body of unknown length off at the limit instead of refusing it, so the stream is read here."""
    announced = announced_bytes(environ)
    if announced is not None and announced > max_bytes:
        raise _too_large(max_bytes)
    if announced is None and not environ.get("wsgi.input_terminated"):
        return b""  # the server does not know where the body ends: reading on could take for ever
    body = _take(environ["wsgi.input"], max_bytes + 1 if announced is None else announced)
    if len(body) > max_bytes:
        raise _too_large(max_bytes)
    if announced is not None and len(body) < announced:
        raise _broken_off()
    return body


def announced_bytes(environ: Environment) -> int | None:
    """The length that the request says its body has, None where it says none."""
    length: str | None = environ.get("CONTENT_LENGTH")
    if length is None or (length.isascii() and length.isdecimal() and len(length) < 20 and "HTTP_TRANSFER_ENCODING" not in environ):
        return None if length is None else int(length)  # as nearly every request has it
    return get_content_length(length, environ.get("HTTP_TRANSFER_ENCODING"))


def _take(stream: IO[bytes], wanted: int) -> bytes:
    """Up to `wanted` bytes, fewer where the stream ends."""
    first = stream.read(min(wanted, _CHUNK))
    if len(first) == wanted or not first:
        return first
    # What is joined from a list of parts is there twice for a moment; a BytesIO gives out the bytes that it holds.
    body, missing = io.BytesIO(), wanted - len(first)
    body.write(first)
    while missing and (part := stream.read(min(missing, _CHUNK))):
        body.write(part)
        missing -= len(part)
    return body.getvalue()


def _refuse_encodings(environ: Environment, what: str) -> None:
    if environ.get("HTTP_CONTENT_ENCODING", "identity").strip().lower() != "identity":
        raise InvalidRequest(f"a Content-Encoding is not taken here; send the {what} as it is", status=415)


def _broken_off() -> InvalidRequest:
    return InvalidRequest("the body ended before its Content-Length was reached; send it again")


def _too_large(max_bytes: int) -> TooLarge:
    return TooLarge(
        f"the body is larger than the {max_bytes} bytes that this server takes; send its statements in several requests"
    )
