"""Keeping the rollups of each unit: what the profiles of its own people, and of everybody in its tree, come to together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from competency.figures import figures_of
from competency.profile_json import read
from competency.rollup import merge, render
from competency.rollup import read as read_rollup
from competency.sums import add_up
from store.port import ProfileAfter, is_tree, tree_of, unit_of_tree
from store.reference import References
from telemetry import metrics
from telemetry.clock import Clock
from workers.loop import NEVER, Stop
from workers.stores import Stores

PAGE = 1_000
TEXTS_AT_ONCE = 200
AT_ONCE = 20
"""Stale ones that are looked at together."""


class UnitRollups:
    """Safe when several processes work on one unit at once: what was marked while it was computed leaves it stale."""

    def __init__(self, stores: Stores, references: References, clock: Clock, stop: Stop = NEVER) -> None:
        self._stores = stores
        self._references = references
        self._clock = clock
        self._stop = stop

    def refresh(self, slice_s: float) -> int:
        """Compute stale rollups anew until none is left, `slice_s` seconds are over or the end was asked for; returns how many.

        Those of units themselves come first, for the trees are made of them. What stands above is marked before a rollup stops
        being stale, so a death in between leaves neither behind.
        """
        until = self._clock.monotonic() + slice_s
        computed = 0
        for one in sorted(self._stores.rollups.stale(AT_ONCE), key=lambda one: is_tree(one.unit_id)):
            if self._stop.requested or (computed and self._clock.monotonic() >= until):
                break
            text = self.text_of(one.unit_id)
            above = self._above(one.unit_id)
            if above is not None:
                self._stores.rollups.put(one.unit_id, text, one.seq - 1)
                self._stores.rollups.mark([above])
            self._stores.rollups.put(one.unit_id, text, one.seq)
            metrics.ROLLUPS_COMPUTED.inc()
            computed += 1
        return computed

    def _above(self, rollup_id: str) -> str | None:
        """The rollup that this one is a part of: of a unit's own people the tree of the unit, of a tree the tree above it."""
        if not is_tree(rollup_id):
            return tree_of(rollup_id)
        unit = self._references.current().units.get(unit_of_tree(rollup_id))
        return None if unit is None or unit.parent_id is None else tree_of(unit.parent_id)

    def text_of(self, rollup_id: str) -> bytes:
        """What the profiles of the unit's own active employees, or for a tree those of all units of it, as they are kept now, come
        to."""
        if not is_tree(rollup_id):
            return render(add_up(self._figures(rollup_id)))
        unit_id = unit_of_tree(rollup_id)
        below = sorted(unit.id for unit in self._references.current().units.values() if unit.parent_id == unit_id)
        held = self._stores.rollups.get_many([unit_id, *(tree_of(one) for one in below)])
        return render(merge(read_rollup(held[one].text) for one in sorted(held)))

    def _figures(self, unit_id: str) -> Iterator[bytes]:
        path = self._references.current().unit_ids(unit_id)
        after: ProfileAfter | None = None
        while path:
            page = self._stores.profile_queries.figures_in_unit(path, after=after, limit=PAGE)
            yield from [one.figures for one in page if one.figures is not None]
            yield from self._added([one.employee_id for one in page if one.figures is None])
            if len(page) < PAGE:
                return
            after = page[-1].place

    def _added(self, employee_ids: Sequence[str]) -> list[bytes]:
        """The figures of profiles that an older program wrote without them, which have them from now on."""
        found: dict[str, tuple[int, bytes]] = {}
        for start in range(0, len(employee_ids), TEXTS_AT_ONCE):
            profiles = self._stores.profiles.get_many(employee_ids[start : start + TEXTS_AT_ONCE])
            added = {name: (profile.revision, figures_of(read(profile.text))) for name, profile in profiles.items()}
            self._stores.profiles.add_figures(added)
            found |= added
        return [figures for _, figures in found.values()]
