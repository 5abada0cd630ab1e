"""Merging what many statements say of one activity into its canonical definition. Pure.

Every leaf (a language of the name, one extension, the interaction) remembers when it was last said; the latest by
(stored, statement id) wins. So the result does not depend on the order in which statements are applied.
Source: xAPI 1.0.3, Data 2.4.4.1 and Communication 2.5; the merge rule is the LRS's to choose.

A definition is bounded, whatever is sent: a leaf that is too large is not taken up (`LEAF_BYTES`, `INTERACTION_BYTES`), and of more
than `MOST_LEAVES` those said last stay. Both rules are functions of what was said and not of its order. For the second this is
so because a leaf's rank among the others can only fall as more is said: what one state has cut off can't come back in a merge.
(A bound on the bytes of all leaves together would not do: a leaf that is said again may become smaller, and let in what another
state has cut off.) A statement's own text is never touched.
"""

from __future__ import annotations

import heapq
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from xapi.query import StoredAt

_LANGUAGE_MAPS = ("name", "description")
_SIMPLE = ("type", "moreInfo")
_INTERACTION = ("interactionType", "correctResponsesPattern", "choices", "scale", "source", "target", "steps")

LEAF_BYTES = 8 * 1024
"""Of a leaf, its name and its value as JSON in UTF-8. What is longer is left out of the definition."""
INTERACTION_BYTES = 32 * 1024
"""The same for the interaction, of which an activity has one: its choices stand or go together."""
MOST_LEAVES = 64
"""Of an activity, in one state: a definition is at most about half a mebibyte."""
_LONGEST_ESCAPE = 6
"""Bytes of JSON that one character may need (a backslash, u and four digits); in UTF-8 none needs more than four."""

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
        for name, value in _said(definition):
            if _fits(name, value):
                leaves[name] = (*stamp, value)
    return ActivityState(activity_id, _latest(leaves))


def merge(states: Iterable[ActivityState]) -> ActivityState:
    """One state of several (at least one) of the same activity; commutative, associative and idempotent."""
    leaves: dict[str, Leaf] = {}
    activity_id = ""
    for state in states:
        activity_id = state.activity_id
        for name, leaf in state.leaves.items():
            held = leaves.get(name)
            if held is None or _is_later(leaf, held):
                leaves[name] = leaf
    return ActivityState(activity_id, _latest(leaves))


def _said(definition: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The leaves of a definition."""
    for kind in _LANGUAGE_MAPS:
        for tag, text in (definition.get(kind) or {}).items():
            yield f"{kind}/{tag}", text
    for kind in _SIMPLE:
        if kind in definition:
            yield kind, definition[kind]
    interaction = {kind: definition[kind] for kind in _INTERACTION if kind in definition}
    if interaction:
        yield "interaction", interaction
    for iri, value in (definition.get("extensions") or {}).items():
        yield f"extensions/{iri}", value


def _fits(name: str, value: Any) -> bool:
    most = INTERACTION_BYTES if name == "interaction" else LEAF_BYTES
    if isinstance(value, str) and _LONGEST_ESCAPE * (len(name) + len(value)) < most:
        return True  # nearly always: not worth encoding it to find out
    return len(name.encode(errors="surrogatepass")) + len(_encode(value).encode(errors="surrogatepass")) <= most


def _is_later(leaf: Leaf, held: Leaf) -> bool:
    """A statement may speak of an activity twice, and differ with itself: then the value decides, in any order."""
    if leaf[:2] != held[:2]:
        return leaf[:2] > held[:2]
    return leaf[2] is not held[2] and _encode(leaf[2]) > _encode(held[2])


def _latest(leaves: dict[str, Leaf]) -> dict[str, Leaf]:
    """Of too many the last by (stored, statement id, name)."""
    if len(leaves) <= MOST_LEAVES:
        return leaves
    return dict(heapq.nlargest(MOST_LEAVES, leaves.items(), key=lambda item: (*item[1][:2], item[0])))
