"""The text that was received is the text that is given out, but for what the LRS must set."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given

from schemas.rulesets import V1_0_3, V2_0
from schemas.statements import parse_statements, validate
from tests.unit.schemas.strategies import newer_statements, statements
from xapi.equality import same
from xapi.statement import Completion, complete, extract, finish
from xapi.values import in_utc

ID = UUID("11111111-2222-4333-8444-555555555555")
AUTHORITY = b'{"account":{"homePage":"https://rekam.example","name":"lan"}}'
HEAD = '"actor":{"mbox":"mailto:a@example.id"},"verb":{"id":"https://example.id/v"}'
PLAIN = "{" + HEAD + ',"object":{"id":"https://example.id/a"}}'


def accepted(text: str) -> tuple[UUID, str]:
    raw = text.encode()
    statement_id, done = complete(raw, json.loads(raw), new_id=ID, authority=AUTHORITY)
    return statement_id, done.decode()


def test_what_is_missing_is_added_at_the_end() -> None:
    statement_id, text = accepted(PLAIN)
    assert statement_id == ID
    assert text == PLAIN[:-1] + f',"authority":{AUTHORITY.decode()},"id":"{ID}","version":"1.0.0"}}'


@pytest.mark.parametrize(
    "kept",
    [
        '"result":{"extensions":{"https://x.y/z.w":1.10000000000000000001}}',
        '"result":{"extensions":{"https://x.y/$a.b":123456789012345678901234567890}}',
        '"result" : { "extensions" : {"https://x.y/z" : {"b":1,"a":2, "b.c" : null} } }',
        '"result":{"response":"\\u00e9 é \\/ \\ud83d\\ude00"}',
        '"context":{"contextActivities":{"parent":[{"id":"https://example.id/p"}]},"revision":"}"}',
    ],
)
def test_numbers_key_order_escapes_and_white_space_stay(kept: str) -> None:
    sent = PLAIN[:-1] + "," + kept + "\n }"
    assert kept in accepted(sent)[1]
    assert json.loads(accepted(sent)[1])


def test_the_clients_id_and_version_stay_as_written() -> None:
    upper = str(ID).upper()
    statement_id, text = accepted(PLAIN[:-1] + f',"id":"{upper}","version":"1.0.3"}}')
    assert statement_id == ID
    assert json.loads(text)["id"] == upper
    assert text.count('"id":"' + upper) == 1
    assert json.loads(text)["version"] == "1.0.3"


def test_stored_and_authority_of_the_client_are_replaced() -> None:
    sent = '{"stored":"2013-05-18T05:32:34.804Z","authority":{"mbox":"mailto:x@example.id"},' + PLAIN[1:]
    text = accepted(sent)[1]
    assert "2013" not in text
    assert json.loads(text)["authority"]["account"]["name"] == "lan"
    assert text.count('"authority"') == 1


def test_a_single_context_activity_becomes_an_array_also_in_a_sub_statement() -> None:
    context = '"context":{"language":"id","contextActivities":{"parent":{"id":"https://example.id/p","extra":1.50}}}'
    inner = '{"objectType":"SubStatement",' + HEAD + ',"object":{"id":"https://example.id/a"},' + context + "}"
    text = accepted("{" + HEAD + ',"object":' + inner + "," + context + "}")[1]
    assert text.count('"parent":[{"id":"https://example.id/p","extra":1.50}]') == 2
    assert json.loads(text)["context"]["language"] == "id"


def test_finishing_adds_stored_and_a_missing_timestamp() -> None:
    done = json.loads(finish(b'{"a":1}', 1_700_000_000_000, timestamped=False))
    assert done == {"a": 1, "timestamp": "2023-11-14T22:13:20.000Z", "stored": "2023-11-14T22:13:20.000Z"}
    assert finish(b'{"a":1}', 1_700_000_000_007, timestamped=True) == b'{"a":1,"stored":"2023-11-14T22:13:20.007Z"}'


@given(statements())
def test_completing_changes_nothing_but_what_the_lrs_sets(statement: dict[str, Any]) -> None:
    body = json.dumps(statement, ensure_ascii=False).encode()
    parsed = parse_statements(body, max_statement_bytes=10**6).statements[0]
    _, text = complete(parsed.raw, parsed.value, new_id=ID, authority=AUTHORITY)
    done = json.loads(text)
    assert same(done, statement | {"id": done["id"]})
    untouched = {key: value for key, value in statement.items() if key not in ("authority", "stored", "context", "object")}
    assert {key: done[key] for key in untouched} == untouched
    validate(json.loads(finish(text, 1_700_000_000_000, timestamped="timestamp" in statement)), V1_0_3)


@given(newer_statements())
def test_completing_by_the_newer_rules_changes_but_the_zone_of_times(statement: dict[str, Any]) -> None:
    """IEEE 9274.1.1, 4.2.4.3 (version) and 4.2.7 (UTC)."""
    parsed = parse_statements(json.dumps(statement).encode(), max_statement_bytes=10**6).statements[0]
    newer = Completion(version="2.0.0", times_in_utc=True)
    _, text = complete(parsed.raw, parsed.value, new_id=ID, authority=AUTHORITY, completion=newer)
    done = json.loads(text)
    assert same(done, statement | {"id": done["id"]})
    assert done["version"] == statement.get("version", "2.0.0")
    for event in (done, done["object"]):
        assert "timestamp" not in event or in_utc(event["timestamp"]) == event["timestamp"]
    validate(json.loads(finish(text, 1_700_000_000_000, timestamped="timestamp" in statement)), V2_0)


def test_context_agents_and_groups_are_related_agents_in_a_sub_statement_too() -> None:
    """IEEE 9274.1.1, 4.1.6.1, parameter related_agents."""

    def related(name: str) -> dict[str, Any]:
        agent, member = {"mbox": f"mailto:{name}@example.id"}, {"mbox": f"mailto:{name}-m@example.id"}
        return {
            "contextAgents": [{"objectType": "contextAgent", "agent": agent}],
            "contextGroups": [{"objectType": "contextGroup", "group": {"objectType": "Group", "member": [member]}}],
        }

    inner = json.loads(PLAIN) | {"objectType": "SubStatement", "context": related("inner")}
    keys = extract(json.loads(PLAIN) | {"id": str(ID), "object": inner, "context": related("outer")}).keys
    found = {key.removeprefix("mbox|mailto:").removesuffix("@example.id") for key in keys.related_agents}
    assert found == {"a", "outer", "outer-m", "inner", "inner-m"}
    assert keys.agents == ("mbox|mailto:a@example.id",)


def test_keys_of_every_place_where_agents_and_activities_stand() -> None:
    def mbox(name: str) -> dict[str, Any]:
        return {"mbox": f"mailto:{name}@example.id"}

    value = {
        "id": str(ID),
        "actor": {"objectType": "Group", "name": "tim", "member": [mbox("m1"), mbox("m2")]},
        "verb": {"id": "https://example.id/v"},
        "object": {
            "objectType": "SubStatement",
            "actor": mbox("s"),
            "verb": {"id": "https://example.id/v2"},
            "object": {"id": "https://example.id/inner"},
            "context": {"instructor": mbox("si"), "contextActivities": {"grouping": [{"id": "https://example.id/g"}]}},
        },
        "context": {
            "registration": str(ID),
            "instructor": mbox("i"),
            "team": {"objectType": "Group", **mbox("t")},
            "contextActivities": {"category": {"id": "https://example.id/c"}},
        },
        "authority": mbox("auth"),
    }
    found = extract(value)
    assert found.keys.agents == ("mbox|mailto:m1@example.id", "mbox|mailto:m2@example.id")
    assert set(found.keys.related_agents) == {f"mbox|mailto:{n}@example.id" for n in ("m1", "m2", "s", "si", "i", "t", "auth")}
    assert found.keys.activities == ()
    assert set(found.keys.related_activities) == {f"https://example.id/{n}" for n in ("inner", "g", "c")}
    assert found.keys.registration == ID
    assert found.learners == ("mbox|mailto:m1@example.id", "mbox|mailto:m2@example.id")
    assert (found.refers_to, found.voids, found.timestamped) == (None, None, False)


def test_an_agent_as_object_is_found_as_an_agent() -> None:
    value = json.loads(PLAIN) | {
        "id": str(ID),
        "object": {"objectType": "Agent", "account": {"homePage": "https://h", "name": "n"}},
    }
    assert extract(value).keys.agents == ("mbox|mailto:a@example.id", "account|https://h|n")


def test_voiding_is_a_reference_with_the_voiding_verb() -> None:
    target = {"objectType": "StatementRef", "id": str(ID).upper()}
    other = json.loads(PLAIN) | {"id": str(ID), "object": target}
    assert (extract(other).refers_to, extract(other).voids) == (ID, None)
    voider = other | {"verb": {"id": "http://adlnet.gov/expapi/verbs/voided"}}
    assert (extract(voider).refers_to, extract(voider).voids) == (ID, ID)


def test_a_sub_statement_is_known_by_its_type_and_not_by_the_word_somewhere() -> None:
    """A thing named so has no object within it, and a type may be written with escapes."""
    newer = Completion(version="2.0.0", times_in_utc=True)
    named = "{" + HEAD + ',"timestamp":"2026-01-01T00:00:00+07:00","object":{"id":"https://example.id/a","definition":'
    raw = (named + '{"name":{"en":"SubStatement"}}}}').encode()
    _, text = complete(raw, json.loads(raw), new_id=ID, authority=AUTHORITY, completion=newer)
    assert json.loads(text)["timestamp"] == "2025-12-31T17:00:00Z"
    single = '"context":{"contextActivities":{"parent":{"id":"https://example.id/p"}}}'
    inner = '{"objectType":"Sub\\u0053tatement",' + HEAD + ',"object":{"id":"https://example.id/a"},' + single + "}"
    assert '"parent":[{"id":"https://example.id/p"}]' in accepted("{" + HEAD + ',"object":' + inner + "}")[1]
