"""Catalogue, frameworks, rules, units and posts: what profiles are computed against beside evidence, read again when changed."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib.resources import files

from competency.directory import Post, Unit
from competency.frameworks import Competency, Framework
from competency.matching import Catalogue
from competency.regulation import Rules
from competency.rules import core_framework, parse_rules
from competency.standards import KnownCompetencies
from competency.units import unit_path
from store.port import CatalogueStore, DirectoryStore

_KINDS_TEXT = files("competency").joinpath("data", "jenis-diklat.json").read_bytes()


@dataclass(frozen=True, slots=True)
class Reference:
    """One picture. What changes later leaves an order behind, so a profile never stays behind it."""

    versions: tuple[int, int]
    """Of the directory and of the catalogue."""
    catalogue: Catalogue
    posts: Mapping[str, Post]
    units: Mapping[str, Unit]
    frameworks: tuple[Framework, ...]
    """Ordered by id; the nine competencies of Permenpan-RB 38/2017 come with Rekam where the store has no framework of that id."""
    competencies: tuple[Competency, ...]
    """Those of all frameworks, in their order."""
    known_competencies: KnownCompetencies
    """The same, as profiles are built with them."""
    framework_versions: Mapping[str, int]
    """By framework id."""
    rules: Rules

    def unit_path(self, unit_id: str) -> tuple[Unit, ...]:
        return unit_path(unit_id, self.units)

    def unit_ids(self, unit_id: str) -> tuple[str, ...]:
        """The ids of the unit's path, from the agency down; empty for a unit that is not known."""
        return tuple(unit.id for unit in self.unit_path(unit_id))


def known_frameworks(catalogue: CatalogueStore) -> dict[str, Framework]:
    """By id those of the store, and of those that come with Rekam those that the store has none in place of."""
    core = core_framework()
    return {core.id: core} | {framework.id: framework for framework in catalogue.frameworks()}


class References:
    """Hands out the current reference. Thread-safe.

    `builtin_rules` are in force while the store has no rules of its own. Their time zone is always in force: it is a setting.
    """

    def __init__(self, directory: DirectoryStore, catalogue: CatalogueStore, builtin_rules: Rules) -> None:
        self._directory = directory
        self._catalogue = catalogue
        self._builtin_rules = builtin_rules
        self._held: Reference | None = None
        self._parts: tuple[int, int] | None = None
        """The versions of units and posts and of the catalogue, of which `_held` was read."""
        self._lock = threading.Lock()

    def current(self) -> Reference:
        """As of a moment after this call began. Versions are read first, so what changes meanwhile is read again next time."""
        versions = (self._directory.version(), self._catalogue.version())
        held = self._held
        if held is not None and held.versions == versions:
            return held
        with self._lock:
            if self._held is None or self._held.versions != versions:
                # Employees change often, and there is nothing of them here: what is held stays but for its name.
                parts = (self._directory.structure_version(), versions[1])
                if self._held is not None and self._parts == parts:
                    self._held = replace(self._held, versions=versions)
                else:
                    self._held, self._parts = self._read(versions), parts
            return self._held

    def _read(self, versions: tuple[int, int]) -> Reference:
        frameworks = known_frameworks(self._catalogue)
        ordered = tuple(frameworks[name] for name in sorted(frameworks))
        competencies = tuple(competency for framework in ordered for competency in framework.competencies)
        return Reference(
            versions=versions,
            catalogue=Catalogue(self._catalogue.entries()),
            posts={post.id: post for post in self._directory.posts()},
            units={unit.id: unit for unit in self._directory.units()},
            frameworks=ordered,
            competencies=competencies,
            known_competencies=KnownCompetencies(competencies),
            framework_versions={framework.id: framework.version for framework in ordered},
            rules=self._rules(),
        )

    def _rules(self) -> Rules:
        stored = self._catalogue.rules()
        if stored is None:
            return self._builtin_rules
        number, text = stored
        rules = parse_rules(text, _KINDS_TEXT)
        return replace(rules, version=f"{rules.version}#{number}", zone=self._builtin_rules.zone)
