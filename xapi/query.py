"""What GET /xapi/statements can ask for, as plain values. Pure.

Source: xAPI 1.0.3, Communication 2.1.3 (https://github.com/adlnet/xAPI-Spec/blob/master/xAPI-Communication.md#213-get-statements).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

LONGEST_CHAIN = 100
"""Statements that a statement is found through, at most, by following what each targets. The specification names no bound;
without one a sender could make each new statement of a chain cost as much as all before it."""

LENT_KEYS = 256
"""Keys that a statement lends to one that targets it, at most, the first of `xapi.keys.in_order`. The specification names no bound;
without one, many small statements on a group of thousands would each cost as much as the group."""


class Format(StrEnum):
    EXACT = "exact"
    IDS = "ids"
    CANONICAL = "canonical"


@dataclass(frozen=True, slots=True, order=True)
class StoredAt:
    """A place in the order of statements: `stored` in milliseconds since the epoch, then the statement id."""

    stored_ms: int
    statement_id: UUID


@dataclass(frozen=True, slots=True)
class StatementFilter:
    """Which statements, in which direction.

    A statement matches the filters other than time if itself, or a statement of its partner that it targets (recursively, the
    walk ends where the partner changes), matches *all* of them; `since_ms` (exclusive), `until_ms` (inclusive) and `owner`
    always speak of the statement itself. Voided ones never match.
    """

    agent: str | None = None
    """An agent key as made by `xapi.agents.agent_key`."""
    related_agents: bool = False
    verb: str | None = None
    activity: str | None = None
    related_activities: bool = False
    registration: UUID | None = None
    since_ms: int | None = None
    until_ms: int | None = None
    ascending: bool = False
    owner: str | None = None
    """Only statements of this partner (a partner that may not read those of others)."""
