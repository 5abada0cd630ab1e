"""By what a statement is found, as one list in a fixed order. Pure.

A store gives a statement all of them. To a statement that targets it, it lends the first `xapi.query.LENT_KEYS`: who is found
through whom must not depend on the store.
"""

from __future__ import annotations

from enum import StrEnum

from xapi.extraction import StatementKeys


class KeyKind(StrEnum):
    VERB = "verb"
    ACTIVITY = "activity"
    REGISTRATION = "registration"
    AGENT = "agent"
    RELATED_ACTIVITY = "related activity"
    """One that only `related_activities` finds."""
    RELATED_AGENT = "related agent"
    """One that only `related_agents` finds."""


def in_order(keys: StatementKeys) -> list[tuple[KeyKind, str]]:
    """Verb, activities, registration, agents, then those that only a related filter finds, each kind in the order of the extract.

    What a plain filter finds is not repeated among the related ones: a related filter looks for either kind. The few kinds a
    statement has little of come first, so that a crowd of agents pushes none of them out of what is lent.
    """
    found = [(KeyKind.VERB, keys.verb)]
    found += [(KeyKind.ACTIVITY, one) for one in keys.activities]
    if keys.registration is not None:
        found.append((KeyKind.REGISTRATION, str(keys.registration)))
    found += [(KeyKind.AGENT, one) for one in keys.agents]
    found += [(KeyKind.RELATED_ACTIVITY, one) for one in only_related(keys.related_activities, keys.activities)]
    found += [(KeyKind.RELATED_AGENT, one) for one in only_related(keys.related_agents, keys.agents)]
    return found


def only_related(related: tuple[str, ...], plain: tuple[str, ...]) -> tuple[str, ...]:
    """Those of `related` that are not among `plain`, in their order."""
    if related[: len(plain)] == plain:
        return related[len(plain) :]  # as an extract has them; neither has repeats
    held = set(plain)
    return tuple(one for one in related if one not in held)
