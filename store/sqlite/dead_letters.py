"""Dead letters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from store.port import DeadLetter
from store.sqlite.database import Database

_COLUMNS = (
    'id, reason, detail, payload, topic, partition, "offset", "index", statement_id, partner, created_at_ms, resubmitted_at_ms'
)
_INSERT = f"INSERT INTO dead_letter ({_COLUMNS}) VALUES ({','.join('?' * 12)}) ON CONFLICT (id) DO NOTHING"  # noqa: S608
_SELECT = f"SELECT {_COLUMNS} FROM dead_letter"  # noqa: S608


def _row(letter: DeadLetter) -> tuple[Any, ...]:
    return (
        letter.id,
        letter.reason,
        letter.detail,
        letter.payload,
        letter.topic,
        letter.partition,
        letter.offset,
        letter.index,
        None if letter.statement_id is None else letter.statement_id.bytes,
        letter.partner,
        letter.created_at_ms,
        letter.resubmitted_at_ms,
    )


def _letter(row: Sequence[Any]) -> DeadLetter:
    return DeadLetter(
        id=row[0],
        reason=row[1],
        detail=row[2],
        payload=row[3],
        topic=row[4],
        partition=row[5],
        offset=row[6],
        index=row[7],
        statement_id=None if row[8] is None else UUID(bytes=row[8]),
        partner=row[9],
        created_at_ms=row[10],
        resubmitted_at_ms=row[11],
    )


class SqliteDeadLetters:
    """`store.port.DeadLetters`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def bury(self, letters: Sequence[DeadLetter]) -> None:
        if not letters:
            return
        with self._database.write() as connection:
            connection.executemany(_INSERT, map(_row, letters))

    def page(self, *, reason: str | None = None, after_id: str | None = None, limit: int = 100) -> list[DeadLetter]:
        conditions = ["1"]
        values: list[Any] = []
        if reason is not None:
            conditions.append("reason = ?")
            values.append(reason)
        if after_id is not None:
            conditions.append("id > ?")
            values.append(after_id)
        with self._database.read() as connection:
            rows = connection.execute(f"{_SELECT} WHERE {' AND '.join(conditions)} ORDER BY id LIMIT ?", (*values, limit))
            return [_letter(row) for row in rows]

    def get(self, letter_id: str) -> DeadLetter | None:
        with self._database.read() as connection:
            row = connection.execute(f"{_SELECT} WHERE id = ?", (letter_id,)).fetchone()
        return None if row is None else _letter(row)

    def of_statement(self, statement_id: UUID) -> list[DeadLetter]:
        with self._database.read() as connection:
            rows = connection.execute(f"{_SELECT} WHERE statement_id = ? ORDER BY id", (statement_id.bytes,))
            return [_letter(row) for row in rows]

    def mark_resubmitted(self, letter_id: str, at_ms: int) -> None:
        with self._database.write() as connection:
            connection.execute("UPDATE dead_letter SET resubmitted_at_ms = ? WHERE id = ?", (at_ms, letter_id))

    def count(self) -> int:
        with self._database.read() as connection:
            waiting: int = connection.execute("SELECT count(*) FROM dead_letter WHERE resubmitted_at_ms IS NULL").fetchone()[0]
        return waiting
