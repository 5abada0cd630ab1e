"""The keeper: sees to it that profiles and rollups follow what changes beside the statements, and the calendar."""

from __future__ import annotations

import math
from datetime import date
from typing import Final

from store.port import OrderKind, orders_for
from telemetry import metrics
from telemetry.clock import Clock
from telemetry.logs import logger
from workers.profiles import ProfileBuilder
from workers.refresher import FOLLOWING, LONG, Refresher
from workers.rollups import UnitRollups
from workers.stores import Stores

PAUSE_S: Final = 0.2
"""How long a keeper waits that had nothing to do: so long a change of HR's may rest before it is carried out."""
DUE_EVERY_S: Final = 60.0
DUE_AT_ONCE: Final = 1_000
SLICE_S: Final = 0.5
"""How long one kind of work may take in a tick: another kind waits so long, and an end that is asked for."""
ROLLUPS_SHARE: Final = 0.25
"""Of the time, at most so much goes into rollups: while statements come in, a unit's is out of date as soon as it is computed."""


class Keeper:
    """One tick does a portion of each kind of work. Any number of keepers may run; what dies with one, the next takes up."""

    name = "keeper"

    def __init__(self, stores: Stores, builder: ProfileBuilder, refresher: Refresher, rollups: UnitRollups, clock: Clock) -> None:
        self._stores = stores
        self._builder = builder
        self._refresher = refresher
        self._rollups = rollups
        self._clock = clock
        self._day: date | None = None
        self._look_at = 0.0
        self._due_after: str | None = None
        self._rollups_at = -math.inf

    def tick(self) -> bool:
        """Whether there was anything to do. Raises Unavailable of log or store; the next tick goes on where this one was."""
        found = self._order_what_is_due()
        # A slice of what may take long comes after all that does not: who links an account need not wait for a whole country.
        carried_out = self._refresher.run_pending(FOLLOWING - LONG, slice_s=SLICE_S)
        went_on = self._refresher.carry_out_one(LONG, slice_s=SLICE_S)
        computed = self._refresh_rollups()
        metrics.ORDERS_WAITING.set(self._stores.orders.waiting())
        return bool(found or carried_out or went_on or computed)

    def _refresh_rollups(self) -> int:
        started = self._clock.monotonic()
        if started < self._rollups_at:
            return 0
        computed = self._rollups.refresh(SLICE_S)
        ended = self._clock.monotonic()
        self._rollups_at = ended + (ended - started) * (1 / ROLLUPS_SHARE - 1)
        return computed

    def _order_what_is_due(self) -> bool:
        """Find profiles that this day may change: at the start, each minute, and at once when a day begins. An order is placed for
        them before they are computed, so that whoever is to be told is told also when the keeper dies in between."""
        today = self._builder.today()
        now = self._clock.monotonic()
        if today != self._day:
            self._day, self._due_after, self._look_at = today, None, now
        if now < self._look_at:
            return False
        self._stores.pending_imports.expire(self._clock.now_ms())
        due = self._stores.profiles.due(today, after_id=self._due_after, limit=DUE_AT_ONCE)
        if due:
            self._stores.orders.place(orders_for(OrderKind.EMPLOYEES, due))
            logger(self.name).info("profiles that the day changes", day=today.isoformat(), profiles=len(due))
            metrics.PROFILES_DUE.inc(len(due))
        if len(due) == DUE_AT_ONCE:
            self._due_after = due[-1]
        else:
            self._due_after, self._look_at = None, now + DUE_EVERY_S
        return bool(due)
