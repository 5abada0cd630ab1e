"""Searching employees.

A condition that few meet (a word of a name, some units, a post) is answered from its own index, and what is found is put in order
before any employee is read whole. Where every condition is met by many, the employees are walked in order, and enough of them meet
all soon.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import msgspec

from store.names import words_of
from store.port import EmployeeSearch, SearchAfter

_MANY_OF_A_WORD = 10_000
_MANY_OF_AN_INDEX = 3_000
"""Reading and ordering so many places takes about ten milliseconds: words have the names beside them, the others have not."""

_READ_AT_ONCE = 100
_LAST = "\U0010ffff"
_DAY_BEFORE_STAYS = "9999-12-30"

_Place = tuple[str, str]
"""Name and id."""


@dataclass(frozen=True, slots=True)
class _Source:
    """A way to the employees that meet one condition: selects their names and ids."""

    select: str
    values: tuple[Any, ...]
    many: int = _MANY_OF_AN_INDEX

    def few(self, connection: sqlite3.Connection) -> bool:
        limited = f"SELECT count(*) FROM ({self.select} LIMIT {self.many})"  # noqa: S608
        return bool(connection.execute(limited, self.values).fetchone()[0] < self.many)

    def places(self, connection: sqlite3.Connection) -> set[_Place]:
        return set(connection.execute(self.select, self.values))


def find(connection: sqlite3.Connection, wanted: EmployeeSearch, after: SearchAfter | None, limit: int) -> Iterator[bytes]:
    """The bodies of those found, ordered by (name, id), beyond `after`."""
    words = list(dict.fromkeys(words_of(wanted.words)))
    narrow = [source for source in _sources(wanted, words) if source.few(connection)]
    if narrow:
        places = set.intersection(*(source.places(connection) for source in narrow))
        return islice(_among(connection, _ordered(places, after), *_conditions(wanted, words)), limit)
    return _walked(connection, wanted, words, after, limit)


def _sources(wanted: EmployeeSearch, words: Sequence[str]) -> Iterator[_Source]:
    for word in words:
        beginning = "SELECT name, employee_id FROM employee_word WHERE word >= ? AND word < ?"
        yield _Source(beginning, (word, word + _LAST), _MANY_OF_A_WORD)
    if wanted.unit_ids is not None:
        yield _Source("SELECT name, id FROM employee WHERE unit_id IN (SELECT value FROM json_each(?))", (_json(wanted.unit_ids),))
    if wanted.post_id is not None:
        yield _Source("SELECT name, id FROM employee WHERE post_id = ?", (wanted.post_id,))


def _conditions(wanted: EmployeeSearch, words: Sequence[str]) -> tuple[str, list[Any]]:
    conditions = ["1"]
    values: list[Any] = []
    for word in words:
        conditions.append("instr(words, ?)")
        values.append(f" {word}")
    if wanted.unit_ids is not None:
        # "+": not to be looked up by, for the way there was chosen already.
        conditions.append("+unit_id IN (SELECT value FROM json_each(?))")
        values.append(_json(wanted.unit_ids))
    if wanted.post_id is not None:
        conditions.append("+post_id = ?")
        values.append(wanted.post_id)
    if wanted.employment is not None:
        conditions.append("employment = ?")
        values.append(wanted.employment.value)
    if not wanted.include_left:
        conditions.append("left_on > ?")
        values.append(_DAY_BEFORE_STAYS if wanted.today is None else min(wanted.today.isoformat(), _DAY_BEFORE_STAYS))
    return " AND ".join(conditions), values


def _ordered(places: set[_Place], after: SearchAfter | None) -> list[_Place]:
    if after is None:
        return sorted(places)
    return sorted(place for place in places if place > (after.name, after.id))


def _among(connection: sqlite3.Connection, places: Sequence[_Place], condition: str, values: Sequence[Any]) -> Iterator[bytes]:
    for start in range(0, len(places), _READ_AT_ONCE):
        ids = [employee_id for _, employee_id in places[start : start + _READ_AT_ONCE]]
        rows = connection.execute(
            f"SELECT body FROM employee WHERE id IN ({','.join('?' * len(ids))}) AND {condition} ORDER BY name, id",  # noqa: S608
            (*ids, *values),
        )
        yield from (body for (body,) in rows.fetchall())


def _walked(
    connection: sqlite3.Connection, wanted: EmployeeSearch, words: Sequence[str], after: SearchAfter | None, limit: int
) -> Iterator[bytes]:
    condition, values = _conditions(wanted, words)
    beyond = ("", "") if after is None else (after.name, after.id)
    rows = connection.execute(
        f"SELECT body FROM employee INDEXED BY employee_by_name WHERE (name, id) > (?, ?) AND {condition}"  # noqa: S608
        " ORDER BY name, id LIMIT ?",
        (*beyond, *values, limit),
    )
    return (body for (body,) in rows)


def _json(values: frozenset[str]) -> str:
    return msgspec.json.encode(sorted(values)).decode()
