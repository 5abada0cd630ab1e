"""By what a statement is found: 64-bit hashes of what filters name.

A hash stands for a kind and a text, so one narrow tree serves every filter. That two texts out of 100 million share a hash is a
matter of 1 in 3,700; the price of it would be a surplus statement in a list, never a missing one.
"""

from __future__ import annotations

from hashlib import blake2b

from xapi.extraction import StatementKeys
from xapi.keys import only_related
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


_partner = _Kind(b"partner")
_agent = _Kind(b"agent")
_verb = _Kind(b"verb")
_activity = _Kind(b"activity")
_registration = _Kind(b"registration")
"""Of the 32 hexadecimal digits."""
# Only what the related_* filters find beyond the plain ones, so that no key is kept twice.
_related_agent = _Kind(b"related agent")
_related_activity = _Kind(b"rel. activity")


def keys_of(keys: StatementKeys) -> tuple[int, ...]:
    """The keys that a statement has as a source, in the order of `xapi.keys.in_order`."""
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
