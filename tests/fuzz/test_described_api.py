"""HR's API does what its OpenAPI document says, whatever is asked: schemathesis reads the document and thinks up the requests.

Statuses, content types and bodies are those documented, what the document calls wrong is refused, and nothing is a server's error.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from competency.rules import core_framework
from hr_api.app import create_app
from store.port import Attempt, Delivery
from tests.fuzz.effort import examples
from tests.integration.hr_api.documented import document
from tests.integration.hr_api.world import AISYAH, BUDI, NOW, SITI, SITI_NIP, World, said, uid, voiding

METHODS = ("get", "post", "put", "delete", "patch")
MODES = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]


def can_be_wrong(path: str, method: str) -> bool:
    """Whether a request can break the document: it has a body, or a parameter that is not any text."""
    operation = document()["paths"][path][method]
    free = all(one["in"] == "path" and one["schema"] == {"type": "string"} for one in operation.get("parameters", []))
    return not free or "requestBody" in operation


OPERATIONS = [
    (path, method, mode)
    for path, operations in document()["paths"].items()
    for method in operations
    if method in METHODS
    for mode in MODES
    if mode is GenerationMode.POSITIVE or can_be_wrong(path, method)
]
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
OF_ADMINISTRATORS = ("/audit", "/dead-letters", "/dead-letters/{deadLetterId}")
OF_CATALOGUERS = ("/catalogue", "/frameworks", "/posts", "/rules")


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, dict[str, list[str]]]]:
    """The API as schemathesis sees it, over a small ministry with profiles, receipts and a dead letter, and ids that exist."""
    with ExitStack() as later:
        world = World(tmp_path_factory.mktemp("world"), later)
        world.learn(
            said(1), said(2, activity="https://lms.example.ac.id/course/2"), said(3, verb="http://adlnet.gov/expapi/verbs/failed")
        )
        world.learn(voiding(4, 2), said(5, nip="000000000000000000"))
        world.append(b"not a record")
        world.record()
        letters = world.get("/api/v1/dead-letters", who="admin").get_json()["items"]
        # The tests sign in themselves; a missing Authorization is no wrong data to them.
        config = SchemathesisConfig.from_dict({"generation": {"with-security-parameters": False}})
        schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", create_app(world.services), config=config)
        ids = {
            "employeeId": [SITI, BUDI, AISYAH],
            "statementId": [str(uid(number)) for number in range(1, 7)],
            "deadLetterId": [letter["id"] for letter in letters],
            "webhookId": [hooked(world)],
            "deliveryId": ["msg_1", "msg_2"],
            "postId": [post.id for post in world.store.directory.posts()],
            "frameworkId": [core_framework().id],
            "entryId": [entry.id for entry in world.store.catalogue.entries()],
            "unitId": [unit.id for unit in world.store.directory.units()],
        }
        assert ids["deadLetterId"]
        yield schema, ids


def hooked(world: World) -> str:
    """A webhook with a delivery that is dead and one that waits; its id."""
    body = {"url": "https://hr.example.go.id/rekam", "events": ["profile.changed"]}
    webhook_id: str = world.ask("POST", "/api/v1/webhooks", who="admin", json=body).get_json()["id"]
    for name in ("msg_1", "msg_2"):
        world.store.deliveries.add([Delivery(name, webhook_id, "profile.changed", b'{"type":"x"}', NOW, NOW, 2 * NOW)])
    world.store.deliveries.failed("msg_1", Attempt(0, NOW, 500, "the receiver answered 500"), due_ms=None)
    return webhook_id


@pytest.mark.parametrize(("path", "method", "mode"), OPERATIONS, ids=lambda value: getattr(value, "value", value))
@given(data=st.data())
@settings(examples(20, exploring_times=2), suppress_health_check=list(HealthCheck))
def test_every_answer_is_one_that_the_document_promises(
    described: Any, path: str, method: str, mode: GenerationMode, data: st.DataObject
) -> None:
    schema, ids = described
    operation = schema[path][method.upper()]
    case: Case[Any] = data.draw(operation.as_strategy(generation_mode=mode))
    if mode is GenerationMode.POSITIVE:
        for name in case.path_parameters:
            if name in ids and data.draw(st.booleans()):
                case.path_parameters[name] = data.draw(st.sampled_from(ids[name]))
        if isinstance(case.body, dict) and "nip" in case.body and data.draw(st.booleans()):
            case.body["nip"] = SITI_NIP
    key = "hr"
    if path in OF_ADMINISTRATORS or path.startswith("/webhooks"):
        key = "admin"
    elif path.startswith(OF_CATALOGUERS) and method != "get":
        key = "cataloguer"
    authorization = "Basic " + base64.b64encode(f"{key}:s3cret".encode()).decode()
    answer = case.call(headers={"Authorization": authorization})
    event(f"{answer.status_code}")
    case.validate_response(answer, checks=CHECKS)
