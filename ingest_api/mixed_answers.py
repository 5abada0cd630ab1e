"""Statements with their attachments, as one multipart/mixed body that is streamed from the store.

Source: xAPI 1.0.3, Communication 1.5.2 and 2.1.3 (parameter `attachments`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import uuid4

import msgspec

from ingest_api.bodies import JSON
from ingest_api.submissions import HASH, MIXED
from store.port import Attachments, StoredStatement, StoreError
from telemetry.logs import logger


@dataclass(frozen=True, slots=True)
class Enclosure:
    """Content that an answer has to carry: whose it is, and what the first statement that names it says of it."""

    owner: str
    sha2: str
    content_type: str


class _Attachment(msgspec.Struct, rename="camel"):
    sha2: str
    content_type: str


class _Target(msgspec.Struct):
    attachments: list[_Attachment] = []


class _Statement(msgspec.Struct):
    object: _Target
    attachments: list[_Attachment] = []


_decoder = msgspec.json.Decoder(_Statement)


def enclosures_of(statements: Iterable[StoredStatement], attachments: Attachments) -> tuple[Enclosure, ...]:
    """What of the attachments that recorded statements name the store has, each content once."""
    named: dict[str, dict[str, Enclosure]] = {}
    for stored in statements:
        statement = _decoder.decode(stored.text)
        for one in (*statement.attachments, *statement.object.attachments):
            mine = named.setdefault(stored.partner, {})
            mine.setdefault(one.sha2.lower(), Enclosure(stored.partner, one.sha2, one.content_type))
    found: dict[str, Enclosure] = {}
    for owner, mine in named.items():
        held = attachments.lengths(owner, mine)
        for sha2, enclosure in mine.items():
            if sha2 in held:
                found.setdefault(sha2, enclosure)  # one hash, one content, whoever else has it too
    return tuple(found.values())


def new_boundary() -> str:
    """A boundary that no content can have been made to contain."""
    return f"rekam-{uuid4().hex}"


def content_type_with(boundary: str) -> str:
    """Unquoted and with nothing after it: clients are known that look for it so."""
    return f"{MIXED}; boundary={boundary}"


def mixed(json: bytes, enclosed: Iterable[Enclosure], attachments: Attachments, boundary: str) -> Iterator[bytes]:
    """The body. A store that fails on the way ends it without the closing boundary, which tells the client."""
    yield f"--{boundary}\r\nContent-Type: {JSON}\r\n\r\n".encode()
    yield json
    try:
        for one in enclosed:
            lines = (
                *("", f"--{boundary}", f"Content-Type: {one.content_type}"),
                *("Content-Transfer-Encoding: binary", f"{HASH}: {one.sha2}", "", ""),
            )
            yield "\r\n".join(lines).encode()
            yield from attachments.read(one.owner, one.sha2.lower())
    except StoreError:
        logger("ingest_api").error("an answer with attachments broke off: the store failed", exc_info=True)
        raise
    yield f"\r\n--{boundary}--\r\n".encode()
