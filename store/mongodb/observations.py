"""What a batch of statements says of activities."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from xapi.activities import ActivityState, merge, observe
from xapi.query import StoredAt
from xapi.statement import Extract

Key = tuple[str, str]
"""An activity and the partner whose statements speak of it."""

Said = dict[bytes, tuple[StoredAt, Mapping[str, Any]]]
"""The definitions that were given, each under its JSON and with the last place where it was: that one stands for all."""

_encode = msgspec.json.Encoder().encode


class Observations:
    """By activity and partner; what was said nothing of but its id is there too."""

    def __init__(self) -> None:
        self.said: dict[Key, Said] = {}

    def add(self, owner: str, extract: Extract, stored_ms: int) -> None:
        at = StoredAt(stored_ms, extract.statement_id)
        for seen in extract.activities:
            said = self.said.setdefault((seen.activity_id, owner), {})
            if isinstance(seen.definition, dict) and seen.definition:
                hold(said, _encode(seen.definition), at, seen.definition)


def hold(said: Said, text: bytes, at: StoredAt, definition: Mapping[str, Any]) -> None:
    """Let a definition, `text` as JSON, have been given there too."""
    held = said.get(text)
    if held is None or at > held[0]:
        said[text] = (at, definition)


def state_of(activity_id: str, said: Said) -> ActivityState:
    states = [observe(activity_id, definition, at) for at, definition in said.values()]
    if len(states) == 1:
        return states[0]
    return merge(states) if states else ActivityState(activity_id, {})
