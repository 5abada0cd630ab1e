"""The Statement Resource, /xapi/statements. Source: xAPI 1.0.3, Communication 2.1."""

from __future__ import annotations

from email.utils import formatdate

import msgspec
from flask import Blueprint, Response
from flask.globals import request_ctx

from access.credentials import Role
from ingest_api import exchange
from ingest_api.acceptance import Acceptance
from ingest_api.bodies import JSON
from ingest_api.callers import caller, caller_with
from ingest_api.consistency import Consistency
from ingest_api.mixed_answers import content_type_with, mixed, new_boundary
from ingest_api.reading import RESOURCE, Found, Reading, owner_filter
from ingest_api.services import IngestServices
from ingest_api.submissions import submission
from schemas.query import ById, Listing, More, parse_get, parse_post, parse_put
from store.port import Attachments
from xapi.languages import Languages
from xapi.values import format_timestamp

CONSISTENT_THROUGH = "X-Experience-API-Consistent-Through"


def blueprint(services: IngestServices, consistency: Consistency) -> Blueprint:
    """The routes of the resource. A GET is a HEAD too: the same headers, no body."""
    statements = Blueprint("statements", __name__)
    acceptance = Acceptance(services)
    reading = Reading(services)
    authenticator = services.authenticator
    attachments = services.attachments

    @statements.post(RESOURCE)
    def post() -> Response:
        request = request_ctx.request
        version = exchange.negotiate(request)
        credential = caller_with(Role.WRITE, request, authenticator)
        parse_post(request.query_string)
        with submission(request, services.settings) as sent:
            accepted = acceptance.post(sent, credential, version, exchange.of(request).request_id)
        return Response(msgspec.json.encode(accepted), 200, content_type=JSON)

    @statements.put(RESOURCE)
    def put() -> Response:
        request = request_ctx.request
        version = exchange.negotiate(request)
        credential = caller_with(Role.WRITE, request, authenticator)
        statement_id = parse_put(request.query_string)
        with submission(request, services.settings) as sent:
            acceptance.put(sent, statement_id, credential, version, exchange.of(request).request_id)
        return Response(status=204, content_type=JSON)

    @statements.get(RESOURCE)
    def get() -> Response:
        request = request_ctx.request
        exchange.negotiate(request)
        credential = caller(request, authenticator)
        owner_filter(credential)
        query = parse_get(request.query_string)
        exchange.of(request).through_ms = consistency.caught_up()
        languages = Languages.parse(request.headers.get("Accept-Language"))
        match query:
            case ById():
                found = reading.one(query, credential, languages)
            case Listing():
                found = reading.first_page(query, credential, languages)
            case More():
                found = reading.next_page(query.token, credential, languages)
        return _shown(found, attachments)

    @statements.after_app_request
    def promise(response: Response) -> Response:
        """On every answer of the resource, errors included (Communication 2.1.3)."""
        request = request_ctx.request
        if request.path == RESOURCE:
            through_ms = exchange.of(request).through_ms
            response.headers[CONSISTENT_THROUGH] = format_timestamp(consistency.known() if through_ms is None else through_ms)
        return response

    return statements


def _shown(found: Found, attachments: Attachments) -> Response:
    if found.enclosures is None:
        response = Response(found.json, 200, content_type=JSON)
    else:
        boundary = new_boundary()
        body = mixed(found.json, found.enclosures, attachments, boundary)
        response = Response(body if found.enclosures else b"".join(body), 200, content_type=content_type_with(boundary))
    # With a Last-Modified and nothing else a browser would answer from its memory for a while.
    response.headers["Cache-Control"] = "no-cache"
    if found.stored_ms is not None:
        # Communication 2.1.3; IEEE 9274.1.1, 4.1.6.1: that of the newest, in a list as well.
        response.headers["Last-Modified"] = formatdate(found.stored_ms // 1000, usegmt=True)
    return response
