"""Reading the rollups of a unit: of its subtree, of its own people, and of each unit directly below it with its subtree."""

from __future__ import annotations

from dataclasses import dataclass

from competency.directory import Unit
from competency.rollup import UnitRollup, merge, read
from hr_api.services import HrServices
from store.port import StoredRollup, tree_of
from store.reference import Reference

NOBODY = merge(())


@dataclass(frozen=True, slots=True)
class Part:
    """A unit's own people, or a unit below with its subtree."""

    unit_id: str
    name: str
    rollup: UnitRollup


@dataclass(frozen=True, slots=True)
class Figures:
    """`total` is that of the whole subtree. `stale`: some profile has changed since something of it was added up."""

    total: UnitRollup
    parts: tuple[Part, ...]
    stale: bool


def figures(services: HrServices, reference: Reference, unit: Unit) -> Figures:
    below = sorted((one for one in reference.units.values() if one.parent_id == unit.id), key=lambda one: (one.name, one.id))
    ids = [tree_of(unit.id), unit.id, *(tree_of(one.id) for one in below)]
    held = services.rollups.get_many(ids)
    own = Part(unit.id, unit.name, _read(held.get(unit.id)))
    parts = [own, *(Part(one.id, one.name, _read(held.get(tree_of(one.id)))) for one in below)]
    return Figures(
        total=_read(held.get(tree_of(unit.id))),
        parts=tuple(part for part in parts if part.rollup.employees),
        stale=any(one.stale for one in held.values()) or tree_of(unit.id) not in held,
    )


def _read(held: StoredRollup | None) -> UnitRollup:
    return NOBODY if held is None else read(held.text)
