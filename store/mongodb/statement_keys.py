"""By what a statement is found: 64-bit hashes of what filters name, each with the partner that owns the statement.

A hash is of a kind and a text, joined with one of the partner: so one narrow index serves every filter, and a partner's lists are
ranges of it. That two of 100 million texts share a hash is a matter of 1 in 3,700; the price of it would be a surplus statement in
a list, never a missing one, and never another partner's in a partner's own (lists look at that themselves).

What a plain filter finds is not repeated among the related ones: a related filter looks for two keys instead, and the index is a
fifth smaller.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache, partial
from hashlib import blake2b, sha256

from xapi.keys import KeyKind, in_order
from xapi.native import compiled
from xapi.query import StatementFilter
from xapi.statement import Extract

_REMEMBERED = 1 << 15
_LONGEST_VALUE = 256

KINDS = {
    KeyKind.VERB: "ve",
    KeyKind.ACTIVITY: "ac",
    KeyKind.REGISTRATION: "re",
    KeyKind.AGENT: "ag",
    KeyKind.RELATED_ACTIVITY: "rc",
    KeyKind.RELATED_AGENT: "ra",
}
"""How a kind begins the text that is hashed."""


def hash_of(text: str) -> int:
    """Of a kind and a value, `ag:mbox|mailto:a@b.example`; a long value is replaced by `#` and its SHA-256 first."""
    return int.from_bytes(blake2b(text.encode(errors="surrogatepass"), digest_size=8).digest(), "big", signed=True)


def _hash(kind: str, value: str) -> int:
    # No IRI, agent key or registration begins with this sign.
    short = value if len(value) <= _LONGEST_VALUE else "#" + sha256(value.encode(errors="surrogatepass")).hexdigest()
    return hash_of(f"{kind}:{short}")


# Most texts come again and again: those that came last are remembered.
_HASHES: dict[KeyKind, Callable[[str], int]] = {kind: lru_cache(_REMEMBERED)(partial(_hash, name)) for kind, name in KINDS.items()}
_partner = lru_cache(_REMEMBERED)(partial(_hash, "pa"))
_compiled = None if compiled is None else compiled.KeyHashes([(b"", f"{KINDS[kind]}:") for kind in KeyKind], _LONGEST_VALUE, False)


def of_partner(hashes: Iterable[int], partner: str) -> list[int]:
    """The keys that these hashes are in the statements of a partner."""
    own = _partner(partner)
    return [one ^ own for one in hashes]


def own_keys(extract: Extract, partner: str) -> list[int]:
    """All that a statement itself is found by; the first LENT_KEYS are what it lends."""
    hashes = None
    if compiled is not None and _compiled is not None and isinstance(extract, compiled.Extract):
        hashes = _compiled.of(extract)
    if hashes is None:
        hashes = [_HASHES[kind](value) for kind, value in in_order(extract.keys)]
    return of_partner(hashes, partner)


def document_of(extract: Extract, stored_ms: int, partner: str, *, may_void_any: bool, most_keys: int) -> bytes | None:
    """The document of a statement that needed no tolerances (`store.mongodb.statement_document`), in BSON. None where Python has to
    make it: for what is not plain, and what has more keys."""
    if compiled is None or _compiled is None or not isinstance(extract, compiled.Extract):
        return None
    found: bytes | None = _compiled.document(extract, stored_ms, partner, may_void_any, _partner(partner), most_keys)
    return found


def wanted_hashes(wanted: StatementFilter) -> list[list[int]]:
    """What one source must have: of each list at least one. The rarest kind comes first."""
    found: list[list[int]] = []
    if wanted.registration is not None:
        found.append([_HASHES[KeyKind.REGISTRATION](str(wanted.registration))])
    if wanted.agent is not None:
        kinds = (KeyKind.AGENT, KeyKind.RELATED_AGENT) if wanted.related_agents else (KeyKind.AGENT,)
        found.append([_HASHES[kind](wanted.agent) for kind in kinds])
    if wanted.activity is not None:
        kinds = (KeyKind.ACTIVITY, KeyKind.RELATED_ACTIVITY) if wanted.related_activities else (KeyKind.ACTIVITY,)
        found.append([_HASHES[kind](wanted.activity) for kind in kinds])
    if wanted.verb is not None:
        found.append([_HASHES[KeyKind.VERB](wanted.verb)])
    return found
