"""A few full statements, which together have every property of the data model: where the whole catalogue of breakages is tried."""

from __future__ import annotations

from collections.abc import Callable

from tests.fuzz.oracle import Version
from tests.fuzz.oracle.activities import COMPONENT_LISTS
from tests.fuzz.places import Json

_UUID = "fd41c918-b88b-4b20-a0a5-a4c32391aaa0"
_MAP = {"en-US": "a name", "id": "sebuah nama"}
_EXTENSIONS = {"http://example.com/extensions/x": {"any": [None, "thing"]}}
_ACCOUNT = {"homePage": "http://example.com", "name": "1625378"}
_AGENTS: list[Json] = [
    {"objectType": "Agent", "name": "Ani", "mbox": "mailto:ani@example.com"},
    {"mbox_sha1sum": "ebd31e95054c018b10727ccffd2ef2ec3a016ee9"},
    {"openid": "http://openid.example.com/budi"},
    {"account": _ACCOUNT},
]
_ATTACHMENT: Json = {
    **{"usageType": "http://example.com/usage", "display": _MAP, "description": _MAP, "contentType": "text/plain; charset=ascii"},
    **{"length": 27, "sha2": "495395e777cd98da653df9615d09c0fd6bb2f8d4788394cd53c56a3bfdcd848a", "fileUrl": "http://example.com/f"},
}
_RESULT: Json = {
    **{"score": {"scaled": 0.5, "raw": 5, "min": 0, "max": 10}, "success": True, "completion": False, "response": "a[,]b"},
    **{"duration": "P3Y1M29DT4H35M59.14S", "extensions": _EXTENSIONS},
}


def _activity(interaction: str = "choice") -> Json:
    components = [{"id": "a", "description": _MAP}, {"id": "b"}]
    return {
        "objectType": "Activity",
        "id": "http://example.com/activities/1",
        "definition": {
            **{"name": _MAP, "description": _MAP, "type": "http://example.com/type", "moreInfo": "http://example.com/more"},
            **{"interactionType": interaction, "correctResponsesPattern": ["a[,]b"], "extensions": _EXTENSIONS},
            **dict.fromkeys(COMPONENT_LISTS[interaction], components),
        },
    }


def _context(version: Version) -> Json:
    context: Json = {
        **{"registration": _UUID, "instructor": _AGENTS[0], "language": "id-ID", "extensions": _EXTENSIONS},
        "team": {"objectType": "Group", "name": "Team", "mbox": "mailto:team@example.com", "member": _AGENTS},
        "contextActivities": {"parent": _activity(), "grouping": [_activity("other"), {"id": "http://example.com/2"}], "other": []},
        "statement": {"objectType": "StatementRef", "id": _UUID},
    }
    if version == "2.0":
        types = ["http://example.com/role"]
        context["contextAgents"] = [{"objectType": "contextAgent", "agent": _AGENTS[3], "relevantTypes": types}]
        group = {"objectType": "Group", "member": _AGENTS[:2]}
        context["contextGroups"] = [{"objectType": "contextGroup", "group": group, "relevantTypes": types}]
    return context


def _event(version: Version, target: Json) -> Json:
    return {
        **{
            "actor": _AGENTS[0],
            "verb": {"id": "http://example.com/verbs/did", "display": _MAP},
            "object": target,
            "result": _RESULT,
        },
        **{"context": _context(version), "timestamp": "2026-02-28T09:30:00.000Z", "attachments": [_ATTACHMENT]},
    }


def about_an_activity(version: Version) -> Json:
    statement = _event(version, _activity("matching"))
    statement["context"] |= {"revision": "1", "platform": "web"}
    return {
        **statement,
        **{"id": _UUID, "stored": "2026-02-28T09:30:01+07:00", "authority": {"account": _ACCOUNT}, "version": "1.0.0"},
    }


def about_an_agent(version: Version) -> Json:
    authority = {"objectType": "Group", "name": "OAuth", "member": [{"account": _ACCOUNT}, _AGENTS[0]]}
    return {**_event(version, _AGENTS[0]), "actor": _AGENTS[1], "authority": authority, "version": "1.0"}


def about_a_group(version: Version) -> Json:
    return _event(version, {"objectType": "Group", "member": _AGENTS})


def that_voids(version: Version) -> Json:
    verb = {"id": "http://adlnet.gov/expapi/verbs/voided"}
    return {**_event(version, {"objectType": "StatementRef", "id": _UUID}), "verb": verb, "actor": _AGENTS[3]}


def about_a_statement(version: Version) -> Json:
    within = _event(version, _activity("likert"))
    within["context"] |= {"revision": "1", "platform": "web"}
    return {**_event(version, {"objectType": "SubStatement", **within}), "actor": _AGENTS[2]}


SAMPLES: dict[str, Callable[[Version], Json]] = {
    "about an activity": about_an_activity,
    "about an agent": about_an_agent,
    "about a group": about_a_group,
    "that voids": that_voids,
    "about a statement": about_a_statement,
}
