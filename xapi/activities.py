"""Merging what many statements say of one activity into its canonical definition. Pure.

Every leaf (a language of the name, one extension, the interaction) remembers when it was last said; the latest by
(stored, statement id) wins. So the result does not depend on the order in which statements are applied.
Source: xAPI 1.0.3, Data 2.4.4.1 and Communication 2.5; the merge rule is the LRS's to choose.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from xapi.query import StoredAt

_LANGUAGE_MAPS = ("name", "description")
_SIMPLE = ("type", "moreInfo")
_INTERACTION = ("interactionType", "correctResponsesPattern", "choices", "scale", "source", "target", "steps")

# `json.dumps` would build an encoder for every call, and recording dumps an activity for nearly every statement.
_encode = json.JSONEncoder(ensure_ascii=False).encode

Leaf = tuple[int, str, Any]
"""(stored_ms, statement id, value)."""


@dataclass(frozen=True, slots=True)
class ActivityState:
    """What is known of one activity: leaf name -> when it was last said and the value. Serialised with `dump` and `load`."""

    activity_id: str
    leaves: Mapping[str, Leaf]

    def definition(self) -> dict[str, Any]:
        """The canonical definition, {} when nobody gave one."""
        result: dict[str, Any] = {}
        for name in sorted(self.leaves):
            value = self.leaves[name][2]
            kind, _, rest = name.partition("/")
            if kind == "interaction":
                result.update(value)
            elif rest:
                result.setdefault(kind, {})[rest] = value
            else:
                result[kind] = value
        return result

    def dump(self) -> str:
        return _encode({name: self.leaves[name] for name in sorted(self.leaves)})

    @staticmethod
    def load(activity_id: str, text: str) -> ActivityState:
        return ActivityState(activity_id, {name: (leaf[0], leaf[1], leaf[2]) for name, leaf in json.loads(text).items()})


def observe(activity_id: str, definition: Mapping[str, Any] | None, at: StoredAt) -> ActivityState:
    """What one statement, recorded at `at`, says of an activity."""
    stamp = (at.stored_ms, str(at.statement_id))
    leaves: dict[str, Leaf] = {}
    if definition:
        for kind in _LANGUAGE_MAPS:
            for tag, text in (definition.get(kind) or {}).items():
                leaves[f"{kind}/{tag}"] = (*stamp, text)
        for kind in _SIMPLE:
            if kind in definition:
                leaves[kind] = (*stamp, definition[kind])
        interaction = {kind: definition[kind] for kind in _INTERACTION if kind in definition}
        if interaction:
            leaves["interaction"] = (*stamp, interaction)
        for iri, value in (definition.get("extensions") or {}).items():
            leaves[f"extensions/{iri}"] = (*stamp, value)
    return ActivityState(activity_id, leaves)


def merge(states: Iterable[ActivityState]) -> ActivityState:
    """One state of several of the same activity; commutative, associative and idempotent."""
    found = list(states)
    leaves: dict[str, Leaf] = {}
    for state in found:
        for name, leaf in state.leaves.items():
            held = leaves.get(name)
            if held is None or leaf[:2] > held[:2]:
                leaves[name] = leaf
    return ActivityState(found[0].activity_id, leaves)
