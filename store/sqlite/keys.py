"""By what a statement is found: 64-bit hashes of what filters name.

A hash stands for a kind and a text, so one narrow tree serves every filter. That two texts out of 100 million share a hash is a
matter of 1 in 3,700; the price of it would be a surplus statement in a list, never a missing one.
"""

from __future__ import annotations

from enum import Enum
from functools import lru_cache
from hashlib import blake2b

from xapi.query import StatementFilter
from xapi.statement import StatementKeys


class Kind(bytes, Enum):
    """What a key is about. RELATED_* hold what only the related_* filters find, so that no key is kept twice."""

    ALL = b"all"
    PARTNER = b"partner"
    AGENT = b"agent"
    RELATED_AGENT = b"related agent"
    VERB = b"verb"
    ACTIVITY = b"activity"
    RELATED_ACTIVITY = b"rel. activity"
    REGISTRATION = b"registration"


@lru_cache(maxsize=1 << 16)
def key_of(kind: Kind, text: str) -> int:
    digest = blake2b(text.encode(), digest_size=8, person=kind.value).digest()
    return int.from_bytes(digest, "big", signed=True)


ALL = key_of(Kind.ALL, "")


def keys_of(keys: StatementKeys) -> tuple[int, ...]:
    """The keys that a statement has as a source; sorted."""
    found = [key_of(Kind.VERB, keys.verb)]
    found += [key_of(Kind.AGENT, agent) for agent in keys.agents]
    found += [key_of(Kind.RELATED_AGENT, agent) for agent in keys.related_agents if agent not in keys.agents]
    found += [key_of(Kind.ACTIVITY, activity) for activity in keys.activities]
    found += [key_of(Kind.RELATED_ACTIVITY, one) for one in keys.related_activities if one not in keys.activities]
    if keys.registration is not None:
        found.append(key_of(Kind.REGISTRATION, keys.registration.hex))
    return tuple(dict.fromkeys(found))


def owner_keys(partner: str) -> tuple[int, int]:
    """The keys that a statement has only for itself, not for those that target it."""
    return ALL, key_of(Kind.PARTNER, partner)


def wanted_keys(wanted: StatementFilter) -> list[tuple[int, ...]]:
    """Per filter the keys of which a source must have one; the most specific filter first."""
    result: list[tuple[int, ...]] = []
    if wanted.registration is not None:
        result.append((key_of(Kind.REGISTRATION, wanted.registration.hex),))
    if wanted.agent is not None:
        kinds = (Kind.AGENT, Kind.RELATED_AGENT) if wanted.related_agents else (Kind.AGENT,)
        result.append(tuple(key_of(kind, wanted.agent) for kind in kinds))
    if wanted.activity is not None:
        kinds = (Kind.ACTIVITY, Kind.RELATED_ACTIVITY) if wanted.related_activities else (Kind.ACTIVITY,)
        result.append(tuple(key_of(kind, wanted.activity) for kind in kinds))
    if wanted.verb is not None:
        result.append((key_of(Kind.VERB, wanted.verb),))
    return result
