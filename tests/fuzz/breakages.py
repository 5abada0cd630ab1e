"""One thing broken: for a valid statement, every way in the catalogue to make it break exactly one rule of its version."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.fuzz.breakages_of_values import BAD_KEYS, BAD_VALUES, JSON_TYPES, NO_TIME_OF_2_0, TYPE_OF
from tests.fuzz.oracle import Version
from tests.fuzz.places import MEMBERS, Json, Path, places

VOIDED = "http://adlnet.gov/expapi/verbs/voided"
_REQUIRED: dict[str, tuple[str, ...]] = {
    "statement": ("actor", "verb", "object"),
    "substatement": ("actor", "verb", "object"),
    "reference": ("id",),
    "account": ("homePage", "name"),
    "verb": ("id",),
    "activity": ("id",),
    "component": ("id",),
    "context agent": ("objectType", "agent"),
    "context group": ("objectType", "group"),
    "attachment": ("usageType", "display", "contentType", "length", "sha2"),
}
_IDENTIFIERS: Json = {
    "mbox": "mailto:second@example.com",
    "mbox_sha1sum": "ebd31e95054c018b10727ccffd2ef2ec3a016ee9",
    "openid": "http://openid.example.com/second",
    "account": {"homePage": "http://example.com", "name": "second"},
}
_AGENT: Json = {"mbox": "mailto:someone@example.com"}
_GROUP: Json = {"objectType": "Group", "member": [_AGENT]}
_ACTIVITY: Json = {"id": "http://example.com/activities/another"}
_UUID = "fd41c918-b88b-4b20-a0a5-a4c32391aaa0"
_EVENT: Json = {"actor": _AGENT, "verb": {"id": "http://example.com/verbs/did"}, "object": _ACTIVITY}


@dataclass(frozen=True)
class Breakage:
    """Replaces the node at `path` by what `replace` makes of (a copy of) it."""

    name: str
    path: Path
    replace: Callable[[Any], Any]

    def of(self, statement: Json) -> Any:
        broken = copy.deepcopy(statement)
        if not self.path:
            return self.replace(broken)
        *way, last = self.path
        parent: Any = broken
        for step in way:
            parent = parent[step]
        parent[last] = self.replace(parent[last])
        return broken


def breakages(statement: Json, version: Version) -> Iterator[Breakage]:
    """All breakages that this valid statement offers; each makes it invalid."""
    for path, kind in places(statement):
        value: Any = statement
        for step in path:
            value = value[step]
        yield from _of_any_value(path, kind, version)
        if isinstance(value, dict):
            yield from _of_any_object(path, kind, value)
        for name, broken in _of_kind(kind, value, version):
            yield Breakage(name, path, _constant(broken))


def _constant(value: Any) -> Callable[[Any], Any]:
    return lambda _: copy.deepcopy(value)


def _with(key: str, inner: Any) -> Callable[[Json], Json]:
    return lambda node: {**node, key: inner}


def _dropped(name: str) -> Callable[[Json], Json]:
    return lambda node: _without(node, name)


def _renamed(name: str, other: str) -> Callable[[Json], Json]:
    return lambda node: {other if key == name else key: inner for key, inner in node.items()}


def _of_any_value(path: Path, kind: str, version: Version) -> Iterator[Breakage]:
    allowed = TYPE_OF.get(kind, list if kind.endswith("*") else dict)
    for what, value in JSON_TYPES.items():
        one_or_many = kind in ("activity*", "activity") and "contextActivities" in path and type(value) in (list, dict)
        if type(value) is not allowed and not one_or_many and not (allowed is float and type(value) is int):
            yield Breakage(f"{kind}: {what} in its place", path, _constant(value))
    newer = NO_TIME_OF_2_0 if kind == "timestamp" and version == "2.0" else []
    for value in [*BAD_VALUES.get(kind, []), *newer]:
        yield Breakage(f"{kind}: {value!r:.60}", path, _constant(value))


def _of_any_object(path: Path, kind: str, value: Json) -> Iterator[Breakage]:
    if kind in BAD_KEYS:
        for key, inner in BAD_KEYS[kind]:
            yield Breakage(f"{kind}: the key {key!r:.60}", path, _with(key, inner))
        return
    for key in ("unknown", "", "ID", "http://example.com/extension", "_schema", "extension"):
        yield Breakage(f"{kind}: a property {key!r}", path, _with(key, "x"))
    for name in value:
        for respelt in (name.upper(), name.title(), f"{name} ", f"{name}s"):
            if respelt != name and respelt not in MEMBERS[kind]:
                yield Breakage(f"{kind}: {name} spelt {respelt!r}", path, _renamed(name, respelt))
    for name in _REQUIRED.get(kind, ()):
        yield Breakage(f"{kind}: without {name}", path, _dropped(name))
    for name in MEMBERS[kind]:
        if name in value:
            yield Breakage(f"{kind}: null as its {name}", path, _with(name, None))


def _without(node: Json, *names: str) -> Json:
    return {key: inner for key, inner in node.items() if key not in names}


def _of_kind(kind: str, value: Any, version: Version) -> Iterator[tuple[str, Any]]:
    """What breaks a rule about several properties of an object: a name, and the broken object."""
    match kind:
        case "agent" | "group":
            yield from _of_actors(kind, value)
        case "authority group":
            yield from _of_authorities(value)
        case "statement" | "substatement":
            yield from _of_events(kind, value)
        case "definition":
            yield from _of_definitions(value)
        case "component*" if value:
            yield "components: the same id twice", [*value, {"id": value[0]["id"]}]
            yield "components: null among them", [*value, None]
        case "score":
            yield "score: max below min", _without(value, "raw") | {"min": 2, "max": 1}
            yield "score: max equals min", _without(value, "raw") | {"min": 1, "max": 1.0}
            yield "score: raw below min", _without(value, "max") | {"raw": -0.5, "min": 0}
            yield "score: raw above max", _without(value, "min") | {"raw": 100.01, "max": 100}
            for scaled in (1.0000001, -1.0000001, 2, -2, 10**20):
                yield f"score: scaled {scaled}", {**value, "scaled": scaled}
        case "context activities":
            for name in ("Parent", "children", "parents", "id"):
                yield f"context activities: {name}", {**value, name: [_ACTIVITY]}
            yield "context activities: an Agent", {**value, "parent": [{"objectType": "Agent", **_AGENT}]}
            yield "context activities: a StatementRef", {**value, "other": {"objectType": "StatementRef", "id": _UUID}}
            yield "context activities: an array in an array", {**value, "category": [[_ACTIVITY]]}
        case "context":
            yield from _of_contexts(value, version)
        case "context agent" | "context group":
            yield f"{kind}: without relevant types in its list", {**value, "relevantTypes": []}
            yield f"{kind}: a relevant type that is no IRI", {**value, "relevantTypes": ["http://example.com/a", "abc"]}
            yield (
                f"{kind}: of the other kind",
                {**value, "objectType": "contextGroup" if kind == "context agent" else "contextAgent"},
            )
            yield f"{kind}: objectType in another case", {**value, "objectType": value["objectType"].lower()}
        case "context agent*":
            yield "context agents: a Group", [{"objectType": "contextAgent", "agent": _GROUP}]
        case "context group*":
            yield "context groups: an Agent", [{"objectType": "contextGroup", "group": _AGENT}]
        case "reference":
            yield "reference: with an actor", {**value, "actor": _AGENT}
            yield "reference: without objectType", _without(value, "objectType")
            yield "reference: to an IRI", {**value, "id": "http://example.com/statements/1"}


def _of_actors(kind: str, value: Json) -> Iterator[tuple[str, Json]]:
    own = [name for name in _IDENTIFIERS if name in value]
    for name, identifier in _IDENTIFIERS.items():
        if own and name not in own:
            yield f"{kind}: {own[0]} and {name}", {**value, name: identifier}
    yield f"{kind}: all identifiers", {**_IDENTIFIERS, **value}
    if kind == "agent":
        yield "agent: no identifier", _without(value, *_IDENTIFIERS)
        yield "agent: with members", {**value, "member": [_AGENT]}
        yield "agent: objectType in another case", {**value, "objectType": "agent"}
        yield "agent: a Person", {**value, "objectType": "Person"}
        return
    yield "group: neither identifier nor members", _without(value, *_IDENTIFIERS, "member")
    yield "group: no identifier and an empty list of members", _without(value, *_IDENTIFIERS) | {"member": []}
    yield "group: no objectType", _without(value, "objectType") | {"member": [_AGENT]}
    yield "group: a Group as a member", {**value, "member": [_AGENT, _GROUP]}
    yield "group: an identified Group as a member", {**value, "member": [{"objectType": "Group", **_AGENT}]}
    yield "group: a member without identifier", {**value, "member": [{"name": "Ani"}]}
    yield "group: one member, not in an array", {**value, "member": _AGENT}
    yield "group: null among its members", {**value, "member": [_AGENT, None]}


def _of_authorities(value: Json) -> Iterator[tuple[str, Json]]:
    application, user = {"account": _IDENTIFIERS["account"]}, _AGENT
    for size in ([], [application], [application, user, user]):
        yield f"authority: a Group of {len(size)}", {**value, "member": size}
    for name, identifier in _IDENTIFIERS.items():
        yield f"authority: a Group with {name}", {**value, name: identifier}
    yield "authority: a Group without members", _without(value, "member")
    yield "authority: a Group without an application", {**value, "member": [user, user]}
    yield "authority: a Group with a Group", {**value, "member": [application, _GROUP]}


def _of_events(kind: str, value: Json) -> Iterator[tuple[str, Json]]:
    deeper = {**_EVENT, "objectType": "SubStatement"}
    if kind == "substatement":
        yield "substatement: one inside it", {**value, "object": deeper}
        yield "substatement: with an id", {**value, "id": _UUID}
        yield "substatement: with stored", {**value, "stored": "2026-01-01T00:00:00Z"}
        yield "substatement: with a version", {**value, "version": "1.0.0"}
        yield "substatement: with an authority", {**value, "authority": _AGENT}
    else:
        yield "statement: a SubStatement in the SubStatement", _sound(value, {**deeper, "object": deeper})
        yield "statement: with an objectType", {**value, "objectType": "Statement"}
        yield "statement: authority that is an identified Group", {**value, "authority": {"objectType": "Group", **_AGENT}}
    voids = {**value, "verb": {"id": VOIDED}}
    for target in (_ACTIVITY, {"objectType": "Agent", **_AGENT}, _GROUP):
        yield f"{kind}: voids {target.get('objectType', 'an activity')}", _sound(voids, target)
    yield f"{kind}: the object is an Agent that does not say so", _sound(value, _AGENT)
    for word in ("activity", "Statement", "Substatement", "Person", ""):
        yield f"{kind}: an object of the type {word!r}", {**value, "object": {**_ACTIVITY, "objectType": word}}
    for name in ("revision", "platform"):
        for target in ({"objectType": "Agent", **_AGENT}, _GROUP, {"objectType": "StatementRef", "id": _UUID}):
            broken = _sound(value, target)
            yield f"{kind}: {name} with {target['objectType']}", {**broken, "context": {**broken.get("context", {}), name: "1"}}
    yield f"{kind}: an actor that is an Activity", {**value, "actor": {"objectType": "Activity", **_ACTIVITY}}
    yield f"{kind}: an attachment, not in an array", {**value, "attachments": {}}


def _sound(event: Json, target: Json) -> Json:
    """The event with another object, without what the context may say about an Activity only."""
    changed = {**event, "object": target}
    if "context" in event:
        changed["context"] = _without(event["context"], "revision", "platform")
    return changed


def _of_definitions(value: Json) -> Iterator[tuple[str, Json]]:
    lists = ("choices", "scale", "source", "target", "steps")
    plain = _without(value, "interactionType", "correctResponsesPattern", *lists)
    for name in lists:
        yield f"definition: {name} without an interactionType", {**plain, name: [{"id": "a"}]}
        yield f"definition: {name} of true-false", {**plain, "interactionType": "true-false", name: [{"id": "a"}]}
    yield "definition: steps of choice", {**plain, "interactionType": "choice", "steps": []}
    yield "definition: a pattern without an interactionType", {**plain, "correctResponsesPattern": []}
    yield "definition: a pattern that is a string", {**plain, "interactionType": "other", "correctResponsesPattern": "a"}
    yield "definition: a pattern of numbers", {**plain, "interactionType": "numeric", "correctResponsesPattern": [1]}
    for word in ("Choice", "true_false", "cmi.interaction", "", "http://example.com/choice"):
        yield f"definition: an interaction {word!r}", {**plain, "interactionType": word}


def _of_contexts(value: Json, version: Version) -> Iterator[tuple[str, Json]]:
    yield "context: a team that is an Agent", {**value, "team": _AGENT}
    yield "context: a statement that is an id", {**value, "statement": _UUID}
    yield "context: a statement without objectType", {**value, "statement": {"id": _UUID}}
    yield "context: a whole statement", {**value, "statement": {**_EVENT, "objectType": "SubStatement"}}
    yield "context: an instructor that is an Activity", {**value, "instructor": _ACTIVITY}
    yield "context: two instructors", {**value, "instructor": [_AGENT, _AGENT]}
    if version == "1.0.3":  # they came with 2.0
        yield "context: contextAgents", {**value, "contextAgents": [{"objectType": "contextAgent", "agent": _AGENT}]}
        yield "context: contextGroups", {**value, "contextGroups": []}
    else:
        yield "context: contextAgents, not in an array", {**value, "contextAgents": {"objectType": "contextAgent", "agent": _AGENT}}
