"""`/openapi.json`: the API described, for client generators and for people."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from flask import Response

from hr_api.resource import Resource
from hr_api.services import HrServices
from schemas.hr.document import Answer, Operation, Tag, openapi

TAGS = (
    Tag("employees", "Who somebody is, what they learned, and what that makes of their competencies"),
    Tag("receipts", "What became of a statement"),
    Tag("dead letters", "What was accepted and could not be recorded"),
    Tag("audit", "Who read what of whom"),
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

    def read() -> Response:
        return Response(document, content_type="application/json", headers={"Cache-Control": "max-age=300"})

    description.serve(DOCUMENT, read)
    operations = [operation for each in (*others, description) for operation in each.operations]
    document = msgspec.json.encode(openapi(operations, TAGS, version=services.settings.version))
    return description
