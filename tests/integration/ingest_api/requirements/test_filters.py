"""Which statements a list has. Source: xAPI 1.0.3, Communication 2.1.3 and 2.1.4; IEEE 9274.1.1, 4.1.6.1.

One little world per version: every statement has a name, and each row says which names a query finds, newest first.
"""

from __future__ import annotations

import json
import time
import uuid
from dataclasses import dataclass
from typing import Any

import pytest

from tests.integration.ingest_api.requirements.conftest import VERBS, Speaker, referring, statement

Json = dict[str, Any]


@dataclass(frozen=True)
class World:
    """What was recorded, oldest first, by name. `word` makes the names of this world's people and things its own."""

    speaker: Speaker
    word: str
    statements: dict[str, Json]

    def mbox(self, name: str) -> Json:
        return {"mbox": f"mailto:{name}@{self.word}.example.com"}

    def iri(self, name: str) -> str:
        return f"http://{self.word}.example.com/{name}"

    def found(self, **query: Any) -> list[str]:
        """Names, in the order of the answer, over all pages."""
        names = {each["id"]: name for name, each in self.statements.items()}
        answer = self.speaker.get(**query)
        found: list[str] = []
        while True:
            assert answer.status_code == 200, answer.data
            body = json.loads(answer.data)
            found += [names[each["id"]] for each in body["statements"]]
            if not body["more"]:
                return found
            answer = self.speaker.send("GET", body["more"])


@pytest.fixture(scope="package")
def world(speaker: Speaker) -> World:
    made = World(speaker, f"w{uuid.uuid4().hex[:8]}", {})
    mbox, iri = made.mbox, made.iri
    registration = str(uuid.uuid5(uuid.NAMESPACE_URL, made.word))
    group = {"objectType": "Group", "name": "team", "member": [mbox("member")]}
    account = {"account": {"homePage": iri("home"), "name": "ani"}}
    inner = {
        "objectType": "SubStatement",
        "actor": mbox("inner-actor"),
        "verb": {"id": iri("inner-verb")},
        "object": {"id": iri("inner-object")},
        "context": {"instructor": mbox("inner-instructor"), "contextActivities": {"other": [{"id": iri("inner-other")}]}},
    }
    contexts: dict[str, Json] = {
        "registration": {"registration": registration},
        "instructor": {"instructor": mbox("instructor")},
        "team": {"team": group},
        **{kind: {"contextActivities": {kind: {"id": iri(kind)}}} for kind in ("parent", "grouping", "category", "other")},
    }
    if speaker.version == "2.0.0":
        contexts["context agent"] = {"contextAgents": [{"objectType": "contextAgent", "agent": mbox("context-agent")}]}
        contexts["context group"] = {
            "contextGroups": [{"objectType": "contextGroup", "group": group | {"member": [mbox("grouped")]}}]
        }
    everyone = statement()
    sent: dict[str, Json] = {
        "actor": statement(actor=mbox("actor")),
        "account": statement(actor=account),
        "object agent": statement(object={"objectType": "Agent", **mbox("object-agent")}),
        "anonymous group": statement(actor=group),
        "identified group": statement(actor={"objectType": "Group", **mbox("group"), "member": [mbox("group-member")]}),
        "verb": statement(verb={"id": iri("verb")}),
        "activity": statement(object={"id": iri("activity")}),
        "sub": statement(object=inner),
        **{name: statement(context=context) for name, context in contexts.items()},
        "context statement": statement(context={"statement": {"objectType": "StatementRef", "id": everyone["id"]}}),
        "kept": statement(actor=mbox("kept"), verb={"id": iri("kept")}, object={"id": iri("kept-activity")}),
    }
    sent["reference"] = referring(sent["kept"], iri("mentioned"))
    sent["reference of reference"] = referring(sent["reference"], iri("mentioned-again"))
    sent["voided"] = statement(verb={"id": iri("failed")})
    sent["reference to voided"] = referring(sent["voided"], iri("remarked"))
    sent["voider"] = referring(sent["voided"], VERBS + "voided")
    for name, each in sent.items():
        assert speaker.post(each).status_code == 200, name
        time.sleep(0.002)  # each has a `stored` of its own, which since and until tell apart
    made.statements.update(sent)
    return made


def agent(world: World, name: str) -> str:
    return json.dumps(world.mbox(name))


AGENTS = [
    # asked for, found by agent, found by related_agents as well
    ("actor", ["actor"], []),
    ("object-agent", ["object agent"], []),
    ("member", ["anonymous group"], ["team"]),
    ("group", ["identified group"], []),
    ("group-member", ["identified group"], []),
    ("instructor", [], ["instructor"]),
    ("inner-actor", [], ["sub"]),
    ("inner-instructor", [], ["sub"]),
    ("kept", ["reference of reference", "reference", "kept"], []),
    ("nobody", [], []),
]


@pytest.mark.parametrize(("name", "plain", "related"), AGENTS, ids=lambda value: value if isinstance(value, str) else "")
def test_agent_and_related_agents(world: World, name: str, plain: list[str], related: list[str]) -> None:
    assert world.found(agent=agent(world, name)) == plain
    assert world.found(agent=agent(world, name), related_agents="true") == related + plain
    assert world.found(agent=agent(world, name), related_agents="false") == plain


@pytest.mark.parametrize(("name", "found"), [("context-agent", "context agent"), ("grouped", "context group")])
def test_related_agents_of_the_newer_context(world: World, name: str, found: str) -> None:
    expected = [found] if found in world.statements else []
    assert world.found(agent=agent(world, name)) == []
    assert world.found(agent=agent(world, name), related_agents="true") == expected


def test_agent_by_account(world: World) -> None:
    account = {"account": {"homePage": world.iri("home"), "name": "ani"}}
    assert world.found(agent=json.dumps(account)) == ["account"]
    assert world.found(agent=json.dumps({"objectType": "Agent", "name": "other", **account})) == ["account"]
    assert world.found(agent=json.dumps({"account": {**account["account"], "name": "Ani"}})) == []


ACTIVITIES = [
    ("activity", ["activity"], []),
    *((kind, [], [kind]) for kind in ("parent", "grouping", "category", "other")),
    ("inner-object", [], ["sub"]),
    ("inner-other", [], ["sub"]),
    ("kept-activity", ["reference of reference", "reference", "kept"], []),
    ("none", [], []),
]


@pytest.mark.parametrize(("name", "plain", "related"), ACTIVITIES, ids=lambda value: value if isinstance(value, str) else "")
def test_activity_and_related_activities(world: World, name: str, plain: list[str], related: list[str]) -> None:
    assert world.found(activity=world.iri(name)) == plain
    assert world.found(activity=world.iri(name), related_activities="true") == related + plain


def test_verb_and_registration(world: World) -> None:
    assert world.found(verb=world.iri("verb")) == ["verb"]
    assert world.found(verb=world.iri("inner-verb")) == []
    registration = world.statements["registration"]["context"]["registration"]
    assert world.found(registration=registration) == world.found(registration=registration.upper()) == ["registration"]


def test_all_filters_must_hold_of_one_statement(world: World) -> None:
    kept = {"agent": agent(world, "kept"), "verb": world.iri("kept"), "activity": world.iri("kept-activity")}
    assert world.found(**kept) == ["reference of reference", "reference", "kept"]
    assert world.found(**kept | {"verb": world.iri("mentioned")}) == []


class TestVoided:
    """2.1.4 and XAPI-00162: a voided statement is in no list; what targets it still is, by its filters."""

    def test_those_that_target_it_are_found_through_it(self, world: World) -> None:
        failed = {"verb": world.iri("failed")}
        assert world.found(**failed) == ["voider", "reference to voided"]
        assert world.found(**failed, ascending="true") == ["reference to voided", "voider"]
        assert world.found(**failed, limit="1") == ["voider", "reference to voided"]

    @pytest.mark.parametrize("name", ["voided", "voider"])
    def test_by_id(self, world: World, name: str) -> None:
        wanted = world.statements[name]["id"]
        statuses = [world.speaker.get(**{key: wanted}).status_code for key in ("statementId", "voidedStatementId")]
        assert statuses == ([404, 200] if name == "voided" else [200, 404])

    def test_time_counts_for_the_one_that_refers(self, world: World) -> None:
        stored = world.speaker.get(statementId=world.statements["reference to voided"]["id"]).json["stored"]
        assert world.found(verb=world.iri("failed"), since=stored) == ["voider"]
        assert world.found(verb=world.iri("failed"), until=stored) == ["reference to voided"]


def test_since_excludes_and_until_includes_the_moment(world: World) -> None:
    names = ["reference of reference", "reference", "kept"]
    stored = [world.speaker.get(statementId=world.statements[name]["id"]).json["stored"] for name in names]
    query = {"verb": world.iri("kept")}
    assert world.found(**query, since=stored[2]) == names[:2]
    assert world.found(**query, until=stored[1]) == names[1:]
    assert world.found(**query, since=stored[2], until=stored[1]) == ["reference"]


@pytest.mark.parametrize("limit", ["0", "1", "2", "500"])
@pytest.mark.parametrize("ascending", ["true", "false"])
def test_pages_hold_everything_once_in_order(world: World, limit: str, ascending: str) -> None:
    """`more` keeps the filters; it stands while there is more, and is empty at the end."""
    names = ["reference of reference", "reference", "kept"]
    expected = names[::-1] if ascending == "true" else names
    assert world.found(verb=world.iri("kept"), limit=limit, ascending=ascending) == expected
    first = world.speaker.get(verb=world.iri("kept"), limit=limit).json
    assert bool(first["more"]) is (limit in ("1", "2"))
    assert not first["more"] or first["more"].startswith("/xapi/statements?")
