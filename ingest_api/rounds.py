"""Requests of many threads, worked on together: what arrives while one round is under way goes into the next.

Nothing is delayed to gather more: who comes alone works at once, in the own thread. A busy server works on many at a time, which
costs each of them less: one look-up and one write for all, and code and data that are still at hand from the one before.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

Asked = TypeVar("Asked")
Told = TypeVar("Told")


class TooLong(Exception):
    """Nobody told in time what became of it."""


class Turn(Generic[Asked, Told]):
    """What one thread asked, and the lock that it waits at until it is to lead a round, or is told."""

    __slots__ = ("_called", "_error", "_told", "asked", "is_told", "leads")

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.leads = False
        self.is_told = False
        self._told: Told | None = None
        self._error: BaseException | None = None
        self._called = threading.Lock()
        self._called.acquire()

    def tell(self, told: Told) -> None:
        """What was asked for. Called by any thread; of this and `fail` the first call counts."""
        if not self.is_told:
            self._told = told
            self._end()

    def fail(self, error: BaseException) -> None:
        """What is to be raised where it was asked."""
        if not self.is_told:
            self._error = error
            self._end()

    def _end(self) -> None:
        self.is_told = True
        self._called.release()

    def lead(self) -> None:
        self.leads = True
        self._called.release()

    def wait(self, seconds: float) -> bool:
        """Whether it was told, or called to lead, in time."""
        return self._called.acquire(timeout=seconds)

    def outcome(self) -> Told:
        """To be asked for once."""
        error, self._error = self._error, None
        if error is not None:
            try:
                raise error
            finally:
                # The error leads to this frame, and back it would be a circle, with all that was asked in it.
                del error
        return self._told  # type: ignore[return-value]


class Rounds(Generic[Asked, Told]):
    """`work` is given the turns of a round, and sees to it that each is told, within the call or later. What it raises is told to
    those that are not. There is one call at a time, begun after each of its turns arrived. Thread-safe."""

    def __init__(self, work: Callable[[Sequence[Turn[Asked, Told]]], None], patience_s: float) -> None:
        self._work = work
        self._patience_s = patience_s
        self._lock = threading.Lock()
        self._waiting: list[Turn[Asked, Told]] = []
        self._under_way = False

    def ask(self, asked: Asked) -> Told:
        """Raises what `work` told, and TooLong when it told nothing for the patience's seconds."""
        mine = Turn[Asked, Told](asked)
        with self._lock:
            self._waiting.append(mine)
            leads = not self._under_way
            self._under_way = True
        if not leads:
            if not mine.wait(self._patience_s):
                self._withdraw(mine)
            leads = mine.leads
        if leads:
            self._lead()
            if not mine.wait(self._patience_s):
                raise TooLong
        return mine.outcome()

    def _withdraw(self, mine: Turn[Asked, Told]) -> None:
        """Take back a turn whose time is up. Raises TooLong, unless it was called to lead meanwhile: then all wait for it."""
        with self._lock:
            if not mine.leads:
                if mine in self._waiting:
                    self._waiting.remove(mine)
                raise TooLong
        mine.wait(self._patience_s)

    def _lead(self) -> None:
        with self._lock:
            turns, self._waiting = self._waiting, []
        try:
            self._work(turns)
        except BaseException as error:
            for turn in turns:
                if not turn.is_told:
                    turn.fail(error)
        finally:
            with self._lock:
                following = self._waiting[0] if self._waiting else None
                self._under_way = following is not None
                if following is not None:
                    following.lead()
