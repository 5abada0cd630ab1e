"""What is known of an agent, /xapi/agents, and of an activity, /xapi/activities.

Source: xAPI 1.0.3, Communication 2.4 and 2.5; IEEE 9274.1.1, 4.1.6.3 and 4.1.6.4.
"""

from __future__ import annotations

import json

from flask import Blueprint, Response
from flask.globals import request_ctx

from access.credentials import Role
from ingest_api import exchange
from ingest_api.callers import caller_with
from ingest_api.consistency import Consistency
from ingest_api.reading import owner_filter
from ingest_api.services import IngestServices
from schemas.documents import parse_activity, parse_agent
from xapi.agents import person
from xapi.documents import JSON


def blueprint(services: IngestServices, consistency: Consistency) -> Blueprint:
    """The routes. A GET is a HEAD too: the same headers, no body."""
    lookups = Blueprint("lookups", __name__)
    authenticator = services.authenticator
    activities = services.activity_queries

    @lookups.get("/xapi/agents")
    def agent() -> Response:
        """The Person says what the asker said: whom else the installation knows this agent as is not a partner's to learn."""
        environ = request_ctx.request.environ
        exchange.negotiate(environ)
        caller_with(Role.READ_MINE, environ, authenticator)
        return _answer(person(parse_agent(exchange.query_of(environ))))

    @lookups.get("/xapi/activities")
    def activity() -> Response:
        """What the statements that the asker may read say of it. One that they do not describe is answered too, with its id
        alone."""
        environ = request_ctx.request.environ
        exchange.negotiate(environ)
        owner = owner_filter(caller_with(Role.READ_MINE, environ, authenticator))
        activity_id = parse_activity(exchange.query_of(environ))
        consistency.caught_up()
        state = activities.activities([activity_id], owner=owner).get(activity_id)
        definition = state.definition() if state is not None else {}
        found = {"objectType": "Activity", "id": activity_id}
        return _answer(found | ({"definition": definition} if definition else {}))

    return lookups


def _answer(value: object) -> Response:
    # The standard library's encoder, for a definition may have integers of any size.
    return Response(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(), 200, content_type=JSON)
