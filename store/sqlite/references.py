"""Statements found through what they target, and statements hidden because they are voided.

A statement targets at most one other, so what it is found by is a chain: its own keys, those of its target, those of the target's
target, … each kept with the number of the source they are of. The chain ends where another partner's statement begins, whose
content is nobody else's business. Everything here is part of the recorder's transaction, which is the only one that writes
statements: it sees all that came before and nothing comes between.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from store.sqlite.keys import own_keys, owner_key
from store.sqlite.places import place_of
from store.sqlite.rows import where_in
from xapi.extraction import Extract
from xapi.query import LENT_KEYS, LONGEST_CHAIN
from xapi.reading import extract_text

OWN = 0
"""The `via` of a statement's own keys."""

KeyRow = tuple[int, int, int, int]
"""key, place, seq, via."""

_COLUMNS = "id, seq, stored_ms, partner, voiding, may_void_any, refers_to, voided"
_BY_ID = f"SELECT {_COLUMNS} FROM statement WHERE id"  # noqa: S608
_BY_TARGET = f"SELECT {_COLUMNS} FROM statement WHERE refers_to"  # noqa: S608
_REFERRERS_AT_ONCE = 1_000
_LINKS_REMEMBERED = 20_000
_SOURCES_REMEMBERED = 4_000


@dataclass(slots=True)
class Link:
    """What matters of a statement for those around it."""

    id: bytes
    seq: int
    place: int
    partner: str
    voiding: bool
    may_void_any: bool
    refers_to: bytes | None
    voided: bool

    def may_void(self, target: Link) -> bool:
        return self.voiding and not target.voiding and (self.may_void_any or self.partner == target.partner)


def lent_by(connection: sqlite3.Connection, ids: Iterable[bytes]) -> dict[bytes, tuple[int, ...]]:
    """Of these statements, those that exist, the keys they lend. They never change, so no transaction need go on."""
    texts = where_in(connection, "SELECT id, text FROM statement WHERE id", ids)
    return {statement_id: _keys_in(text)[:LENT_KEYS] for statement_id, text in texts}


class Neighbourhood:
    """The statements around those of a batch, read when they are asked for; only so many are remembered."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        batch: Iterable[tuple[Link, Extract]],
        lent: Mapping[bytes, tuple[int, ...]],
    ) -> None:
        """`batch` are its new statements, which are in the table, with what they say; `lent` is what others are known to lend."""
        self._connection = connection
        self._batch: dict[bytes, Link] = {}
        self._said: dict[bytes, Extract] = {}
        for link, said in batch:
            self._batch[link.id] = link
            self._said[link.id] = said
        self._links: dict[bytes, Link | None] = dict(self._batch)
        self._lent = dict(lent)

    @property
    def batch(self) -> Mapping[bytes, Link]:
        return self._batch

    def links(self, ids: Iterable[bytes]) -> list[Link]:
        """Of these ids the statements that exist."""
        wanted = list(dict.fromkeys(ids))
        unknown = [one for one in wanted if one not in self._links]
        if unknown:
            if len(self._links) > _LINKS_REMEMBERED:
                self._links = dict(self._batch)
                unknown = [one for one in wanted if one not in self._links]
            self._links.update(dict.fromkeys(unknown))
            self._links.update((row[0], _link(row)) for row in where_in(self._connection, _BY_ID, unknown))
        return [link for one in wanted if (link := self._links[one]) is not None]

    def above(self) -> Generator[list[Link], None, None]:
        """The statements outside the batch that target one of it, whoever's, and those that reach one through statements of their
        own partner; each once, in portions."""
        return self._above(self._batch, LONGEST_CHAIN)

    def _above(self, targets: Mapping[bytes, Link], steps: int) -> Generator[list[Link], None, None]:
        # Each statement has one target, so above the batch stand trees. None is entered twice: a way up that leads to one of the
        # batch ends there, and a cycle can only be reached from above by being in it.
        rows = where_in(self._connection, _BY_TARGET, targets)
        while portion := [_link(row) for row in islice(rows, _REFERRERS_AT_ONCE)]:
            outside = [link for link in portion if link.id not in self._batch]
            yield outside
            own = {link.id: link for link in outside if link.refers_to and targets[link.refers_to].partner == link.partner}
            if own and steps > 1:
                yield from self._above(own, steps - 1)

    def chain(self, link: Link) -> list[Link]:
        """What a statement targets, nearest first, as far as it exists and is of the same partner; itself is never among it."""
        chain: dict[bytes, Link] = {}
        target = link.refers_to
        while target is not None and target != link.id and target not in chain and len(chain) < LONGEST_CHAIN:
            found = self.links([target])
            if not found or found[0].partner != link.partner:
                break
            chain[target] = found[0]
            target = found[0].refers_to
        return list(chain.values())

    def borrowed_rows(self, link: Link) -> Iterator[KeyRow]:
        """By what a statement is found through its chain."""
        for source in self.chain(link):
            for key in self._keys_lent_by(source.id):
                yield key, link.place, link.seq, source.seq

    def own_rows(self, link: Link) -> Iterator[KeyRow]:
        """By what a statement is found itself."""
        for key in (*self._keys(link.id), owner_key(link.partner)):
            yield key, link.place, link.seq, OWN

    def _keys_lent_by(self, statement_id: bytes) -> tuple[int, ...]:
        held = self._lent.get(statement_id)
        if held is None:
            if len(self._lent) > _SOURCES_REMEMBERED:
                self._lent.clear()
            held = self._lent[statement_id] = self._keys(statement_id)[:LENT_KEYS]
        return held

    def _keys(self, statement_id: bytes) -> tuple[int, ...]:
        said = self._said.get(statement_id)
        if said is not None:
            return own_keys(said)
        (text,) = self._connection.execute("SELECT text FROM statement WHERE id = ?", (statement_id,)).fetchone()
        return _keys_in(text)


def void(connection: sqlite3.Connection, around: Neighbourhood, voiders: Iterable[Link]) -> list[bytes]:
    """Mark what these statements void, and take it out of all lists. Returns the ids of all they void, newly or not."""
    voided: dict[bytes, None] = {}
    fresh: list[Link] = []
    pairs = [(voider, voider.refers_to) for voider in voiders if voider.refers_to is not None]
    targets = {link.id: link for link in around.links(target for _, target in pairs)}
    for voider, target_id in pairs:
        target = targets.get(target_id)
        if target is None or not voider.may_void(target):
            continue
        voided[target.id] = None
        if not target.voided:
            target.voided = True
            fresh.append(target)
    connection.executemany("UPDATE statement SET voided = 1 WHERE id = ?", [(link.id,) for link in fresh])
    for link in fresh:
        connection.executemany(
            "DELETE FROM statement_key WHERE key = ? AND place = ? AND seq = ? AND via = ?",
            sorted((*around.own_rows(link), *around.borrowed_rows(link))),
        )
    return list(voided)


def _keys_in(text: bytes) -> tuple[int, ...]:
    return own_keys(extract_text(text))


def _link(row: tuple[bytes, int, int, str, int, int, bytes | None, int]) -> Link:
    return Link(row[0], row[1], place_of(row[2], row[0]), row[3], bool(row[4]), bool(row[5]), row[6], bool(row[7]))
