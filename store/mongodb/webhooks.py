"""Webhooks and their deliveries: every change is one conditional update of one document."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import Any

from pymongo import ReturnDocument, UpdateOne
from pymongo.errors import BulkWriteError, DuplicateKeyError

from access.webhooks import Webhook
from store.mongodb.client import Connection, Document
from store.mongodb.errors import is_duplicate
from store.mongodb.values import of_body, to_body
from store.port import Attempt, Delivery, DeliveryBefore, DeliveryState, Rejected

_WEBHOOKS, _DELIVERIES, _TURNS = "webhooks", "webhook_deliveries", "webhook_turns"
_NEWEST_FIRST = [("created_at_ms", -1), ("_id", -1)]


class MongoWebhooks:
    """`store.port.Webhooks`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, webhook: Webhook) -> None:
        document = {"_id": webhook.id, "created_at_ms": webhook.created_at_ms, "body": to_body(webhook), "revision": 1}
        with self._connection.database() as database:
            try:
                database[_WEBHOOKS].insert_one(document)
            except DuplicateKeyError as error:
                raise Rejected("there is a webhook with this id already") from error

    def all(self) -> list[Webhook]:
        with self._connection.database() as database:
            found = database[_WEBHOOKS].find().sort([("created_at_ms", 1), ("_id", 1)])
            return [of_body(one["body"], Webhook) for one in found]

    def get(self, webhook_id: str) -> Webhook | None:
        with self._connection.database() as database:
            found = database[_WEBHOOKS].find_one({"_id": webhook_id})
        return None if found is None else of_body(found["body"], Webhook)

    def change(self, webhook_id: str, how: Callable[[Webhook], Webhook]) -> Webhook | None:
        with self._connection.database() as database:
            while (held := database[_WEBHOOKS].find_one({"_id": webhook_id})) is not None:
                changed = how(of_body(held["body"], Webhook))
                as_read = {"_id": webhook_id, "revision": held["revision"]}
                update = {"$set": {"body": to_body(changed)}, "$inc": {"revision": 1}}
                if database[_WEBHOOKS].update_one(as_read, update).modified_count:
                    return changed
        return None

    def remove(self, webhook_id: str) -> bool:
        with self._connection.database() as database:
            # First itself: what is written to it afterwards is never taken, and forgotten in time.
            removed = database[_WEBHOOKS].delete_one({"_id": webhook_id}).deleted_count > 0
            database[_DELIVERIES].delete_many({"webhook_id": webhook_id})
        return removed

    def take_turn(self, name: str, turn: str, *, now_ms: int, until_ms: int) -> bool:
        free = [
            {"done": True, "turn": {"$lt": turn}},
            {"done": False, "turn": {"$lte": turn}, "until_ms": {"$lte": now_ms}},
        ]
        taken = {"$set": {"turn": turn, "until_ms": until_ms, "done": False}}
        with self._connection.database() as database:
            try:
                result = database[_TURNS].update_one({"_id": name, "$or": free}, taken, upsert=True)
            except DuplicateKeyError:  # it is there and not free
                return False
        return result.modified_count > 0 or result.upserted_id is not None

    def extend_turn(self, name: str, turn: str, until_ms: int) -> None:
        with self._connection.database() as database:
            database[_TURNS].update_one({"_id": name, "turn": turn}, {"$set": {"until_ms": until_ms}})

    def end_turn(self, name: str, turn: str) -> None:
        with self._connection.database() as database:
            database[_TURNS].update_one({"_id": name, "turn": turn}, {"$set": {"done": True}})


class MongoDeliveries:
    """`store.port.Deliveries`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, deliveries: Sequence[Delivery]) -> int:
        if not deliveries:
            return 0
        writes = [UpdateOne({"_id": one.id}, {"$setOnInsert": _document(one)}, upsert=True) for one in deliveries]
        with self._connection.database() as database:
            try:
                return database[_DELIVERIES].bulk_write(writes, ordered=False).upserted_count
            except BulkWriteError as error:  # another added it in this moment: it stays as it is
                if not is_duplicate(error):
                    raise
                return int((error.details or {}).get("nUpserted", 0))

    def take(self, webhook_id: str, *, now_ms: int, lease_ms: int, limit: int) -> list[Delivery]:
        is_due = {"state": DeliveryState.WAITING.value, "due_ms": {"$lte": now_ms}}
        lease = {"$set": {"due_ms": now_ms + lease_ms}, "$inc": {"takes": 1}}
        taken = []
        with self._connection.database() as database:
            deliveries = database[_DELIVERIES]
            due = deliveries.find({"webhook_id": webhook_id, **is_due}, {"_id": 1}, limit=limit).sort([("due_ms", 1), ("_id", 1)])
            for one in list(due):
                found = deliveries.find_one_and_update({"_id": one["_id"], **is_due}, lease, return_document=ReturnDocument.AFTER)
                if found is not None:  # else another took it
                    taken.append(_delivery(found))
        return taken

    def delivered(self, delivery_id: str, attempt: Attempt) -> None:
        done = DeliveryState.DELIVERED.value
        update = {"$set": {"state": done, **_outcome(attempt), "trouble": ""}, "$inc": {"attempts": 1}}
        with self._connection.database() as database:
            database[_DELIVERIES].update_one({"_id": delivery_id, "state": {"$ne": done}}, update)

    def failed(self, delivery_id: str, attempt: Attempt, *, due_ms: int | None) -> bool:
        what_next: Document = {"state": DeliveryState.DEAD.value} if due_ms is None else {"due_ms": due_ms}
        update = {"$set": {**what_next, **_outcome(attempt)}, "$inc": {"attempts": 1}}
        with self._connection.database() as database:
            return database[_DELIVERIES].update_one(_held(delivery_id, attempt.takes), update).modified_count > 0

    def release(self, delivery_id: str, takes: int, *, due_ms: int) -> None:
        with self._connection.database() as database:
            database[_DELIVERIES].update_one(_held(delivery_id, takes), {"$set": {"due_ms": due_ms}})

    def revive(self, delivery_id: str, *, now_ms: int, keep_until_ms: int) -> bool:
        update = {
            "$set": {"state": DeliveryState.WAITING.value, "attempts": 0, "due_ms": now_ms},
            "$max": {"keep_until_ms": keep_until_ms},
        }
        with self._connection.database() as database:
            dead = {"_id": delivery_id, "state": DeliveryState.DEAD.value}
            return database[_DELIVERIES].update_one(dead, update).modified_count > 0

    def get(self, delivery_id: str) -> Delivery | None:
        with self._connection.database() as database:
            found = database[_DELIVERIES].find_one({"_id": delivery_id})
        return None if found is None else _delivery(found)

    def page(
        self, webhook_id: str, *, state: DeliveryState | None = None, before: DeliveryBefore | None = None, limit: int = 50
    ) -> list[Delivery]:
        conditions: dict[str, Any] = {"webhook_id": webhook_id}
        if state is not None:
            conditions["state"] = state.value
        if before is not None:
            at_the_same_time = {"created_at_ms": before.created_at_ms, "_id": {"$lt": before.id}}
            conditions["$or"] = [{"created_at_ms": {"$lt": before.created_at_ms}}, at_the_same_time]
        with self._connection.database() as database:
            return [_delivery(one) for one in database[_DELIVERIES].find(conditions, limit=limit).sort(_NEWEST_FIRST)]

    def forget(self, now_ms: int, *, limit: int = 1_000) -> int:
        past = {"keep_until_ms": {"$lte": now_ms}}
        with self._connection.database() as database:
            ids = [one["_id"] for one in database[_DELIVERIES].find(past, {"_id": 1}, limit=limit)]
            return database[_DELIVERIES].delete_many({"_id": {"$in": ids}, **past}).deleted_count if ids else 0


def _held(delivery_id: str, takes: int) -> Document:
    return {"_id": delivery_id, "takes": takes, "state": DeliveryState.WAITING.value}


def _outcome(attempt: Attempt) -> Document:
    return {"last_attempt_ms": attempt.at_ms, "last_status": attempt.status, "trouble": attempt.trouble}


def _document(delivery: Delivery) -> Document:
    document = {field.name: getattr(delivery, field.name) for field in fields(Delivery) if field.name != "id"}
    return {**document, "state": delivery.state.value}


def _delivery(document: Document) -> Delivery:
    held = {field.name: document[field.name] for field in fields(Delivery) if field.name not in ("id", "state")}
    return Delivery(id=document["_id"], state=DeliveryState(document["state"]), **held)
