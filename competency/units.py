"""The tree of units (unit kerja). Pure."""

from __future__ import annotations

from collections.abc import Mapping

from competency.directory import Unit


def unit_path(unit_id: str, units: Mapping[str, Unit]) -> tuple[Unit, ...]:
    """From the agency (instansi) down to the unit. It ends early at a parent that is not known, and at a circle."""
    path: list[Unit] = []
    seen: set[str] = set()
    next_id: str | None = unit_id
    while next_id is not None and next_id not in seen and (unit := units.get(next_id)) is not None:
        seen.add(next_id)
        path.append(unit)
        next_id = unit.parent_id
    return tuple(reversed(path))


def subtree(unit_id: str, units: Mapping[str, Unit]) -> frozenset[str]:
    """The ids of the unit and of every unit below it."""
    below: dict[str, list[str]] = {}
    for unit in units.values():
        if unit.parent_id is not None:
            below.setdefault(unit.parent_id, []).append(unit.id)
    found = {unit_id}
    waiting = [unit_id]
    while waiting:
        for child in below.get(waiting.pop(), ()):
            if child not in found:
                found.add(child)
                waiting.append(child)
    return frozenset(found)
