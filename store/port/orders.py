"""Work that a change leaves behind: written in one transaction with the change, carried out afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Protocol
from uuid import uuid4

KEYS_AT_ONCE = 1_000
"""How many keys an order should have at most, so that carrying one out takes seconds."""


class OrderKind(StrEnum):
    """What is to be done; what `Order.keys` are."""

    AGENTS = "agents"
    """Announce the statements that name these agent keys."""
    ACTIVITIES = "activities"
    """Announce the statements about these activity ids."""
    EMPLOYEES = "employees"
    """Compute the profiles of these employees anew."""
    POSTS = "posts"
    """Compute the profiles anew of whoever holds one of these posts."""
    EVERYONE = "everyone"
    """Compute every profile anew; no keys."""
    PATTERNS = "patterns"
    """Announce the statements about all seen activities that meet one of these patterns; `*` means all that no id matches."""
    REBUILD = "rebuild"
    """Build the employees of a range of ids from their statements; the keys are its first and its last id."""


@dataclass(frozen=True, slots=True)
class Order:
    """One piece of work. `id` is random, and given by who places it; `cursor` is how far it has been carried out, empty at the
    start, and means something only to who carries it out."""

    id: str
    kind: OrderKind
    keys: tuple[str, ...] = ()
    cursor: str = ""


def orders_for(kind: OrderKind, keys: Iterable[str]) -> list[Order]:
    """New orders that have each of `keys` once, at most `KEYS_AT_ONCE` in one; none without keys."""
    remaining = iter(dict.fromkeys(keys))
    found = []
    while portion := tuple(islice(remaining, KEYS_AT_ONCE)):
        found.append(Order(uuid4().hex, kind, portion))
    return found


class Orders(Protocol):
    """The orders that are not done yet. Each is carried out at least once: work must bear repetition."""

    def place(self, orders: Sequence[Order]) -> None:
        """Add them, all or none; one whose id is there already stays as it is."""
        ...

    def take(self, now_ms: int, lease_ms: int, kinds: frozenset[OrderKind] | None = None) -> Order | None:
        """The order of these kinds (None: any) that was placed first among those that nobody has taken or whose lease is over at
        `now_ms`; it is the taker's until `now_ms + lease_ms`. Of several who take at once each gets another one. None: there is
        nothing to take now."""
        ...

    def progress(self, order_id: str, cursor: str, lease_until_ms: int) -> bool:
        """Keep how far it is carried out, and let the lease end then. False, and nothing happens, when it is done already."""
        ...

    def done(self, order_id: str) -> None:
        """Forget it; nothing happens when it is forgotten already."""
        ...

    def waiting(self) -> int:
        """How many are not done, taken or not."""
        ...

    def of_kind(self, kind: OrderKind) -> list[Order]:
        """Those not done, taken or not, as they were placed."""
        ...
