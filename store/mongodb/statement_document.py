"""A statement as a document of the collection `statements`.

    _id          UUID (Binary subtype 4, whose order is that of the UUIDs)
    stored       milliseconds since the epoch
    partner      who owns it
    timestamped  whether the text has a timestamp
    voided
    voids        the statement it voids; only on voiding ones
    may_void_any whether its sender may void those of other partners; only on voiding ones, when true
    match        what it is found by: [{of, keys, to}], first its own, then those of the statements it targets, directly or through
                 others, as far as all are of its partner. `of` is the source's id (not in its own), `to` (only where it is a
                 StatementRef) the id of what the source targets, `keys` are those of `statement_keys`.
    tolerated    the tolerances it needed, in order; only where it needed some
    received     the bytes as they were sent, before those; the same
    text         the bytes as they were accepted, never mapped into fields: extension IRIs have dots, JSON has numbers BSON lacks

A statement's own keys are all it has, in the order of `xapi.keys.in_order`; to others it lends the first LENT_KEYS of them. Neither
ever changes, so that adding a source to a `match` again changes nothing, whoever does it and when.

Releases before had texts for keys and `of` in every source: `statement_conversion` leads them forward.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from struct import Struct
from typing import Any
from uuid import UUID

from bson.binary import Binary
from bson.raw_bson import RawBSONDocument

from store.mongodb.client import Document
from store.mongodb.statement_keys import document_of, own_keys
from store.port import Recordable, StoredStatement
from xapi.query import LENT_KEYS

READABLE = dict.fromkeys(("stored", "text", "partner", "timestamped", "voided", "tolerated", "received"), 1)
"""The projection `to_statement` needs."""


MATCHED = {"match.of": 1, "match.to": 1, "partner": 1}
"""The projection `sources_of` needs: which sources there are, without their keys."""

LENT = {"keys": {"$slice": [{"$arrayElemAt": ["$match.keys", 0]}, LENT_KEYS]}}
"""The projection that gives, as `keys`, what a statement lends."""

_SIZE = Struct("<i")

KEYS_AT_ONCE = 8_000
"""The first so many of its keys a statement is inserted with; `crowds` adds the others."""


def to_document(statement: Recordable, stored_ms: int) -> Mapping[str, Any]:
    """To be written; what is plain comes as the bytes that are sent."""
    if not statement.tolerated:
        partner, may_void_any = statement.partner, statement.may_void_any
        plain = document_of(statement.extract, stored_ms, partner, may_void_any=may_void_any, most_keys=KEYS_AT_ONCE)
        if plain is not None:
            return RawBSONDocument(plain)
    return document_in_python(statement, stored_ms)


def document_in_python(statement: Recordable, stored_ms: int) -> Document:
    """The same without the compiled paths."""
    extract = statement.extract
    document: Document = {
        "_id": extract.statement_id,
        "stored": stored_ms,
        "partner": statement.partner,
        "timestamped": extract.timestamped,
        "voided": False,
        "match": [own_source(extract.refers_to, own_keys(extract, statement.partner)[:KEYS_AT_ONCE])],
        "text": statement.text,
    }
    if extract.voids is not None:
        document["voids"] = extract.voids
        if statement.may_void_any:
            document["may_void_any"] = True
    if statement.tolerated:
        document["tolerated"] = list(statement.tolerated)
        document["received"] = statement.received
    return document


def to_statement(document: Document) -> StoredStatement:
    """Of a document as the bare database gives it."""
    tolerated = document.get("tolerated")
    return StoredStatement(
        bytes(document["_id"]),
        int(document["stored"]),
        document["text"],
        document["partner"],
        document["timestamped"],
        document["voided"],
        () if tolerated is None else tuple(tolerated),
        document.get("received"),
    )


def bare_id(statement_id: UUID) -> Binary:
    """An id in what the bare database is asked."""
    return Binary.from_uuid(statement_id)


def one_of(statement_ids: Sequence[UUID]) -> RawBSONDocument:
    """The condition that a field is one of these ids. Each batch asks who targets one of it, and what the driver makes of each id
    costs more than asking."""
    ids = b"".join([_before_id(place) + one.bytes for place, one in enumerate(statement_ids)])
    array = _SIZE.pack(len(ids) + 5) + ids + b"\x00"
    return RawBSONDocument(_SIZE.pack(len(array) + 10) + b"\x04$in\x00" + array + b"\x00")


@lru_cache(1 << 12)
def _before_id(place: int) -> bytes:
    """What stands before the bytes of an id in an array."""
    return b"\x05%d\x00" % place + _SIZE.pack(16) + b"\x04"


def own_source(to: UUID | None, keys: list[int]) -> Document:
    """The first part of a `match`."""
    return {"keys": keys} if to is None else {"keys": keys, "to": to}


def source(of: UUID, to: UUID | None, keys: list[int]) -> Document:
    """A further one. The order of the fields counts when MongoDB compares two."""
    return {"of": of, **own_source(to, keys)}


def sources_of(document: Document) -> dict[UUID, UUID | None]:
    """The sources in a document's `match`, each with what it targets."""
    return {entry.get("of", document["_id"]): entry.get("to") for entry in document["match"]}
