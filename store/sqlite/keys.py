"""By what a statement is found: 64-bit hashes of what filters name.

A hash stands for a kind and a text, so one narrow tree serves every filter. That two texts out of 100 million share a hash is a
matter of 1 in 3,700; the price of it would be a surplus statement in a list, never a missing one.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from hashlib import blake2b

from xapi.keys import KeyKind, in_order
from xapi.query import StatementFilter
from xapi.statement import StatementKeys

_REMEMBERED = 1 << 15


def _kind(name: bytes) -> Callable[[str], int]:
    """The keys of one kind. Most texts come again and again, so the last ones are remembered."""

    @lru_cache(maxsize=_REMEMBERED)
    def key_of(text: str) -> int:
        return int.from_bytes(blake2b(text.encode(), digest_size=8, person=name).digest(), "big", signed=True)

    return key_of


_partner = _kind(b"partner")
_agent = _kind(b"agent")
_verb = _kind(b"verb")
_activity = _kind(b"activity")
_hex_of_registration = _kind(b"registration")
# Only what the related_* filters find beyond the plain ones, so that no key is kept twice.
_related_agent = _kind(b"related agent")
_related_activity = _kind(b"rel. activity")


def _registration(text: str) -> int:
    return _hex_of_registration(text.replace("-", ""))


EVERY = _kind(b"every")("")
"""The key that every statement has."""


_KINDS: dict[KeyKind, Callable[[str], int]] = {
    KeyKind.VERB: _verb,
    KeyKind.ACTIVITY: _activity,
    KeyKind.REGISTRATION: _registration,
    KeyKind.AGENT: _agent,
    KeyKind.RELATED_ACTIVITY: _related_activity,
    KeyKind.RELATED_AGENT: _related_agent,
}


def keys_of(keys: StatementKeys) -> tuple[int, ...]:
    """The keys that a statement has as a source, without repeats, in the order of `xapi.keys.in_order`."""
    return tuple(dict.fromkeys([_KINDS[kind](text) for kind, text in in_order(keys)]))


def owner_key(partner: str) -> int:
    return _partner(partner)


def personal_keys(partner: str) -> tuple[int, int]:
    """The keys that a statement has only for itself, not for those that target it."""
    return EVERY, _partner(partner)


def wanted_keys(wanted: StatementFilter) -> list[tuple[int, ...]]:
    """Per filter (save time and owner) the keys of which a source must have one; the most specific filter first."""
    result: list[tuple[int, ...]] = []
    if wanted.registration is not None:
        result.append((_registration(str(wanted.registration)),))
    if wanted.agent is not None:
        kinds = (_agent, _related_agent) if wanted.related_agents else (_agent,)
        result.append(tuple(kind(wanted.agent) for kind in kinds))
    if wanted.activity is not None:
        kinds = (_activity, _related_activity) if wanted.related_activities else (_activity,)
        result.append(tuple(kind(wanted.activity) for kind in kinds))
    if wanted.verb is not None:
        result.append((_verb(wanted.verb),))
    return result
