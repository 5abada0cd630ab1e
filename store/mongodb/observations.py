"""What a batch of statements says of activities."""

from __future__ import annotations

from xapi.activities import ActivityState, merge, observe
from xapi.extraction import ActivityObservation, Extract
from xapi.query import StoredAt

Key = tuple[str, str]
"""An activity and the partner whose statements speak of it."""

Said = dict[bytes, StoredAt]
"""The definitions that were given, as JSON, each with the last place where it was: that one stands for all. They are parsed when
they are merged, for nearly all were given before."""


class Observations:
    """By activity and partner; what was said nothing of but its id is there too."""

    def __init__(self) -> None:
        self.said: dict[Key, Said] = {}

    def add(self, owner: str, extract: Extract, stored_ms: int) -> None:
        at = StoredAt(stored_ms, extract.statement_id)
        for seen in extract.activities:
            said = self.said.get((seen.activity_id, owner))
            if said is None:
                said = self.said[(seen.activity_id, owner)] = {}
            if seen.text is not None:
                hold(said, seen.text, at)


def hold(said: Said, text: bytes, at: StoredAt) -> None:
    """Let a definition have been given there too."""
    held = said.get(text)
    if held is None or at > held:
        said[text] = at


def state_of(activity_id: str, said: Said) -> ActivityState:
    states = [observe(activity_id, ActivityObservation(activity_id, text).definition, at) for text, at in said.items()]
    if len(states) == 1:
        return states[0]
    return merge(states) if states else ActivityState(activity_id, {})
