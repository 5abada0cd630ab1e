"""By what a statement is found: 64-bit hashes of what filters name.

A hash stands for a kind and a text, so one narrow tree serves every filter. That two texts out of 100 million share a hash is a
matter of 1 in 3,700; the price of it would be a surplus statement in a list, never a missing one.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from itertools import chain

from xapi.extraction import Extract, StatementKeys
from xapi.keys import KeyKind, only_related
from xapi.native import compiled
from xapi.query import StatementFilter

_REMEMBERED = 1 << 15


class _Kind(dict[str, int]):
    """The keys of one kind, by text. Most texts come again and again, so many are remembered."""

    def __init__(self, name: bytes) -> None:
        super().__init__()
        self._name = name

    def __missing__(self, text: str) -> int:
        if len(self) >= _REMEMBERED:
            self.clear()
        key = int.from_bytes(blake2b(text.encode(), digest_size=8, person=self._name).digest(), "big", signed=True)
        self[text] = key
        return key


_PERSONS = {
    KeyKind.VERB: b"verb",
    KeyKind.ACTIVITY: b"activity",
    KeyKind.REGISTRATION: b"registration",
    KeyKind.AGENT: b"agent",
    # Only what the related_* filters find beyond the plain ones, so that no key is kept twice.
    KeyKind.RELATED_ACTIVITY: b"rel. activity",
    KeyKind.RELATED_AGENT: b"related agent",
}
"""Of a registration the 32 hexadecimal digits are hashed."""
_partner = _Kind(b"partner")
_verb, _activity, _registration, _agent, _related_activity, _related_agent = map(_Kind, _PERSONS.values())
_NO_LENGTH = 1 << 62
_compiled = None if compiled is None else compiled.KeyHashes([(person, "") for person in _PERSONS.values()], _NO_LENGTH, True)


def own_keys(extract: Extract) -> tuple[int, ...]:
    """The keys that a statement has as a source, in the order of `xapi.keys.in_order`."""
    if compiled is not None and _compiled is not None and isinstance(extract, compiled.Extract):
        keys: tuple[int, ...] = _compiled.of(extract)
        return keys
    return keys_of(extract.keys)


def own_rows(
    extracts: Sequence[Extract], partners: Sequence[str], places: Sequence[int], first_seq: int, *, at_once: int
) -> list[Sequence[int]]:
    """The rows (key, place, number) by which statements are found themselves, each by its partner too; their numbers begin with
    `first_seq`. In the order of the tree, so it is written page by page; in lists of that many rows, and the rest."""
    owners = [_partner[partner] for partner in partners]
    if compiled is not None and _compiled is not None:
        given = [one if isinstance(one, compiled.Extract) else keys_of(one.keys) for one in extracts]
        portions: list[Sequence[int]] = _compiled.rows(given, owners, places, first_seq, at_once)
        return portions
    rows = [
        (key, place, seq)
        for seq, (extract, owner, place) in enumerate(zip(extracts, owners, places, strict=True), first_seq)
        for key in (*keys_of(extract.keys), owner)
    ]
    rows.sort()
    return [list(chain.from_iterable(rows[start : start + at_once])) for start in range(0, len(rows), at_once)]


def keys_of(keys: StatementKeys) -> tuple[int, ...]:
    """As `own_keys`, in Python."""
    found = [_verb[keys.verb]]
    for one in keys.activities:
        found.append(_activity[one])
    if keys.registration is not None:
        found.append(_registration[keys.registration.hex])
    for one in keys.agents:
        found.append(_agent[one])
    for one in only_related(keys.related_activities, keys.activities):
        found.append(_related_activity[one])
    for one in only_related(keys.related_agents, keys.agents):
        found.append(_related_agent[one])
    return tuple(found)


def owner_key(partner: str) -> int:
    """The key that a statement has only for itself, not for those that target it."""
    return _partner[partner]


def wanted_keys(wanted: StatementFilter) -> list[tuple[int, ...]]:
    """Per filter (save time and owner) the keys of which a source must have one; the most specific filter first."""
    result: list[tuple[int, ...]] = []
    if wanted.registration is not None:
        result.append((_registration[wanted.registration.hex],))
    if wanted.agent is not None:
        kinds = (_agent, _related_agent) if wanted.related_agents else (_agent,)
        result.append(tuple(kind[wanted.agent] for kind in kinds))
    if wanted.activity is not None:
        kinds = (_activity, _related_activity) if wanted.related_activities else (_activity,)
        result.append(tuple(kind[wanted.activity] for kind in kinds))
    if wanted.verb is not None:
        result.append((_verb[wanted.verb],))
    return result
