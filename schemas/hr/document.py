"""The OpenAPI 3.1 document, made by apispec from the marshmallow schemas and the operations the API registers.

An operation is registered once and gives both the route and its description, so neither can be without the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import Schema

from schemas.hr.errors import ErrorSchema

BASE_PATH = "/api/v1"
CONSISTENT_THROUGH = "X-Experience-API-Consistent-Through"

_REFUSALS = {
    400: "A parameter or the body breaks a rule; nothing was done",
    401: "No credentials, or unknown or revoked ones",
    403: "These credentials may not do this",
    404: "There is no such thing, or it is not the asker's",
    409: "It is not in the state that this needs; nothing was done",
    412: "Another version stands than the one that If-Match or If-None-Match names; nothing was done",
    413: "The body is larger than any that makes sense here",
    415: "The body is not declared as application/json",
    500: "Something went wrong here; it is logged under the request id",
    503: "The store, or what the answer has to be taken from, can't be reached; try again after `Retry-After` seconds",
}
_MESSAGES = {
    400: "must be a whole number written in digits, for example 50",
    401: "unknown key or wrong secret",
    403: "this needs the role hr",
    404: "there is no employee with this id",
    409: "this webhook is disabled; enable it first",
    412: "version 4 stands now, which is not what If-Match names: read it again and decide anew",
    413: "the body is larger than 65536 bytes",
    415: "send the body as application/json",
    500: "something went wrong here; it is logged under the request id",
    503: "the store does not answer; try again later",
}


@dataclass(frozen=True, slots=True)
class PathParameter:
    """A part of the path. `schema` is JSON Schema."""

    name: str
    description: str
    example: str
    schema: Mapping[str, Any] = field(default_factory=lambda: {"type": "string"})


@dataclass(frozen=True, slots=True)
class Header:
    name: str
    description: str
    schema: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """A success. `schema` is None when there is no JSON body; a dict is JSON Schema. `media`: media type -> JSON Schema of a body
    that is not JSON."""

    status: int
    description: str
    schema: Schema | Mapping[str, Any] | None = None
    example: Any = None
    headers: tuple[Header, ...] = ()
    media: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path. `roles`: any of them may (and `admin` may everything); none means anyone may, without
    credentials. `bodies`: alternatives, with an example each; a dict is JSON Schema with a title."""

    id: str
    method: str
    path: str
    tag: str
    summary: str
    roles: tuple[str, ...]
    answers: tuple[Answer, ...]
    description: str = ""
    path_parameters: tuple[PathParameter, ...] = ()
    query: Schema | None = None
    bodies: tuple[tuple[Schema | Mapping[str, Any], Any], ...] = ()
    media_bodies: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Media type -> JSON Schema of bodies that are not JSON."""
    request_headers: tuple[Header, ...] = ()
    """Those that may be sent beside the usual ones."""
    refusals: tuple[int, ...] = ()
    """Beside 400, 401, 403, 500 and 503, which every operation with access control knows."""

    @property
    def access(self) -> str:
        """In words, who may."""
        if not self.roles:
            return "no credentials"
        words = ("the role " if len(self.roles) == 1 else "one of the roles ") + ", ".join(f"`{role}`" for role in self.roles)
        return words if "admin" in self.roles else f"{words} (`admin` has every role)"


@dataclass(frozen=True, slots=True)
class Tag:
    name: str
    description: str


def openapi(operations: Iterable[Operation], tags: Iterable[Tag], *, version: str) -> dict[str, Any]:
    """The document. Servers are relative to where it is served from."""
    spec = APISpec(
        title="Rekam: learning and competency of employees",
        version=version,
        openapi_version="3.1.0",
        plugins=[MarshmallowPlugin(schema_name_resolver=_schema_name)],
        info={
            "description": "What HR asks about employees' learning, and what partners ask about the statements they sent. "
            "Personal data never stands in a URL; every reading of a person is audited.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        servers=[{"url": BASE_PATH, "description": "This installation"}],
        tags=[{"name": tag.name, "description": tag.description} for tag in tags],
    )
    spec.components.security_scheme(
        "basic", {"type": "http", "scheme": "basic", "description": "A credential's key and secret (`rekam credentials create`)"}
    )
    for status, description in _REFUSALS.items():
        spec.components.response(f"Refusal{status}", _refusal(status, description))
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation)
    for path in sorted(paths):
        spec.path(path=path, operations=paths[path])
    return spec.to_dict()


def _schema_name(schema: Any) -> str:
    cls = schema if isinstance(schema, type) else type(schema)
    return re.sub(r"Schema$", "", cls.__name__)


def _body_name(schema: Schema | Mapping[str, Any]) -> str:
    return _schema_name(schema) if isinstance(schema, Schema) else str(schema["title"])


def _operation(operation: Operation) -> dict[str, Any]:
    responses: dict[str, Any] = {str(answer.status): _answer(answer) for answer in operation.answers}
    usual = (400, 401, 403, 500, 503) if operation.roles else (400, 500)
    for status in sorted({*usual, *operation.refusals}):
        responses[str(status)] = f"Refusal{status}"
    described: dict[str, Any] = {
        "operationId": operation.id,
        "tags": [operation.tag],
        "summary": operation.summary,
        "security": [{"basic": []}] if operation.roles else [],
        "responses": responses,
    }
    described["description"] = f"{operation.description} Needs {operation.access}.".lstrip()
    parameters: list[dict[str, Any]] = [
        {
            "in": "path",
            "name": part.name,
            "required": True,
            "description": part.description,
            "schema": dict(part.schema),
            "example": part.example,
        }
        for part in operation.path_parameters
    ]
    parameters += [
        {"in": "header", "name": header.name, "description": header.description, "schema": dict(header.schema)}
        for header in operation.request_headers
    ]
    if operation.query is not None:
        parameters.append({"in": "query", "schema": operation.query})
    if parameters:
        described["parameters"] = parameters
    if operation.bodies:
        described["requestBody"] = _body(operation.bodies)
    if operation.media_bodies:
        body = described.setdefault("requestBody", {"required": True, "content": {}})
        body["content"].update({media: {"schema": dict(schema)} for media, schema in operation.media_bodies.items()})
    return described


def _body(bodies: tuple[tuple[Schema | Mapping[str, Any], Any], ...]) -> dict[str, Any]:
    schemas = [schema for schema, _ in bodies]
    return {
        "required": True,
        "content": {
            "application/json": {
                "schema": schemas[0] if len(schemas) == 1 else {"oneOf": schemas},
                "examples": {_body_name(schema): {"value": example} for schema, example in bodies},
            }
        },
    }


def _answer(answer: Answer) -> dict[str, Any]:
    described: dict[str, Any] = {"description": answer.description}
    headers = {header.name: {"description": header.description, "schema": dict(header.schema)} for header in answer.headers}
    headers["X-Request-Id"] = {"description": "Names this request in the log and in the audit trail", "schema": {"type": "string"}}
    described["headers"] = headers
    if answer.schema is not None:
        content: dict[str, Any] = {"schema": answer.schema if isinstance(answer.schema, Schema) else dict(answer.schema)}
        if answer.example is not None:
            content["example"] = answer.example
        described["content"] = {"application/json": content}
    if answer.media:
        described.setdefault("content", {}).update({media: {"schema": dict(schema)} for media, schema in answer.media.items()})
    return described


def _refusal(status: int, description: str) -> dict[str, Any]:
    error: dict[str, Any] = {"status": status, "message": _MESSAGES[status], "request_id": "0f3c7ad0-5f0e-4b57-9d3a-6a5d3c1f2b11"}
    if status == 400:
        error["pointer"] = "/limit"
    refusal: dict[str, Any] = {
        "description": description,
        "content": {"application/json": {"schema": ErrorSchema, "example": {"error": error}}},
    }
    if status == 401:
        refusal["headers"] = {"WWW-Authenticate": {"description": "The scheme to use", "schema": {"type": "string"}}}
    if status == 404:
        through = "Only of receipts: everything stored before this moment was taken into account"
        refusal["headers"] = {CONSISTENT_THROUGH: {"description": through, "schema": {"type": "string", "format": "date-time"}}}
    if status == 503:
        refusal["headers"] = {"Retry-After": {"description": "Whole seconds", "schema": {"type": "integer"}}}
    return refusal
