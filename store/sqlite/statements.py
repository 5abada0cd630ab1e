"""Recording a batch of statements: one transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import chain, islice

from store.port import Recordable, RecordBatch, Recorded
from store.sqlite.activities import ActivityRecorder, Sayings
from store.sqlite.activities import record as record_sayings
from store.sqlite.database import Database
from store.sqlite.positions import claim
from store.sqlite.references import KeyRow, Link, Neighbourhood, lent_by, void
from store.sqlite.rows import where_in
from store.sqlite.statement_queries import stored_statements
from store.sqlite.statement_rows import New, Rows, numbered
from xapi.equality import same_texts

_INSERT_KEY = "INSERT INTO statement_key (key, place, seq, via) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"

_KEYS_AT_ONCE = 50_000
_Keys = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Worked:
    """What is worked out of a batch before the store is locked: each statement's id, and what those outside it that the batch
    targets lend."""

    ids: Sequence[bytes]
    lent: Mapping[bytes, _Keys]


@dataclass(slots=True)
class _Sorted:
    """The batch by what becomes of it."""

    new: list[New] = field(default_factory=list)
    duplicates: list[Recordable] = field(default_factory=list)
    conflicts: list[Recordable] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Ahead:
    """What was made before the store was locked, as if the first statement had the number `seq` and all were stored when they were
    appended, the first of them at `appended_at_ms`."""

    seq: int
    appended_at_ms: int
    rows: Rows
    sayings: Sayings

    def fits(self, seq: int, through_ms: int) -> bool:
        return seq == self.seq and through_ms <= self.appended_at_ms


class _Repeated(Exception):
    """An id of the batch was used before, though nobody had looked."""


class SqliteStatementStore:
    """`store.port.StatementStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._activities = ActivityRecorder()
        self._repeats = False
        """Whether the last batch had ids that were used before. Nearly none has, so they are not looked for, unless they turn up;
        and whoever sends again mostly sends more than one batch again."""
        self._next_seq = 0
        """The number that the last batch left for the next statement."""
        self._alone = False
        """Whether the last batch began with the number that the one before had left. With one recorder it always does: then rows
        can be made before the store is locked, and nobody waits for that."""

    def record(self, batch: RecordBatch) -> Recorded:
        worked = self._work_out(batch.statements)
        try:
            recorded = self._record(batch, worked, looking=self._repeats or len(set(worked.ids)) < len(worked.ids))
        except _Repeated:
            recorded = self._record(batch, worked, looking=True)
        self._repeats = len(recorded.recorded) < len(batch.statements)
        return recorded

    def _record(self, batch: RecordBatch, worked: _Worked, *, looking: bool) -> Recorded:
        """Raises _Repeated, with nothing recorded, only when not `looking`."""
        ahead = self._ahead(batch, worked) if self._alone and not looking else None
        with self._database.write() as connection:
            through_ms = claim(connection, batch.partition, batch.next_offset, batch.log_id)
            (last,) = connection.execute("SELECT max(seq) FROM statement").fetchone()
            seq = (last or 0) + 1
            if ahead is not None and ahead.fits(seq, through_ms):
                ordered, rows, sayings = _Sorted(list(ahead.rows.new)), ahead.rows, ahead.sayings
            else:
                new = numbered(worked.ids, batch.statements, seq, through_ms)
                ordered = _sort(new, _held(connection, worked.ids)) if looking else _Sorted(new)
                rows, sayings = Rows.of(ordered.new), self._sayings(ordered.new)
            _insert(connection, rows, looking=looking)
            voided = _link(connection, ordered, worked.lent)
            record_sayings(connection, sayings)
            recorded = Recorded(
                recorded=tuple(one.row for one in ordered.new),
                duplicates=tuple(ordered.duplicates),
                conflicts=tuple(ordered.conflicts),
                voided=tuple(stored_statements(connection, voided)),
                last_stored_ms=_last_stored_ms(connection, ordered),
            )
        self._database.when_durable(lambda: self._activities.remember(sayings))
        self._alone, self._next_seq = seq == self._next_seq, seq + len(rows.new)
        return recorded

    def _ahead(self, batch: RecordBatch, worked: _Worked) -> _Ahead:
        new = numbered(worked.ids, batch.statements, self._next_seq, 0)
        first_ms = min((row.appended_at_ms for row in batch.statements), default=0)
        return _Ahead(self._next_seq, first_ms, Rows.of(new), self._sayings(new))

    def _sayings(self, new: Sequence[New]) -> Sayings:
        return self._activities.gather((one.id, one.stored_ms, one.row) for one in new)

    def _work_out(self, statements: Sequence[Recordable]) -> _Worked:
        ids = [row.extract.key for row in statements]
        targets = {target for row in statements if (target := row.extract.target_key) is not None}
        if not targets:
            return _Worked(ids, {})
        with self._database.read() as connection:
            return _Worked(ids, lent_by(connection, targets.difference(ids)))


def _held(connection: sqlite3.Connection, ids: Sequence[bytes]) -> dict[bytes, tuple[str, bytes]]:
    """Of these ids those that were used before: by which partner, and for what text."""
    select = "SELECT id, partner, text FROM statement WHERE id"
    return {statement_id: (partner, text) for statement_id, partner, text in where_in(connection, select, ids)}


def _sort(candidates: Sequence[New], held: dict[bytes, tuple[str, bytes]]) -> _Sorted:
    """Tell new, duplicate and conflict apart; the new ones move up, so that there is no gap in their numbers."""
    ordered = _Sorted()
    first_seq = candidates[0].seq if candidates else 0
    for one in candidates:
        first = held.get(one.id)
        if first is None:
            held[one.id] = (one.row.partner, one.row.text)
            one.seq = first_seq + len(ordered.new)
            ordered.new.append(one)
        elif first[0] == one.row.partner and same_texts(first[1], one.row.text):
            ordered.duplicates.append(one.row)
        else:
            ordered.conflicts.append(one.row)
    return ordered


def _insert(connection: sqlite3.Connection, rows: Rows, *, looking: bool) -> None:
    try:
        rows.insert_statements(connection)
    except sqlite3.IntegrityError as error:
        if looking:
            raise
        raise _Repeated from error
    rows.insert_own_keys(connection)


def _link(connection: sqlite3.Connection, ordered: _Sorted, lent: Mapping[bytes, _Keys]) -> list[bytes]:
    """Let the new statements be found through what they target, and others through them; hide what is voided. Returns the ids of
    what the voiding ones of the batch void."""
    if not _has_neighbours(connection, ordered):
        return []
    around = Neighbourhood(connection, [(_new_link(one), one.row.extract) for one in ordered.new], lent)
    fresh = around.batch
    _insert_keys(connection, _borrowed(around, fresh.values()))

    earlier: dict[bytes, Link] = {}
    with closing(around.above()) as portions:
        for portion in portions:
            for link in portion:
                target = None if link.refers_to is None else fresh.get(link.refers_to)
                if target is not None and link.may_void(target):
                    earlier.setdefault(target.id, link)
            _insert_keys(connection, _borrowed(around, portion))

    # Those that came before what they void take effect now; those of the batch are the ones to be told of.
    void(connection, around, earlier.values())
    return void(connection, around, _voiders(around, ordered))


def _has_neighbours(connection: sqlite3.Connection, ordered: _Sorted) -> bool:
    """Whether one of the batch targets a statement, or is targeted. Most batches stand alone."""
    if any(one.row.extract.target_key is not None for one in ordered.new):
        return True
    if any(row.extract.is_voiding for row in ordered.duplicates):
        return True
    return any(True for _ in where_in(connection, "SELECT 1 FROM statement WHERE refers_to", (one.id for one in ordered.new)))


def _new_link(new: New) -> Link:
    row, extract = new.row, new.row.extract
    target = extract.target_key
    return Link(new.id, new.seq, new.place, row.partner, extract.is_voiding, row.may_void_any, target, voided=False)


def _borrowed(around: Neighbourhood, links: Iterable[Link]) -> Iterator[KeyRow]:
    return chain.from_iterable(around.borrowed_rows(link) for link in links if link.refers_to is not None and not link.voided)


def _insert_keys(connection: sqlite3.Connection, rows: Iterator[KeyRow]) -> None:
    """In order as far as they fit into memory together: so the tree is written page by page."""
    while portion := list(islice(rows, _KEYS_AT_ONCE)):
        portion.sort()
        connection.executemany(_INSERT_KEY, portion)


def _voiders(around: Neighbourhood, ordered: _Sorted) -> Iterable[Link]:
    """The voiding statements of the batch, as they were recorded: of a duplicate the one that came first counts."""
    ids = [one.id for one in ordered.new if one.row.extract.is_voiding]
    ids += [row.extract.key for row in ordered.duplicates if row.extract.is_voiding]
    return around.links(ids)


def _last_stored_ms(connection: sqlite3.Connection, ordered: _Sorted) -> int | None:
    """The greatest `stored` of the batch, new or not."""
    times = [one.stored_ms for one in ordered.new]
    ids = [row.extract.key for row in ordered.duplicates]
    times += [stored_ms for (stored_ms,) in where_in(connection, "SELECT stored_ms FROM statement WHERE id", ids)]
    return max(times, default=None)
