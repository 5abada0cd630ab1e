"""The OpenAPI document is valid, complete, and tells of exactly the routes there are."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import fields
from functools import cache
from typing import Any, get_args, get_type_hints

import msgspec
import pytest
from flask import Flask
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from competency.profile_json import Profile
from hr_api.app import create_app
from hr_api.services import HrServices, HrSettings
from telemetry.clock import FixedClock


@cache
def app() -> Flask:
    """The application, with no service behind it: what is described needs none."""
    nothing: Any = dict.fromkeys(field.name for field in fields(HrServices))
    return create_app(HrServices(**{**nothing, "clock": FixedClock(0), "settings": HrSettings(version="1.2.3")}))


@cache
def document() -> Mapping[str, Any]:
    response = app().test_client().get("/api/v1/openapi.json")
    assert (response.status_code, response.content_type) == (200, "application/json")
    document: Mapping[str, Any] = response.get_json()
    return document


def operations() -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for path, methods in document()["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


def resolved(part: Mapping[str, Any]) -> Mapping[str, Any]:
    while "$ref" in part:
        found: Any = document()
        for step in part["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        part = found
    return part


def test_the_document_is_valid_openapi_3_1() -> None:
    assert document()["openapi"] == "3.1.0"
    assert document()["info"]["version"] == "1.2.3"
    OpenAPIV31SpecValidator(dict(document())).validate()


def test_every_route_is_described_and_every_description_is_routed() -> None:
    routed = {
        (method.lower(), re.sub(r"<(\w+)>", r"{\1}", rule.rule))
        for rule in app().url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    described = {
        (method, "/api/v1" + re.sub(r"\{(\w+)\}", lambda name: "{" + _snake(name[1]) + "}", path))
        for method, path, _ in operations()
    }
    assert routed == described


def _snake(name: str) -> str:
    return re.sub(r"([A-Z])", lambda letter: "_" + letter[1].lower(), name)


def test_servers_are_relative() -> None:
    assert [server["url"] for server in document()["servers"]] == ["/api/v1"]


def test_every_operation_is_complete() -> None:
    ids = [operation["operationId"] for _, _, operation in operations()]
    assert len(ids) == len(set(ids))
    tags = {tag["name"] for tag in document()["tags"]}
    for _, path, operation in operations():
        assert operation["summary"]
        assert operation["description"]
        assert set(operation["tags"]) <= tags
        named = {part["name"] for part in operation.get("parameters", ()) if part["in"] == "path"}
        assert named == set(re.findall(r"\{(\w+)\}", path))
        expected = {"400", "401", "403", "500", "503"} if operation["security"] else {"400", "500"}
        assert expected <= set(operation["responses"])
        for parameter in operation.get("parameters", ()):
            assert parameter["description"]
            assert parameter["schema"]["type"]


def test_every_answer_has_a_schema_and_a_true_example() -> None:
    for _, path, operation in operations():
        for status, answer in operation["responses"].items():
            content = resolved(answer).get("content")
            assert (content is None) == (status == "304")
            if content is None:
                continue
            if "application/json" not in content:
                assert all(media["schema"] for media in content.values())
                continue
            described = content["application/json"]
            schema = {**described["schema"], "components": document()["components"]}
            if path != "/openapi.json" or status != "200":
                OAS31Validator(schema).validate(described["example"])


def test_every_body_has_true_examples() -> None:
    for _, _, operation in operations():
        body = operation.get("requestBody")
        if body is not None and "application/json" not in body["content"]:
            assert all(media["schema"] for media in body["content"].values())
        elif body is not None:
            described = body["content"]["application/json"]
            schema = {**described["schema"], "components": document()["components"]}
            for example in described["examples"].values():
                OAS31Validator(schema).validate(example["value"])


def test_the_document_describes_itself_truly() -> None:
    answer = document()["paths"]["/openapi.json"]["get"]["responses"]["200"]
    OAS31Validator(answer["content"]["application/json"]["schema"]).validate(document())


def test_every_property_has_a_type() -> None:
    for name, schema in document()["components"]["schemas"].items():
        for key, described in schema["properties"].items():
            assert {"type", "$ref", "anyOf"} & set(described), f"{name}.{key}"


def test_names_are_camel_case() -> None:
    for schema in document()["components"]["schemas"].values():
        for key in schema["properties"]:
            assert re.fullmatch(r"[a-z][A-Za-z]*", key) or key == "request_id"


def _parts(struct: type[msgspec.Struct]) -> Iterator[type[msgspec.Struct]]:
    """The struct and those it is made of."""
    yield struct
    for hint in get_type_hints(struct).values():
        for inner in (hint, *get_args(hint)):
            if isinstance(inner, type) and issubclass(inner, msgspec.Struct):
                yield from _parts(inner)


@pytest.mark.parametrize("struct", sorted(set(_parts(Profile)), key=lambda struct: struct.__name__))
def test_a_profile_is_described_as_it_is_computed(struct: type[msgspec.Struct]) -> None:
    """Same parts, same properties, all of them always there, the same ones nullable."""
    schema = document()["components"]["schemas"][struct.__name__]
    fields = msgspec.structs.fields(struct)
    assert set(schema["properties"]) == {field.encode_name for field in fields}
    assert set(schema["required"]) == {field.encode_name for field in fields}
    for field in fields:
        described = schema["properties"][field.encode_name]
        nullable = "null" in described.get("type", ()) or {"type": "null"} in described.get("anyOf", ())
        assert nullable == (type(None) in get_args(field.type)), field.name


def test_the_document_has_no_number_that_looks_like_a_real_nip() -> None:
    assert set(re.findall(r"\b[0-9]{18}\b", json.dumps(document()))) == set()
