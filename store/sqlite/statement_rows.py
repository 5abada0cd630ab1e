"""What new statements are written as: worked out before the store is locked, as far as that can be."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from store.port import Recordable
from store.sqlite.keys import own_rows
from store.sqlite.places import place_of

_INSERT = """
INSERT INTO statement (seq, id, stored_ms, partner, timestamped, voiding, may_void_any, refers_to, text, tolerated, received)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_INSERT_KEYS = "INSERT INTO statement_key (key, place, seq, via) VALUES {} ON CONFLICT DO NOTHING"
_KEYS_AT_ONCE = 64
"""As many rows as a command takes: each command costs as much as a row or two, and the longer it is the more it takes to bind."""
_KEY = "(?, ?, ?, 0)"
_INSERT_SOME_KEYS = _INSERT_KEYS.format(", ".join([_KEY] * _KEYS_AT_ONCE))
_INSERT_A_KEY = _INSERT_KEYS.format(_KEY)


class New(msgspec.Struct, gc=False):
    """A statement that was not there before, and where it is put."""

    seq: int
    id: bytes
    stored_ms: int
    place: int
    row: Recordable


@dataclass(frozen=True, slots=True)
class Rows:
    """New statements, and what they are written as."""

    new: Sequence[New]
    statements: Sequence[tuple[object, ...]]
    own_keys: Sequence[Sequence[int]]

    @staticmethod
    def of(new: Sequence[New]) -> Rows:
        keys = own_rows(
            [one.row.extract for one in new],
            [one.row.partner for one in new],
            [one.place for one in new],
            new[0].seq if new else 0,
            at_once=_KEYS_AT_ONCE,
        )
        return Rows(new, list(map(_statement, new)), keys)

    def insert_statements(self, connection: sqlite3.Connection) -> None:
        """Raises sqlite3.IntegrityError when an id was used before."""
        connection.executemany(_INSERT, self.statements)

    def insert_own_keys(self, connection: sqlite3.Connection) -> None:
        for some in self.own_keys:
            if len(some) == 3 * _KEYS_AT_ONCE:
                connection.execute(_INSERT_SOME_KEYS, some)
            else:
                connection.executemany(_INSERT_A_KEY, [some[at : at + 3] for at in range(0, len(some), 3)])


def numbered(ids: Sequence[bytes], statements: Sequence[Recordable], seq: int, through_ms: int) -> list[New]:
    """All as if they were new, from the number `seq` on and none stored before `through_ms`."""
    return [
        New(number, statement_id, stored_ms, place_of(stored_ms, statement_id), row)
        for number, (statement_id, row) in enumerate(zip(ids, statements, strict=True), seq)
        for stored_ms in (max(row.appended_at_ms, through_ms),)
    ]


def _statement(new: New) -> tuple[object, ...]:
    row, extract = new.row, new.row.extract
    return (
        new.seq,
        new.id,
        new.stored_ms,
        row.partner,
        extract.timestamped,
        extract.is_voiding,
        row.may_void_any,
        extract.target_key,
        row.text,
        " ".join(row.tolerated) or None,
        row.received,
    )
