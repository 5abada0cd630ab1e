"""Carrying out the orders that changes of directory, catalogue, frameworks and rules leave behind, until every profile follows."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Final
from uuid import UUID

import jiter
import msgspec

from competency.globs import Globs
from store.consequences import ALL_UNMATCHED
from store.port import EmployeeSearch, Order, OrderKind, SearchAfter, SightingKind, StoredStatement
from store.reference import References
from telemetry import metrics
from telemetry.clock import Clock
from workers.announcements import Announcer
from workers.loop import NEVER, OUTAGES, StartOver, Stop
from workers.profiler import Profiler
from workers.rebuild import Rebuild
from workers.stores import Stores
from xapi.agents import learner_keys
from xapi.query import StatementFilter, StoredAt

PAGE = 500
PORTION = 200
LEASE_MS: Final = 30_000
"""An order is the taker's so long after the last step that was written down; a step takes a second or so."""
WRITE_EVERY_S: Final = 0.2
"""How far an order is, is written no more often than this: most steps of an order of many agents find nothing to do."""
FOLLOWING: Final = frozenset(OrderKind) - {OrderKind.REBUILD}
"""What is carried out as soon as it is there. A rebuild is for whoever asked for it."""
LONG: Final = frozenset({OrderKind.EVERYONE, OrderKind.PATTERNS, OrderKind.POSTS})
"""What may go through a whole country."""


class _Cursor(msgspec.Struct, frozen=True, array_like=True):
    """How far an order is: everything before `key` is done, and of `key` the statements up to a place."""

    key: str = ""
    after: tuple[int, str] | None = None
    holder: tuple[str, str] | None = None
    """Of the holders of a post `key`, those up to this name and id are done."""


_cursors = msgspec.json.Decoder(_Cursor)


class Refresher:
    """Takes orders and carries them out in steps. Each step is idempotent and durable before the cursor moves past it, so another
    may take the order wherever its taker died. Any number may work at once; each order is one taker's while its lease lasts."""

    def __init__(
        self,
        stores: Stores,
        references: References,
        announcer: Announcer,
        profiler: Profiler,
        rebuild: Rebuild,
        clock: Clock,
        stop: Stop = NEVER,
    ) -> None:
        self._stores = stores
        self._references = references
        self._announcer = announcer
        self._profiler = profiler
        self._rebuild = rebuild
        self._clock = clock
        self._stop = stop
        self._ways: Mapping[OrderKind, Callable[[Sequence[str], _Cursor], Iterator[_Cursor]]] = {
            OrderKind.AGENTS: self._agents,
            OrderKind.ACTIVITIES: self._activities,
            OrderKind.PATTERNS: self._patterns,
            OrderKind.EMPLOYEES: self._employees,
            OrderKind.POSTS: self._posts,
            OrderKind.EVERYONE: self._everyone,
            OrderKind.REBUILD: self._range,
        }
        self.announced = 0
        """Statements whose evidence is derived again because of the orders carried out so far."""

    def run_pending(self, kinds: frozenset[OrderKind] = FOLLOWING, *, slice_s: float = math.inf) -> int:
        """Carry out orders of these kinds until there is none to take, or `slice_s` seconds are over; returns how many it took."""
        until = self._clock.monotonic() + slice_s
        taken = 0
        while not self._stop.requested and self.carry_out_one(kinds, slice_s=until - self._clock.monotonic()):
            taken += 1
            if self._clock.monotonic() >= until:
                break
        return taken

    def carry_out_one(self, kinds: frozenset[OrderKind] = FOLLOWING, *, slice_s: float = math.inf) -> bool:
        """Whether there was an order to take. It is done then, or so far as it came in `slice_s` seconds or until the end was asked
        for, and whoever takes it next goes on."""
        order = self._stores.orders.take(self._clock.now_ms(), LEASE_MS, kinds)
        if order is None:
            return False
        if order.kind is OrderKind.EVERYONE and not order.cursor:
            self._do_for_all(order)
        until = self._clock.monotonic() + slice_s
        write_at = -math.inf  # the first step at once: an order is begun when it has a cursor
        reached: _Cursor | None = None
        try:
            for reached in self._ways[order.kind](order.keys, _cursors.decode(order.cursor) if order.cursor else _Cursor()):
                now = self._clock.monotonic()
                ended = self._stop.requested or now >= until
                if now < write_at and not ended:
                    continue
                if not self._write(order, reached, 0 if ended else LEASE_MS) or ended:
                    return True  # that it is not there any more means that another took it after its lease, and has finished it
                write_at = self._clock.monotonic() + WRITE_EVERY_S
        except (*OUTAGES, StartOver) as reason:
            # Whoever tries next need not wait for the lease, unless the store can't be told so.
            with suppress(*OUTAGES):
                self._write(order, reached, 0)
            if isinstance(reason, StartOver):
                return True
            raise
        self._stores.orders.done(order.id)
        metrics.ORDERS_CARRIED_OUT.labels(order.kind.value).inc()
        return True

    def _write(self, order: Order, reached: _Cursor | None, lease_ms: int) -> bool:
        """How far it is: where it was, when nothing was reached. Whether the order is still there."""
        cursor = order.cursor if reached is None else msgspec.json.encode(reached).decode()
        return self._stores.orders.progress(order.id, cursor, self._clock.now_ms() + lease_ms)

    def _do_for_all(self, order: Order) -> None:
        """Who goes through everyone from the beginning does it for all such orders that are there now: what they follow from is
        written. One that is under way is left to whoever carries it out."""
        for other in self._stores.orders.of_kind(OrderKind.EVERYONE):
            if other.id != order.id and not other.cursor:
                self._stores.orders.done(other.id)

    def _agents(self, keys: Sequence[str], start: _Cursor) -> Iterator[_Cursor]:
        for key in sorted(keys):
            yield from self._announce(key, StatementFilter(agent=key, ascending=True), start)

    def _activities(self, keys: Sequence[str], start: _Cursor) -> Iterator[_Cursor]:
        for key in sorted(keys):
            yield from self._announce(key, StatementFilter(activity=key, ascending=True), start)

    def _patterns(self, keys: Sequence[str], start: _Cursor) -> Iterator[_Cursor]:
        meets = _meeting(keys)
        # The activity at the cursor may be half done, so it comes first, and then those beyond it.
        if start.after is not None:
            yield from self._announce(start.key, StatementFilter(activity=start.key, ascending=True), start)
        after = start.key or None
        while seen := self._stores.sightings.keys(SightingKind.ACTIVITY, after=after, limit=PAGE):
            exact = self._exactly_matched() if ALL_UNMATCHED in keys else frozenset()
            for activity_id in seen:
                if meets(activity_id) or (ALL_UNMATCHED in keys and activity_id not in exact):
                    yield from self._announce(activity_id, StatementFilter(activity=activity_id, ascending=True), _Cursor())
            after = seen[-1]
            yield _Cursor(after)

    def _employees(self, keys: Sequence[str], start: _Cursor) -> Iterator[_Cursor]:
        left = [key for key in sorted(keys) if key > start.key]
        for begin in range(0, len(left), PORTION):
            portion = left[begin : begin + PORTION]
            self._profiler.update(portion)
            yield _Cursor(portion[-1])

    def _posts(self, keys: Sequence[str], start: _Cursor) -> Iterator[_Cursor]:
        for post_id in sorted(key for key in keys if key > start.key or (key == start.key and start.holder is not None)):
            holders = EmployeeSearch(post_id=post_id, include_left=True)
            after = SearchAfter(*start.holder) if post_id == start.key and start.holder is not None else None
            while page := self._stores.directory.search(holders, after=after, limit=PORTION):
                self._profiler.update(employee.id for employee in page)
                after = SearchAfter(page[-1].name, page[-1].id)
                yield _Cursor(post_id, holder=(after.name, after.id))
            yield _Cursor(post_id)

    def _everyone(self, keys: Sequence[str], start: _Cursor) -> Iterator[_Cursor]:
        after = start.key or None
        while page := self._stores.directory.employees(after_id=after, limit=PORTION):
            self._profiler.update(employee.id for employee in page)
            after = page[-1].id
            yield _Cursor(after)

    def _range(self, keys: Sequence[str], start: _Cursor) -> Iterator[_Cursor]:
        first, last = keys
        # What another finds for people of a range that is not begun he leaves to whoever begins it.
        yield start
        for employee_id in self._rebuild.run(first, last, after_id=start.key or None):
            yield _Cursor(employee_id)

    def _announce(self, key: str, wanted: StatementFilter, start: _Cursor) -> Iterator[_Cursor]:
        """Announce all statements of a key, page by page; those that the cursor says are done are passed over."""
        if key < start.key or (key == start.key and start.after is None):
            return
        after = None
        if key == start.key and start.after is not None:
            after = _place(start.after)
        while True:
            page = self._stores.statements.find(wanted, after=after, limit=PAGE)
            self._announcer.announce(_learners(page.statements))
            self.announced += len(page.statements)
            if page.next_after is None:
                yield _Cursor(key)
                return
            after = page.next_after
            yield _Cursor(key, (after.stored_ms, after.statement_id.hex))

    def _exactly_matched(self) -> frozenset[str]:
        entries = self._references.current().catalogue.by_id.values()
        return frozenset(activity_id for entry in entries for activity_id in entry.activity_ids)


def _learners(statements: Iterable[StoredStatement]) -> list[tuple[UUID, tuple[str, ...]]]:
    return [(held.statement_id, learner_keys(jiter.from_json(held.text)["actor"])) for held in statements]


def _meeting(patterns: Sequence[str]) -> Callable[[str], bool]:
    globs = Globs([(pattern, True) for pattern in patterns if pattern != ALL_UNMATCHED])
    return lambda activity_id: globs.find(activity_id) is not None


def _place(written: tuple[int, str]) -> StoredAt:
    return StoredAt(written[0], UUID(written[1]))
