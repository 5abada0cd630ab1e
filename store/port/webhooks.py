"""Webhooks and what is delivered to them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from access.webhooks import Webhook


class DeliveryState(StrEnum):
    WAITING = "waiting"
    """To be sent, for the first time or again."""
    DELIVERED = "delivered"
    """The receiver answered with success."""
    DEAD = "dead"
    """Given up; it can be revived."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message to one webhook. `id` is made of what it tells, so telling it again adds nothing, and it holds no full stop.

    `event` is the message's type, `body` the JSON as it is sent every time. `attempts` counts those that ended; `takes` all that
    began: it is the token of whoever holds the lease. A waiting one may be taken from `due_ms` on. From `keep_until_ms` on it may
    be forgotten, and could then be added again. `last_status` is the HTTP status of the last answer, `trouble` what was wrong.
    """

    id: str
    webhook_id: str
    event: str
    body: bytes
    created_at_ms: int
    due_ms: int
    keep_until_ms: int
    state: DeliveryState = DeliveryState.WAITING
    attempts: int = 0
    takes: int = 0
    last_attempt_ms: int | None = None
    last_status: int | None = None
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Attempt:
    """How one attempt ended: the `takes` of the delivery as it was taken, when, and what was answered."""

    takes: int
    at_ms: int
    status: int | None
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class DeliveryBefore:
    """A place in a list of deliveries, newest first."""

    created_at_ms: int
    id: str


class Webhooks(Protocol):
    """The receivers."""

    def add(self, webhook: Webhook) -> None:
        """Raises Rejected when its id is taken."""
        ...

    def all(self) -> list[Webhook]:
        """Ordered by the time of creation, then by id."""
        ...

    def get(self, webhook_id: str) -> Webhook | None: ...

    def change(self, webhook_id: str, how: Callable[[Webhook], Webhook]) -> Webhook | None:
        """Put `how(held)` in the place of what is held, as one step among all that change it (`how` may run again), and return it;
        None when there is none. `how` keeps the id and the creation."""
        ...

    def remove(self, webhook_id: str) -> bool:
        """Forget it with all its deliveries; False when there was none."""
        ...

    def take_turn(self, name: str, turn: str, *, now_ms: int, until_ms: int) -> bool:
        """Whether the caller is to do the work `name` of `turn` (words that grow from turn to turn, such as a day): nobody has done
        this turn or a later one, and nobody else is at it until a time to come. It is then the caller's until `until_ms`."""
        ...

    def extend_turn(self, name: str, turn: str, until_ms: int) -> None:
        """The work goes on. For whoever took the turn."""
        ...

    def end_turn(self, name: str, turn: str) -> None:
        """The work of this turn is done."""
        ...


class Deliveries(Protocol):
    """What is to be sent, and what became of it. Leases: a delivery that was taken is due again when its lease ends, so what a
    process had in hand when it died is taken by another."""

    def add(self, deliveries: Sequence[Delivery]) -> int:
        """Keep them; those whose id exists stay as they are. How many are new."""
        ...

    def take(self, webhook_id: str, *, now_ms: int, lease_ms: int, limit: int) -> list[Delivery]:
        """Up to `limit` that wait for this webhook and are due, the longest due first. They become due again `lease_ms` from now;
        each is given to one caller. Costs no write when nothing is due."""
        ...

    def delivered(self, delivery_id: str, attempt: Attempt) -> None:
        """The receiver has it, whoever else holds a lease by now."""
        ...

    def failed(self, delivery_id: str, attempt: Attempt, *, due_ms: int | None) -> bool:
        """It waits again until `due_ms`, or is dead when that is None. False, and nothing changed, when the lease is no longer the
        caller's (or it was delivered or revived meanwhile)."""
        ...

    def release(self, delivery_id: str, takes: int, *, due_ms: int) -> None:
        """It was taken and not sent: it is due at `due_ms`, as if nothing had been; nothing happens when the lease is another's."""
        ...

    def revive(self, delivery_id: str, *, now_ms: int, keep_until_ms: int) -> bool:
        """Let a dead one wait again, as if never tried; False when it is not dead (or is not there)."""
        ...

    def get(self, delivery_id: str) -> Delivery | None: ...

    def page(
        self, webhook_id: str, *, state: DeliveryState | None = None, before: DeliveryBefore | None = None, limit: int = 50
    ) -> list[Delivery]:
        """Newest first, ordered by (created_at_ms, id)."""
        ...

    def forget(self, now_ms: int, *, limit: int = 1_000) -> int:
        """Delete up to `limit` whose `keep_until_ms` has come, whatever their state. How many there were."""
        ...
