"""Questions of many threads, asked together: what arrives while one is being answered goes into the next.

Nothing is delayed to gather more: who comes alone asks at once, in the own thread. So a busy server asks less often for each
request, and an idle one answers as fast as ever.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

Asked = TypeVar("Asked")
Told = TypeVar("Told")


class _Turn(Generic[Asked]):
    """One thread's question, and the lock that it waits at until it is its turn to ask, or another has asked for it."""

    __slots__ = ("asked", "called", "error", "leads", "told")

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.called = threading.Lock()
        self.called.acquire()
        self.leads = False
        self.told: object = None
        self.error: BaseException | None = None


class Rounds(Generic[Asked, Told]):
    """`answer` is given the questions of one round; its result goes to all who asked, and so does what it raises. There is one
    round at a time, begun after each of its questions arrived. Thread-safe."""

    def __init__(self, answer: Callable[[Sequence[Asked]], Told]) -> None:
        self._answer = answer
        self._lock = threading.Lock()
        self._waiting: list[_Turn[Asked]] = []
        self._under_way = False

    def ask(self, asked: Asked) -> Told:
        mine = _Turn(asked)
        with self._lock:
            self._waiting.append(mine)
            leads = not self._under_way
            self._under_way = True
        if not leads:
            mine.called.acquire()
            leads = mine.leads
        if leads:
            self._lead(mine)
        if mine.error is not None:
            raise mine.error
        return mine.told  # type: ignore[return-value]

    def _lead(self, mine: _Turn[Asked]) -> None:
        with self._lock:
            turns, self._waiting = self._waiting, []
        told: Told | None = None
        error: BaseException | None = None
        try:
            told = self._answer([turn.asked for turn in turns])
        except BaseException as raised:
            error = raised
        with self._lock:
            following = self._waiting[0] if self._waiting else None
            self._under_way = following is not None
        if following is not None:
            following.leads = True
            following.called.release()
        for turn in turns:
            turn.told, turn.error = told, error
            if turn is not mine:
                turn.called.release()
