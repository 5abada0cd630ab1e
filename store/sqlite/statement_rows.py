"""What new statements are written as: worked out before the store is locked, as far as that can be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from operator import attrgetter

import msgspec

from store.port import Recordable
from store.sqlite.keys import owner_key
from store.sqlite.places import place_of

INSERT = """
INSERT INTO statement (seq, id, stored_ms, partner, timestamped, voiding, may_void_any, refers_to, text, tolerated, received)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
INSERT_OWN_KEY = "INSERT INTO statement_key (key, place, seq, via) VALUES (?, ?, ?, 0) ON CONFLICT DO NOTHING"


class New(msgspec.Struct, gc=False):
    """A statement that was not there before, and where it is put."""

    seq: int
    id: bytes
    stored_ms: int
    place: int
    row: Recordable
    keys: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """New statements, and what `INSERT` and `INSERT_OWN_KEY` take of them."""

    new: Sequence[New]
    statements: Sequence[tuple[object, ...]]
    own_keys: Sequence[tuple[int, int, int]]

    @staticmethod
    def of(new: Sequence[New]) -> Rows:
        return Rows(new, list(map(_statement, new)), list(_own_keys(new)))


def numbered(
    ids: Sequence[bytes], statements: Sequence[Recordable], keys: Sequence[tuple[int, ...]], seq: int, through_ms: int
) -> list[New]:
    """All as if they were new, from the number `seq` on and none stored before `through_ms`."""
    return [
        New(number, statement_id, stored_ms, place_of(stored_ms, statement_id), row, own_keys)
        for number, (statement_id, row, own_keys) in enumerate(zip(ids, statements, keys, strict=True), seq)
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
        extract.voids is not None,
        row.may_void_any,
        None if extract.refers_to is None else extract.refers_to.bytes,
        row.text,
        " ".join(row.tolerated) or None,
        row.received,
    )


def _own_keys(new: Sequence[New]) -> Iterator[tuple[int, int, int]]:
    """What new statements are found by themselves, in the order of the tree: so it is written page by page. A key's rows come in
    order by themselves when the statements do, and sorting keys is cheaper than sorting rows."""
    by_key: defaultdict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for one in sorted(new, key=attrgetter("place")):
        place, seq = one.place, one.seq
        for key in (*one.keys, owner_key(one.row.partner)):
            by_key[key].append((key, place, seq))
    return chain.from_iterable(by_key[key] for key in sorted(by_key))
