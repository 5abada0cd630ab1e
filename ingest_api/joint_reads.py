"""Statements read by their ids for several requests at once: one look at the log, then one question to the store.

Each costs as much for one request as for ten, and so does waking the thread that waits for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from ingest_api.consistency import Consistency, Look
from ingest_api.rounds import Rounds, TooLong, Turn
from store.port import StatementQueries, StoredStatement

_Read = tuple[Look, StoredStatement | None]


class JointReads:
    """Thread-safe."""

    def __init__(self, statements: StatementQueries, consistency: Consistency, *, wait_ms: int) -> None:
        self._statements = statements
        self._consistency = consistency
        self._rounds: Rounds[UUID, _Read] = Rounds(self._read, wait_ms / 1000)

    def get(self, statement_id: UUID) -> tuple[int, StoredStatement | None]:
        """The milliseconds up to which all statements are readable, as `Consistency.caught_up`, and then the statement, if there is
        one. Raises the store's Unavailable."""
        try:
            look, held = self._rounds.ask(statement_id)
        except TooLong:
            through_ms = self._consistency.caught_up()
        else:
            if look.through_ms is not None:
                return look.through_ms, held
            through_ms = self._consistency.after(look)
        # Alone, for others need not wait for what this one waited for.
        return through_ms, self._statements.get_many([statement_id]).get(statement_id)

    def _read(self, turns: Sequence[Turn[UUID, _Read]]) -> None:
        look = self._consistency.look()
        found = {} if look.through_ms is None else self._statements.get_many([turn.asked for turn in turns])
        for turn in turns:
            turn.tell((look, found.get(turn.asked)))
