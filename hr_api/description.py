"""`/openapi.json`: the API described, for client generators and for people."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import msgspec
from flask import Response

from hr_api.resource import Resource
from hr_api.services import HrServices
from schemas.hr.document import Answer, Operation, Tag, openapi

TAGS = (
    Tag("employees", "Who somebody is, what they learned, and what that makes of their competencies"),
    Tag("units", "The people of a unit and the units below it: who lacks hours, where competencies are missing, exports"),
    Tag("identity", "Whose the identifiers are that statements name people by"),
    Tag("catalogue", "Which trainings count, for what; frameworks of competencies, and the rules"),
    Tag("receipts", "What became of a statement"),
    Tag("dead letters", "What was accepted and could not be recorded"),
    Tag("audit", "Who read what of whom"),
    Tag("webhooks", "Who is told of what happens to profiles, and what became of it"),
    Tag("imports", "Attendance lists of seminars and workshops"),
    Tag("description", "This document"),
)
DOCUMENT = Operation(
    id="readDescription",
    method="GET",
    path="/openapi.json",
    tag="description",
    summary="This document",
    roles=(),
    answers=(Answer(200, "OpenAPI 3.1", {"type": "object", "required": ["openapi", "info", "paths"]}),),
)


def resource(services: HrServices, others: Sequence[Resource]) -> Resource:
    description = Resource("description", services)

    @cache
    def document() -> bytes:
        """Written when somebody asks: it takes longer than everything else that a start does here."""
        operations = [operation for each in (*others, description) for operation in each.operations]
        return msgspec.json.encode(openapi(operations, TAGS, version=services.settings.version))

    def read() -> Response:
        return Response(document(), content_type="application/json", headers={"Cache-Control": "max-age=300"})

    description.serve(DOCUMENT, read)
    return description
