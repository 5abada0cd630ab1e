"""Recording a batch of statements: one transaction."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import chain, islice
from operator import attrgetter

import msgspec

from store.port import Recordable, RecordBatch, Recorded
from store.sqlite.activities import ActivityRecorder, Sayings
from store.sqlite.activities import record as record_sayings
from store.sqlite.database import Database
from store.sqlite.keys import keys_of, owner_key
from store.sqlite.places import place_of
from store.sqlite.positions import claim
from store.sqlite.references import KeyRow, Link, Neighbourhood, lent_by, void
from store.sqlite.rows import where_in
from store.sqlite.statement_queries import stored_statements
from xapi.equality import same_texts

_INSERT = """
INSERT INTO statement (seq, id, stored_ms, partner, timestamped, voiding, may_void_any, refers_to, text, tolerated, received)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_INSERT_OWN_KEY = "INSERT INTO statement_key (key, place, seq, via) VALUES (?, ?, ?, 0) ON CONFLICT DO NOTHING"
_INSERT_KEY = "INSERT INTO statement_key (key, place, seq, via) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"

_KEYS_AT_ONCE = 50_000
_Keys = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Worked:
    """What is worked out of a batch before the store is locked: each statement's id and own keys, and what those outside it that
    the batch targets lend."""

    ids: Sequence[bytes]
    keys: Sequence[_Keys]
    lent: Mapping[bytes, _Keys]


class _New(msgspec.Struct, gc=False):
    """A statement that was not there before, and where it is put."""

    seq: int
    id: bytes
    stored_ms: int
    place: int
    row: Recordable
    keys: _Keys


@dataclass(slots=True)
class _Sorted:
    """The batch by what becomes of it."""

    new: list[_New] = field(default_factory=list)
    duplicates: list[Recordable] = field(default_factory=list)
    conflicts: list[Recordable] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Rows:
    """What new statements are written as."""

    new: Sequence[_New]
    statements: Sequence[tuple[object, ...]]
    own_keys: Sequence[tuple[int, int, int]]
    sayings: Sayings


@dataclass(frozen=True, slots=True)
class _Ahead:
    """Rows that were made before the store was locked, as if the first had the number `seq` and none were stored before
    `through_ms`."""

    seq: int
    through_ms: int
    rows: _Rows


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
        self._next = (0, 0)
        """The number of the next statement, and the partition's `through_ms`, as the last batch left them."""
        self._foreseen = False
        """Whether the last batch found them as the one before had left them. With one recorder it always does: then rows are made
        before the store is locked, and nobody waits for that."""

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
        ahead = self._ahead(batch, worked) if self._foreseen and not looking else None
        with self._database.write() as connection:
            through_ms = claim(connection, batch.partition, batch.next_offset, batch.log_id)
            (last,) = connection.execute("SELECT max(seq) FROM statement").fetchone()
            found = ((last or 0) + 1, through_ms)
            foreseen = found == self._next
            if ahead is not None and found == (ahead.seq, ahead.through_ms):
                ordered, rows = _Sorted(list(ahead.rows.new)), ahead.rows
            else:
                new = _numbered(batch.statements, worked, *found)
                ordered = _sort(new, _held(connection, worked.ids)) if looking else _Sorted(new)
                rows = self._rows(ordered.new)
            _insert(connection, rows, looking=looking)
            voided = _link(connection, ordered, worked.lent)
            record_sayings(connection, rows.sayings)
            recorded = Recorded(
                recorded=tuple(one.row for one in ordered.new),
                duplicates=tuple(ordered.duplicates),
                conflicts=tuple(ordered.conflicts),
                voided=tuple(stored_statements(connection, voided)),
                last_stored_ms=_last_stored_ms(connection, ordered),
            )
        self._activities.remember(rows.sayings)
        self._next, self._foreseen = (found[0] + len(rows.new), through_ms), foreseen
        return recorded

    def _ahead(self, batch: RecordBatch, worked: _Worked) -> _Ahead:
        seq, through_ms = self._next
        return _Ahead(seq, through_ms, self._rows(_numbered(batch.statements, worked, seq, through_ms)))

    def _rows(self, new: Sequence[_New]) -> _Rows:
        sayings = self._activities.gather((one.id, one.stored_ms, one.row) for one in new)
        return _Rows(new, list(map(_row, new)), list(_own_rows(new)), sayings)

    def _work_out(self, statements: Sequence[Recordable]) -> _Worked:
        ids = [row.extract.statement_id.bytes for row in statements]
        keys = [keys_of(row.extract.keys) for row in statements]
        targets = {row.extract.refers_to.bytes for row in statements if row.extract.refers_to is not None}
        if not targets:
            return _Worked(ids, keys, {})
        with self._database.read() as connection:
            return _Worked(ids, keys, lent_by(connection, targets.difference(ids)))


def _held(connection: sqlite3.Connection, ids: Sequence[bytes]) -> dict[bytes, tuple[str, bytes]]:
    """Of these ids those that were used before: by which partner, and for what text."""
    select = "SELECT id, partner, text FROM statement WHERE id"
    return {statement_id: (partner, text) for statement_id, partner, text in where_in(connection, select, ids)}


def _numbered(statements: Sequence[Recordable], worked: _Worked, seq: int, through_ms: int) -> list[_New]:
    """All as if they were new, from the number `seq` on."""
    return [
        _New(number, statement_id, stored_ms, place_of(stored_ms, statement_id), row, own_keys)
        for number, (statement_id, row, own_keys) in enumerate(zip(worked.ids, statements, worked.keys, strict=True), seq)
        for stored_ms in (max(row.appended_at_ms, through_ms),)
    ]


def _sort(candidates: Sequence[_New], held: dict[bytes, tuple[str, bytes]]) -> _Sorted:
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


def _insert(connection: sqlite3.Connection, rows: _Rows, *, looking: bool) -> None:
    try:
        connection.executemany(_INSERT, rows.statements)
    except sqlite3.IntegrityError as error:
        if looking:
            raise
        raise _Repeated from error
    connection.executemany(_INSERT_OWN_KEY, rows.own_keys)


def _row(new: _New) -> tuple[object, ...]:
    row, extract = new.row, new.row.extract
    return (
        new.seq,
        new.id,
        new.stored_ms,
        row.partner,
        extract.timestamped,
        extract.voids is not None,
        row.may_void_any,
        None if extract.refers_to is None else extract.refers_to.bytes,
        row.text,
        " ".join(row.tolerated) or None,
        row.received,
    )


def _own_rows(new: Sequence[_New]) -> Iterator[tuple[int, int, int]]:
    """What new statements are found by themselves, in the order of the tree: so it is written page by page. A key's rows come in
    order by themselves when the statements do, and sorting keys is cheaper than sorting rows."""
    by_key: defaultdict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for one in sorted(new, key=attrgetter("place")):
        place, seq = one.place, one.seq
        for key in (*one.keys, owner_key(one.row.partner)):
            by_key[key].append((key, place, seq))
    return chain.from_iterable(by_key[key] for key in sorted(by_key))


def _link(connection: sqlite3.Connection, ordered: _Sorted, lent: Mapping[bytes, _Keys]) -> list[bytes]:
    """Let the new statements be found through what they target, and others through them; hide what is voided. Returns the ids of
    what the voiding ones of the batch void."""
    if not _has_neighbours(connection, ordered):
        return []
    around = Neighbourhood(connection, [(_new_link(one), one.keys) for one in ordered.new], lent)
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
    if any(one.row.extract.refers_to is not None for one in ordered.new):
        return True
    if any(row.extract.voids is not None for row in ordered.duplicates):
        return True
    return any(True for _ in where_in(connection, "SELECT 1 FROM statement WHERE refers_to", (one.id for one in ordered.new)))


def _new_link(new: _New) -> Link:
    row, extract = new.row, new.row.extract
    target = None if extract.refers_to is None else extract.refers_to.bytes
    voiding = extract.voids is not None
    return Link(new.id, new.seq, new.place, row.partner, voiding, row.may_void_any, target, voided=False)


def _borrowed(around: Neighbourhood, links: Iterable[Link]) -> Iterator[KeyRow]:
    return chain.from_iterable(around.borrowed_rows(link) for link in links if link.refers_to is not None and not link.voided)


def _insert_keys(connection: sqlite3.Connection, rows: Iterator[KeyRow]) -> None:
    """In order as far as they fit into memory together: so the tree is written page by page."""
    while portion := list(islice(rows, _KEYS_AT_ONCE)):
        portion.sort()
        connection.executemany(_INSERT_KEY, portion)


def _voiders(around: Neighbourhood, ordered: _Sorted) -> Iterable[Link]:
    """The voiding statements of the batch, as they were recorded: of a duplicate the one that came first counts."""
    ids = [one.id for one in ordered.new if one.row.extract.voids is not None]
    ids += [row.extract.statement_id.bytes for row in ordered.duplicates if row.extract.voids is not None]
    return around.links(ids)


def _last_stored_ms(connection: sqlite3.Connection, ordered: _Sorted) -> int | None:
    """The greatest `stored` of the batch, new or not."""
    times = [one.stored_ms for one in ordered.new]
    ids = [row.extract.statement_id.bytes for row in ordered.duplicates]
    times += [stored_ms for (stored_ms,) in where_in(connection, "SELECT stored_ms FROM statement WHERE id", ids)]
    return max(times, default=None)
