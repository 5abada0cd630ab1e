"""Versions of values that keep their own number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from competency.catalogue import CatalogueEntry
from competency.directory import Post
from competency.frameworks import Framework
from store.port import Outdated

Versioned = TypeVar("Versioned", Post, CatalogueEntry, Framework)


def successor(value: Versioned, held: Versioned | None) -> Versioned | None:
    """What stands after `value` is put where `held` stood: with the next version, or None when nothing but the version differs."""
    if held is None:
        return replace(value, version=1)
    if replace(value, version=held.version) == held:
        return None
    return replace(value, version=held.version + 1)


def refuse_outdated(held: Mapping[str, Versioned], expected: Mapping[str, int]) -> None:
    """Raises Outdated unless what is held is of these versions, 0 for what must not be there."""
    for value_id, version in expected.items():
        found = held[value_id].version if value_id in held else 0
        if found != version:
            raise Outdated(f"{value_id} is of version {found}, not {version}")
