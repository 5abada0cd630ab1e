"""How far the workers are behind the log, and whether it is their log."""

from __future__ import annotations

from collections.abc import Mapping

from eventlog.port import LogInspector, Topic
from store.port import OrderKind, Orders, Positions, Rollups
from workers.following import mismatch

_STALE_COUNTED = 1_000


def behind(positions: Positions, inspector: LogInspector, recorders: str, profilers: str) -> dict[str, int]:
    """How many records the groups `recorders` and `profilers` have still to do. Raises Unavailable."""
    # What is done is read before the ends: then it lies beyond an end only when it is none of this log's.
    held = positions.positions()
    announced = inspector.committed(Topic.ACCEPTED, recorders)
    accepted = inspector.extent(Topic.ACCEPTED)
    # What is recorded but not announced would count as done by both.
    recorded = {part: min(one.next_offset, announced.get(part, 0)) for part, one in held.items() if not mismatch(one, accepted)}
    profiled = inspector.committed(Topic.RECORDED, profilers)
    return {
        "recorder": _left(accepted.ends, recorded),
        "profiler": _left(inspector.end_offsets(Topic.RECORDED), profiled),
    }


def of_group(inspector: LogInspector, topic: Topic, group: str) -> int:
    """How many records of `topic` the group has still to do. Raises Unavailable."""
    return _left(inspector.end_offsets(topic), inspector.committed(topic, group))


def orders_left(orders: Orders, rollups: Rollups) -> int:
    """How many orders the keepers have still to carry out (a rebuild is none of theirs), and rollups to compute, of which no more
    than a thousand are counted."""
    return orders.waiting() - len(orders.of_kind(OrderKind.REBUILD)) + len(rollups.stale(_STALE_COUNTED))


def mismatches(positions: Positions, inspector: LogInspector) -> dict[int, str]:
    """Per partition of the accepted log whose position is of another log, or beyond its end: what is the matter, in words. A
    recorder that runs mends it."""
    held = positions.positions()
    accepted = inspector.extent(Topic.ACCEPTED)
    return {part: problem for part, one in held.items() if (problem := mismatch(one, accepted))}


def _left(ends: Mapping[int, int], done: Mapping[int, int]) -> int:
    """Records before the ends that are not done. Who stands beyond an end has to begin again: all of that partition are left."""
    return sum(end - done.get(part, 0) if done.get(part, 0) <= end else end for part, end in ends.items())
