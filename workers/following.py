"""Keeping the store's positions those of the log that is there.

An offset means something only together with the log it is one of. A log may be deleted and begun anew, replaced by another (from
SQLite to Kafka), or put back from a backup that is older than the store. Then what stands before the position is not what was
recorded, and going on from there would pass over statements that were acknowledged. So the position begins again at the log's
beginning: recording is idempotent by id, and what was recorded before is found to be there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

import eventlog.port as log
from eventlog.port import Extent, LogInspector, Topic
from store.port import Position, Positions, Unavailable
from telemetry.clock import Clock
from telemetry.logs import logger
from workers.loop import StartOver

LOOK_EVERY_S: Final = 1.0
"""How often a recorder asks whether the log is still the one it reads."""

_TRIES: Final = 20


class LogFollower:
    """Thread-safe; any number of processes may follow at once."""

    def __init__(self, inspector: LogInspector, positions: Positions) -> None:
        self._inspector = inspector
        self._positions = positions

    def follow(self) -> Mapping[int, Position]:
        """Let the positions be of the log that is there, within what it has; return them. Raises Unavailable of either."""
        for _ in range(_TRIES):
            # In this order: a log never gets shorter, so a position beyond an end that was read after it can't be of it.
            held = self._positions.positions()
            extent = self._extent()
            moves = list(_moves(held, extent))
            if not moves:
                return held
            for seen, next_offset in moves:
                if problem := mismatch(seen, extent):
                    logger("recorder").warning("reading the log from its beginning", partition=seen.partition, because=problem)
                self._positions.adopt(seen, extent.log_id, next_offset)
        raise Unavailable("the recorders' positions do not come to rest in one log")

    def _extent(self) -> Extent:
        try:
            return self._inspector.extent(Topic.ACCEPTED)
        except log.Rejected as missing:
            # Between the end of a log and the making of the next its topics are missing.
            raise log.Unavailable(str(missing)) from missing


class Reading:
    """Which log one recorder reads each partition from. Not thread-safe.

    What it knows of a partition was read before any record that is handled under it. So the records are of that log or, if that
    was replaced meanwhile, of a newer one, which is read from its beginning once it is followed; they are never counted as a
    newer log's while they are an older one's.
    """

    def __init__(self, follower: LogFollower, clock: Clock) -> None:
        self._follower = follower
        self._clock = clock
        self._known: dict[int, Position] = {}
        self._look_at = 0.0

    def begin(self, partition: int) -> int | None:
        """The partition's next_offset in the log that is there; None when that has no such partition."""
        position = self._follower.follow().get(partition)
        if position is None:
            return None
        self._known[partition] = position
        return position.next_offset

    def look(self) -> None:
        """Raise StartOver when the log is not the one that is being read, or shorter than what was read. Asks once a second."""
        now = self._clock.monotonic()
        if not self._known or now < self._look_at:
            return
        self._look_at = now + LOOK_EVERY_S
        held = self._follower.follow()
        for partition in list(self._known):
            self.position(partition, held)

    def position(self, partition: int, held: Mapping[int, Position]) -> Position:
        """The partition's position of those held, if it is of the log that is being read and did not go back. Otherwise raises
        StartOver."""
        if partition not in self._known:
            self.begin(partition)
            held = {**held, **self._known}
        known, position = self._known.get(partition), held.get(partition)
        if known is None or position is None or position.log_id != known.log_id:
            raise self.outdated(f"partition {partition} is not followed in the log that it was read from")
        if position.next_offset < known.next_offset:
            raise self.outdated(f"partition {partition} was read up to {known.next_offset}, beyond which the log was taken back")
        return position

    def passed(self, position: Position, next_offset: int) -> None:
        """What comes again, from before the position, takes nothing back."""
        self._known[position.partition] = replace(position, next_offset=max(position.next_offset, next_offset))

    def outdated(self, reason: str) -> StartOver:
        self._known.clear()
        return StartOver(reason)


def mismatch(position: Position, extent: Extent) -> str | None:
    """Why this position, which was read before the extent, is none of this log, in words; None when it may be one."""
    end = extent.ends.get(position.partition, 0)
    if position.log_id and position.log_id != extent.log_id:
        return f"the store stands at {position.next_offset} of another log ({position.log_id}) than this one ({extent.log_id})"
    if position.next_offset > end:
        return f"the store stands at {position.next_offset} of a log that ends at {end}"
    return None


def _moves(held: Mapping[int, Position], extent: Extent) -> Iterator[tuple[Position, int]]:
    """The positions that are to change, each with the offset at which it is to go on."""
    for partition in extent.ends:
        position = held.get(partition, Position(partition, 0, 0, claimed=False))
        if mismatch(position, extent):
            yield position, 0
        elif position.log_id != extent.log_id:
            yield position, position.next_offset
