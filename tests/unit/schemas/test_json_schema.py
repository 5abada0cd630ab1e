"""The derived JSON Schema is one, it stands alone, and that of each version says only what its text says."""

from __future__ import annotations

import json
from typing import Any

import jsonschema_rs
import pytest

from schemas.rules import KEYWORDS
from schemas.rulesets import V1_0_3, V2_0, RuleSet
from schemas.statements import validate
from xapi.errors import InvalidRequest

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


both = pytest.mark.parametrize("rules", [V1_0_3, V2_0], ids=lambda rules: rules.version)


@both
def test_the_document_is_valid_json_schema_that_refers_to_itself_only(rules: RuleSet) -> None:
    document = json.loads(json.dumps(rules.document))
    jsonschema_rs.meta.validate(document)
    assert references(document) == {f"#/$defs/{name}" for name in document["$defs"]}
    assert jsonschema_rs.Draft202012Validator(document).is_valid(STATEMENT)


@both
def test_every_object_refuses_unknown_properties(rules: RuleSet) -> None:
    for name, definition in rules.document["$defs"].items():
        assert definition["additionalProperties"] is False, name
    assert rules.document["additionalProperties"] is False


@both
def test_each_keyword_of_ours_is_used(rules: RuleSet) -> None:
    text = json.dumps(rules.document)
    assert all(f'"{keyword}"' in text for keyword in KEYWORDS)


def test_a_later_version_says_only_what_differs_and_leaves_the_first_alone() -> None:
    context = {"contextAgents": [{"objectType": "contextAgent", "agent": STATEMENT["actor"], "relevantTypes": ["http://x.y/t"]}]}
    newer = STATEMENT | {"context": context, "version": "2.0.0"}
    inside = STATEMENT | {"object": {"objectType": "SubStatement", **STATEMENT, "context": context}}
    for statement in (newer, inside):
        validate(statement, V2_0)
        with pytest.raises(InvalidRequest):
            validate(statement, V1_0_3)
    validate(STATEMENT | {"version": "1.0.3"}, V2_0)
    with pytest.raises(InvalidRequest) as refused:
        validate(STATEMENT | {"context": {"contextAgents": [{"objectType": "contextAgent"}]}}, V2_0)
    assert refused.value.pointer == "/context/contextAgents/0/agent"


def test_a_later_version_keeps_the_rules_across_properties() -> None:
    with pytest.raises(InvalidRequest) as refused:
        validate(STATEMENT | {"verb": {"id": "http://adlnet.gov/expapi/verbs/voided"}}, V2_0)
    assert refused.value.pointer == "/object/objectType"
