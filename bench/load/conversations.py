"""What connections say in a workload, and what they note of the answers."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from bench.load.requests import Posts


@dataclass(slots=True)
class Tally:
    """What all connections of a workload have seen. `statements` were acknowledged, or read; `refused` counts other answers than
    those asked for, by status."""

    seconds: list[float] = field(default_factory=list)
    statements: int = 0
    read_bytes: int = 0
    refused: Counter[int] = field(default_factory=Counter)
    first_refusal: str = ""

    def take(self, took_s: float, status: int, body: bytes, statements: int, wanted: tuple[int, ...] = (200,)) -> bool:
        """Whether it is the answer that was asked for."""
        if status not in wanted:
            self.refused[status] += 1
            self.first_refusal = self.first_refusal or body[:300].decode(errors="replace")
            return False
        self.seconds.append(took_s)
        self.statements += statements
        self.read_bytes += len(body)
        return True


class Pace:
    """Moments at a steady rate, for all connections together. What is late because the server is slow counts as late: latency is
    from the moment at which a request was due (no coordinated omission)."""

    def __init__(self, per_second: float) -> None:
        self._step = 1 / per_second
        self._next: float | None = None

    def due(self, now: float) -> float:
        return now if self._next is None else self._next

    def take(self, now: float) -> float:
        due = self.due(now)
        self._next = due + self._step
        return due


class Posting:
    """Posts one request after the other, or at a pace; no more than `most` of the row, which others may share."""

    def __init__(self, posts: Posts, tally: Tally, pace: Pace | None = None, most: float = math.inf) -> None:
        self._posts = posts
        self._tally = tally
        self._pace = pace
        self._most = most
        self._due = 0.0

    def next(self, now: float) -> bytes | float:
        if self._posts.made >= self._most:
            return math.inf
        self._due = now
        if self._pace is not None:
            if self._pace.due(now) > now:
                return self._pace.due(now)
            self._due = self._pace.take(now)
        return self._posts.next()[0]

    def took(self, asked_at: float, answered_at: float, status: int, body: bytes) -> None:
        self._tally.take(answered_at - self._due, status, body, self._posts.size)


class Asking:
    """Asks one request after the other, for ever round."""

    def __init__(self, requests: Iterator[bytes], tally: Tally, statements_in: Callable[[bytes], int]) -> None:
        self._requests = requests
        self._tally = tally
        self._statements_in = statements_in

    def next(self, now: float) -> bytes | float:
        return next(self._requests)

    def took(self, asked_at: float, answered_at: float, status: int, body: bytes) -> None:
        self._tally.take(answered_at - asked_at, status, body, self._statements_in(body) if status == 200 else 0)


class Turning:
    """Follows `more` to the last page, then begins the next list. Notes the first page, and the last of at least `deep` pages."""

    def __init__(
        self, lists: Iterator[bytes], get: Callable[[str], bytes], tally: Tally, first: Tally, last: Tally, deep: int
    ) -> None:
        self._lists = lists
        self._get = get
        self._tally = tally
        self._first = first
        self._last = last
        self._deep = deep
        self._page = 0
        self._more = ""

    def next(self, now: float) -> bytes | float:
        self._page = self._page + 1 if self._more else 1
        return self._get(self._more) if self._more else next(self._lists)

    def took(self, asked_at: float, answered_at: float, status: int, body: bytes) -> None:
        self._more = ""
        took_s = answered_at - asked_at
        if not self._tally.take(took_s, status, body, 0):
            return
        page = json.loads(body)
        self._tally.statements += len(page["statements"])
        self._more = page.get("more", "")
        if self._page == 1:
            self._first.take(took_s, status, body, 0)
        # The very last may be nearly empty; the last full one says what a deep page costs.
        elif self._page >= self._deep and self._more:
            self._last.take(took_s, status, body, 0)


def statements_on(body: bytes) -> int:
    """Of a page, cheaply: each statement has one authority, and nothing else has that member."""
    return body.count(b'"authority":')


def in_turn(requests: Sequence[bytes], first: int) -> Iterator[bytes]:
    """For ever round, beginning at a place of one's own."""
    place = first
    while True:
        yield requests[place % len(requests)]
        place += 1
