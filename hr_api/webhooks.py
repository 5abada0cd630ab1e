"""`/webhooks`: who is told of what happens to profiles, for administrators."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace

from flask import Response

from access.webhook_addresses import UnfitAddress
from access.webhook_signature import new_signing_secret
from access.webhooks import HOUR_MS, PING, SigningSecret, Webhook
from hr_api.auditing import audited
from hr_api.deliveries import DELIVERY, KEPT_MS, shown_delivery
from hr_api.errors import Refusal
from hr_api.resource import Resource, answer, body, caller
from hr_api.services import HrServices
from hr_api.webhook_operations import (
    ALL,
    CHANGE,
    CHANGES,
    CREATE,
    LIST,
    NEW,
    READ,
    REMOVE,
    ROTATE,
    SECRET,
    SHOWN,
    TEST,
    WITH_SECRET,
)
from schemas.hr.document import BASE_PATH
from schemas.hr.payload import InvalidPayload, load
from schemas.hr.webhooks import NewWebhook, SecretAsked, WebhookChange
from schemas.webhook_messages import Ping, message
from store.port import Delivery
from xapi.values import format_timestamp


@dataclass(frozen=True, slots=True)
class ShownWebhook:
    id: str
    url: str
    events: list[str]
    description: str
    created_at: str
    created_by: str
    disabled: bool
    disabled_at: str | None
    disabled_why: str
    held_until: str | None
    old_secret_until: str | None
    secret: str = ""


def shown(webhook: Webhook, now_ms: int, *, secret: str = "") -> ShownWebhook:
    """Without any secret, unless it is to be told now."""
    old = [one.until_ms for one in webhook.secrets if one.until_ms is not None and one.until_ms > now_ms]
    return ShownWebhook(
        id=webhook.id,
        url=webhook.url,
        events=sorted(webhook.events),
        description=webhook.description,
        created_at=format_timestamp(webhook.created_at_ms),
        created_by=webhook.created_by,
        disabled=not webhook.enabled,
        disabled_at=None if webhook.disabled_at_ms is None else format_timestamp(webhook.disabled_at_ms),
        disabled_why=webhook.disabled_why,
        held_until=format_timestamp(webhook.held_until_ms) if webhook.held_until_ms > now_ms else None,
        old_secret_until=format_timestamp(max(old)) if old else None,
        secret=secret,
    )


def resource(services: HrServices) -> Resource:
    webhooks = Resource("webhooks", services)
    held = services.webhooks

    def list_all() -> Response:
        now_ms = services.clock.now_ms()
        return answer(ALL, {"items": [shown(one, now_ms) for one in held.all()]})

    def create() -> Response:
        asked: NewWebhook = load(NEW, body())
        check_url(services, asked.url)
        now_ms, secret = services.clock.now_ms(), new_signing_secret()
        webhook = Webhook(
            id=f"wh_{secrets.token_hex(8)}",
            url=asked.url,
            events=asked.events,
            secrets=(SigningSecret(secret),),
            created_at_ms=now_ms,
            created_by=caller().key,
            description=asked.description,
        )
        audited(services, "webhook.create", [f"webhook {webhook.id}"])
        held.add(webhook)
        response = answer(WITH_SECRET, shown(webhook, now_ms, secret=secret), {"Location": f"{BASE_PATH}/webhooks/{webhook.id}"})
        response.status_code = 201
        return response

    def read(webhook_id: str) -> Response:
        return answer(SHOWN, shown(known_webhook(services, webhook_id), services.clock.now_ms()))

    def change(webhook_id: str) -> Response:
        asked: WebhookChange = load(CHANGES, body())
        if asked.url is not None:
            check_url(services, asked.url)
        changed = _changed(webhook_id, "webhook.change", lambda one: _with(one, asked, services.clock.now_ms()))
        return answer(SHOWN, shown(changed, services.clock.now_ms()))

    def remove(webhook_id: str) -> Response:
        webhook = known_webhook(services, webhook_id)
        audited(services, "webhook.remove", [f"webhook {webhook.id}"])
        held.remove(webhook.id)
        return answer(SHOWN, shown(webhook, services.clock.now_ms()))

    def rotate(webhook_id: str) -> Response:
        asked: SecretAsked = load(SECRET, body())
        now_ms, secret = services.clock.now_ms(), new_signing_secret()
        changed = _changed(
            webhook_id,
            "webhook.secret",
            lambda one: one.with_secret(secret, now_ms=now_ms, overlap_ms=asked.overlap_hours * HOUR_MS),
        )
        return answer(WITH_SECRET, shown(changed, now_ms, secret=secret))

    def test(webhook_id: str) -> Response:
        webhook = known_webhook(services, webhook_id)
        if not webhook.enabled:
            raise Refusal(409, "this webhook is disabled; enable it first")
        now_ms = services.clock.now_ms()
        ping = Delivery(
            id=f"msg_{secrets.token_hex(16)}",
            webhook_id=webhook.id,
            event=PING,
            body=message(Ping(webhook.id), now_ms),
            created_at_ms=now_ms,
            due_ms=now_ms,
            keep_until_ms=now_ms + KEPT_MS,
        )
        services.deliveries.add([ping])
        response = answer(DELIVERY, shown_delivery(ping))
        response.status_code = 202
        return response

    def _changed(webhook_id: str, action: str, how: Callable[[Webhook], Webhook]) -> Webhook:
        webhook = known_webhook(services, webhook_id)
        audited(services, action, [f"webhook {webhook.id}"])
        changed = held.change(webhook.id, how)
        if changed is None:
            raise Refusal(404, NO_WEBHOOK)
        return changed

    for operation, view in (
        (LIST, list_all),
        (CREATE, create),
        (READ, read),
        (CHANGE, change),
        (REMOVE, remove),
        (ROTATE, rotate),
        (TEST, test),
    ):
        webhooks.serve(operation, view)
    return webhooks


NO_WEBHOOK = "there is no webhook with this id"


def known_webhook(services: HrServices, webhook_id: str) -> Webhook:
    """Raises Refusal (404)."""
    webhook = services.webhooks.get(webhook_id)
    if webhook is None:
        raise Refusal(404, NO_WEBHOOK)
    return webhook


def check_url(services: HrServices, url: str) -> None:
    """Raises InvalidPayload for a URL that no message would be sent to."""
    try:
        services.settings.webhook_hosts.receiver(url)
    except UnfitAddress as error:
        raise InvalidPayload(str(error), "/url") from error


def _with(webhook: Webhook, asked: WebhookChange, now_ms: int) -> Webhook:
    changed = replace(
        webhook,
        url=webhook.url if asked.url is None else asked.url,
        events=webhook.events if asked.events is None else asked.events,
        description=webhook.description if asked.description is None else asked.description,
    )
    if asked.disabled is None or asked.disabled != changed.enabled:
        return changed
    return changed.disabled(now_ms, "by an administrator") if asked.disabled else changed.enabled_again()
