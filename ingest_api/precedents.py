"""What is recorded already under ids that a request names."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from store.port import StatementQueries, StoredStatement, Unavailable
from telemetry.clock import Clock

_RETRY_S = 2.0


class Precedents:
    """Looks statements up before new ones are accepted. While the store is down nothing is known, and that must not hold up those
    who write: after a failure the store is left alone for two seconds, then one caller tries again. Thread-safe."""

    def __init__(self, queries: StatementQueries, clock: Clock) -> None:
        self._queries = queries
        self._clock = clock
        self._retry_at = float("-inf")

    def of(self, statement_ids: Collection[UUID]) -> Mapping[UUID, StoredStatement]:
        """Those that are known to exist."""
        if not statement_ids:
            return {}
        now = self._clock.monotonic()
        retry_at = self._retry_at
        if now < retry_at:
            return {}
        if retry_at > float("-inf"):
            self._retry_at = now + _RETRY_S  # the others go on without while this caller tries
        try:
            found = self._queries.get_many(statement_ids)
        except Unavailable:
            self._retry_at = self._clock.monotonic() + _RETRY_S
            return {}
        self._retry_at = float("-inf")
        return found
