"""Whether an answer is one that the OpenAPI document promises."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from typing import Any
from urllib.parse import urlencode

from openapi_schema_validator import OAS31Validator
from werkzeug.test import TestResponse

from hr_api.app import create_app
from hr_api.services import HrServices
from telemetry.clock import FixedClock


@cache
def document() -> Mapping[str, Any]:
    """The OpenAPI document; what it describes needs no service behind it."""
    nothing: Any = None
    parts = {part.name: nothing for part in fields(HrServices) if part.name not in ("clock", "settings")}
    services = HrServices(**parts, clock=FixedClock(0))
    document: Mapping[str, Any] = create_app(services).test_client().get("/api/v1/openapi.json").get_json()
    return document


def operation_of(method: str, path: str) -> Mapping[str, Any] | None:
    """The operation that answers here, None when the document knows none."""
    parts = path.partition("?")[0].removeprefix("/api/v1").split("/")
    fitting = [
        (template.count("{"), operations[method.lower()])
        for template, operations in document()["paths"].items()
        if method.lower() in operations and _fits(template.split("/"), parts)
    ]
    return min(fitting, key=lambda found: found[0])[1] if fitting else None


def example_path(path: str, operation: Mapping[str, Any], known: Mapping[str, str]) -> str:
    """A call of the operation as the document gives an example of it, with what is `known` here in place of the examples: the path
    with the parameters that are required."""
    parts = {
        one["name"]: known.get(one["name"], one.get("example", ""))
        for one in operation.get("parameters", ())
        if one["in"] == "path"
    }
    query = {
        one["name"]: known.get(one["name"]) or one["schema"]["examples"][0]
        for one in operation.get("parameters", ())
        if one["in"] == "query" and one.get("required")
    }
    return f"/api/v1{path.format(**parts)}" + (f"?{urlencode(query)}" if query else "")


def example_body(operation: Mapping[str, Any]) -> dict[str, Any]:
    """The body of such a call, as the arguments of a test client."""
    content = operation.get("requestBody", {}).get("content", {})
    if "application/json" in content:
        examples = content["application/json"].get("examples", {})
        return {"json": next(iter(examples.values()))["value"]} if examples else {"json": {}}
    media = next(iter(content), None)
    return {} if media is None else {"data": b"Nama,NIP\n", "content_type": media}


def _fits(template: list[str], parts: list[str]) -> bool:
    return len(template) == len(parts) and all(
        one == other or one.startswith("{") for one, other in zip(template, parts, strict=True)
    )


def check_documented(method: str, path: str, response: TestResponse) -> None:
    """Fails unless status and body are among those documented for this operation, if it is one."""
    operation = operation_of(method, path)
    if operation is None:
        return
    answer = operation["responses"].get(str(response.status_code))
    assert answer is not None, f"{method} {path} answered {response.status_code}, which is not documented: {response.text}"
    if "$ref" in answer:
        answer = document()["components"]["responses"][answer["$ref"].rpartition("/")[2]]
    content = answer.get("content")
    if content is None:
        assert response.data == b""
        return
    if "application/json" not in content:
        assert response.mimetype in {media.partition(";")[0] for media in content}
        return
    assert response.content_type == "application/json"
    schema = {**content["application/json"]["schema"], "components": document()["components"]}
    OAS31Validator(schema).validate(response.get_json())
