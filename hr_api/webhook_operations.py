"""What `/webhooks` can be asked, as the description tells it."""

from __future__ import annotations

from access.credentials import Role
from hr_api.deliveries import ACCEPTED, DELIVERY
from schemas.hr.document import Answer, Operation, PathParameter
from schemas.hr.webhooks import (
    NewWebhookSchema,
    SecretAskedSchema,
    WebhookChangeSchema,
    WebhookListSchema,
    WebhookSchema,
    WebhookWithSecretSchema,
)

WEBHOOK_ID = PathParameter("webhookId", "As the list gives it", "wh_5f1d0c2b7a9e4f31")

NEW, CHANGES, SECRET = NewWebhookSchema(), WebhookChangeSchema(), SecretAskedSchema()
SHOWN, WITH_SECRET, ALL = WebhookSchema(), WebhookWithSecretSchema(), WebhookListSchema()
_EXAMPLE = {
    "id": "wh_5f1d0c2b7a9e4f31",
    "url": "https://hr.example.go.id/rekam",
    "events": ["jp.reached", "profile.changed"],
    "description": "the portal's inbox",
    "createdAt": "2026-01-31T07:15:00.000Z",
    "createdBy": "administrator-1f2e3d4c",
    "disabled": False,
    "disabledAt": None,
    "disabledWhy": "",
    "heldUntil": None,
    "oldSecretUntil": None,
}
_EXAMPLE_WITH_SECRET = {**_EXAMPLE, "secret": "whsec_bm90IGEgc2VjcmV0LCBqdXN0IGFuIGV4YW1wbGU="}


def _operation(
    id: str, method: str, path: str, summary: str, answers: Answer, *, description: str = "", **more: object
) -> Operation:
    parameters = (WEBHOOK_ID,) if "{webhookId}" in path else ()
    return Operation(
        id=id,
        method=method,
        path=path,
        tag="webhooks",
        summary=summary,
        roles=(Role.ADMIN,),
        answers=(answers,),
        description=description,
        path_parameters=parameters,
        **more,  # type: ignore[arg-type]
    )


LIST = _operation("listWebhooks", "GET", "/webhooks", "Every webhook", Answer(200, "All of them", ALL, {"items": [_EXAMPLE]}))
CREATE = _operation(
    "createWebhook",
    "POST",
    "/webhooks",
    "Be told of events",
    Answer(201, "The webhook, with its secret", WITH_SECRET, _EXAMPLE_WITH_SECRET),
    description="Messages follow Standard Webhooks: signed with HMAC-SHA256, sent again for most of a day until they are taken, "
    "at least once, in any order.",
    bodies=((NEW, {"url": _EXAMPLE["url"], "events": _EXAMPLE["events"], "description": "the portal's inbox"}),),
    refusals=(413, 415),
)
READ = _operation("readWebhook", "GET", "/webhooks/{webhookId}", "One webhook", Answer(200, "It", SHOWN, _EXAMPLE), refusals=(404,))
CHANGE = _operation(
    "changeWebhook",
    "PATCH",
    "/webhooks/{webhookId}",
    "Change, disable or enable a webhook",
    Answer(200, "The webhook as it is now", SHOWN, _EXAMPLE),
    description="What is not named stays. While it is disabled nothing is noted for it; what waits is sent when it is enabled "
    "again.",
    bodies=((CHANGES, {"disabled": False}),),
    refusals=(404, 413, 415),
)
REMOVE = _operation(
    "removeWebhook",
    "DELETE",
    "/webhooks/{webhookId}",
    "Remove a webhook with all its deliveries",
    Answer(200, "The webhook as it was", SHOWN, _EXAMPLE),
    refusals=(404,),
)
ROTATE = _operation(
    "changeWebhookSecret",
    "POST",
    "/webhooks/{webhookId}/secret",
    "A new secret",
    Answer(200, "The webhook, with its new secret", WITH_SECRET, _EXAMPLE_WITH_SECRET),
    description="For a while messages carry two signatures, of the new secret and of the one before, so that none is missed.",
    bodies=((SECRET, {"overlapHours": 24}),),
    refusals=(404, 413, 415),
)
TEST = _operation(
    "testWebhook",
    "POST",
    "/webhooks/{webhookId}/test",
    "Send a ping",
    Answer(202, "The delivery; the list of deliveries tells what becomes of it", DELIVERY, ACCEPTED),
    description="Not to a disabled webhook.",
    refusals=(404, 409),
)
