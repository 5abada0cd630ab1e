"""Statements found through what they target, and statements hidden because they are voided.

A statement targets at most one other, so what it is found by is a chain: its own keys, those of its target, those of the target's
target, … each kept with the id of the source they are of. Everything here is part of the recorder's transaction, which is the only
one that writes statements: it sees all that came before and nothing comes between.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from store.sqlite.keys import keys_of, personal_keys
from store.sqlite.rows import where_in
from xapi.query import LONGEST_CHAIN
from xapi.statement import StatementKeys, extract

OWN = b""
"""The `via` of a statement's own keys."""

KeyRow = tuple[int, int, bytes, bytes]
"""key, stored_ms, id, via."""

_COLUMNS = "id, stored_ms, partner, voiding, may_void_any, refers_to, voided"
_BY_ID = f"SELECT {_COLUMNS} FROM statement WHERE id"  # noqa: S608
_BY_TARGET = f"SELECT {_COLUMNS} FROM statement WHERE refers_to"  # noqa: S608


@dataclass(slots=True)
class Link:
    """What matters of a statement for those around it."""

    id: bytes
    stored_ms: int
    partner: str
    voiding: bool
    may_void_any: bool
    refers_to: bytes | None
    voided: bool

    def may_void(self, target: Link) -> bool:
        return self.voiding and not target.voiding and (self.may_void_any or self.partner == target.partner)


class Neighbourhood:
    """The statements around those of a batch, read when they are asked for and then remembered."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._links: dict[bytes, Link | None] = {}
        self._keys: dict[bytes, tuple[int, ...]] = {}

    def add(self, link: Link, keys: StatementKeys) -> tuple[int, ...]:
        """Make a statement of the batch known; returns its keys."""
        self._links[link.id] = link
        self._keys[link.id] = found = keys_of(keys)
        return found

    def links(self, ids: Iterable[bytes]) -> list[Link]:
        """Of these ids the statements that exist."""
        wanted = list(dict.fromkeys(ids))
        unknown = [one for one in wanted if one not in self._links]
        self._links.update(dict.fromkeys(unknown))
        self._remember(_BY_ID, unknown)
        return [link for one in wanted if (link := self._links[one]) is not None]

    def referrers(self, targets: Iterable[bytes]) -> list[Link]:
        """The statements that target one of these."""
        return self._remember(_BY_TARGET, targets)

    def all_referrers(self, targets: Iterable[bytes]) -> dict[bytes, Link]:
        """The statements that target one of these, those that target them, and so on."""
        found: dict[bytes, Link] = {}
        newest = list(targets)
        for _ in range(LONGEST_CHAIN):
            if not newest:
                break
            fresh = [link for link in self.referrers(newest) if link.id not in found]
            found.update((link.id, link) for link in fresh)
            newest = [link.id for link in fresh]
        return found

    def chain(self, link: Link) -> list[bytes]:
        """What a statement targets, nearest first, as far as it exists; itself is never among it."""
        chain: dict[bytes, None] = {}
        target = link.refers_to
        while target is not None and target != link.id and target not in chain and len(chain) < LONGEST_CHAIN:
            found = self.links([target])
            if not found:
                break
            chain[target] = None
            target = found[0].refers_to
        return list(chain)

    def keys(self, statement_id: bytes) -> tuple[int, ...]:
        """The keys that an existing statement has as a source."""
        held = self._keys.get(statement_id)
        if held is None:
            (text,) = self._connection.execute("SELECT text FROM statement WHERE id = ?", (statement_id,)).fetchone()
            held = self._keys[statement_id] = keys_of(extract(json.loads(text)).keys)
        return held

    def borrowed_rows(self, link: Link) -> list[KeyRow]:
        """By what a statement is found through its chain."""
        return [(key, link.stored_ms, link.id, source) for source in self.chain(link) for key in self.keys(source)]

    def own_rows(self, link: Link) -> list[KeyRow]:
        """By what a statement is found itself."""
        return [(key, link.stored_ms, link.id, OWN) for key in (*self.keys(link.id), *personal_keys(link.partner))]

    def _remember(self, select: str, keys: Iterable[bytes]) -> list[Link]:
        found = []
        for row in where_in(self._connection, select, keys):
            link = self._links.get(row[0])
            if link is None:
                link = Link(row[0], row[1], row[2], bool(row[3]), bool(row[4]), row[5], bool(row[6]))
                self._links[link.id] = link
            found.append(link)
        return found


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
    connection.executemany(
        "DELETE FROM statement_key WHERE key = ? AND stored_ms = ? AND id = ? AND via = ?",
        sorted(row for link in fresh for row in (*around.own_rows(link), *around.borrowed_rows(link))),
    )
    return list(voided)
