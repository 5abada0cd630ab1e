"""One row per rule of the statement's data model: what breaks it, and where the refusal points.

`ROWS` holds in every version, its sections are those of xAPI 1.0.3, Part Two; XAPI numbers are tests of ADL's conformance suite.
Where the versions differ a row is in `ROWS_1_0_3` or `ROWS_2_0`; sections of the latter are those of IEEE 9274.1.1.
"""

from __future__ import annotations

import copy
from typing import Any

import pytest

from schemas.statements import V1_0_3, V2_0, RuleSet, validate
from xapi.errors import InvalidRequest
from xapi.statement import VOIDED

REMOVED = object()
ID = "fd41c918-b88b-4b20-a0a5-a4c32391aaa0"
AGENT = {"mbox": "mailto:sari@example.go.id"}
ACCOUNT = {"homePage": "http://example.go.id", "name": "1625378"}
OTHER_AGENT = {"account": ACCOUNT}
REF = {"objectType": "StatementRef", "id": ID}
GROUP = {"objectType": "Group", "member": [AGENT]}
ATTACHMENT = {
    "usageType": "http://example.com/usage",
    "display": {"id": "Sertifikat"},
    "contentType": "application/pdf",
    "length": 27,
    "sha2": "495395e777cd98da653df9615d09c0fd6bb2f8d4788394cd53c56a3bfdcd848a",
}
SUB = {"objectType": "SubStatement", "actor": AGENT, "verb": {"id": "http://x.y/did"}, "object": {"id": "http://x.y/a"}}

STATEMENT: dict[str, Any] = {
    "id": ID,
    "actor": {"objectType": "Agent", "name": "Sari", **AGENT},
    "verb": {"id": "http://adlnet.gov/expapi/verbs/completed", "display": {"en-US": "completed", "id": "selesai"}},
    "object": {
        "objectType": "Activity",
        "id": "http://example.com/activities/1",
        "definition": {
            "name": {"id": "Pelatihan"},
            "type": "http://adlnet.gov/expapi/activities/cmi.interaction",
            "interactionType": "choice",
            "correctResponsesPattern": ["a"],
            "choices": [{"id": "a", "description": {"id": "A"}}, {"id": "b"}],
            "extensions": {"http://example.com/x": None},
        },
    },
    "result": {"score": {"scaled": 0.5, "raw": 5, "min": 0, "max": 10}, "success": True, "completion": True, "duration": "PT2H"},
    "context": {
        "registration": ID,
        "instructor": AGENT,
        "team": GROUP,
        "contextActivities": {"parent": {"id": "http://example.com/p"}, "other": [{"id": "http://example.com/o"}]},
        "revision": "1",
        "platform": "p",
        "language": "id",
        "statement": REF,
        "extensions": {"http://example.com/x": {"a": [None]}},
    },
    "timestamp": "2026-02-28T09:30:00.000+07:00",
    "stored": "2026-02-28T09:30:00.000Z",
    "authority": AGENT,
    "version": "1.0.3",
    "attachments": [ATTACHMENT],
}

# section or XAPI number | where the change is made | what is put there | where the refusal points (default: the same)
ROWS: list[tuple[Any, ...]] = [
    # 2.2 Formatting
    ("XAPI-00003", "/actor", REMOVED),
    ("XAPI-00004", "/verb", REMOVED),
    ("XAPI-00005", "/object", REMOVED),
    ("2.2 null", "/actor", None),
    ("2.2 null", "/actor/name", None),
    ("2.2 null", "/result", None),
    ("2.2 null", "/object/definition/name/id", None),
    ("2.2 null", "/context/contextActivities/other/0", None),
    ("2.2 unknown", "/color", "red"),
    ("2.2 unknown", "/verb/color", "red"),
    ("2.2 unknown", "/object/definition/choices/1/name", "b"),
    ("2.2 unknown", "/result/score/percent", 1),
    ("2.2 case of a key", "/Timestamp", "2026-02-28T09:30:00Z"),
    ("2.2 string for number", "/result/score/scaled", "0.5"),
    ("2.2 string for boolean", "/result/success", "true"),
    ("2.2 number for boolean", "/result/completion", 1),
    ("2.2 boolean for number", "/result/score/raw", True),
    # 2.4.1 id
    ("2.4.1", "/id", ""),
    ("2.4.1", "/id", "AA97B177-9383-4934-8543-0F91A7A028368"),
    ("2.4.1", "/id", "MA97B177-9383-4934-8543-0F91A7A02836"),
    ("2.4.1", "/id", ID.replace("-", "")),
    ("2.4.1", "/id", f"urn:uuid:{ID}"),
    ("2.4.1", "/id", ID + "\n"),
    ("2.4.1", "/id", 12345),
    # 2.4.2 actor
    ("2.4.2", "/actor", "mailto:sari@example.go.id"),
    ("2.4.2", "/actor", [AGENT]),
    ("2.4.2.1", "/actor", {}),
    ("2.4.2.1", "/actor", {"name": "Sari"}),
    ("2.4.2.1", "/actor", {**AGENT, "openid": "http://x.y/z"}),
    ("2.4.2.1", "/actor", {**AGENT, "account": ACCOUNT}),
    ("2.4.2.1", "/actor", {**AGENT, "member": [AGENT]}, "/actor/objectType"),
    ("2.4.2.1", "/actor", {**AGENT, "objectType": "Agent", "member": [AGENT]}, "/actor/member"),
    ("2.4.2.1", "/actor/name", 7),
    ("2.4.2 objectType", "/actor/objectType", "agent"),
    ("2.4.2 objectType", "/actor/objectType", "Activity"),
    ("2.4.2 objectType", "/actor/objectType", ["Agent"]),
    ("2.4.2.2", "/actor", {"objectType": "Group"}),
    ("2.4.2.2", "/actor", {"objectType": "Group", "member": []}),
    ("2.4.2.2", "/actor", {"objectType": "Group", **AGENT, "mbox_sha1sum": "a" * 40}),
    ("2.4.2.2", "/actor", {"objectType": "Group", "member": AGENT}, "/actor/member"),
    ("2.4.2.2", "/actor", {"objectType": "Group", "member": [AGENT, GROUP]}, "/actor/member/1/objectType"),
    ("2.4.2.2", "/actor", {"objectType": "Group", "member": [{"mbox": "x"}]}, "/actor/member/0/mbox"),
    ("2.4.2.3 mbox", "/actor/mbox", "sari@example.go.id"),
    ("2.4.2.3 mbox", "/actor/mbox", "mailto:should.fail.com"),
    ("2.4.2.3 mbox", "/actor/mbox", "mailto:a@b@c"),
    ("2.4.2.3 mbox_sha1sum", "/actor", {"mbox_sha1sum": "g" * 40}, "/actor/mbox_sha1sum"),
    ("2.4.2.3 mbox_sha1sum", "/actor", {"mbox_sha1sum": "a" * 39}, "/actor/mbox_sha1sum"),
    ("2.4.2.3 openid", "/actor", {"openid": "openid.example.org"}, "/actor/openid"),
    ("2.4.2.4", "/actor", {"account": {"name": "x"}}, "/actor/account/homePage"),
    ("2.4.2.4", "/actor", {"account": {"homePage": "http://x.y"}}, "/actor/account/name"),
    ("2.4.2.4", "/actor", {"account": {**ACCOUNT, "homePage": "ab=c://x.y"}}, "/actor/account/homePage"),
    ("2.4.2.4", "/actor", {"account": {**ACCOUNT, "name": 1625378}}, "/actor/account/name"),
    ("2.4.2.4", "/actor", {"account": {**ACCOUNT, "name": "a\x00b"}}, "/actor/account/name"),
    ("2.4.2.4", "/actor", {"account": {**ACCOUNT, "nip": "1"}}, "/actor/account/nip"),
    # 2.4.3 verb
    ("2.4.3", "/verb/id", REMOVED),
    ("2.4.3", "/verb/id", "completed"),
    ("2.4.3", "/verb/id", "http://x.y/a b"),
    ("2.4.3 display", "/verb/display", "completed"),
    ("2.4.3 display", "/verb/display/en-US", 1),
    ("4.2 language", "/verb/display", {"a12345678": "x"}, "/verb/display/a12345678"),
    ("4.2 language", "/verb/display", {"en_US": "x"}, "/verb/display/en_US"),
    ("4.2 language", "/verb/display", {"": "x"}, "/verb/display/"),
    # 2.4.4 object
    ("2.4.4", "/object/objectType", "activity"),
    ("2.4.4", "/object/objectType", "Person"),
    ("2.4.4.1", "/object/id", REMOVED),
    ("2.4.4.1", "/object/id", "activities/1"),
    ("2.4.4.1", "/object/definition", "x"),
    ("2.4.4.1", "/object/definition/name", {"id": ["x"]}, "/object/definition/name/id"),
    ("2.4.4.1", "/object/definition/type", "course"),
    ("2.4.4.1", "/object/definition/moreInfo", "example.com"),
    ("2.4.4.1", "/object/definition/interactionType", "choiCe"),
    ("2.4.4.1", "/object/definition/interactionType", 1),
    ("2.4.4.1", "/object/definition/correctResponsesPattern", "a"),
    ("2.4.4.1", "/object/definition/correctResponsesPattern", [1], "/object/definition/correctResponsesPattern/0"),
    ("2.4.4.1", "/object/definition/choices/0/id", REMOVED),
    ("2.4.4.1", "/object/definition/choices/0/id", 1),
    ("2.4.4.1", "/object/definition/choices/1/id", "a"),
    ("2.4.4.1", "/object/definition/choices/0/description", "A"),
    ("2.4.4.1", "/object/definition/scale", [{"id": "a"}]),
    ("2.4.4.1", "/object/definition/source", []),
    ("2.4.4.1", "/object/definition/target", []),
    ("2.4.4.1", "/object/definition/steps", []),
    ("XAPI-00064", "/object/definition", {"choices": []}, "/object/definition/choices"),
    (
        *("XAPI-00064", "/object/definition", {"correctResponsesPattern": []}),
        "/object/definition/correctResponsesPattern",
    ),
    ("4.1 extensions", "/object/definition/extensions", {"x": 1}, "/object/definition/extensions/x"),
    ("4.1 extensions", "/object/definition/extensions", []),
    ("4.1 extensions", "/object/definition/extensions", {"a/b~c": 1}, "/object/definition/extensions/a~1b~0c"),
    ("XAPI-00065", "/object", AGENT, "/object/objectType"),
    ("XAPI-00065", "/object", {"member": [AGENT]}, "/object/objectType"),
    ("2.4.4.2", "/object", {"objectType": "Agent"}),
    ("2.4.4.3 ref", "/object", {"objectType": "StatementRef"}, "/object/id"),
    ("2.4.4.3 ref", "/object", {**REF, "id": "x"}, "/object/id"),
    ("2.4.4.3 ref", "/object", {**REF, "definition": {}}, "/object/definition"),
    ("2.4.4.3 sub", "/object", {**SUB, "id": ID}, "/object/id"),
    ("2.4.4.3 sub", "/object", {**SUB, "stored": "2026-02-28T09:30:00Z"}, "/object/stored"),
    ("2.4.4.3 sub", "/object", {**SUB, "version": "1.0.0"}, "/object/version"),
    ("2.4.4.3 sub", "/object", {**SUB, "authority": AGENT}, "/object/authority"),
    ("2.4.4.3 sub", "/object", {**SUB, "object": SUB}, "/object/object/objectType"),
    ("2.4.4.3 sub", "/object", {**SUB, "actor": {}}, "/object/actor"),
    ("2.4.4.3 sub", "/object", {**SUB, "result": {"score": {"scaled": 2}}}, "/object/result/score/scaled"),
    (
        *("2.4.4.3 sub", "/object", {**SUB, "object": REF, "context": {"platform": "x"}}),
        "/object/context/platform",
    ),
    ("2.4.4.3 sub", "/object", {**SUB, "verb": {"id": VOIDED}}, "/object/object/objectType"),
    # 2.3.2 voiding
    ("XAPI-00017", "/verb/id", VOIDED, "/object/objectType"),
    # 2.4.5 result
    ("2.4.5", "/result/response", 1),
    ("4.6", "/result/duration", "PA1H0M0S"),
    ("4.6", "/result/duration", "P4W1D"),
    ("4.6", "/result/duration", "P"),
    ("4.6", "/result/duration", "PT"),
    ("4.6", "/result/duration", "P0001-01-01T00:00:00"),
    ("4.6", "/result/duration", 3600),
    ("4.1 extensions", "/result/extensions", {"a b": 1}, "/result/extensions/a b"),
    ("2.4.5.1", "/result/score", 5),
    ("2.4.5.1", "/result/score/scaled", 1.01),
    ("2.4.5.1", "/result/score/scaled", -1.00001),
    ("2.4.5.1", "/result/score/raw", 10.5),
    ("2.4.5.1", "/result/score/raw", -1),
    ("2.4.5.1", "/result/score/raw", 10**400),
    ("2.4.5.1", "/result/score/min", 10),
    ("2.4.5.1", "/result/score/max", -1, "/result/score/min"),
    # 2.4.6 context
    ("2.4.6", "/context", []),
    ("2.4.6", "/context/registration", "x"),
    ("2.4.6", "/context/instructor", {}),
    ("2.4.6", "/context/team", AGENT, "/context/team/objectType"),
    ("2.4.6", "/context/team", {**AGENT, "objectType": "Agent"}, "/context/team/objectType"),
    ("2.4.6", "/context/language", "a12345"),
    ("2.4.6", "/context/language", 1),
    ("2.4.6", "/context/revision", 1),
    ("2.4.6", "/context/platform", {}),
    ("2.4.6", "/context/statement", ID),
    ("2.4.6", "/context/statement", {"id": ID}, "/context/statement/objectType"),
    ("2.4.6", "/object", REF, "/context/revision"),
    ("2.4.6", "/object", GROUP, "/context/revision"),
    ("2.4.6", "/object", SUB, "/context/revision"),
    ("2.4.6.2", "/context/contextActivities", {}),
    ("2.4.6.2", "/context/contextActivities/Parent", {"id": "http://x.y"}),
    ("2.4.6.2", "/context/contextActivities/parent", "http://x.y"),
    ("2.4.6.2", "/context/contextActivities/parent/objectType", "Agent"),
    ("2.4.6.2", "/context/contextActivities/other/0/id", "x"),
    ("4.1 extensions", "/context/extensions", {"nokey": 1}, "/context/extensions/nokey"),
    # 2.4.7, 2.4.8 times
    ("4.5", "/timestamp", "01/011/2015"),
    ("4.5", "/timestamp", "2026-02-28"),
    ("4.5", "/timestamp", "2026-02-28 09:30:00Z"),
    ("4.5", "/timestamp", "2026-02-30T09:30:00Z"),
    ("4.5", "/timestamp", "2023-02-29T09:30:00Z"),
    ("4.5", "/timestamp", "1900-02-29T09:30:00Z"),
    ("4.5", "/timestamp", "2026-04-31T09:30:00Z"),
    ("4.5", "/timestamp", "2026-02-28T24:00:00Z"),
    ("XAPI-00123", "/timestamp", "2008-09-15T15:53:00.601-00"),
    ("XAPI-00123", "/timestamp", "2008-09-15T15:53:00.601-0000"),
    ("XAPI-00123", "/timestamp", "2008-09-15T15:53:00.601-00:00"),
    ("4.5", "/timestamp", 1772245800),
    ("2.4.8", "/stored", "yesterday"),
    # 2.4.9 authority
    ("2.4.9", "/authority", {}),
    ("2.4.9", "/authority", {**GROUP, **AGENT, "member": [OTHER_AGENT, AGENT]}, "/authority/mbox"),
    ("XAPI-00098", "/authority", {**GROUP, "member": [OTHER_AGENT]}, "/authority/member"),
    ("XAPI-00098", "/authority", {**GROUP, "member": [OTHER_AGENT, AGENT, AGENT]}, "/authority/member"),
    ("XAPI-00100", "/authority", {**GROUP, "member": [AGENT, AGENT]}, "/authority/member"),
    ("2.4.9", "/authority", {"objectType": "Group"}, "/authority/member"),
    # 2.4.10 version
    ("XAPI-00101", "/version", "0.9.9"),
    ("XAPI-00101", "/version", "1.1.0"),
    ("XAPI-00101", "/version", "1"),
    ("XAPI-00101", "/version", 1.0),
    # 2.4.11 attachments
    ("2.4.11", "/attachments", ATTACHMENT),
    ("2.4.11", "/attachments/0", "x"),
    *(("2.4.11", f"/attachments/0/{name}", REMOVED) for name in ATTACHMENT),
    ("2.4.11", "/attachments/0/usageType", "certificate"),
    ("2.4.11", "/attachments/0/display", "x"),
    ("2.4.11", "/attachments/0/description", 7),
    ("2.4.11", "/attachments/0/contentType", "pdf"),
    ("2.4.11", "/attachments/0/length", "27"),
    ("2.4.11", "/attachments/0/length", 1.5),
    ("2.4.11", "/attachments/0/length", -1),
    ("2.4.11", "/attachments/0/sha2", "abc"),
    ("2.4.11", "/attachments/0/fileUrl", "file.pdf"),
]

ROWS_1_0_3: list[tuple[Any, ...]] = [
    ("2.2 unknown", "/context/contextAgents", []),
    ("2.2 unknown", "/context/contextGroups", []),
    ("XAPI-00101", "/version", "2.0.0"),
]

CONTEXT_AGENT = {"objectType": "contextAgent", "agent": AGENT, "relevantTypes": ["http://example.com/types/mentor"]}
CONTEXT_GROUP = {"objectType": "contextGroup", "group": GROUP, "relevantTypes": ["http://example.com/types/team"]}


def related(kind: str, item: dict[str, Any], place: str, value: Any, points: str = "") -> list[tuple[Any, ...]]:
    """One changed member of an item of contextAgents or contextGroups, in a statement and in a SubStatement."""
    items = [{key: value if key == place else old for key, old in item.items() if key != place or value is not REMOVED}]
    where = f"/context/{kind}/0/{points or place}"
    return [
        ("4.2.2.5", f"/context/{kind}", items, where),
        ("4.2.2.5", "/object", {**SUB, "context": {kind: items}}, f"/object{where}"),
    ]


ROWS_2_0: list[tuple[Any, ...]] = [
    ("4.2.2.5", "/context/contextAgents", CONTEXT_AGENT),
    ("4.2.2.5", "/context/contextGroups", CONTEXT_GROUP),
    ("4.2.2.5", "/context/contextAgents", [CONTEXT_GROUP], "/context/contextAgents/0/objectType"),
    *related("contextAgents", CONTEXT_AGENT, "objectType", "Agent"),
    *related("contextAgents", CONTEXT_AGENT, "objectType", REMOVED),
    *related("contextAgents", CONTEXT_AGENT, "agent", REMOVED),
    *related("contextAgents", CONTEXT_AGENT, "agent", {"name": "Sari"}),
    *related("contextAgents", CONTEXT_AGENT, "agent", GROUP, "agent/objectType"),
    *related("contextAgents", CONTEXT_AGENT, "relevantTypes", []),
    *related("contextAgents", CONTEXT_AGENT, "relevantTypes", ["abc"], "relevantTypes/0"),
    *related("contextAgents", CONTEXT_AGENT, "relevantTypes", "http://example.com/types/mentor"),
    *related("contextGroups", CONTEXT_GROUP, "objectType", "Group"),
    *related("contextGroups", CONTEXT_GROUP, "group", REMOVED),
    *related("contextGroups", CONTEXT_GROUP, "group", {"objectType": "Group"}),
    *related("contextGroups", CONTEXT_GROUP, "group", AGENT, "group/objectType"),
    *related("contextGroups", CONTEXT_GROUP, "relevantTypes", []),
    *related("contextGroups", CONTEXT_GROUP, "relevantTypes", [None], "relevantTypes/0"),
    ("4.2.7 RFC 3339", "/timestamp", "2026-02-28T09:30:00"),
    ("4.2.7 RFC 3339", "/timestamp", "20260228T093000Z"),
    ("4.2.7 RFC 3339", "/timestamp", "2026-02-28T09:30Z"),
    ("4.2.7 RFC 3339", "/timestamp", "2026-02-28T09:30:00,5Z"),
    ("4.2.7 RFC 3339", "/timestamp", "2026-02-28T09:30:00+07"),
    ("4.2.7 RFC 3339", "/stored", "2026-02-28T09:30:00"),
    ("XAPI-00101", "/version", "2.1.0"),
    ("XAPI-00101", "/version", "2"),
]
VERSIONED = [(rules, row) for rules, own in ((V1_0_3, ROWS_1_0_3), (V2_0, ROWS_2_0)) for row in (*ROWS, *own)]


def changed(place: str, value: Any) -> dict[str, Any]:
    statement: Any = copy.deepcopy(STATEMENT)
    parent = statement
    *way, last = place[1:].split("/")
    for step in way:
        parent = parent[int(step)] if isinstance(parent, list) else parent[step]
    if value is REMOVED:
        del parent[last]
    else:
        parent[int(last) if isinstance(parent, list) else last] = value
    return statement  # type: ignore[no-any-return]


@pytest.mark.parametrize("rules", [V1_0_3, V2_0], ids=lambda rules: rules.version)
def test_the_statement_that_the_rows_change_is_valid(rules: RuleSet) -> None:
    validate(STATEMENT, rules)


@pytest.mark.parametrize(("rules", "row"), VERSIONED, ids=[f"{rules.version} {row[0]} {row[1]}" for rules, row in VERSIONED])
def test_a_broken_rule_is_refused_and_its_place_named(rules: RuleSet, row: tuple[Any, ...]) -> None:
    _, place, value, *expected = row
    statement = changed(place, value)
    assert not rules.is_valid(statement), "the compiled rules accept it"
    with pytest.raises(InvalidRequest) as refused:
        validate(statement, rules)
    assert refused.value.status == 400
    assert refused.value.pointer == (expected[0] if expected else place)


ACCEPTED: list[tuple[str, str, Any]] = [
    ("2.4.2.2 an identified group needs no members", "/actor", {"objectType": "Group", **AGENT}),
    ("2.4.2.2 nor has it to have any", "/actor", {"objectType": "Group", **AGENT, "member": []}),
    ("2.4.4.1 the object is an Activity by default", "/object", {"id": "http://x.y/a"}),
    ("XAPI-00119 extensions may be empty", "/context/extensions", {}),
    ("2.4.6.2 an array may be empty", "/context/contextActivities/other", []),
    ("2.4.9 an OAuth consumer with a user", "/authority", {"objectType": "Group", "member": [OTHER_AGENT, AGENT]}),
    ("2.4.4.1 no answer is right", "/object/definition/correctResponsesPattern", []),
    ("2.4.7 leap day", "/timestamp", "2024-02-29T09:30:00-00:30"),
    ("2.4.10 version", "/version", "1.0"),
    ("2.4.10 version", "/version", "1.0.9"),
    ("2.4.5.1 whole scores", "/result/score", {"scaled": 1, "raw": 10**30}),
    ("2.4.1 any case", "/id", ID.upper()),
    ("2.4.11 a length is a number, however spelt", "/attachments/0/length", 27.0),
    ("2.2 a NUL in a text is a character", "/actor/name", "a\x00b"),
    ("4.6 fractions in the last part", "/result/duration", "P3Y1M29DT4H35M59.14S"),
    ("4.6 weeks", "/result/duration", "P4W"),
    ("4.6 more digits than are compared", "/result/duration", "P1DT12H36M0.12567S"),
]
ACCEPTED_1_0_3: list[tuple[str, str, Any]] = [
    ("2.4.7 no time zone", "/timestamp", "2026-02-28T09:30:00.123456789"),
    ("2.4.7 basic format", "/timestamp", "20240229T093000,5+07"),
]
ACCEPTED_2_0: list[tuple[str, str, Any]] = [
    ("4.2.2.5 context agents", "/context/contextAgents", [CONTEXT_AGENT, {**CONTEXT_AGENT, "agent": OTHER_AGENT}]),
    ("4.2.2.5 context groups", "/context/contextGroups", [CONTEXT_GROUP]),
    ("4.2.2.5 a general relation", "/context/contextAgents", [{"objectType": "contextAgent", "agent": AGENT}]),
    ("4.2.7 another zone", "/timestamp", "2023-05-04T12:00:00-05:00"),
    ("4.2.7 UTC as an offset", "/timestamp", "2008-09-15T15:53:00.601+00:00"),
    ("4.1.7 version", "/version", "2.0.0"),
]
GOOD = [(rules, row) for rules, own in ((V1_0_3, ACCEPTED_1_0_3), (V2_0, ACCEPTED_2_0)) for row in (*ACCEPTED, *own)]


@pytest.mark.parametrize(("rules", "row"), GOOD, ids=[f"{rules.version} {row[0]}" for rules, row in GOOD])
def test_what_the_rules_allow_is_accepted(rules: RuleSet, row: tuple[str, str, Any]) -> None:
    validate(changed(row[1], row[2]), rules)


def test_context_agents_may_stand_in_a_sub_statement_too() -> None:
    """4.2.2.5."""
    sub = {**SUB, "context": {"contextAgents": [CONTEXT_AGENT], "contextGroups": [CONTEXT_GROUP]}}
    validate({"actor": AGENT, "verb": {"id": "http://x.y/did"}, "object": sub}, V2_0)


def test_in_a_batch_the_pointer_starts_with_the_position() -> None:
    with pytest.raises(InvalidRequest) as refused:
        validate([STATEMENT, STATEMENT, changed("/actor/mbox", "sari@example.go.id")], V1_0_3)
    assert refused.value.pointer == "/2/actor/mbox"
    assert refused.value.message == '"mbox" must be a mailto IRI, for example "mailto:learner@example.com"'


def test_a_property_in_the_wrong_case_is_named_with_the_right_one() -> None:
    statement = changed("/actor", REMOVED) | {"Actor": AGENT}
    with pytest.raises(InvalidRequest, match='write "actor"') as refused:
        validate(statement, V1_0_3)
    assert refused.value.pointer == "/Actor"


def test_a_refusal_does_not_repeat_the_value() -> None:
    """It may be a name, an address or a number of a person, and messages travel further than bodies."""
    secret = "198609262015051001"
    for place in ("/id", "/actor/mbox", "/actor/objectType", "/actor", "/object/definition/interactionType", "/timestamp"):
        with pytest.raises(InvalidRequest) as refused:
            validate(changed(place, secret), V1_0_3)
        assert secret not in str(refused.value)
