"""Who has which agent key, remembered for as long as the directory does not change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from competency.directory import Holding
from store.port import DirectoryStore

_MOST_KEYS: Final = 50_000
"""Remembered at once, about 20 MB: a profiler's people are named again and again."""


class Holders:
    """Thread-safe: what is remembered is only ever added to or replaced as a whole."""

    def __init__(self, directory: DirectoryStore) -> None:
        self._directory = directory
        self._remembered: tuple[int, dict[str, tuple[Holding, ...]]] = (-1, {})

    def of(self, keys: Iterable[str], version: int) -> Mapping[str, tuple[Holding, ...]]:
        """At least these keys, each with who has it at some time: as the directory was in this version, which the caller has read
        before, or later. Who finds the same version afterwards knows that nothing came between."""
        wanted = set(keys)
        of_version, known = self._remembered
        if of_version != version or len(known) > _MOST_KEYS:
            known = {}
            self._remembered = (version, known)
        if missing := wanted.difference(known):
            known.update(dict.fromkeys(missing, ()) | self._directory.holders(missing))
        return known
