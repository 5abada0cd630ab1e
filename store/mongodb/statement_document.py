"""A statement as a document of the collection `statements`.

    _id          UUID (Binary subtype 4, whose order is that of the UUIDs)
    stored       milliseconds since the epoch
    partner      who owns it
    timestamped  whether the text has a timestamp
    voided
    voids        the statement it voids; only on voiding ones
    may_void_any whether its sender may void those of other partners; only on voiding ones, when true
    match        what it is found by: [{of, keys, to}], first its own, then those of the statements it targets, directly or through
                 others. `of` is the source's id, `to` (only where it is a StatementRef) the id of what the source targets.
    tolerated    the tolerances it needed, in order; only where it needed some
    received     the bytes as they were sent, before those; the same
    text         the bytes as they were accepted, never mapped into fields: extension IRIs have dots, JSON has numbers BSON lacks

A source never changes, so that adding it to a `match` again changes nothing, whoever does it and when.

`keys` are strings of a kind and a value: `ag:` agents, `ra:` agents that only related_agents finds, `ve:` verb, `ac:` activity,
`rc:` activities that only related_activities finds, `re:` registration. What a plain filter finds is not repeated among the
related ones: a related filter looks for two keys instead, and the index is a fifth smaller.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from store.mongodb.client import Document
from store.port import Recordable, StoredStatement
from xapi.query import StatementFilter
from xapi.statement import Extract, StatementKeys

READABLE = dict.fromkeys(("stored", "text", "partner", "timestamped", "voided", "tolerated", "received"), 1)
"""The projection `to_statement` needs."""


@dataclass(frozen=True, slots=True)
class Source:
    """One statement's own part of a `match`."""

    of: UUID
    to: UUID | None
    entry: Mapping[str, Any]


def to_document(statement: Recordable, stored_ms: int) -> Document:
    extract = statement.extract
    document: Document = {
        "_id": extract.statement_id,
        "stored": stored_ms,
        "partner": statement.partner,
        "timestamped": extract.timestamped,
        "voided": False,
        "match": [own_source(extract).entry],
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
    return StoredStatement(
        statement_id=document["_id"],
        stored_ms=document["stored"],
        text=document["text"],
        partner=document["partner"],
        timestamped=document["timestamped"],
        voided=document["voided"],
        tolerated=tuple(document.get("tolerated", ())),
        received=document.get("received"),
    )


def own_source(extract: Extract) -> Source:
    entry: Document = {"of": extract.statement_id, "keys": _keys(extract.keys)}
    if extract.refers_to is not None:
        entry["to"] = extract.refers_to
    return Source(extract.statement_id, extract.refers_to, entry)


def sources_of(document: Document) -> list[Source]:
    """Every source in a document's `match`."""
    return [Source(entry["of"], entry.get("to"), entry) for entry in document["match"]]


def _keys(keys: StatementKeys) -> list[str]:
    found = [f"ag:{key}" for key in keys.agents]
    found += [f"ra:{key}" for key in keys.related_agents if key not in keys.agents]
    found.append(f"ve:{keys.verb}")
    found += [f"ac:{key}" for key in keys.activities]
    found += [f"rc:{key}" for key in keys.related_activities if key not in keys.activities]
    if keys.registration is not None:
        found.append(f"re:{keys.registration}")
    return found


def wanted_keys(wanted: StatementFilter) -> list[list[str]]:
    """What one source must have: of each list at least one. The rarest kind comes first."""
    found: list[list[str]] = []
    if wanted.registration is not None:
        found.append([f"re:{wanted.registration}"])
    if wanted.agent is not None:
        found.append(_plain_or_related("ag", "ra", wanted.agent, related=wanted.related_agents))
    if wanted.activity is not None:
        found.append(_plain_or_related("ac", "rc", wanted.activity, related=wanted.related_activities))
    if wanted.verb is not None:
        found.append([f"ve:{wanted.verb}"])
    return found


def _plain_or_related(plain: str, only_related: str, key: str, *, related: bool) -> list[str]:
    return [f"{plain}:{key}", f"{only_related}:{key}"] if related else [f"{plain}:{key}"]
