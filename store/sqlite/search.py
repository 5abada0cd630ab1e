"""How a list is searched: the SQL for a StatementFilter.

One filter drives: its keys' rows are read in the order of the list. Each of the other filters is asked per row, by the primary
key, whether the same source has one of its keys. The driving filter is the one with the fewest rows in the wanted span of time,
counted up to a bound; where all are above it, the most specific kind. Without any filter, the statements themselves are read in
order.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any

from store.sqlite.keys import owner_key, wanted_keys
from store.sqlite.places import place_of, span_of
from xapi.query import StatementFilter, StoredAt

_COUNTED = 200
_LEAST, _GREATEST = -(1 << 63), (1 << 63) - 1
_BEYOND_ALL_IDS = b"\xff" * 17

_COLUMNS = "s.id, s.stored_ms, s.text, s.partner, s.timestamped, s.voided, s.tolerated, s.received"


@dataclass(frozen=True, slots=True)
class Search:
    """Commands with their values, all of whose rows together are the list. Each gives its rows in the order of their places, which
    stand last in them."""

    scans: tuple[tuple[str, tuple[Any, ...]], ...]
    ascending: bool


@dataclass(frozen=True, slots=True)
class _Span:
    """The places that are wanted, both ends among them."""

    first: int
    last: int


def plan(connection: sqlite3.Connection, wanted: StatementFilter, after: StoredAt | None) -> Search:
    """How to find what is `wanted` beyond `after`."""
    filters = wanted_keys(wanted)
    owner = None if wanted.owner is None else (owner_key(wanted.owner),)
    candidates = filters + ([] if owner is None else [owner])
    if not candidates:
        return _everything(wanted, after)
    span = _span(wanted, after)
    driver = candidates[0] if len(candidates) == 1 else min(candidates, key=lambda keys: _count(connection, keys, span))
    others = [keys for keys in filters if keys is not driver]
    conditions = ""
    values: list[Any] = []
    if wanted.owner is not None and driver is not owner:
        # The statement's row is read anyway: asking it costs less than another look into the tree of keys.
        conditions += " AND s.partner = ?"
        values.append(wanted.owner)
    if driver is owner and others:
        # The owner's rows speak of no source: the first of the others chooses one, the rest has to agree with it.
        chooser, *rest = others
        inner = "".join(" AND " + _exists(f"f{number}", "c", keys) for number, keys in enumerate(rest))
        conditions += " AND " + _exists("c", "d", chooser, same_source=False, inner=inner)
        values += [key for keys in others for key in keys]
    else:
        conditions += "".join(" AND " + _exists(f"f{number}", "d", keys) for number, keys in enumerate(others))
        values += [key for keys in others for key in keys]
    direction, beyond = ("ASC", ">") if wanted.ascending else ("DESC", "<")
    if after is not None:
        conditions += f" AND (d.place, s.id) {beyond} (?, ?)"
        values += _tie(after)
    command = (
        f"SELECT {_COLUMNS}, d.place FROM statement_key d CROSS JOIN statement s ON s.seq = d.seq"  # noqa: S608
        f" WHERE d.key = ? AND d.place BETWEEN ? AND ?{conditions} ORDER BY d.place {direction}"
    )
    return Search(tuple((command, (key, span.first, span.last, *values)) for key in driver), wanted.ascending)


def _everything(wanted: StatementFilter, after: StoredAt | None) -> Search:
    """By (stored, id), in which nothing ties: so the number stands for the place."""
    above, below = (_LEAST, b""), (_GREATEST, b"")
    if wanted.since_ms is not None:
        above = (wanted.since_ms, _BEYOND_ALL_IDS)
    if wanted.until_ms is not None:
        below = (wanted.until_ms, _BEYOND_ALL_IDS)
    if after is not None:
        here = (after.stored_ms, after.statement_id.bytes)
        above, below = (max(above, here), below) if wanted.ascending else (above, min(below, here))
    direction = "ASC" if wanted.ascending else "DESC"
    command = (
        f"SELECT {_COLUMNS}, s.seq FROM statement s WHERE s.voided = 0"  # noqa: S608
        " AND (s.stored_ms, s.id) > (?, ?) AND (s.stored_ms, s.id) < (?, ?)"
        f" ORDER BY s.stored_ms {direction}, s.id {direction}"
    )
    return Search(((command, (*above, *below)),), wanted.ascending)


def _tie(after: StoredAt) -> list[Any]:
    key = after.statement_id.bytes
    return [place_of(after.stored_ms, key), key]


def _exists(alias: str, of: str, keys: tuple[int, ...], *, same_source: bool = True, inner: str = "") -> str:
    """That the statement of the row `of` has one of `keys`, from the same source if wanted. Its values: `keys`, then `inner`'s."""
    source = f" AND {alias}.via = {of}.via" if same_source else ""
    return (
        f"EXISTS (SELECT 1 FROM statement_key {alias} WHERE {alias}.key IN ({','.join('?' * len(keys))})"  # noqa: S608
        f" AND {alias}.place = {of}.place AND {alias}.seq = {of}.seq{source}{inner})"
    )


def _count(connection: sqlite3.Connection, keys: tuple[int, ...], span: _Span) -> int:
    """How many rows the keys have in the span, at most `_COUNTED` for each."""
    total = 0
    for key in keys:
        (rows,) = connection.execute(
            "SELECT count(*) FROM (SELECT 1 FROM statement_key WHERE key = ? AND place BETWEEN ? AND ? LIMIT ?)",
            (key, span.first, span.last, _COUNTED),
        ).fetchone()
        total += rows
    return min(total, _COUNTED)


def _span(wanted: StatementFilter, after: StoredAt | None) -> _Span:
    """`since_ms` is exclusive, `until_ms` inclusive (Communication 2.1.3). The place of `after` is within it: others may tie."""
    first, last = _LEAST, _GREATEST
    if wanted.since_ms is not None:
        first = span_of(wanted.since_ms)[1] + 1
    if wanted.until_ms is not None:
        last = span_of(wanted.until_ms)[1]
    if after is not None:
        place = place_of(after.stored_ms, after.statement_id.bytes)
        first, last = (max(first, place), last) if wanted.ascending else (first, min(last, place))
    return _Span(_bounded(first), _bounded(last))


def _bounded(place: int) -> int:
    return max(_LEAST, min(place, _GREATEST))
