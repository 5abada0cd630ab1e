"""What a PUT or POST of statements carries: their JSON first, and after it, in a multipart body, bytes of attachments.

The bytes go through a spool, part by part, so that however much is sent little is held in memory. Source: xAPI 1.0.3,
Communication 1.5 (https://github.com/adlnet/xAPI-Spec/blob/master/xAPI-Communication.md#15-content-types).
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from tempfile import SpooledTemporaryFile
from typing import IO, Final

from ingest_api.bodies import JSON, chunks, json_body, media_type_of
from ingest_api.exchange import Environment
from ingest_api.multipart import Event, MultipartParser, PartBegins, PartEnds, boundary_of
from ingest_api.services import IngestSettings
from xapi.errors import InvalidRequest, TooLarge

MIXED = "multipart/mixed"
HASH = "X-Experience-API-Hash"
_ENCODING = "Content-Transfer-Encoding"
_SPOOL_BYTES = 512 * 1024
"""What of a request's attachments is held in memory before a temporary file takes over."""
_READ_BYTES = 256 * 1024
_SHOWN = 60
_NO_SPOOL: Final = io.BytesIO()
"""Of a body that brings no attachments: nothing is ever written to it."""

_ALGORITHMS = {56: hashlib.sha224, 64: hashlib.sha256, 96: hashlib.sha384, 128: hashlib.sha512}
"""By the number of hexadecimal digits; no two members of SHA-2 that are in use have the same."""


@dataclass(slots=True)
class Wanted:
    """Of the content with one hash: how many attachments name it, and the media types they give it, without parameters."""

    attachments: int = 0
    media_types: set[str] = field(default_factory=set)


class Received:
    """The attachments that came with a request, by their SHA-2 in lower case, each once."""

    def __init__(self, spool: IO[bytes]) -> None:
        self._spool = spool
        self._places: dict[str, tuple[int, int]] = {}
        self._end = 0

    def __contains__(self, sha2: str) -> bool:
        return sha2 in self._places

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def length(self, sha2: str) -> int:
        return self._places[sha2][1]

    def pieces(self, sha2: str) -> Iterator[bytes]:
        """The content in pieces of at most 256 KiB."""
        at, length = self._places[sha2]
        end = at + length
        while at < end:
            self._spool.seek(at)
            piece = self._spool.read(min(_READ_BYTES, end - at))
            at += len(piece)
            yield piece

    def take(self, sha2: str, contents: Iterator[bytes]) -> bool:
        """Keep `contents` if that is their hash, else nothing; returns whether it is."""
        hasher = _ALGORITHMS[len(sha2)]()
        self._spool.seek(self._end)
        length = 0
        for piece in contents:
            hasher.update(piece)
            self._spool.write(piece)
            length += len(piece)
        if hasher.hexdigest() != sha2:
            return False
        if sha2 not in self._places:  # a second copy is checked like the first, and written over by what follows
            self._places[sha2] = (self._end, length)
            self._end += length
        return True


class Submission:
    """The body of one request. `json` is there at once; the rest is read by `receive`, when it is known what is to come."""

    def __init__(self, json: bytes, events: Iterator[Event] | None, spool: IO[bytes]) -> None:
        self.json = json
        self.mixed = events is not None
        """Whether it came as multipart/mixed, so that attachments may be with it."""
        self._events: Iterator[Event] = iter(()) if events is None else events
        self._spool = spool

    def receive(self, wanted: Mapping[str, Wanted]) -> Received:
        """Read the attachments, which must be among those `wanted` (by SHA-2 in lower case). Raises InvalidRequest, TooLarge."""
        received = Received(self._spool)
        missing = {sha2: one.attachments for sha2, one in wanted.items()}
        number = 1
        for event in self._events:
            if not isinstance(event, PartBegins):
                raise AssertionError("content outside a part")
            number += 1
            sha2 = _hash_of(event.headers, number)
            if sha2 not in wanted:
                raise InvalidRequest(
                    f"part {number} is surplus: no attachment of the statements has the sha2 that its {HASH} names; leave it out"
                )
            if not missing[sha2]:
                raise InvalidRequest(f"part {number} is surplus: the content with this {HASH} came already; send it once")
            missing[sha2] -= 1
            _check_headers(event.headers, number, wanted[sha2].media_types)
            if not received.take(sha2, self._content()):
                raise InvalidRequest(
                    f"the content of part {number} does not have the SHA-2 that its {HASH} names; "
                    "it goes from the blank line after the headers to the line break (CRLF) before the next boundary"
                )
        return received

    def _content(self) -> Iterator[bytes]:
        """The rest of the part that began last."""
        for event in self._events:
            if isinstance(event, PartEnds):
                return
            if isinstance(event, bytes):
                yield event


@contextmanager
def submission(environ: Environment, settings: IngestSettings) -> Iterator[Submission]:
    """Open the body of a PUT or POST of statements. Raises InvalidRequest (400, 415) and TooLarge."""
    media_type = media_type_of(environ)
    if media_type == JSON:
        yield Submission(json_body(environ, settings.max_body_bytes), None, _NO_SPOOL)
    elif media_type == MIXED:
        boundary = boundary_of(environ["CONTENT_TYPE"])
        events = _events(chunks(environ, settings.max_attachments_bytes), MultipartParser(boundary))
        with SpooledTemporaryFile(_SPOOL_BYTES) as spool:
            yield Submission(_statements(events, settings.max_body_bytes), events, spool)
    else:
        raise InvalidRequest(f"the Content-Type must be {JSON}, or {MIXED} where attachments come with the statements")


def _events(body: Iterator[bytes], parser: MultipartParser) -> Iterator[Event]:
    for chunk in body:
        yield from parser.feed(chunk)
    parser.finish()


def _statements(events: Iterator[Event], max_bytes: int) -> bytes:
    """The first part, which has all the statements (Communication 1.5.2)."""
    begins = next(events, None)
    if not isinstance(begins, PartBegins):
        raise InvalidRequest("the body has no parts; the first must be the statements, as application/json")
    if begins.headers.get("content-type", "").partition(";")[0].strip().lower() != JSON:
        raise InvalidRequest(f"the first part must have the Content-Type {JSON}: it is the statements, all of them")
    if begins.headers.get("content-transfer-encoding", "binary").lower() not in ("binary", "8bit", "7bit"):
        raise InvalidRequest(f"the first part is encoded; send the JSON as it is, with {_ENCODING}: binary or without one")
    body = bytearray()
    for event in events:
        if isinstance(event, PartEnds):
            return bytes(body)
        if isinstance(event, bytes):
            body += event
            if len(body) > max_bytes:
                raise TooLarge(f"the statements are larger than the {max_bytes} bytes that this server takes; send fewer at once")
    raise AssertionError("a part that does not end")


def _hash_of(headers: Mapping[str, str], number: int) -> str:
    sha2 = headers.get(HASH.lower())
    if sha2 is None:
        raise InvalidRequest(
            f"part {number} has no header {HASH}; every part after the first is an attachment and names its SHA-2 so, "
            "and all statements go into the first"
        )
    return sha2.lower()


def _check_headers(headers: Mapping[str, str], number: int, media_types: set[str]) -> None:
    encoding = headers.get(_ENCODING.lower())
    if encoding is None or encoding.lower() != "binary":
        what = "has no" if encoding is None else f'has "{encoding[:_SHOWN]}" as its'
        raise InvalidRequest(f"part {number} {what} {_ENCODING}; send the bytes as they are, with {_ENCODING}: binary")
    content_type = headers.get("content-type")
    if content_type is not None and content_type.partition(";")[0].strip().lower() not in media_types:
        raise InvalidRequest(
            f'part {number} has the Content-Type "{content_type[:_SHOWN]}", and its attachment the contentType '
            f'"{min(media_types)[:_SHOWN]}"; give both the same'
        )
