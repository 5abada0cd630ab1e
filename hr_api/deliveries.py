"""`/webhooks/{webhookId}/deliveries`: what a webhook was sent, and what became of it, for administrators."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import msgspec
from flask import Response

from access.credentials import Role
from hr_api.errors import Refusal
from hr_api.resource import Resource, answer, asked
from hr_api.services import HrServices
from schemas.hr.document import BASE_PATH, Answer, Operation, PathParameter
from schemas.hr.webhooks import (
    DeliveriesAsked,
    DeliveryCursor,
    DeliveryPageSchema,
    DeliveryParametersSchema,
    DeliverySchema,
    write_delivery_cursor,
)
from store.port import Delivery, DeliveryBefore, DeliveryState
from xapi.values import format_timestamp

KEPT_MS = 30 * 86_400_000
"""How long a delivery that somebody here asked for is kept."""

DELIVERY, _PAGE = DeliverySchema(), DeliveryPageSchema()
_WEBHOOK_ID = PathParameter("webhookId", "As the list of webhooks gives it", "wh_5f1d0c2b7a9e4f31")
_DELIVERY_ID = PathParameter("deliveryId", "As the list gives it", "msg_0f3c7ad05f0e4b570f3c7ad05f0e4b57")
_DEAD = {
    "id": "msg_0f3c7ad05f0e4b570f3c7ad05f0e4b57",
    "event": "profile.changed",
    "state": "dead",
    "attempts": 8,
    "createdAt": "2026-01-31T07:15:00.000Z",
    "dueAt": None,
    "lastAttemptAt": "2026-02-01T00:40:00.000Z",
    "lastStatus": 500,
    "trouble": "the receiver answered 500",
    "payload": {
        "type": "profile.changed",
        "timestamp": "2026-01-31T07:15:00.000Z",
        "data": {"employeeId": "emp-0042", "revision": 3, "links": {"profile": f"{BASE_PATH}/employees/emp-0042/profile"}},
    },
}
_WAITING = {**_DEAD, "state": "waiting", "attempts": 0, "dueAt": "2026-02-01T08:00:00.000Z"}
ACCEPTED = {
    **_WAITING,
    "event": "ping",
    "lastAttemptAt": None,
    "lastStatus": None,
    "trouble": "",
    "payload": {"type": "ping", "timestamp": "2026-02-01T08:00:00.000Z", "data": {"webhookId": "wh_5f1d0c2b7a9e4f31"}},
}

LIST = Operation(
    id="listDeliveries",
    method="GET",
    path="/webhooks/{webhookId}/deliveries",
    tag="webhooks",
    summary="What a webhook was sent lately",
    description="Newest first, in pages; of the last 30 days. `dead` are those that were given up.",
    roles=(Role.ADMIN,),
    path_parameters=(_WEBHOOK_ID,),
    query=DeliveryParametersSchema(),
    answers=(Answer(200, "A page", _PAGE, {"items": [_DEAD], "next": None}),),
    refusals=(404,),
)
REDELIVER = Operation(
    id="redeliver",
    method="POST",
    path="/webhooks/{webhookId}/deliveries/{deliveryId}/redeliver",
    tag="webhooks",
    summary="Send a dead delivery again",
    description="With the same `webhook-id`, and as many attempts as a new one has.",
    roles=(Role.ADMIN,),
    path_parameters=(_WEBHOOK_ID, _DELIVERY_ID),
    answers=(Answer(202, "The delivery, which waits again", DELIVERY, _WAITING),),
    refusals=(404, 409),
)


@dataclass(frozen=True, slots=True)
class ShownDelivery:
    id: str
    event: str
    state: str
    attempts: int
    created_at: str
    due_at: str | None
    last_attempt_at: str | None
    last_status: int | None
    trouble: str
    payload: dict[str, Any]


def shown_delivery(delivery: Delivery) -> ShownDelivery:
    waits = delivery.state is DeliveryState.WAITING
    return ShownDelivery(
        id=delivery.id,
        event=delivery.event,
        state=delivery.state.value,
        attempts=delivery.attempts,
        created_at=format_timestamp(delivery.created_at_ms),
        due_at=format_timestamp(delivery.due_ms) if waits else None,
        last_attempt_at=None if delivery.last_attempt_ms is None else format_timestamp(delivery.last_attempt_ms),
        last_status=delivery.last_status,
        trouble=delivery.trouble,
        payload=msgspec.json.decode(delivery.body, type=dict[str, Any]),
    )


def resource(services: HrServices) -> Resource:
    deliveries = Resource("deliveries", services)
    held = services.deliveries

    def list_page(webhook_id: str) -> Response:
        _check_webhook(webhook_id)
        wanted: DeliveriesAsked = asked()
        found = held.page(
            webhook_id,
            state=None if wanted.state is None else DeliveryState(wanted.state),
            before=None if wanted.after is None else DeliveryBefore(wanted.after.created_at_ms, wanted.after.id),
            limit=wanted.limit + 1,  # one more tells whether there is a next page
        )
        page = found[: wanted.limit]
        following = _next(webhook_id, wanted, page[-1]) if len(found) > wanted.limit else None
        return answer(_PAGE, {"items": [shown_delivery(one) for one in page], "next": following})

    def redeliver(webhook_id: str, delivery_id: str) -> Response:
        _check_webhook(webhook_id)
        delivery = held.get(delivery_id)
        if delivery is None or delivery.webhook_id != webhook_id:
            raise Refusal(404, "this webhook has no delivery with this id")
        now_ms = services.clock.now_ms()
        if not held.revive(delivery.id, now_ms=now_ms, keep_until_ms=now_ms + KEPT_MS):
            raise Refusal(409, "this delivery is not dead: it waits, or was delivered")
        response = answer(DELIVERY, shown_delivery(held.get(delivery.id) or delivery))
        response.status_code = 202
        return response

    def _check_webhook(webhook_id: str) -> None:
        if services.webhooks.get(webhook_id) is None:
            raise Refusal(404, "there is no webhook with this id")

    deliveries.serve(LIST, list_page)
    deliveries.serve(REDELIVER, redeliver)
    return deliveries


def _next(webhook_id: str, wanted: DeliveriesAsked, last: Delivery) -> str:
    query: dict[str, str | int] = {} if wanted.state is None else {"state": wanted.state}
    after = write_delivery_cursor(DeliveryCursor(last.created_at_ms, last.id))
    return f"{BASE_PATH}/webhooks/{webhook_id}/deliveries?{urlencode({**query, 'limit': wanted.limit, 'after': after})}"
