"""Statements: recorded by one, read by many."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol
from uuid import UUID

from xapi.query import StatementFilter, StoredAt
from xapi.statement import Extract


class Recordable(NamedTuple):
    """A statement as the recorder hands it over: its text without `stored`, what was read from it, where it stood in the log. (A
    batch has thousands, and a frozen dataclass takes four times as long to make.)"""

    text: bytes
    extract: Extract
    partner: str
    may_void_any: bool
    appended_at_ms: int
    offset: int
    place: int
    """The statement's place among those of its record."""
    tolerated: tuple[str, ...] = ()
    """The tolerances without which it would have been refused; then `received` is the text as it was sent."""
    received: bytes | None = None


@dataclass(frozen=True, slots=True)
class RecordBatch:
    """The statements of consecutive records of one partition, from the partition's position on; `next_offset` follows the last."""

    partition: int
    next_offset: int
    statements: Sequence[Recordable]
    log_id: str = ""
    """The log they were read from."""


class StoredStatement(NamedTuple):
    """A recorded statement; `key` are the 16 bytes of its id. `xapi.statement.finish(text, stored_ms, timestamped=…)` is what is
    given out. (Pages have hundreds, and a frozen dataclass takes four times as long to make.)"""

    key: bytes
    stored_ms: int
    text: bytes
    partner: str
    timestamped: bool
    voided: bool
    tolerated: tuple[str, ...] = ()
    """As the recorder handed it over, like `received`."""
    received: bytes | None = None

    @property
    def statement_id(self) -> UUID:
        return UUID(bytes=self.key)

    @property
    def at(self) -> StoredAt:
        return StoredAt(self.stored_ms, self.statement_id)


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of a batch. `recorded` (new) and `duplicates` (same id, partner and content: nothing changed) are both safe in
    the store; `conflicts` (same id, other content or partner) are not in it. `voided` are the statements that voiding ones among
    `recorded` and `duplicates` void, as they are now. `last_stored_ms` is the greatest `stored` given, None for an empty batch."""

    recorded: tuple[Recordable, ...]
    duplicates: tuple[Recordable, ...]
    conflicts: tuple[Recordable, ...]
    voided: tuple[StoredStatement, ...]
    last_stored_ms: int | None


class StatementStore(Protocol):
    """Commands of the recorder. Each is idempotent: the whole sequence may run again after a crash, by another process."""

    def record(self, batch: RecordBatch) -> Recorded:
        """Record a batch, insert-only by id.

        - Claims the partition up to the batch's `next_offset` first (see `Position`): until the position gets there, by whomever,
          nobody can raise its `through_ms`. Raises AnotherLog, with nothing recorded, when the position is not of the batch's log.
        - `stored` of a statement is max(appended_at_ms, the position's through_ms), so what `through_ms` promised stays true.
        - Same id: the first recorded (or, within the batch, the first in order) stays. Another is a duplicate when it is the same
          partner's and `xapi.equality.same_texts`, else a conflict: an id belongs to the partner who used it first.
        - Voiding: a voiding statement's target is marked voided, whichever of the two came first, unless the target is itself a
          voiding statement, or belongs to another partner and the voider has not `may_void_any`.
        - References: the keys by which a statement is found include those that the statement it targets lends, recursively,
          whichever came first, over at most `xapi.query.LONGEST_CHAIN` others, cycles guarded; each source's keys stay apart (see
          `xapi.query.StatementFilter`: *all* filters on one). A statement lends the first `xapi.query.LENT_KEYS` of its keys, in
          the order of `xapi.keys.in_order`, and only to statements of its partner: the walk ends where the partner changes, so
          nobody learns of another's statement by targeting it. That holds of voiding statements and voided ones too.
        - Merges what the statements say of activities (`xapi.activities.observe`/`merge`), for each partner apart, except of
          conflicts.
        """
        ...


PAGE_BYTES = 16 * 1024 * 1024
"""A page of statements ends before their texts come to more, whatever its limit: that is what a reader holds in memory."""


@dataclass(frozen=True, slots=True)
class Page:
    """Statements in order; `next_after` continues after the last one, None when there are no more now."""

    statements: tuple[StoredStatement, ...]
    next_after: StoredAt | None


SEEN_LIMIT = 10_000
"""Statements of one key are counted as far as this."""


@dataclass(frozen=True, slots=True)
class Seen:
    """How many statements name an agent or an activity, and when the first and the last of them were stored (milliseconds since the
    epoch). The count is exact up to SEEN_LIMIT, where it stops."""

    count: int
    first_ms: int
    last_ms: int

    @property
    def at_least(self) -> bool:
        """Whether there may be more than `count`."""
        return self.count >= SEEN_LIMIT


class StatementQueries(Protocol):
    def get_many(self, statement_ids: Iterable[UUID]) -> dict[UUID, StoredStatement]:
        """Those that exist, voided or not. Any number of ids."""
        ...

    def any_voided(self, statement_ids: Iterable[UUID]) -> bool:
        """Whether one of them is voided. Any number of ids; reads no text."""
        ...

    def find(self, wanted: StatementFilter, *, after: StoredAt | None, limit: int) -> Page:
        """At most `limit` statements beyond `after` in the direction of `wanted.ascending`, by (stored, id); never voided ones.
        At least one when there is one, fewer than `limit` when they are large (PAGE_BYTES). Costs the same for the last page as for
        the first."""
        ...

    def naming(self, agents: Iterable[str]) -> Iterator[StoredStatement]:
        """The statements that name one of these agents (keys, any number) themselves, not through others that they refer to; never
        voided ones. Each once, in no order, read while they are asked for."""
        ...

    def seen(self, agents: Iterable[str], activities: Iterable[str]) -> dict[str, Seen]:
        """What statements of all partners say themselves, not through others that they refer to, and are not voided: by agent key
        and by activity id those that the `agent` and `activity` filters find. Keys that none names are left out. Costs the same
        for a key that millions name as for one that SEEN_LIMIT name."""
        ...

    def count(self) -> int:
        """How many statements are recorded (an estimate is enough)."""
        ...
