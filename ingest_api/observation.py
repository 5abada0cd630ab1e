"""What every answer has and leaves behind: a request id, the version header, a line in the log, the metrics.

Neither query strings nor bodies nor anything else about a person goes into the log.
"""

from __future__ import annotations

import re
from uuid import UUID

from flask import Flask, Response
from flask.globals import request_ctx

from ingest_api import exchange, versions
from ingest_api.exchange import Exchange
from ingest_api.services import IngestServices
from telemetry import metrics
from telemetry.logs import logger

REQUEST_ID = "X-Request-Id"
XAPI = "/xapi/"
_UUID = re.compile("[0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"})
_QUIET = frozenset({"operations.healthz", "operations.readyz", "operations.metrics_page"})
"""Asked every few seconds by machines; not worth a line unless something is wrong."""


def install(app: Flask, services: IngestServices) -> None:
    log = logger("ingest_api")
    clock = services.clock
    default = versions.named(services.settings.default_version)

    @app.before_request
    def begin() -> None:
        request = request_ctx.request
        request_id = _request_id(request.environ.get("HTTP_X_REQUEST_ID"), services)
        version = versions.recognise(exchange.header_of(request)) or default
        exchange.begin(request, Exchange(request_id, clock.monotonic(), version))

    @app.after_request
    def finish(response: Response) -> Response:
        # A context-local proxy costs a look-up each time it is touched: once is enough.
        request = request_ctx.request
        state = exchange.of(request)
        response.headers[REQUEST_ID] = state.request_id
        if request.path.startswith(XAPI):
            response.headers[versions.HEADER] = state.version.answers
        seconds = clock.monotonic() - state.started_at
        status = response.status_code
        if status == 204:
            # Nothing is of no type, and a client that goes by the type would read the nothing as JSON.
            response.headers.pop("Content-Type", None)
        partner = state.partner
        resource = request.blueprint or "none"
        method = request.method if request.method in _METHODS else "other"
        metrics.HTTP_REQUESTS.labels(resource, method, str(status)).inc()
        metrics.HTTP_SECONDS.labels(resource, method).observe(seconds)
        if partner is not None and method in ("POST", "PUT") and 400 <= status < 500:
            metrics.STATEMENTS_REFUSED.labels(partner).inc()
        if status >= 400 or request.endpoint not in _QUIET:
            rule = request.url_rule
            log.info(
                "request",
                request_id=state.request_id,
                method=method,
                route=None if rule is None else rule.rule,
                status=status,
                duration_ms=round(seconds * 1000, 2),
                partner=partner,
            )
        return response


def _request_id(header: str | None, services: IngestServices) -> str:
    """The caller's id if it is a UUID (anything freer could carry what must not be logged), else a new one."""
    if header is not None and _UUID.fullmatch(header):
        return str(UUID(header))
    return str(services.new_id())
