"""Webhooks and their deliveries."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from access.webhooks import Webhook
from store.port import Attempt, Delivery, DeliveryBefore, DeliveryState, Rejected
from store.sqlite.database import Database

_COLUMNS = (
    "id, webhook_id, event, body, created_at_ms, due_ms, keep_until_ms,"
    " state, attempts, takes, last_attempt_ms, last_status, trouble"
)
_SELECT = f"SELECT {_COLUMNS} FROM webhook_delivery"  # noqa: S608
_INSERT = f"INSERT INTO webhook_delivery ({_COLUMNS}) VALUES ({','.join('?' * 13)}) ON CONFLICT (id) DO NOTHING"  # noqa: S608
_DUE = "SELECT id FROM webhook_delivery WHERE webhook_id = ? AND state = 'waiting' AND due_ms <= ? ORDER BY due_ms, id LIMIT ?"
_HELD = "id = ? AND takes = ? AND state = 'waiting'"
_FAILED = f"""
    UPDATE webhook_delivery
    SET state = ?, due_ms = coalesce(?, due_ms), attempts = attempts + 1, last_attempt_ms = ?, last_status = ?, trouble = ?
    WHERE {_HELD}
"""  # noqa: S608


class SqliteWebhooks:
    """`store.port.Webhooks`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._decoder = msgspec.json.Decoder(Webhook)

    def add(self, webhook: Webhook) -> None:
        with self._database.write() as connection:
            added = connection.execute(
                "INSERT INTO webhook (id, created_at_ms, body) VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING",
                (webhook.id, webhook.created_at_ms, msgspec.json.encode(webhook)),
            ).rowcount
        if not added:
            raise Rejected("there is a webhook with this id already")

    def all(self) -> list[Webhook]:
        with self._database.read() as connection:
            rows = connection.execute("SELECT body FROM webhook ORDER BY created_at_ms, id")
            return [self._decoder.decode(body) for (body,) in rows]

    def get(self, webhook_id: str) -> Webhook | None:
        with self._database.read() as connection:
            return self._get(connection, webhook_id)

    def change(self, webhook_id: str, how: Callable[[Webhook], Webhook]) -> Webhook | None:
        with self._database.write() as connection:
            held = self._get(connection, webhook_id)
            if held is None:
                return None
            changed = how(held)
            connection.execute("UPDATE webhook SET body = ? WHERE id = ?", (msgspec.json.encode(changed), webhook_id))
        return changed

    def remove(self, webhook_id: str) -> bool:
        with self._database.write() as connection:
            connection.execute("DELETE FROM webhook_delivery WHERE webhook_id = ?", (webhook_id,))
            return connection.execute("DELETE FROM webhook WHERE id = ?", (webhook_id,)).rowcount > 0

    def take_turn(self, name: str, turn: str, *, now_ms: int, until_ms: int) -> bool:
        with self._database.write() as connection:
            taken = connection.execute(
                """
                INSERT INTO webhook_turn (name, turn, until_ms, done) VALUES (?, ?, ?, 0)
                ON CONFLICT (name) DO UPDATE SET turn = excluded.turn, until_ms = excluded.until_ms, done = 0
                WHERE (done AND turn < excluded.turn) OR (NOT done AND turn <= excluded.turn AND until_ms <= ?)
                """,
                (name, turn, until_ms, now_ms),
            )
            return taken.rowcount > 0

    def extend_turn(self, name: str, turn: str, until_ms: int) -> None:
        with self._database.write() as connection:
            connection.execute("UPDATE webhook_turn SET until_ms = ? WHERE name = ? AND turn = ?", (until_ms, name, turn))

    def end_turn(self, name: str, turn: str) -> None:
        with self._database.write() as connection:
            connection.execute("UPDATE webhook_turn SET done = 1 WHERE name = ? AND turn = ?", (name, turn))

    def _get(self, connection: sqlite3.Connection, webhook_id: str) -> Webhook | None:
        row = connection.execute("SELECT body FROM webhook WHERE id = ?", (webhook_id,)).fetchone()
        return None if row is None else self._decoder.decode(row[0])


class SqliteDeliveries:
    """`store.port.Deliveries`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, deliveries: Sequence[Delivery]) -> int:
        if not deliveries:
            return 0
        with self._database.write() as connection:
            return connection.executemany(_INSERT, map(_row, deliveries)).rowcount

    def take(self, webhook_id: str, *, now_ms: int, lease_ms: int, limit: int) -> list[Delivery]:
        with self._database.read() as connection:
            if connection.execute(_DUE, (webhook_id, now_ms, 1)).fetchone() is None:
                return []
        with self._database.write() as connection:
            ids = [found for (found,) in connection.execute(_DUE, (webhook_id, now_ms, limit)).fetchall()]
            taken = []
            for one in ids:
                connection.execute(
                    "UPDATE webhook_delivery SET due_ms = ?, takes = takes + 1 WHERE id = ?", (now_ms + lease_ms, one)
                )
                taken.append(_delivery(connection.execute(f"{_SELECT} WHERE id = ?", (one,)).fetchone()))
        return taken

    def delivered(self, delivery_id: str, attempt: Attempt) -> None:
        with self._database.write() as connection:
            connection.execute(
                "UPDATE webhook_delivery SET state = 'delivered', attempts = attempts + 1, last_attempt_ms = ?, last_status = ?,"
                " trouble = '' WHERE id = ? AND state != 'delivered'",
                (attempt.at_ms, attempt.status, delivery_id),
            )

    def failed(self, delivery_id: str, attempt: Attempt, *, due_ms: int | None) -> bool:
        state = DeliveryState.DEAD if due_ms is None else DeliveryState.WAITING
        with self._database.write() as connection:
            changed = connection.execute(
                _FAILED,
                (state, due_ms, attempt.at_ms, attempt.status, attempt.trouble, delivery_id, attempt.takes),
            )
            return changed.rowcount > 0

    def release(self, delivery_id: str, takes: int, *, due_ms: int) -> None:
        with self._database.write() as connection:
            connection.execute(f"UPDATE webhook_delivery SET due_ms = ? WHERE {_HELD}", (due_ms, delivery_id, takes))  # noqa: S608

    def revive(self, delivery_id: str, *, now_ms: int, keep_until_ms: int) -> bool:
        with self._database.write() as connection:
            revived = connection.execute(
                "UPDATE webhook_delivery SET state = 'waiting', attempts = 0, due_ms = ?, keep_until_ms = max(keep_until_ms, ?)"
                " WHERE id = ? AND state = 'dead'",
                (now_ms, keep_until_ms, delivery_id),
            )
            return revived.rowcount > 0

    def get(self, delivery_id: str) -> Delivery | None:
        with self._database.read() as connection:
            row = connection.execute(f"{_SELECT} WHERE id = ?", (delivery_id,)).fetchone()
        return None if row is None else _delivery(row)

    def page(
        self, webhook_id: str, *, state: DeliveryState | None = None, before: DeliveryBefore | None = None, limit: int = 50
    ) -> list[Delivery]:
        conditions = ["webhook_id = ?"]
        given: list[Any] = [webhook_id]
        if state is not None:
            conditions.append("state = ?")
            given.append(state)
        if before is not None:
            conditions.append("(created_at_ms, id) < (?, ?)")
            given += [before.created_at_ms, before.id]
        with self._database.read() as connection:
            rows = connection.execute(
                f"{_SELECT} WHERE {' AND '.join(conditions)} ORDER BY created_at_ms DESC, id DESC LIMIT ?", (*given, limit)
            )
            return [_delivery(row) for row in rows]

    def forget(self, now_ms: int, *, limit: int = 1_000) -> int:
        with self._database.read() as connection:
            if connection.execute("SELECT 1 FROM webhook_delivery WHERE keep_until_ms <= ? LIMIT 1", (now_ms,)).fetchone() is None:
                return 0
        with self._database.write() as connection:
            return connection.execute(
                "DELETE FROM webhook_delivery WHERE seq IN (SELECT seq FROM webhook_delivery WHERE keep_until_ms <= ? LIMIT ?)",
                (now_ms, limit),
            ).rowcount


def _row(delivery: Delivery) -> tuple[Any, ...]:
    return (
        delivery.id,
        delivery.webhook_id,
        delivery.event,
        delivery.body,
        delivery.created_at_ms,
        delivery.due_ms,
        delivery.keep_until_ms,
        delivery.state,
        delivery.attempts,
        delivery.takes,
        delivery.last_attempt_ms,
        delivery.last_status,
        delivery.trouble,
    )


def _delivery(row: Sequence[Any]) -> Delivery:
    return Delivery(
        id=row[0],
        webhook_id=row[1],
        event=row[2],
        body=row[3],
        created_at_ms=row[4],
        due_ms=row[5],
        keep_until_ms=row[6],
        state=DeliveryState(row[7]),
        attempts=row[8],
        takes=row[9],
        last_attempt_ms=row[10],
        last_status=row[11],
        trouble=row[12],
    )
