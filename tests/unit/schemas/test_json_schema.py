"""The derived JSON Schema is one, it stands alone, and another version of xAPI can stand beside the first."""

from __future__ import annotations

import json
from typing import Any

import jsonschema_rs
import pytest

from schemas.fields import Formatted, Word
from schemas.objects import ByObjectType, ListOf, ObjectOf, StrictSchema
from schemas.rules import KEYWORDS
from schemas.rulesets import V1_0_3, RuleSet
from schemas.statements import validate
from schemas.v1_0_3.actors import AGENT
from schemas.v1_0_3.statement import OBJECT_BRANCHES, ContextSchema, StatementSchema, SubStatementSchema
from xapi.errors import InvalidRequest
from xapi.values import IRI, VERSION_2_0

STATEMENT: dict[str, Any] = {
    "actor": {"mbox": "mailto:a@b.c"},
    "verb": {"id": "http://x.y/v"},
    "object": {"id": "http://x.y/o"},
}


def references(node: Any) -> set[str]:
    if isinstance(node, list):
        return {found for item in node for found in references(item)}
    if isinstance(node, dict):
        own = {node["$ref"]} if "$ref" in node else set()
        return own | references(list(node.values()))
    return set()


def test_the_document_is_valid_json_schema_that_refers_to_itself_only() -> None:
    document = json.loads(json.dumps(V1_0_3.document))
    jsonschema_rs.meta.validate(document)
    assert references(document) == {f"#/$defs/{name}" for name in document["$defs"]}
    assert jsonschema_rs.Draft202012Validator(document).is_valid(STATEMENT)


def test_every_object_refuses_unknown_properties() -> None:
    for name, definition in V1_0_3.document["$defs"].items():
        assert definition["additionalProperties"] is False, name
    assert V1_0_3.document["additionalProperties"] is False


def test_each_keyword_of_ours_is_used() -> None:
    text = json.dumps(V1_0_3.document)
    assert all(f'"{keyword}"' in text for keyword in KEYWORDS)


class ContextAgentSchema(StrictSchema):
    name = "ContextAgent"
    object_type = Word("contextAgent", required=True)
    agent = ByObjectType({"Agent": AGENT}, default="Agent", required=True)
    relevant_types = ListOf(Formatted(IRI), at_least=1)


class LaterContextSchema(ContextSchema):
    context_agents = ListOf(ObjectOf(ContextAgentSchema()))


class LaterSubStatementSchema(SubStatementSchema):
    context = ObjectOf(LaterContextSchema())


class LaterStatementSchema(StatementSchema):
    object = ByObjectType(OBJECT_BRANCHES | {"SubStatement": LaterSubStatementSchema()}, default="Activity", required=True)
    context = ObjectOf(LaterContextSchema())
    version = Formatted(VERSION_2_0)


@pytest.fixture(scope="module")
def later() -> RuleSet:
    return RuleSet.of("2.0.0", LaterStatementSchema())


def test_a_later_version_says_only_what_differs_and_leaves_the_first_alone(later: RuleSet) -> None:
    context = {"contextAgents": [{"objectType": "contextAgent", "agent": STATEMENT["actor"], "relevantTypes": ["http://x.y/t"]}]}
    newer = STATEMENT | {"context": context, "version": "2.0.0"}
    inside = STATEMENT | {"object": {"objectType": "SubStatement", **STATEMENT, "context": context}}
    for statement in (newer, inside):
        validate(statement, later)
        with pytest.raises(InvalidRequest):
            validate(statement, V1_0_3)
    validate(STATEMENT | {"version": "1.0.3"}, later)
    with pytest.raises(InvalidRequest) as refused:
        validate(STATEMENT | {"context": {"contextAgents": [{"objectType": "contextAgent"}]}}, later)
    assert refused.value.pointer == "/context/contextAgents/0/agent"


def test_a_later_version_keeps_the_rules_across_properties(later: RuleSet) -> None:
    with pytest.raises(InvalidRequest) as refused:
        validate(STATEMENT | {"verb": {"id": "http://adlnet.gov/expapi/verbs/voided"}}, later)
    assert refused.value.pointer == "/object/objectType"
