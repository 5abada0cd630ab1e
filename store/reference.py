"""Catalogue, units, posts and competencies: what profiles are computed against besides evidence, read again when they change."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass

from competency.catalogue import CatalogueEntry
from competency.directory import Post, Unit
from competency.frameworks import Competency
from competency.units import unit_path
from store.port import CatalogueStore, DirectoryStore


@dataclass(frozen=True, slots=True)
class Reference:
    """One picture. What changes later is announced again, so a profile never stays behind it."""

    versions: tuple[int, int]
    catalogue: Mapping[str, CatalogueEntry]
    """By activity id."""
    posts: Mapping[str, Post]
    units: Mapping[str, Unit]
    competencies: tuple[Competency, ...]

    def unit_path(self, unit_id: str) -> tuple[Unit, ...]:
        return unit_path(unit_id, self.units)


class References:
    """Hands out the current reference. Thread-safe."""

    def __init__(self, directory: DirectoryStore, catalogue: CatalogueStore) -> None:
        self._directory = directory
        self._catalogue = catalogue
        self._held: Reference | None = None
        self._lock = threading.Lock()

    def current(self) -> Reference:
        """As of a moment after this call began. Versions are read first, so what changes meanwhile is read again next time."""
        versions = (self._directory.version(), self._catalogue.version())
        held = self._held
        if held is not None and held.versions == versions:
            return held
        with self._lock:
            if self._held is None or self._held.versions != versions:
                self._held = Reference(
                    versions=versions,
                    catalogue={entry.activity_id: entry for entry in self._catalogue.entries()},
                    posts={post.id: post for post in self._directory.posts()},
                    units={unit.id: unit for unit in self._directory.units()},
                    competencies=tuple(self._catalogue.competencies()),
                )
            return self._held
