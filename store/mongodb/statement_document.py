"""A statement as a document of the collection `statements`.

    _id          UUID (Binary subtype 4, whose order is that of the UUIDs)
    stored       milliseconds since the epoch
    partner      who owns it
    timestamped  whether the text has a timestamp
    voided
    voids        the statement it voids; only on voiding ones
    may_void_any whether its sender may void those of other partners; only on voiding ones, when true
    match        what it is found by: [{of, keys, to}], first its own, then those of the statements it targets, directly or through
                 others, as far as all are of its partner. `of` is the source's id, `to` (only where it is a StatementRef) the id
                 of what the source targets.
    tolerated    the tolerances it needed, in order; only where it needed some
    received     the bytes as they were sent, before those; the same
    text         the bytes as they were accepted, never mapped into fields: extension IRIs have dots, JSON has numbers BSON lacks

A statement's own keys are all it has, in the order of `xapi.keys.in_order`; to others it lends the first LENT_KEYS of them. Neither
ever changes, so that adding a source to a `match` again changes nothing, whoever does it and when.

`keys` are strings of a kind and a value: `ag:` agents, `ra:` agents that only related_agents finds, `ve:` verb, `ac:` activity,
`rc:` activities that only related_activities finds, `re:` registration. What a plain filter finds is not repeated among the
related ones: a related filter looks for two keys instead, and the index is a fifth smaller. A long value is replaced by its
SHA-256, so that the number of keys bounds their size.
"""

from __future__ import annotations

from hashlib import sha256
from uuid import UUID

from bson.binary import Binary

from store.mongodb.client import Document
from store.port import Recordable, StoredStatement
from xapi.keys import KeyKind, in_order
from xapi.query import LENT_KEYS, StatementFilter
from xapi.statement import Extract

READABLE = dict.fromkeys(("stored", "text", "partner", "timestamped", "voided", "tolerated", "received"), 1)
"""The projection `to_statement` needs."""


MATCHED = {"match.of": 1, "match.to": 1, "partner": 1}
"""The projection `sources_of` needs: which sources there are, without their keys."""

LENT = {"keys": {"$slice": [{"$arrayElemAt": ["$match.keys", 0]}, LENT_KEYS]}}
"""The projection that gives, as `keys`, what a statement lends."""

KEYS_AT_ONCE = 8_000
"""The first so many of its keys a statement is inserted with; `crowds` adds the others."""

_LONGEST_VALUE = 256

_KINDS = {
    KeyKind.VERB: "ve",
    KeyKind.ACTIVITY: "ac",
    KeyKind.REGISTRATION: "re",
    KeyKind.AGENT: "ag",
    KeyKind.RELATED_ACTIVITY: "rc",
    KeyKind.RELATED_AGENT: "ra",
}


def to_document(statement: Recordable, stored_ms: int) -> Document:
    extract = statement.extract
    document: Document = {
        "_id": extract.statement_id,
        "stored": stored_ms,
        "partner": statement.partner,
        "timestamped": extract.timestamped,
        "voided": False,
        "match": [source(extract.statement_id, extract.refers_to, own_keys(extract)[:KEYS_AT_ONCE])],
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


def source(of: UUID, to: UUID | None, keys: list[str]) -> Document:
    """One part of a `match`. The order of the fields counts when MongoDB compares two."""
    entry: Document = {"of": of, "keys": keys}
    if to is not None:
        entry["to"] = to
    return entry


def sources_of(document: Document) -> dict[UUID, UUID | None]:
    """The sources in a document's `match`, each with what it targets."""
    return {entry["of"]: entry.get("to") for entry in document["match"]}


def own_keys(extract: Extract) -> list[str]:
    """All that a statement itself is found by; the first LENT_KEYS are what it lends."""
    return [_key(kind, value) for kind, value in in_order(extract.keys)]


def _key(kind: KeyKind, value: str) -> str:
    if len(value) > _LONGEST_VALUE:
        # No IRI, agent key or registration begins with this sign.
        value = "#" + sha256(value.encode()).hexdigest()
    return f"{_KINDS[kind]}:{value}"


def wanted_keys(wanted: StatementFilter) -> list[list[str]]:
    """What one source must have: of each list at least one. The rarest kind comes first."""
    found: list[list[str]] = []
    if wanted.registration is not None:
        found.append([_key(KeyKind.REGISTRATION, str(wanted.registration))])
    if wanted.agent is not None:
        kinds = (KeyKind.AGENT, KeyKind.RELATED_AGENT) if wanted.related_agents else (KeyKind.AGENT,)
        found.append([_key(kind, wanted.agent) for kind in kinds])
    if wanted.activity is not None:
        kinds = (KeyKind.ACTIVITY, KeyKind.RELATED_ACTIVITY) if wanted.related_activities else (KeyKind.ACTIVITY,)
        found.append([_key(kind, wanted.activity) for kind in kinds])
    if wanted.verb is not None:
        found.append([_key(KeyKind.VERB, wanted.verb)])
    return found
