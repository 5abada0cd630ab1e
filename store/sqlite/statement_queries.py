"""Reading statements: by id, and lists by keyset."""

from __future__ import annotations

import heapq
import sqlite3
import threading
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing
from operator import itemgetter
from typing import Any
from uuid import UUID

from store.pages import first_page
from store.port import PAGE_BYTES, SEEN_LIMIT, Page, Seen, StoredStatement
from store.sqlite.database import Database
from store.sqlite.keys import wanted_keys
from store.sqlite.places import stored_at
from store.sqlite.rows import chunks, where_in
from store.sqlite.search import Search, plan
from xapi.query import StatementFilter, StoredAt

_COLUMNS = "id, stored_ms, text, partner, timestamped, voided, tolerated, received"
_BY_ID = f"SELECT {_COLUMNS} FROM statement WHERE id"  # noqa: S608
_NAMING = f"""
SELECT {", ".join(f"s.{column}" for column in _COLUMNS.split(", "))}
FROM statement_key k CROSS JOIN statement s ON s.seq = k.seq WHERE k.via = 0 AND k.key IN
"""  # noqa: S608

# Of a key the rows that are a statement's own, from the first on.
SEEN = """
SELECT count(*), min(place), max(place)
FROM (SELECT place FROM statement_key WHERE key = ? AND via = 0 ORDER BY place LIMIT ?)
"""
_ROWS_AT_ONCE = 16
"""So many are read before it is looked how large they are: a text may have megabytes."""
LAST_SEEN = "SELECT place FROM statement_key WHERE key = ? AND via = 0 ORDER BY place DESC LIMIT 1"


def _statement(row: Sequence[Any]) -> StoredStatement:
    key, stored_ms, text, partner, timestamped, voided, tolerated, received = row[:8]
    tolerances = () if tolerated is None else tuple(tolerated.split(" "))
    return StoredStatement(key, stored_ms, text, partner, timestamped == 1, voided == 1, tolerances, received)


def stored_statements(connection: sqlite3.Connection, ids: Iterable[bytes]) -> list[StoredStatement]:
    """Those that exist, in the order of `ids`."""
    wanted = list(dict.fromkeys(ids))
    found = {row[0]: _statement(row) for row in where_in(connection, _BY_ID, wanted)}
    return [found[one] for one in wanted if one in found]


class SqliteStatementQueries:
    """`store.port.StatementQueries`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        # SQLite lets the interpreter lock go for each row: of several threads that read rows at once each waits for it at each.
        self._turn = threading.Lock()

    def get_many(self, statement_ids: Iterable[UUID]) -> dict[UUID, StoredStatement]:
        wanted = list(statement_ids)
        if len(wanted) == 1:
            (statement_id,) = wanted
            with self._database.read_once() as connection:
                row = connection.execute(f"{_BY_ID} = ?", (statement_id.bytes,)).fetchone()
            return {} if row is None else {statement_id: _statement(row)}
        with self._database.read() as connection:
            # The caller's own ids are handed back: making them anew of their bytes took a fifth of the time.
            by_key = {one.bytes: one for one in wanted}
            return {by_key[statement.key]: statement for statement in stored_statements(connection, by_key)}

    def any_voided(self, statement_ids: Iterable[UUID]) -> bool:
        with self._database.read() as connection:
            return bool(
                list(where_in(connection, "SELECT 1 FROM statement WHERE voided AND id", [one.bytes for one in statement_ids]))
            )

    def find(self, wanted: StatementFilter, *, after: StoredAt | None, limit: int) -> Page:
        with self._turn, self._database.read() as connection:
            search = plan(connection, wanted, after)
            page = _plain_page(connection, search.scans[0], limit) if len(search.scans) == 1 else None
            if page is not None:
                return page
            with closing(_rows(connection, search)) as rows:
                return first_page(map(_statement, rows), limit)

    def naming(self, agents: Iterable[str]) -> Iterator[StoredStatement]:
        keys = [key for agent in agents for (key,) in wanted_keys(StatementFilter(agent=agent))]
        given: set[bytes] = set()
        with self._database.read() as connection:
            for chunk in chunks(dict.fromkeys(keys)):
                for row in connection.execute(f"{_NAMING} ({','.join('?' * len(chunk))})", chunk):
                    if row[0] not in given:
                        given.add(row[0])
                        yield _statement(row)

    def seen(self, agents: Iterable[str], activities: Iterable[str]) -> dict[str, Seen]:
        wanted = {one: StatementFilter(agent=one) for one in agents} | {one: StatementFilter(activity=one) for one in activities}
        result: dict[str, Seen] = {}
        with self._database.read() as connection:
            for named, filter_ in wanted.items():
                ((key,),) = wanted_keys(filter_)
                count, first, last = connection.execute(SEEN, (key, SEEN_LIMIT)).fetchone()
                if count == SEEN_LIMIT:
                    (last,) = connection.execute(LAST_SEEN, (key,)).fetchone()
                if count:
                    result[named] = Seen(count, stored_at(first), stored_at(last))
        return result

    def count(self) -> int:
        # Exact as long as nothing was deleted, and it need not walk through the table.
        with self._database.read() as connection:
            highest: int | None = connection.execute("SELECT max(seq) FROM statement").fetchone()[0]
        return highest or 0


def _plain_page(connection: sqlite3.Connection, scan: tuple[str, tuple[Any, ...]], limit: int) -> Page | None:
    """The page as most are: of one scan, with no two rows in one place, and not cut for its size. None for any other."""
    rows: list[Sequence[Any]] = []
    size = 0
    with closing(connection.execute(*scan)) as cursor:
        while some := cursor.fetchmany(min(_ROWS_AT_ONCE, limit + 1 - len(rows))):
            rows += some
            size += sum([len(row[2]) for row in some])
            if size > PAGE_BYTES:
                return None
            if len(rows) > limit:
                break
    if len({row[-1] for row in rows}) < len(rows):
        return None
    statements = tuple(map(_statement, rows[:limit]))
    return Page(statements, statements[-1].at if len(rows) > limit else None)


def _rows(connection: sqlite3.Connection, search: Search) -> Generator[Sequence[Any], None, None]:
    """The rows of all scans of a search merged in its order, each statement once, read only as far as they are asked for."""
    with ExitStack() as stack:
        cursors = [stack.enter_context(closing(connection.execute(*scan))) for scan in search.scans]
        scans = [_in_order(cursor, search.ascending) for cursor in cursors]
        if len(scans) == 1:
            yield from scans[0]
        else:
            yield from _each_once(heapq.merge(*scans, key=lambda row: (row[1], row[0]), reverse=not search.ascending))


def _in_order(rows: Iterator[Sequence[Any]], ascending: bool) -> Iterator[Sequence[Any]]:
    """Rows that come in the order of their places: ties by their ids, and each statement once."""
    before = next(rows, None)
    if before is None:
        return
    tie: list[Sequence[Any]] = []
    for row in rows:
        if row[-1] == before[-1]:
            tie.append(before)
        elif tie:
            yield from _by_id([*tie, before], ascending)
            tie = []
        else:
            yield before
        before = row
    yield from _by_id([*tie, before], ascending)


def _by_id(tie: list[Sequence[Any]], ascending: bool) -> Iterator[Sequence[Any]]:
    return _each_once(sorted(tie, key=itemgetter(0), reverse=not ascending))


def _each_once(rows: Iterable[Sequence[Any]]) -> Iterator[Sequence[Any]]:
    """One that matches through several sources comes several times in a row."""
    last: bytes | None = None
    for row in rows:
        if row[0] != last:
            last = row[0]
            yield row
