"""What operators and their machines ask: alive, ready, metrics."""

from __future__ import annotations

import msgspec
from flask import Blueprint, Response

from eventlog.port import LogError
from ingest_api.services import IngestServices, Reachable
from store.port import StoreError
from telemetry.metrics import exposition

_JSON = "application/json"


def blueprint(services: IngestServices) -> Blueprint:
    operations = Blueprint("operations", __name__)
    instance = services.settings.instance

    @operations.get("/healthz")
    def healthz() -> Response:
        """This process answers; nothing else is asked."""
        return Response(b'{"alive":true}', 200, content_type=_JSON)

    @operations.get("/readyz")
    def readyz() -> Response:
        """Log and store answer. With only the store down statements are accepted still, but reads are not served."""
        found = {"log": _answers(services.inspector), "store": _answers(services.store)}
        ready = all(found.values())
        said = {"ready": ready, **found, **({"instance": instance} if instance else {})}
        response = Response(msgspec.json.encode(said), 200 if ready else 503, content_type=_JSON)
        if not ready:
            response.headers["Retry-After"] = "2"
        return response

    @operations.get("/metrics")
    def metrics_page() -> Response:
        return Response(exposition(), 200, content_type="text/plain; version=0.0.4; charset=utf-8")

    return operations


def _answers(part: Reachable) -> bool:
    try:
        part.ping()
    except (LogError, StoreError):
        return False
    return True
