"""Evidence, by statement and by employee."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from heapq import nlargest
from typing import Any
from uuid import UUID

from competency.evidence import Evidence
from store import evidence_text
from store.port import HistoryAfter, HistoryFilter
from store.sqlite.database import Database
from store.sqlite.rows import chunks, where_in

_INSERT = """
INSERT INTO evidence (statement_id, employee_id, finished_at_ms, kind_id, year, provider, activity_id, body)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""
OF_ACTIVITY = """
SELECT finished_at_ms, statement_id, seq, body FROM evidence WHERE activity_id = ?
ORDER BY finished_at_ms DESC, statement_id DESC, seq DESC LIMIT ?
"""
_DELETE = "DELETE FROM evidence WHERE statement_id = ?"
_HOLD = "INSERT INTO evidence_holder (statement_id, employee_id) VALUES (?, ?) ON CONFLICT DO NOTHING"
_HOLDERS = "SELECT statement_id, employee_id FROM evidence_holder WHERE statement_id"


def _row(piece: Evidence) -> tuple[Any, ...]:
    return (
        piece.statement_id.bytes,
        piece.employee_id,
        piece.finished_at_ms,
        piece.kind_id,
        piece.year,
        piece.provider,
        piece.activity_id,
        evidence_text.dump(piece),
    )


class SqliteEvidenceStore:
    """`store.port.EvidenceStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def replace(self, statement_ids: Iterable[UUID], evidence: Sequence[Evidence]) -> frozenset[str]:
        ids = [one.bytes for one in statement_ids]
        rows = list(map(_row, evidence))  # before other writers have to wait
        if not rows:
            # Most statements prove nothing and never did: they need not queue with the writers.
            with self._database.read_once() as connection:
                if not list(where_in(connection, _HOLDERS, ids)):
                    return frozenset()
        with self._database.write() as connection:
            held = list(where_in(connection, _HOLDERS, ids))
            # Whoever ever had evidence of a statement is a holder of it, so that of the others there is none to be deleted.
            connection.executemany(_DELETE, [(one,) for one in dict.fromkeys(statement_id for statement_id, _ in held)])
            connection.executemany(_HOLD, [(statement_id, employee_id) for statement_id, employee_id, *_ in rows])
            connection.executemany(_INSERT, rows)
        return frozenset([*(employee_id for _, employee_id in held), *(piece.employee_id for piece in evidence)])

    def of_employee(self, employee_id: str) -> list[Evidence]:
        return self._select("employee_id = ? ORDER BY finished_at_ms, statement_id, seq", (employee_id,))

    def of_employees(self, employee_ids: Iterable[str]) -> dict[str, list[Evidence]]:
        return {one: [evidence_text.load(text) for text in texts] for one, texts in self.texts(employee_ids).items()}

    def texts(self, employee_ids: Iterable[str]) -> dict[str, list[bytes]]:
        found: dict[str, list[bytes]] = {one: [] for one in employee_ids}
        with self._database.read_once() as connection:
            for chunk in chunks(found):
                of_them = f"employee_id IN ({','.join('?' * len(chunk))})"
                order = "ORDER BY employee_id, finished_at_ms, statement_id, seq"
                rows = connection.execute(f"SELECT employee_id, body FROM evidence WHERE {of_them} {order}", chunk)  # noqa: S608
                for employee_id, body in rows:
                    found[employee_id].append(body)
        return found

    def of_statement(self, statement_id: UUID) -> list[Evidence]:
        return self._select("statement_id = ? ORDER BY employee_id, seq", (statement_id.bytes,))

    def history(self, employee_id: str, wanted: HistoryFilter, *, after: HistoryAfter | None, limit: int) -> list[Evidence]:
        conditions = ["employee_id = ?"]
        values: list[Any] = [employee_id]
        for column, value in (("kind_id", wanted.kind_id), ("year", wanted.year), ("provider", wanted.provider)):
            if value is not None:
                conditions.append(f"{column} = ?")
                values.append(value)
        if after is not None:
            conditions.append("(finished_at_ms, statement_id) < (?, ?)")
            values += [after.finished_at_ms, after.statement_id.bytes]
        order = "ORDER BY finished_at_ms DESC, statement_id DESC, seq DESC LIMIT ?"
        return self._select(f"{' AND '.join(conditions)} {order}", (*values, limit))

    def of_activities(self, activity_ids: Iterable[str], limit: int) -> list[Evidence]:
        newest: list[tuple[Any, ...]] = []
        with self._database.read() as connection:
            for activity_id in dict.fromkeys(activity_ids):
                newest += connection.execute(OF_ACTIVITY, (activity_id, limit))
                newest = nlargest(limit, newest)
        return [evidence_text.load(body) for *_, body in newest]

    def _select(self, condition: str, values: tuple[Any, ...]) -> list[Evidence]:
        with self._database.read() as connection:
            rows = connection.execute(f"SELECT body FROM evidence WHERE {condition}", values)  # noqa: S608
            return [evidence_text.load(body) for (body,) in rows]
