"""Webhooks: receivers of messages, and what was delivered to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from access.webhook_addresses import MAX_URL_LENGTH
from access.webhooks import WebhookEvent
from schemas.hr.payload import Answered, Asked, Choice, WholeNumber

STATES = ("waiting", "delivered", "dead")
LONGEST_OVERLAP_HOURS = 168

_URL = [
    validate.Length(max=MAX_URL_LENGTH, error=f"must have at most {MAX_URL_LENGTH} characters"),
    validate.Regexp("^https?://", error="must begin with https://"),
]
_DESCRIPTION = [validate.Length(max=200, error="must have at most 200 characters")]
_EVENTS = [validate.Length(min=1, max=20, error="must name at least one event and each once")]
_TIME = {"format": "date-time", "examples": ["2026-01-31T07:15:00.000Z"]}


class Flag(fields.Boolean):
    """true or false, and nothing that is taken for them."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise ValidationError("must be true or false")
        return value


def _url(*, required: bool) -> fields.String:
    said = "Where messages are POSTed to: https, no user, no fragment, a public host (or one the operator listed)"
    metadata = {"description": said, "examples": ["https://hr.example.go.id/rekam"]}
    return fields.String(required=required, validate=_URL, metadata=metadata)


def _events(*, required: bool) -> fields.List[Any]:
    metadata = {"description": "What it is told of"}
    return fields.List(Choice(WebhookEvent, required=True), required=required, validate=_EVENTS, metadata=metadata)


def _description(*, required: bool = False) -> fields.String:
    metadata = {"description": "For people; no personal data", "examples": ["the portal's inbox"]}
    return fields.String(required=required, validate=_DESCRIPTION, metadata=metadata)


@dataclass(frozen=True, slots=True)
class NewWebhook:
    url: str
    events: frozenset[WebhookEvent]
    description: str = ""


class NewWebhookSchema(Asked):
    url = _url(required=True)
    events = _events(required=True)
    description = _description()

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> NewWebhook:
        return NewWebhook(**{**data, "events": frozenset(data["events"])})


@dataclass(frozen=True, slots=True)
class WebhookChange:
    """What is to be another; None leaves it."""

    url: str | None = None
    events: frozenset[WebhookEvent] | None = None
    description: str | None = None
    disabled: bool | None = None


class WebhookChangeSchema(Asked):
    url = _url(required=False)
    events = _events(required=False)
    description = _description()
    disabled = Flag(metadata={"description": "false lets it be told again, from the next event on"})

    @validates_schema
    def check(self, data: Mapping[str, Any], **_: Any) -> None:
        if not data:
            raise ValidationError("names nothing to change; known are: url, events, description, disabled")

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> WebhookChange:
        return WebhookChange(**{**data, **({"events": frozenset(data["events"])} if "events" in data else {})})


@dataclass(frozen=True, slots=True)
class SecretAsked:
    overlap_hours: int


class SecretAskedSchema(Asked):
    overlap_hours = fields.Integer(
        strict=True,
        load_default=24,
        validate=validate.Range(min=0, max=LONGEST_OVERLAP_HOURS, error=f"must be from 0 to {LONGEST_OVERLAP_HOURS}"),
        metadata={"description": "How long the secret before goes on signing beside the new one; 0 when it got into wrong hands"},
    )

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> SecretAsked:
        return SecretAsked(**data)


class WebhookSchema(Answered):
    id = fields.String(required=True, metadata={"examples": ["wh_5f1d0c2b7a9e4f31"]})
    url = fields.String(required=True, metadata={"examples": ["https://hr.example.go.id/rekam"]})
    events = fields.List(fields.String(), required=True, metadata={"examples": [["jp.reached", "profile.changed"]]})
    description = fields.String(required=True)
    created_at = fields.String(required=True, metadata=_TIME)
    created_by = fields.String(required=True, metadata={"description": "The key of the credential that made it"})
    disabled = fields.Boolean(required=True)
    disabled_at = fields.String(required=True, allow_none=True, metadata=_TIME)
    disabled_why = fields.String(required=True, metadata={"examples": ["the receiver answered 410 Gone"]})
    held_until = fields.String(
        required=True,
        allow_none=True,
        metadata={**_TIME, "description": "The receiver asked not to be called before (Retry-After)"},
    )
    old_secret_until = fields.String(
        required=True, allow_none=True, metadata={**_TIME, "description": "Until then the secret before signs too"}
    )


class WebhookWithSecretSchema(WebhookSchema):
    secret = fields.String(
        required=True,
        metadata={"description": "What messages are signed with. Shown now and never again", "examples": ["whsec_…"]},
    )


class WebhookListSchema(Answered):
    items = fields.List(fields.Nested(WebhookSchema), required=True, metadata={"description": "The oldest first"})


class DeliverySchema(Answered):
    id = fields.String(required=True, metadata={"description": "Also the header webhook-id", "examples": ["msg_0f3c7ad05f0e4b57"]})
    event = fields.String(required=True, metadata={"examples": ["profile.changed"]})
    state = fields.String(required=True, metadata={"enum": list(STATES)})
    attempts = fields.Integer(required=True)
    created_at = fields.String(required=True, metadata=_TIME)
    due_at = fields.String(
        required=True, allow_none=True, metadata={**_TIME, "description": "When it is tried next; null unless it waits"}
    )
    last_attempt_at = fields.String(required=True, allow_none=True, metadata=_TIME)
    last_status = fields.Integer(required=True, allow_none=True, metadata={"description": "The HTTP status of the last answer"})
    trouble = fields.String(required=True, metadata={"description": "Why the last attempt failed; empty if it did not"})
    payload = fields.Dict(keys=fields.String(), required=True, metadata={"description": "The message"})


class DeliveryPageSchema(Answered):
    items = fields.List(fields.Nested(DeliverySchema), required=True, metadata={"description": "The newest first"})
    next = fields.String(
        required=True, allow_none=True, metadata={"description": "Relative link to the following page; null on the last one"}
    )


@dataclass(frozen=True, slots=True)
class DeliveryCursor:
    created_at_ms: int
    id: str


@dataclass(frozen=True, slots=True)
class DeliveriesAsked:
    limit: int
    state: str | None = None
    after: DeliveryCursor | None = None


class DeliveryParametersSchema(Asked):
    state = fields.String(
        validate=validate.OneOf(STATES, error=f"must be one of {', '.join(STATES)}"), metadata={"description": "Only these"}
    )
    limit = WholeNumber(
        load_default=50,
        validate=validate.Range(min=1, max=200, error="must be from 1 to 200"),
        metadata={"description": "How many at most"},
    )
    after = fields.String(
        validate=validate.Regexp("^[0-9]{1,15}~[A-Za-z0-9_]{1,64}$", error="take it from the `next` link of an earlier answer"),
        metadata={"description": "From the `next` link of an earlier answer"},
    )

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> DeliveriesAsked:
        at_ms, found, name = data.pop("after", "").partition("~")
        return DeliveriesAsked(**data, after=DeliveryCursor(int(at_ms), name) if found else None)


def write_delivery_cursor(cursor: DeliveryCursor) -> str:
    return f"{cursor.created_at_ms}~{cursor.id}"
