"""Nothing of a request is left when it is answered: else its body stays until somebody looks for circles, which is seldom."""

from __future__ import annotations

import gc
import io
import json
import weakref
from typing import Any

import pytest

from tests.unit.ingest_api.conftest import Endpoint, basic, statement


class Body(io.BytesIO):
    """One that can be watched."""


@pytest.mark.parametrize(
    ("method", "path", "query", "body"),
    [
        ("POST", "/xapi/statements", "", json.dumps(statement()).encode()),
        ("GET", "/xapi/statements", "limit=1", b""),
        ("PUT", "/xapi/activities/state", "wrong=1", b"{}"),
    ],
)
def test_a_request_that_is_answered_is_gone(endpoint: Endpoint, method: str, path: str, query: str, body: bytes) -> None:
    key = endpoint.caller().key
    assert key is not None
    sent = Body(body)
    watched = weakref.ref(sent)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_AUTHORIZATION": basic(key),
        "HTTP_X_EXPERIENCE_API_VERSION": "1.0.3",
        "SERVER_NAME": "lrs",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.url_scheme": "http",
        "wsgi.input": sent,
        "wsgi.input_terminated": True,
    }
    del sent
    gc.collect()
    gc.disable()
    try:
        list(endpoint.app.wsgi_app(environ, lambda *_: None))
        del environ
        assert watched() is None
    finally:
        gc.enable()
