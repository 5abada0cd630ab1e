"""The Statement Resource, /xapi/statements. Source: xAPI 1.0.3, Communication 2.1."""

from __future__ import annotations

from email.utils import formatdate
from uuid import uuid4

import msgspec
from flask import Blueprint, Response, g, request
from werkzeug.exceptions import RequestEntityTooLarge

from access.credentials import Role
from ingest_api import versions
from ingest_api.acceptance import Acceptance
from ingest_api.callers import caller, caller_with
from ingest_api.consistency import Consistency
from ingest_api.reading import RESOURCE, Found, Reading, owner_filter
from ingest_api.services import IngestServices
from schemas.query import ById, Listing, More, parse_get, parse_post, parse_put
from xapi.errors import InvalidRequest, TooLarge
from xapi.languages import Languages
from xapi.values import format_timestamp

CONSISTENT_THROUGH = "X-Experience-API-Consistent-Through"
_JSON = "application/json"


def blueprint(services: IngestServices, consistency: Consistency) -> Blueprint:
    """The routes of the resource. A GET is a HEAD too: the same headers, no body."""
    statements = Blueprint("statements", __name__)
    acceptance = Acceptance(services)
    reading = Reading(services)
    authenticator = services.authenticator
    max_body_bytes = services.settings.max_body_bytes

    @statements.post(RESOURCE)
    def post() -> Response:
        version = _negotiate()
        credential = caller_with(Role.WRITE, authenticator)
        parse_post(request.query_string)
        accepted = acceptance.post(_json_body(max_body_bytes), credential, version.rules, g.request_id)
        return Response(msgspec.json.encode(accepted), 200, content_type=_JSON)

    @statements.put(RESOURCE)
    def put() -> Response:
        version = _negotiate()
        credential = caller_with(Role.WRITE, authenticator)
        statement_id = parse_put(request.query_string)
        acceptance.put(_json_body(max_body_bytes), statement_id, credential, version.rules, g.request_id)
        return Response(status=204)

    @statements.get(RESOURCE)
    def get() -> Response:
        _negotiate()
        credential = caller(authenticator)
        owner_filter(credential)
        query = parse_get(request.query_string)
        g.through_ms = consistency.caught_up()
        languages = Languages.parse(request.headers.get("Accept-Language"))
        match query:
            case ById():
                found = reading.one(query, credential, languages)
            case Listing():
                found = reading.first_page(query, credential, languages)
            case More():
                found = reading.next_page(query.token, credential, languages)
        return _shown(found)

    @statements.after_app_request
    def promise(response: Response) -> Response:
        """On every answer of the resource, errors included (Communication 2.1.3)."""
        if request.path == RESOURCE:
            through_ms = g.get("through_ms")
            response.headers[CONSISTENT_THROUGH] = format_timestamp(consistency.known() if through_ms is None else through_ms)
        return response

    return statements


def _negotiate() -> versions.ApiVersion:
    g.version = version = versions.negotiate(request.environ.get("HTTP_X_EXPERIENCE_API_VERSION"))
    return version


def _json_body(max_bytes: int) -> bytes:
    """The body of a request in application/json. Raises InvalidRequest (400, 415) and TooLarge, before reading where it can."""
    media_type = request.environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
    if media_type != _JSON:
        if media_type == "multipart/mixed":
            raise InvalidRequest(
                "multipart/mixed is not taken here; send application/json, with a fileUrl for each attachment", status=415
            )
        raise InvalidRequest("the Content-Type must be application/json")
    if request.environ.get("HTTP_CONTENT_ENCODING", "identity").strip().lower() != "identity":
        raise InvalidRequest("a Content-Encoding is not taken here; send the JSON as it is", status=415)
    try:
        request.max_content_length = max_bytes
        return request.get_data(cache=False, parse_form_data=False)
    except RequestEntityTooLarge:
        raise TooLarge(
            f"the body is larger than {max_bytes} bytes, which is the most this server takes; send its statements in several requests"
        ) from None


def _shown(found: Found) -> Response:
    body, content_type = found.json, _JSON
    if found.attachments:
        # Communication 1.5.2: whoever asks for attachments gets multipart/mixed, with the JSON as its first part.
        boundary = f"rekam-{uuid4().hex}"
        head = f"--{boundary}\r\nContent-Type: {_JSON}\r\n\r\n".encode()
        body, content_type = head + body + f"\r\n--{boundary}--\r\n".encode(), f"multipart/mixed; boundary={boundary}"
    response = Response(body, 200, content_type=content_type)
    if found.stored_ms is not None:
        response.headers["Last-Modified"] = formatdate(found.stored_ms // 1000, usegmt=True)
    return response
