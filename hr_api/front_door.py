"""The way of every statement into the log, for what HR imports: the xAPI endpoint itself, with a credential of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class TurnedAway:
    """A statement that the endpoint refuses: its place among those sent, and what it said."""

    index: int
    message: str


class DoorClosed(Exception):
    """The credential by which lists are sent is not let in any more; an administrator has to look."""


class FrontDoor(Protocol):
    def send(self, statements: Sequence[bytes]) -> tuple[TurnedAway, ...]:
        """Hand over statements (JSON, each with its id); returns the refused ones once all others are on disk.

        Raises DoorClosed, and eventlog.port.Unavailable when the endpoint can't accept now: some may have been accepted then, and
        all may be sent again.
        """
        ...
