"""What is recorded already under ids that a request names."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from ingest_api.rounds import Rounds
from store.port import StatementQueries, StoredStatement, Unavailable
from telemetry.clock import Clock

_RETRY_S = 2.0
_SHARED = 100
"""Requests that name up to so many ids look them up together: nearly none is known, and then a look-up is the same work for many as
for one. One that names more would hold up the others."""


class Precedents:
    """Looks statements up before new ones are accepted. While the store is down nothing is known, and that must not hold up those
    who write: after a failure the store is left alone for two seconds, then one caller tries again. Thread-safe."""

    def __init__(self, queries: StatementQueries, clock: Clock) -> None:
        self._queries = queries
        self._clock = clock
        self._retry_at = float("-inf")
        self._rounds: Rounds[Collection[UUID], Mapping[UUID, StoredStatement]] = Rounds(self._look_together)

    def of(self, statement_ids: Collection[UUID]) -> Mapping[UUID, StoredStatement]:
        """Those that are known to exist, when the call begins or later."""
        if not statement_ids:
            return {}
        if self._retry_at > float("-inf"):
            now = self._clock.monotonic()
            if now < self._retry_at:
                return {}
            self._retry_at = now + _RETRY_S  # the others go on without while this caller tries
            return self._look(statement_ids)
        if len(statement_ids) > _SHARED:
            return self._look(statement_ids)
        found = self._rounds.ask(statement_ids)
        return {one: found[one] for one in statement_ids if one in found} if found else found

    def _look_together(self, asked: Sequence[Collection[UUID]]) -> Mapping[UUID, StoredStatement]:
        if self._clock.monotonic() < self._retry_at:
            return {}  # it failed while these waited
        return self._look([one for ids in asked for one in ids])

    def _look(self, statement_ids: Collection[UUID]) -> Mapping[UUID, StoredStatement]:
        try:
            found = self._queries.get_many(statement_ids)
        except Unavailable:
            self._retry_at = self._clock.monotonic() + _RETRY_S
            return {}
        self._retry_at = float("-inf")
        return found
