"""How far the recorders are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Position:
    """How far one partition of the accepted log is recorded. Every statement that has, or will ever get, a `stored` before
    `through_ms` through this partition is readable. `claimed`: some recorder may be recording beyond `next_offset`, with a
    `through_ms` it has read already; claims only grow, and end when the position has passed them."""

    partition: int
    next_offset: int
    through_ms: int
    claimed: bool
    log_id: str = ""
    """The log whose offset this is; empty for a position that was written when logs had no identity."""


class Positions(Protocol):
    def positions(self) -> dict[int, Position]:
        """Per partition that has one."""
        ...

    def advance(self, partition: int, next_offset: int, through_ms: int, *, log_id: str = "") -> None:
        """Everything before `next_offset` of this log is recorded, or buried. Creates the position when it is missing; neither
        number goes back here, and a `next_offset` that is not greater than the held one, or of another log, changes nothing."""
        ...

    def raise_through(self, ends: Mapping[int, int], through_ms: int, *, log_id: str = "") -> dict[int, Position]:
        """For each partition whose position is of this log, stands at exactly the given end offset and is not claimed (a missing
        position counts as standing at 0 and is created), raise its through_ms to `through_ms`: never lower, and not beyond the
        store's own clock where it has one. Returns all positions as they are afterwards."""
        ...

    def adopt(self, seen: Position, log_id: str, next_offset: int) -> None:
        """Let the partition go on at `next_offset` of this log, in one step, if its log and next_offset still are those of `seen`
        (a missing position counts as standing at 0 of the log "" and is created); otherwise change nothing, so several may do it
        at once. `through_ms` stays: what was promised holds whatever the log. A claim stays until the position moves: whoever
        holds it may be writing still."""
        ...
