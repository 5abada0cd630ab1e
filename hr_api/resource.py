"""A resource: a blueprint whose routes are made from the same descriptions as the OpenAPI document."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, Flask, Response, g, request

from access.credentials import Credential, Role
from hr_api.errors import Refusal
from hr_api.services import HrServices
from schemas.hr.document import BASE_PATH, Operation
from schemas.hr.payload import Answered, Asked, InvalidPayload, dump, load_parameters, parse_object
from telemetry import metrics
from telemetry.logs import logger

_NO_PARAMETERS = Asked()


class Resource:
    """Routes of one kind of thing. Every view is entered only by who may, and with known query parameters only."""

    def __init__(self, name: str, services: HrServices) -> None:
        self.services = services
        self.blueprint = Blueprint(name, __name__, url_prefix=BASE_PATH)
        self.operations: list[Operation] = []

    def serve(self, operation: Operation, view: Callable[..., Response]) -> None:
        """Route `operation` to `view`, which gets the parts of the path by name in snake case."""
        self.operations.append(operation)

        def enter(**path: str) -> Response:
            g.credential = self._admit(operation) if operation.roles else None
            g.asked = load_parameters(operation.query or _NO_PARAMETERS, request.args.items(multi=True))
            return view(**path)

        rule = re.sub(r"\{(\w+)\}", lambda part: f"<{_snake(part[1])}>", operation.path)
        self.blueprint.add_url_rule(rule, endpoint=operation.id, view_func=enter, methods=[operation.method])

    def _admit(self, operation: Operation) -> Credential:
        credential = self.services.authenticator.authenticate(request.headers.get("Authorization"))
        if not any(credential.may(Role(role)) for role in operation.roles):
            raise Refusal(403, f"this needs {operation.access}")
        return credential


def caller() -> Credential:
    """Who asks; only in views of operations with roles."""
    credential: Credential = g.credential
    return credential


def asked() -> Any:
    """The query parameters, as the operation's schema builds them."""
    return g.asked


def body() -> dict[str, Any]:
    """The JSON object that was sent. Raises InvalidPayload, or Refusal (415) for what is not declared as JSON."""
    return parse_object(json_bytes())


def json_bytes() -> bytes:
    """What was sent as JSON, as it is. Raises Refusal (415)."""
    if request.mimetype != "application/json":
        raise Refusal(415, "send the body as application/json")
    return request.get_data()


def statement_id_of(text: str) -> UUID:
    """A UUID as it stands in a path, in its usual form with hyphens. Raises InvalidPayload."""
    try:
        found = UUID(text)
    except ValueError:
        found = None
    if found is None or len(text) != 36:
        raise InvalidPayload("the statement id must be a UUID, for example 7c9e6679-7425-40de-944b-e07fc1f90ae7", "/statementId")
    return found


def answer(schema: Answered, value: Any, headers: Mapping[str, str] | None = None) -> Response:
    return Response(dump(schema, value), 200, headers, content_type="application/json")


def observe(app: Flask, services: HrServices) -> None:
    """A request id for each request, headers for each answer, a metric and a log line without anything personal."""

    @app.before_request
    def begin() -> None:
        g.request_id = str(uuid.uuid4())
        g.began = services.clock.monotonic()

    @app.after_request
    def end(response: Response) -> Response:
        response.headers["X-Request-Id"] = g.request_id
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers["X-Content-Type-Options"] = "nosniff"
        took_s = services.clock.monotonic() - g.began
        resource = (request.endpoint or "unknown").rpartition(".")[0] or "unknown"
        metrics.HTTP_REQUESTS.labels(resource, request.method, str(response.status_code)).inc()
        metrics.HTTP_SECONDS.labels(resource, request.method).observe(took_s)
        credential: Credential | None = g.get("credential")
        logger("hr_api").info(
            "answered",
            operation=(request.endpoint or "unknown").rpartition(".")[2],
            status=response.status_code,
            took_ms=round(took_s * 1000, 1),
            credential=None if credential is None else credential.key,
            request_id=g.request_id,
        )
        return response


def _snake(name: str) -> str:
    return re.sub(r"([A-Z])", lambda letter: "_" + letter[1].lower(), name)
