"""What Flask serves of the endpoint: everything but the Statement Resource, which is asked too often for what Flask does each time.

What all answers have in common is added by `ingest_api.endpoint`, so nothing here knows of it.
"""

from __future__ import annotations

from contextlib import closing
from typing import Any

from flask import Flask, Response
from flask.globals import request_ctx

from ingest_api import errors, exchange
from ingest_api.answers import Answer
from ingest_api.cors import Cors
from ingest_api.exchange import Application, Exchange

_QUIET = frozenset({"operations.healthz", "operations.readyz", "operations.metrics_page"})


class FlaskResources:
    """Answers exchanges by an application of Flask. None of its answers is streamed."""

    def __init__(self, application: Application) -> None:
        self._application = application

    def __call__(self, asked: Exchange) -> Answer:
        started: list[tuple[str, list[tuple[str, str]]]] = []

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
            started.append((status, headers))

        with closing(self._application(asked.environ, start)) as pieces:  # type: ignore[type-var]
            ((status, headers),) = started
            return Answer(int(status[:3]), headers, list(pieces))


def install(app: Flask, cors: Cors) -> None:
    """Let `app` say what it is that answers, take preflights, and answer every exception by the one table."""

    @app.before_request
    def begin() -> Response | None:
        request = request_ctx.request
        asked = exchange.of(request.environ)
        asked.resource = request.blueprint or "none"
        asked.route = None if request.url_rule is None else request.url_rule.rule
        asked.quiet = request.endpoint in _QUIET
        if asked.refusal is not None:
            raise asked.refusal
        answer = cors.preflight(asked)
        return None if answer is None else _response(answer)

    @app.errorhandler(Exception)
    def refuse(error: Exception) -> Response:
        return _response(errors.answer_to(error, exchange.of(request_ctx.request.environ).request_id))


def _response(answer: Answer) -> Response:
    return Response(answer.pieces, answer.status, answer.headers)
