"""Statements out of the bytes of an answer, where they are as this release writes them; what is not is left to the driver.

A page has a hundred of them, and what the driver makes of each (a document, an object for its id, one for its number) costs as much
as all else about a page. Source of the layout: https://bsonspec.org/spec.html.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from struct import Struct
from typing import Final

import bson
from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument

from store.mongodb.client import BARE
from store.mongodb.statement_document import to_statement
from store.port import StoredStatement

RAW: Final = CodecOptions(document_class=RawBSONDocument)
"""By which an answer is not looked into."""

_SIZE: Final = Struct("<i")
_BATCH, _NO_MORE, _DOCUMENT = b"\x04firstBatch\x00", b"\x12id\x00" + bytes(8), 3
_ID = b"\x05_id\x00" + _SIZE.pack(16) + b"\x04"
_STORED = b"\x12stored\x00"
_PARTNER, _TIMESTAMPED = b"\x02partner\x00", b"\x08timestamped\x00"
_UNVOIDED_TEXT = b"\x08voided\x00\x00\x05text\x00"


def statements_in(answer: RawBSONDocument) -> list[StoredStatement] | None:
    """Of the answer to a `find` with the projection READABLE. None where it is not all, for the rest has to be asked for."""
    cursor = bytes(answer["cursor"].raw)
    begin = _SIZE.size + len(_BATCH)
    end = begin + _SIZE.unpack_from(cursor, begin)[0]
    if not (cursor.startswith(_BATCH, _SIZE.size) and cursor.startswith(_NO_MORE, end)):
        return None
    return list(_each(cursor, begin + _SIZE.size))


def _each(batch: bytes, at: int) -> Iterator[StoredStatement]:
    """Of an array's elements, each of them a type, its number as text and the document."""
    partner, (layout, plain) = "", _plain("")
    while batch[at] == _DOCUMENT:
        start = batch.index(0, at) + 1
        at = start + _SIZE.unpack_from(batch, start)[0]
        text_at = start + layout.size
        if text_at < at:
            id_, key, stored, stored_ms, further, timestamped, text, text_bytes, kind = layout.unpack_from(batch, start)
            if (id_, stored, further, text, kind) == plain and text_at + text_bytes + 1 == at:
                yield StoredStatement(key, stored_ms, batch[text_at : at - 1], partner, timestamped == 1, False)
                continue
        statement = to_statement(bson.decode(batch[start:at], BARE))
        partner, (layout, plain) = statement.partner, _plain(statement.partner)
        yield statement


@lru_cache(1024)
def _plain(partner: str) -> tuple[Struct, tuple[bytes | int, ...]]:
    """How a plain statement of a partner begins, until its text, and what is the same in all of them: not voided, nothing
    tolerated."""
    name = partner.encode() + b"\x00"
    further = _PARTNER + _SIZE.pack(len(name)) + name + _TIMESTAMPED
    layout = Struct(f"<4x{len(_ID)}s16s{len(_STORED)}sq{len(further)}sB{len(_UNVOIDED_TEXT)}siB")
    return layout, (_ID, _STORED, further, _UNVOIDED_TEXT, 0)
