"""The Statement Resource, /xapi/statements, free of any framework. Source: xAPI 1.0.3, Communication 2.1."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from email.utils import formatdate

import msgspec
from werkzeug.exceptions import MethodNotAllowed

from access.credentials import Role
from ingest_api import exchange
from ingest_api.acceptance import Acceptance
from ingest_api.answers import Answer
from ingest_api.bodies import JSON, announced_bytes, media_type_of
from ingest_api.callers import caller, caller_with
from ingest_api.consistency import Consistency
from ingest_api.cors import Cors
from ingest_api.errors import answer_to
from ingest_api.exchange import Environment, Exchange
from ingest_api.joint_reads import JointReads
from ingest_api.mixed_answers import content_type_with, mixed, new_boundary
from ingest_api.prepared import Posted
from ingest_api.reading import RESOURCE, Found, Reading, owner_filter
from ingest_api.room import SMALL_BYTES, Room
from ingest_api.services import IngestServices
from ingest_api.submissions import Submission, submission
from schemas.query import ById, Listing, More, parse_get, parse_post, parse_put
from store.port import Attachments
from xapi.languages import Languages
from xapi.values import format_timestamp

CONSISTENT_THROUGH = "X-Experience-API-Consistent-Through"


class StatementResource:
    """Answers what is asked of the resource, whatever is wrong with it. Thread-safe."""

    def __init__(self, services: IngestServices, consistency: Consistency, cors: Cors) -> None:
        self._settings = services.settings
        self._authenticator = services.authenticator
        self._attachments = services.attachments
        self._acceptance = Acceptance(services)
        self._room = Room(services.settings.max_body_bytes, services.settings.append_wait_ms / 1000)
        self._reading = Reading(services)
        self._consistency = consistency
        self._joint_reads = JointReads(services.statement_queries, consistency, wait_ms=services.settings.read_wait_ms)
        self._cors = cors
        self._methods = {"GET": self._get, "HEAD": self._head, "OPTIONS": self._options, "POST": self._post, "PUT": self._put}

    def __call__(self, asked: Exchange) -> Answer:
        try:
            return self._answer(asked)
        except Exception as error:
            answer = answer_to(error, asked.request_id)
            return _without_body(answer) if asked.method == "HEAD" else answer

    def promise(self, ended: Exchange, answer: Answer) -> None:
        """On every answer of the resource, errors included (Communication 2.1.3)."""
        through_ms = self._consistency.known() if ended.through_ms is None else ended.through_ms
        answer.headers.append((CONSISTENT_THROUGH, format_timestamp(through_ms)))

    def _answer(self, asked: Exchange) -> Answer:
        method = self._methods.get(asked.method)
        if method is not None:
            asked.resource, asked.route = "statements", RESOURCE
        if asked.refusal is not None:
            raise asked.refusal
        if method is None:
            raise MethodNotAllowed(list(self._methods))
        return method(asked)

    def _post(self, asked: Exchange) -> Answer:
        environ = asked.environ
        version = exchange.negotiate(environ)
        credential = caller_with(Role.WRITE, environ, self._authenticator)
        parse_post(exchange.query_of(environ))
        with self._submitted(environ) as sent:
            accepted = self._acceptance.accept(Posted(sent, credential, version, asked.request_id))
        return Answer.of(200, msgspec.json.encode(accepted))

    def _put(self, asked: Exchange) -> Answer:
        environ = asked.environ
        version = exchange.negotiate(environ)
        credential = caller_with(Role.WRITE, environ, self._authenticator)
        statement_id = parse_put(exchange.query_of(environ))
        with self._submitted(environ) as sent:
            self._acceptance.accept(Posted(sent, credential, version, asked.request_id, statement_id))
        return Answer(204, [], [])

    def _submitted(self, environ: Environment) -> AbstractContextManager[Submission]:
        announced = announced_bytes(environ)
        if (announced is not None and announced <= SMALL_BYTES) or media_type_of(environ) != JSON:
            return submission(environ, self._settings)  # attachments go through a spool, and with them come few statements
        return self._with_room(environ, self._settings.max_body_bytes if announced is None else announced)

    @contextmanager
    def _with_room(self, environ: Environment, body_bytes: int) -> Iterator[Submission]:
        with self._room.of(body_bytes), submission(environ, self._settings) as sent:
            yield sent

    def _get(self, asked: Exchange) -> Answer:
        environ = asked.environ
        exchange.negotiate(environ)
        credential = caller(environ, self._authenticator)
        owner_filter(credential)
        query = parse_get(exchange.query_of(environ))
        languages = Languages.parse(environ.get("HTTP_ACCEPT_LANGUAGE"))
        match query:
            case ById():
                asked.through_ms, held = self._joint_reads.get(query.statement_id)
                found = self._reading.one(query, held, credential, languages)
            case Listing():
                asked.through_ms = self._consistency.caught_up()
                found = self._reading.first_page(query, credential, languages)
            case More():
                asked.through_ms = self._consistency.caught_up()
                found = self._reading.next_page(query.token, credential, languages)
        return _shown(found, self._attachments)

    def _head(self, asked: Exchange) -> Answer:
        """The same headers, no body."""
        return _without_body(self._get(asked))

    def _options(self, asked: Exchange) -> Answer:
        answer = self._cors.preflight(asked)
        if answer is None:
            answer = Answer.of(200, b"", "text/html; charset=utf-8")
            answer.headers.append(("Allow", ", ".join(self._methods)))
        return answer


def _shown(found: Found, attachments: Attachments) -> Answer:
    if found.enclosures is None:
        answer = Answer.of(200, found.json)
    else:
        boundary = new_boundary()
        pieces = mixed(found.json, found.enclosures, attachments, boundary)
        content_type = content_type_with(boundary)
        if found.enclosures:
            answer = Answer(200, [("Content-Type", content_type)], pieces)
        else:
            answer = Answer.of(200, b"".join(pieces), content_type)
    # With a Last-Modified and nothing else a browser would answer from its memory for a while.
    answer.headers.append(("Cache-Control", "no-cache"))
    if found.stored_ms is not None:
        # Communication 2.1.3; IEEE 9274.1.1, 4.1.6.1: that of the newest, in a list as well.
        answer.headers.append(("Last-Modified", formatdate(found.stored_ms // 1000, usegmt=True)))
    return answer


def _without_body(answer: Answer) -> Answer:
    answer.pieces = []
    return answer
