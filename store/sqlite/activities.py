"""What the recorded statements say of activities, for each partner whose statements they are.

Nearly every statement repeats a definition that many have said before. So definitions are not merged when they are recorded: each
different text is kept once (`definition_text`), and beside it, in a narrow table, when it was last said (`definition_said`). That
is all the merge needs, for the latest to say a leaf wins, whatever came between; readers merge. What is said under too many texts,
or in very long ones, is merged while recording into one state (`activity_definition`), where a name alone is kept as well.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import chain
from uuid import UUID

import msgspec

from store.port import Recordable
from store.sqlite.database import Database
from store.sqlite.rows import where_in
from xapi.activities import ActivityState, merge, observe
from xapi.extraction import ActivityObservation
from xapi.native import compiled
from xapi.query import StoredAt

MOST_TEXTS = 64
"""Of an activity and a partner, beside the merged state."""
LONGEST_TEXT = 8 * 1024

_SAID = "SELECT digest FROM definition_said WHERE digest"
_SAY = """
INSERT INTO definition_said (digest, stored_ms, statement_id) VALUES {}
ON CONFLICT (digest) DO UPDATE SET stored_ms = excluded.stored_ms, statement_id = excluded.statement_id
WHERE (stored_ms, statement_id) < (excluded.stored_ms, excluded.statement_id)
"""
_SAYING = "(?, ?, ?)"
_SAYINGS_AT_ONCE = 64
_SAY_ONE, _SAY_SOME = _SAY.format(_SAYING), _SAY.format(", ".join([_SAYING] * _SAYINGS_AT_ONCE))
_PUT_TEXT = "INSERT INTO definition_text (id, owner, digest, text) VALUES (?, ?, ?, ?)"
_IDS = "SELECT id FROM definition_text WHERE owner = ? AND id"
_HAVING_TOO_MANY = f"GROUP BY id HAVING count(*) > {MOST_TEXTS}"
_TEXTS_IN_ORDER = """
SELECT digest, t.text, s.stored_ms, s.statement_id FROM definition_text t JOIN definition_said s USING (digest)
WHERE t.id = ? AND t.owner = ? ORDER BY s.stored_ms, s.statement_id
"""
_DELETE_SAID = "DELETE FROM definition_said WHERE digest = ?"
_DELETE_TEXT = "DELETE FROM definition_text WHERE id = ? AND owner = ? AND digest = ?"
_NAME = "INSERT INTO activity_definition (id, owner, state) VALUES (?, ?, '{}') ON CONFLICT DO NOTHING"
_PUT_STATE = """
INSERT INTO activity_definition (id, owner, state) VALUES (?, ?, ?) ON CONFLICT (id, owner) DO UPDATE SET state = excluded.state
"""
_MERGED = "SELECT id, state FROM activity_definition WHERE"
_TEXTS = """
SELECT t.id, t.text, s.stored_ms, s.statement_id FROM definition_text t JOIN definition_said s ON s.digest = t.digest WHERE
"""

_NAMES_REMEMBERED = 1 << 15

_Named = tuple[str, str]
"""An activity and the partner who speaks of it."""
_Saying = tuple[str, str, bytes]
"""An activity, the partner who speaks of it, the definition's text."""
_When = tuple[int, bytes]
"""`stored` in milliseconds and the id of the statement."""


@dataclass(frozen=True, slots=True)
class Sayings:
    """What a batch says: names alone, and each text by its digest with who says it and when it is said last."""

    named: set[_Named]
    said: Mapping[bytes, tuple[_Saying, _When]]


class ActivityRecorder:
    """The recorder's side. Remembers names that are in the store, where they stay: most are only named again."""

    def __init__(self) -> None:
        self._known: set[_Named] = set()

    def gather(self, fresh: Iterable[tuple[bytes, int, Recordable]]) -> Sayings:
        """What statements say, each with its id and its `stored`: worked out before anybody has to wait."""
        rows = list(fresh)
        if compiled is not None and all(isinstance(row.extract, compiled.Extract) for _, _, row in rows):
            found = compiled.sayings(
                [row.extract for *_, row in rows], [row.partner for *_, row in rows], [ms for _, ms, _ in rows]
            )
            if found is not None:
                return Sayings(set(found[0]) - self._known, found[1])
        return self.gather_in_python(rows)

    def gather_in_python(self, fresh: Iterable[tuple[bytes, int, Recordable]]) -> Sayings:
        """The same without the compiled paths."""
        named: set[_Named] = set()
        said: dict[_Saying, _When] = {}
        for statement_id, stored_ms, row in fresh:
            when = (stored_ms, statement_id)
            for seen in row.extract.activities:
                if seen.text is None:
                    name = (seen.activity_id, row.partner)
                    if name not in self._known:
                        named.add(name)
                else:
                    saying = (seen.activity_id, row.partner, seen.text)
                    if said.setdefault(saying, when) < when:
                        said[saying] = when
        return Sayings(named, {_digest(saying): (saying, when) for saying, when in said.items()})

    def remember(self, sayings: Sayings) -> None:
        """They are in the store now."""
        if len(self._known) > _NAMES_REMEMBERED:
            self._known.clear()
        self._known |= sayings.named


def record(connection: sqlite3.Connection, sayings: Sayings) -> None:
    """Part of the recorder's transaction."""
    said = sayings.said
    connection.executemany(_NAME, sorted(sayings.named))
    digests = sorted(said)
    held = {digest for (digest,) in where_in(connection, _SAID, digests)}
    new = [(digest, *said[digest]) for digest in digests if digest not in held]
    short = [one for one in new if len(one[1][2]) <= LONGEST_TEXT]
    _say(connection, [(digest, *said[digest][1]) for digest in sorted((*held, *(one[0] for one in short)))])
    connection.executemany(_PUT_TEXT, [(activity_id, owner, digest, text) for digest, (activity_id, owner, text), _ in short])
    for _, saying, when in new:
        if len(saying[2]) > LONGEST_TEXT:
            _merge(connection, *saying[:2], [_state(saying[0], saying[2], *when)])
    _bound(connection, {saying[:2] for _, saying, _ in short})


def _say(connection: sqlite3.Connection, sayings: Sequence[tuple[bytes, int, bytes]]) -> None:
    """That these were said then, unless they were said later."""
    rest = len(sayings) - len(sayings) % _SAYINGS_AT_ONCE
    for start in range(0, rest, _SAYINGS_AT_ONCE):
        connection.execute(_SAY_SOME, list(chain.from_iterable(sayings[start : start + _SAYINGS_AT_ONCE])))
    connection.executemany(_SAY_ONE, sayings[rest:])


def _bound(connection: sqlite3.Connection, changed: Iterable[_Named]) -> None:
    """Where there are too many texts now, merge those that were not said for the longest time."""
    by_owner: dict[str, list[str]] = {}
    for activity_id, owner in changed:
        by_owner.setdefault(owner, []).append(activity_id)
    for owner, ids in by_owner.items():
        for (activity_id,) in list(where_in(connection, _IDS, ids, given=[owner], end=_HAVING_TOO_MANY)):
            rows = connection.execute(_TEXTS_IN_ORDER, (activity_id, owner)).fetchall()[: -MOST_TEXTS // 2]
            _merge(connection, activity_id, owner, [_state(activity_id, *row[1:]) for row in rows])
            connection.executemany(_DELETE_SAID, [(digest,) for digest, *_ in rows])
            connection.executemany(_DELETE_TEXT, [(activity_id, owner, digest) for digest, *_ in rows])


def _merge(connection: sqlite3.Connection, activity_id: str, owner: str, states: list[ActivityState]) -> None:
    """Into what is kept merged."""
    held = [ActivityState.load(*row) for row in connection.execute(f"{_MERGED} id = ? AND owner = ?", (activity_id, owner))]
    connection.execute(_PUT_STATE, (activity_id, owner, merge(held + states).dump()))


def _digest(saying: _Saying) -> bytes:
    """Of an activity, a partner and a text, that no others have."""
    activity_id, owner, text = saying
    return blake2b(msgspec.json.encode((activity_id, owner)) + text, digest_size=16).digest()


def _states(connection: sqlite3.Connection, activity_ids: Iterable[str], owner: str | None) -> Iterator[ActivityState]:
    """All that is kept of these activities, of one partner or of all; several of one activity."""
    whose, given = ("", []) if owner is None else (" owner = ? AND", [owner])
    ids = list(activity_ids)
    for activity_id, text in where_in(connection, f"{_MERGED}{whose} id", ids, given=given):
        yield ActivityState.load(activity_id, text)
    for row in where_in(connection, f"{_TEXTS}{whose} t.id", ids, given=given):
        yield _state(*row)


def _state(activity_id: str, text: bytes, stored_ms: int, statement_id: bytes) -> ActivityState:
    definition = ActivityObservation(activity_id, text).definition
    return observe(activity_id, definition, StoredAt(stored_ms, UUID(bytes=statement_id)))


class SqliteActivityQueries:
    """`store.port.ActivityQueries`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def activities(self, activity_ids: Iterable[str], *, owner: str | None) -> dict[str, ActivityState]:
        states: dict[str, list[ActivityState]] = {}
        with self._database.read() as connection:
            for state in _states(connection, activity_ids, owner):
                states.setdefault(state.activity_id, []).append(state)
        return {activity_id: merge(of_activity) for activity_id, of_activity in states.items()}
