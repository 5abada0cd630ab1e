"""What a batch of statements says of activities, without what was recorded a moment ago.

Nearly all statements repeat the definition that the last one about their activity gave. Recording it again would change nothing
but when it was last said. So what was recorded is remembered, and the same is recorded again once its time is
`CONFIRMED_EVERY_MS` further: so far may a definition that only one recorder heard confirmed lie behind another one's, when the
two contradict each other within that time.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from xapi.query import StoredAt
from xapi.statement import Extract

CONFIRMED_EVERY_MS: Final = 10_000
_MOST_REMEMBERED: Final = 100_000

Definition = Mapping[str, Any]
Key = tuple[str, str]
"""An activity and an owner."""

_Fingerprint = int | None
"""Of a definition; None where there is none. Python's hash of its JSON: 64 bits by a secret of this process."""
_encode = msgspec.json.Encoder().encode


class Observations:
    """`said`: by key the definitions that are to be recorded, each with the last time it was given; none for one that was only
    named. Of those that repeat each other only the last is kept."""

    def __init__(self, remembered: Remembered) -> None:
        self.said: dict[Key, list[tuple[Definition, StoredAt]]] = {}
        self._last: dict[Key, _Fingerprint] = {}
        self._latest_ms: dict[Key, int] = {}
        self._covered: dict[Key, tuple[Definition, StoredAt]] = {}
        """What was left out, for where something else is said of the same activity after all."""
        self._remembered = remembered

    def add(self, owner: str, extract: Extract, stored_ms: int) -> None:
        for seen in extract.activities:
            key = (seen.activity_id, owner)
            definition = seen.definition or None
            fingerprint = None if definition is None else _fingerprint(definition)
            if key not in self.said:
                if self._remembered.covers(key, fingerprint, stored_ms):
                    if definition is not None:
                        self._covered[key] = (definition, StoredAt(stored_ms, extract.statement_id))
                    continue
                self.said[key] = []
                if (left_out := self._covered.pop(key, None)) is not None:
                    self._say(key, *left_out, _fingerprint(left_out[0]))
            if definition is not None:
                self._say(key, definition, StoredAt(stored_ms, extract.statement_id), fingerprint)

    def _say(self, key: Key, definition: Definition, at: StoredAt, fingerprint: _Fingerprint) -> None:
        said = self.said[key]
        self._latest_ms[key] = max(at.stored_ms, self._latest_ms.get(key, at.stored_ms))
        if said and self._last[key] == fingerprint:
            # The same leaves, so that the later of the two stands for both.
            if at > said[-1][1]:
                said[-1] = (definition, at)
        else:
            said.append((definition, at))
            self._last[key] = fingerprint

    def recorded(self) -> None:
        """All that was said is in the store."""
        self._remembered.add({key: (self._last.get(key), self._latest_ms.get(key, 0)) for key in self.said})


class Remembered:
    """The definition that was last recorded of each activity, and when it was said. Thread-safe."""

    def __init__(self) -> None:
        self._known: dict[Key, tuple[_Fingerprint, int]] = {}

    def covers(self, key: Key, fingerprint: _Fingerprint, stored_ms: int) -> bool:
        """Whether recording this would change nothing that counts. Who only names an activity says nothing of it."""
        known = self._known.get(key)
        if known is None:
            return False
        return fingerprint is None or (known[0] == fingerprint and stored_ms - known[1] < CONFIRMED_EVERY_MS)

    def add(self, recorded: Mapping[Key, tuple[_Fingerprint, int]]) -> None:
        if len(self._known) > _MOST_REMEMBERED:
            self._known = {}
        for key, (fingerprint, stored_ms) in recorded.items():
            if fingerprint is not None or key not in self._known:
                self._known[key] = (fingerprint, stored_ms)


def _fingerprint(definition: Definition) -> int:
    return hash(_encode(definition))
