"""The front of the xAPI endpoint: what every request is understood by and every answer has, around the resources that answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ingest_api import exchange
from ingest_api.alternate_syntax import AlternateSyntax
from ingest_api.answers import Answer, status_line
from ingest_api.cors import Cors
from ingest_api.draining import Draining
from ingest_api.exchange import Environment, Exchange, StartResponse
from ingest_api.observation import Observation
from ingest_api.reading import RESOURCE
from ingest_api.services import IngestServices
from ingest_api.statements import StatementResource


class Endpoint:
    """A WSGI application (PEP 3333): the Statement Resource, and `others` for every other address."""

    def __init__(
        self, services: IngestServices, cors: Cors, statements: StatementResource, others: Callable[[Exchange], Answer]
    ) -> None:
        self._alternate_syntax = AlternateSyntax(services.settings.max_body_bytes)
        self._observation = Observation(services)
        self._cors = cors
        self._draining = Draining(services.clock, services.settings.max_body_bytes)
        self._statements = statements
        self._others = others

    def __call__(self, environ: Environment, start_response: StartResponse) -> Iterable[bytes]:
        refusal = self._alternate_syntax.rewrite(environ)
        asked = self._observation.begin(environ, refusal)
        if asked.path == RESOURCE:
            answer = self._statements(asked)
            self._statements.promise(asked, answer)
        else:
            answer = self._others(asked)
        self._cors.finish(asked, answer)
        self._draining.finish(asked, answer)
        self._observation.finish(asked, answer)
        exchange.end(asked)
        start_response(status_line(answer.status), answer.headers)
        return answer.pieces
