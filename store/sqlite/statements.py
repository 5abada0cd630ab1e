"""Recording a batch of statements: one transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import chain, islice

from store.port import Recordable, RecordBatch, Recorded
from store.sqlite.activities import merge_activities
from store.sqlite.database import Database
from store.sqlite.keys import keys_of
from store.sqlite.positions import claim
from store.sqlite.references import KeyRow, Link, Neighbourhood, lent_by, void
from store.sqlite.rows import where_in
from store.sqlite.statement_queries import stored_statements
from xapi.equality import same_texts

_INSERT = """
INSERT INTO statement (id, stored_ms, partner, timestamped, voiding, may_void_any, refers_to, text, tolerated, received)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_INSERT_KEY = "INSERT INTO statement_key (key, stored_ms, id, via) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"

_KEYS_AT_ONCE = 50_000
_Keys = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Worked:
    """What is worked out of a batch before the store is locked: each statement's own keys, and what those outside it that the
    batch targets lend."""

    keys: Sequence[_Keys]
    lent: Mapping[bytes, _Keys]


@dataclass(slots=True)
class _Sorted:
    """The batch by what becomes of it. `fresh` have their ids, `stored` and own keys beside them."""

    fresh: list[tuple[bytes, int, Recordable, _Keys]] = field(default_factory=list)
    duplicates: list[Recordable] = field(default_factory=list)
    conflicts: list[Recordable] = field(default_factory=list)


class SqliteStatementStore:
    """`store.port.StatementStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, batch: RecordBatch) -> Recorded:
        worked = self._work_out(batch.statements)
        with self._database.write() as connection:
            through_ms = claim(connection, batch.partition, batch.next_offset, batch.log_id)
            ordered = _sort(connection, batch.statements, worked.keys, through_ms)
            connection.executemany(_INSERT, [_row(*one[:3]) for one in ordered.fresh])
            voided = _link(connection, ordered, worked.lent)
            merge_activities(connection, ((row.partner, row.extract, stored_ms) for _, stored_ms, row, _ in ordered.fresh))
            return Recorded(
                recorded=tuple(row for _, _, row, _ in ordered.fresh),
                duplicates=tuple(ordered.duplicates),
                conflicts=tuple(ordered.conflicts),
                voided=tuple(stored_statements(connection, voided)),
                last_stored_ms=_last_stored_ms(connection, ordered),
            )

    def _work_out(self, statements: Sequence[Recordable]) -> _Worked:
        keys = [keys_of(row.extract.keys) for row in statements]
        targets = {row.extract.refers_to.bytes for row in statements if row.extract.refers_to is not None}
        if not targets:
            return _Worked(keys, {})
        with self._database.read() as connection:
            return _Worked(keys, lent_by(connection, targets - {row.extract.statement_id.bytes for row in statements}))


def _sort(connection: sqlite3.Connection, statements: Sequence[Recordable], keys: Sequence[_Keys], through_ms: int) -> _Sorted:
    ids = [row.extract.statement_id.bytes for row in statements]
    select = "SELECT id, partner, text FROM statement WHERE id"
    held = {statement_id: (partner, text) for statement_id, partner, text in where_in(connection, select, ids)}
    ordered = _Sorted()
    for statement_id, row, own_keys in zip(ids, statements, keys, strict=True):
        first = held.get(statement_id)
        if first is None:
            held[statement_id] = (row.partner, row.text)
            ordered.fresh.append((statement_id, max(row.appended_at_ms, through_ms), row, own_keys))
        elif first[0] == row.partner and same_texts(first[1], row.text):
            ordered.duplicates.append(row)
        else:
            ordered.conflicts.append(row)
    return ordered


def _row(statement_id: bytes, stored_ms: int, row: Recordable) -> tuple[object, ...]:
    extract = row.extract
    return (
        statement_id,
        stored_ms,
        row.partner,
        extract.timestamped,
        extract.voids is not None,
        row.may_void_any,
        None if extract.refers_to is None else extract.refers_to.bytes,
        row.text,
        " ".join(row.tolerated) or None,
        row.received,
    )


def _link(connection: sqlite3.Connection, ordered: _Sorted, lent: Mapping[bytes, _Keys]) -> list[bytes]:
    """Let the new statements be found, and what they target through them; hide what is voided. Returns the ids of what the
    voiding ones of the batch void."""
    around = Neighbourhood(connection, [(_new_link(*one[:3]), one[3]) for one in ordered.fresh], lent)
    fresh = around.batch
    own = chain.from_iterable(map(around.own_rows, fresh.values()))
    _insert_keys(connection, chain(own, _borrowed(around, fresh.values())))

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


def _new_link(statement_id: bytes, stored_ms: int, row: Recordable) -> Link:
    extract = row.extract
    target = None if extract.refers_to is None else extract.refers_to.bytes
    return Link(statement_id, stored_ms, row.partner, extract.voids is not None, row.may_void_any, target, voided=False)


def _borrowed(around: Neighbourhood, links: Iterable[Link]) -> Iterator[KeyRow]:
    return chain.from_iterable(around.borrowed_rows(link) for link in links if link.refers_to is not None and not link.voided)


def _insert_keys(connection: sqlite3.Connection, rows: Iterator[KeyRow]) -> None:
    """In order as far as they fit into memory together: so the tree is written page by page."""
    while portion := list(islice(rows, _KEYS_AT_ONCE)):
        portion.sort()
        connection.executemany(_INSERT_KEY, portion)


def _voiders(around: Neighbourhood, ordered: _Sorted) -> Iterable[Link]:
    """The voiding statements of the batch, as they were recorded: of a duplicate the one that came first counts."""
    ids = [statement_id for statement_id, _, row, _ in ordered.fresh if row.extract.voids is not None]
    ids += [row.extract.statement_id.bytes for row in ordered.duplicates if row.extract.voids is not None]
    return around.links(ids)


def _last_stored_ms(connection: sqlite3.Connection, ordered: _Sorted) -> int | None:
    """The greatest `stored` of the batch, new or not."""
    times = [stored_ms for _, stored_ms, _, _ in ordered.fresh]
    ids = [row.extract.statement_id.bytes for row in ordered.duplicates]
    times += [stored_ms for (stored_ms,) in where_in(connection, "SELECT stored_ms FROM statement WHERE id", ids)]
    return max(times, default=None)
