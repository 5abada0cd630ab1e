"""Recording a batch of statements: one transaction."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from store.port import Recordable, RecordBatch, Recorded
from store.sqlite.activities import merge_activities
from store.sqlite.database import Database
from store.sqlite.keys import personal_keys
from store.sqlite.positions import claim
from store.sqlite.references import OWN, KeyRow, Link, Neighbourhood, void
from store.sqlite.rows import where_in
from store.sqlite.statement_queries import stored_statements
from xapi.equality import same

_INSERT = """
INSERT INTO statement (id, stored_ms, partner, timestamped, voiding, may_void_any, refers_to, text, tolerated, received)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_INSERT_KEY = "INSERT INTO statement_key (key, stored_ms, id, via) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"


@dataclass(slots=True)
class _Sorted:
    """The batch by what becomes of it. `fresh` have their ids and `stored` beside them."""

    fresh: list[tuple[bytes, int, Recordable]] = field(default_factory=list)
    duplicates: list[Recordable] = field(default_factory=list)
    conflicts: list[Recordable] = field(default_factory=list)


class SqliteStatementStore:
    """`store.port.StatementStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, batch: RecordBatch) -> Recorded:
        with self._database.write() as connection:
            through_ms = claim(connection, batch.partition, batch.next_offset)
            ordered = _sort(connection, batch.statements, through_ms)
            connection.executemany(_INSERT, [_row(*one) for one in ordered.fresh])
            voided = _link(connection, ordered)
            merge_activities(connection, ((row.extract, stored_ms) for _, stored_ms, row in ordered.fresh))
            return Recorded(
                recorded=tuple(row for _, _, row in ordered.fresh),
                duplicates=tuple(ordered.duplicates),
                conflicts=tuple(ordered.conflicts),
                voided=tuple(stored_statements(connection, voided)),
                last_stored_ms=_last_stored_ms(connection, ordered),
            )


def _sort(connection: sqlite3.Connection, statements: Sequence[Recordable], through_ms: int) -> _Sorted:
    ids = [row.extract.statement_id.bytes for row in statements]
    held = dict(where_in(connection, "SELECT id, text FROM statement WHERE id", ids))
    ordered = _Sorted()
    for statement_id, row in zip(ids, statements, strict=True):
        text = held.get(statement_id)
        if text is None:
            held[statement_id] = row.text
            ordered.fresh.append((statement_id, max(row.appended_at_ms, through_ms), row))
        elif text == row.text or same(json.loads(text), json.loads(row.text)):
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


def _link(connection: sqlite3.Connection, ordered: _Sorted) -> list[bytes]:
    """Let the new statements be found, and what they target through them; hide what is voided. Returns the ids of what the
    voiding ones of the batch void."""
    around = Neighbourhood(connection)
    fresh: list[Link] = []
    rows: list[KeyRow] = []
    for statement_id, stored_ms, row in ordered.fresh:
        extract = row.extract
        target = None if extract.refers_to is None else extract.refers_to.bytes
        link = Link(statement_id, stored_ms, row.partner, extract.voids is not None, row.may_void_any, target, False)
        fresh.append(link)
        rows += [(key, stored_ms, statement_id, OWN) for key in around.add(link, extract.keys)]
        rows += [(key, stored_ms, statement_id, OWN) for key in personal_keys(row.partner)]

    referrers = around.all_referrers(link.id for link in fresh)
    changed = {link.id: link for link in fresh if link.refers_to is not None} | referrers
    for link in changed.values():
        if not link.voided:
            rows += around.borrowed_rows(link)
    connection.executemany(_INSERT_KEY, sorted(rows))

    # Those that came before what they void take effect now; those of the batch are the ones to be told of.
    void(connection, around, [link for link in referrers.values() if link.voiding])
    return void(connection, around, _voiders(around, ordered))


def _voiders(around: Neighbourhood, ordered: _Sorted) -> Iterable[Link]:
    """The voiding statements of the batch, as they were recorded: of a duplicate the one that came first counts."""
    ids = [statement_id for statement_id, _, row in ordered.fresh if row.extract.voids is not None]
    ids += [row.extract.statement_id.bytes for row in ordered.duplicates if row.extract.voids is not None]
    return around.links(ids)


def _last_stored_ms(connection: sqlite3.Connection, ordered: _Sorted) -> int | None:
    """The greatest `stored` of the batch, new or not."""
    times = [stored_ms for _, stored_ms, _ in ordered.fresh]
    ids = [row.extract.statement_id.bytes for row in ordered.duplicates]
    times += [stored_ms for (stored_ms,) in where_in(connection, "SELECT stored_ms FROM statement WHERE id", ids)]
    return max(times, default=None)
