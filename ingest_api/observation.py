"""What every answer has and leaves behind: a request id, the version header, a line in the log, the metrics.

Neither query strings nor bodies nor anything else about a person goes into the log.
"""

from __future__ import annotations

import re
from uuid import UUID

from ingest_api import exchange, versions
from ingest_api.answers import Answer
from ingest_api.exchange import XAPI, Environment, Exchange
from ingest_api.services import IngestServices
from telemetry import metrics
from telemetry.logs import logger
from xapi.errors import XapiError

REQUEST_ID = "X-Request-Id"
_UUID = re.compile("[0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"})


class Observation:
    """Begins and ends each exchange. Thread-safe."""

    def __init__(self, services: IngestServices) -> None:
        self._log = logger("ingest_api")
        self._clock = services.clock
        self._new_id = services.new_id
        self._default = versions.named(services.settings.default_version)

    def begin(self, environ: Environment, refusal: XapiError | None) -> Exchange:
        begun = Exchange(
            environ,
            environ["REQUEST_METHOD"].upper(),
            exchange.path_of(environ),
            self._request_id(environ.get("HTTP_X_REQUEST_ID")),
            self._clock.monotonic(),
            versions.recognise(exchange.header_of(environ)) or self._default,
            refusal,
        )
        exchange.begin(begun)
        return begun

    def finish(self, ended: Exchange, answer: Answer) -> None:
        answer.headers.append((REQUEST_ID, ended.request_id))
        if ended.path.startswith(XAPI):
            answer.headers.append((versions.HEADER, ended.version.answers))
        seconds = self._clock.monotonic() - ended.started_at
        status = answer.status
        if status == 204:
            # Nothing is of no type, and a client that goes by the type would read the nothing as JSON.
            answer.without("Content-Type")
        partner = ended.partner
        method = ended.method if ended.method in _METHODS else "other"
        metrics.answered(ended.resource, method, status, seconds)
        if partner is not None and method in ("POST", "PUT") and 400 <= status < 500:
            metrics.STATEMENTS_REFUSED.labels(partner).inc()
        if status >= 400 or not ended.quiet:
            self._log.info(
                "request",
                request_id=ended.request_id,
                method=method,
                route=ended.route,
                status=status,
                duration_ms=round(seconds * 1000, 2),
                partner=partner,
            )

    def _request_id(self, header: str | None) -> str:
        """The caller's id if it is a UUID (anything freer could carry what must not be logged), else a new one."""
        if header is not None and _UUID.fullmatch(header):
            return str(UUID(header))
        return str(self._new_id())
