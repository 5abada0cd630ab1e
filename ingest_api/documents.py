"""The document resources: states, agent profiles, activity profiles. One resource, three kinds of place.

A document belongs to the partner that wrote it: two partners that name the same activity, agent and id speak of two documents, and
no role reads across, for a name would then be ambiguous. Keys of one partner share their documents, as a learning platform and its
content do. Documents go to the store directly, so there is nothing to wait for.

Source: xAPI 1.0.3, Communication 2.2, 2.3, 2.6, 2.7 and 3.1; IEEE 9274.1.1, 4.1.4 and 4.1.6.2, 4.1.6.5, 4.1.6.6.
"""

from __future__ import annotations

from collections.abc import Iterator
from email.utils import formatdate

import msgspec
from flask import Blueprint, Response
from flask.globals import request_ctx

from access.credentials import Credential, Role
from ingest_api import exchange
from ingest_api.bodies import document_body
from ingest_api.callers import caller_with
from ingest_api.document_writing import DocumentWriting, Place
from ingest_api.exchange import Environment
from ingest_api.services import IngestServices
from schemas.documents import DocumentQuery, parse_one, parse_one_or_all, parse_one_or_list
from store.port import Document, DocumentScope
from xapi.documents import JSON, OCTETS, DocumentKind, Preconditions, etag
from xapi.errors import InvalidRequest, NotFound

RESOURCES = {
    DocumentKind.STATE: "/xapi/activities/state",
    DocumentKind.AGENT_PROFILE: "/xapi/agents/profile",
    DocumentKind.ACTIVITY_PROFILE: "/xapi/activities/profile",
}

_AS_CONTENT = {
    # A partner chooses both bytes and type: in a browser they must not become a page of this origin.
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    # Without it a browser may answer from its memory for a while, for there is a Last-Modified.
    "Cache-Control": "no-cache",
}


def blueprints(services: IngestServices) -> Iterator[Blueprint]:
    for kind, path in RESOURCES.items():
        yield _blueprint(kind, path, services)


def _blueprint(kind: DocumentKind, path: str, services: IngestServices) -> Blueprint:
    """The routes of one kind. A GET is a HEAD too: the same headers, no body."""
    resource = Blueprint(kind.replace(" ", "_"), __name__)
    documents = services.documents
    writing = DocumentWriting(services)
    authenticator = services.authenticator
    max_bytes = services.settings.max_document_bytes

    @resource.get(path)
    def get() -> Response:
        environ = request_ctx.request.environ
        exchange.negotiate(environ)
        credential = caller_with(Role.READ_MINE, environ, authenticator)
        query = parse_one_or_list(kind, exchange.query_of(environ))
        scope = _scope(kind, query, credential)
        if query.document_id is None:
            found = documents.ids(scope, since_ms=query.since_ms, any_registration=query.registration is None)
            return Response(msgspec.json.encode(found), 200, content_type=JSON)
        held = documents.get(scope, query.document_id)
        conditions = _conditions(environ)
        conditions.check_match(held.etag if held else None)
        if held is None:
            raise NotFound(f"there is no {kind} with this id here")
        return _shown(held, known=conditions.is_known(held.etag))

    @resource.put(path)
    def put() -> Response:
        environ = request_ctx.request.environ
        rules = exchange.negotiate(environ).documents
        credential = caller_with(Role.WRITE, environ, authenticator)
        place = _place(kind, parse_one(kind, exchange.query_of(environ)), credential)
        conditions = _conditions(environ)
        content = document_body(environ, max_bytes)
        writing.put(place, content, _content_type(environ), conditions, rules)
        return Response(status=204, content_type=JSON, headers={"ETag": f'"{etag(content)}"'})

    @resource.post(path)
    def post() -> Response:
        environ = request_ctx.request.environ
        exchange.negotiate(environ)
        credential = caller_with(Role.WRITE, environ, authenticator)
        place = _place(kind, parse_one(kind, exchange.query_of(environ)), credential)
        conditions = _conditions(environ)
        writing.post(place, document_body(environ, max_bytes), _content_type(environ), conditions)
        return Response(status=204, content_type=JSON)

    @resource.delete(path)
    def delete() -> Response:
        environ = request_ctx.request.environ
        exchange.negotiate(environ)
        credential = caller_with(Role.WRITE, environ, authenticator)
        query = parse_one_or_all(kind, exchange.query_of(environ))
        conditions = _conditions(environ)
        if query.document_id is not None:
            writing.delete(_place(kind, query, credential), conditions)
        elif conditions.given:
            raise InvalidRequest("If-Match and If-None-Match speak of one document: name it, or leave them out to delete all")
        else:
            documents.delete_all(_scope(kind, query, credential), any_registration=query.registration is None)
        return Response(status=204, content_type=JSON)

    return resource


def _scope(kind: DocumentKind, query: DocumentQuery, credential: Credential) -> DocumentScope:
    return DocumentScope(credential.partner, kind, query.activity_id, query.agent, query.registration)


def _place(kind: DocumentKind, query: DocumentQuery, credential: Credential) -> Place:
    return Place(_scope(kind, query, credential), query.document_id or "")


def _conditions(environ: Environment) -> Preconditions:
    return Preconditions.parse(environ.get("HTTP_IF_MATCH"), environ.get("HTTP_IF_NONE_MATCH"))


def _content_type(environ: Environment) -> str:
    return environ.get("CONTENT_TYPE") or OCTETS


def _shown(held: Document, *, known: bool) -> Response:
    response = Response(None if known else held.content, 304 if known else 200, content_type=held.content_type)
    response.headers["ETag"] = f'"{held.etag}"'
    response.headers["Last-Modified"] = formatdate(held.updated_ms // 1000, usegmt=True)
    response.headers.update(_AS_CONTENT)
    return response
