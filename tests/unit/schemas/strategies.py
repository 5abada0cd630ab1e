"""Hypothesis strategies: statements that follow every rule of a version, and statements with one thing changed.

``statements()`` reaches every property of the data model of xAPI 1.0.3, ``newer_statements()`` of 2.0. ``mutated(…)`` changes one
node at random, so most of what it yields is invalid, and some is not.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from xapi.statement import VOIDED
from xapi.values import DURATION, LANGUAGE_TAG, TIMESTAMP, TIMESTAMP_RFC3339, UUID, VERSION_1_0, VERSION_2_0, Format

Json = dict[str, Any]
Step = str | int

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
identifiers = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=12)
numbers = st.integers(-(10**25), 10**25) | st.floats(allow_nan=False, allow_infinity=False)


def _following(rule: Format) -> SearchStrategy[str]:
    return st.from_regex(rule.pattern, fullmatch=True).map(lambda text: text[:200]).filter(rule.matches)


uuids = _following(UUID)
timestamps = _following(TIMESTAMP)
newer_timestamps = _following(TIMESTAMP_RFC3339)
durations = _following(DURATION)
language_tags = st.sampled_from(["en", "id-ID", "zh-Hant-TW", "sr-Latn-RS", "x-a", "i-klingon"]) | _following(LANGUAGE_TAG)
versions = st.sampled_from(["1.0", "1.0.0", "1.0.3"]) | _following(VERSION_1_0)
newer_versions = st.sampled_from(["1.0", "1.0.3", "2.0.0"]) | _following(VERSION_2_0)
iris = st.builds(
    "{}{}{}".format,
    st.sampled_from(
        ["http://example.com/", "https://ex.example:8443/a/", "urn:x:", "course-v1:A+B+", "http://[::1]/", "tag:é,2020:"]
    ),
    st.text("abz019-._~%é学".replace("%", ""), min_size=1, max_size=8),
    st.sampled_from(["", "?q=1", "#part", "?a=%41&b=c/d#e"]),
)
mailtos = st.builds(
    "mailto:{}@{}".format, st.text("abc.+é", min_size=1, max_size=6), st.sampled_from(["example.com", "Go.ID", "localhost"])
)
hex_digits = "0123456789abcdefABCDEF"
sha1s = st.text(hex_digits, min_size=40, max_size=40)
sha2s = st.sampled_from([56, 64, 96, 128]).flatmap(lambda size: st.text(hex_digits, min_size=size, max_size=size))
media_types = st.sampled_from(["application/pdf", "text/plain; charset=utf-8", 'multipart/x; boundary="a b"', "a/b;c=d ;e=f"])
language_maps = st.dictionaries(language_tags, texts, max_size=3)
any_json = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
extensions = st.dictionaries(iris, any_json, max_size=3)


def objects(required: dict[str, SearchStrategy[Any]], optional: dict[str, SearchStrategy[Any]]) -> SearchStrategy[Json]:
    """JSON objects; optional properties come and go."""
    return st.fixed_dictionaries(required, optional=optional)


accounts = objects({"homePage": iris, "name": identifiers}, {})
identification = st.one_of(
    st.fixed_dictionaries({"mbox": mailtos}),
    st.fixed_dictionaries({"mbox_sha1sum": sha1s}),
    st.fixed_dictionaries({"openid": iris}),
    st.fixed_dictionaries({"account": accounts}),
)


def merged(*parts: SearchStrategy[Json]) -> SearchStrategy[Json]:
    return st.builds(lambda *found: {key: value for part in found for key, value in part.items()}, *parts)


agents = merged(identification, objects({}, {"objectType": st.just("Agent"), "name": texts}))
named_group = objects({"objectType": st.just("Group")}, {"name": texts})
groups = merged(named_group, objects({"member": st.lists(agents, min_size=1, max_size=3)}, {})) | merged(
    named_group, identification, objects({}, {"member": st.lists(agents, max_size=2)})
)
actors = agents | groups
consumers = objects({"account": accounts}, {"objectType": st.just("Agent")})
authorities = agents | merged(named_group, st.builds(lambda consumer, user: {"member": [consumer, user]}, consumers, agents))

COMPONENT_LISTS = {
    "choice": ["choices"],
    "sequencing": ["choices"],
    "likert": ["scale"],
    "matching": ["source", "target"],
    "performance": ["steps"],
    "true-false": [],
    "fill-in": [],
    "long-fill-in": [],
    "numeric": [],
    "other": [],
}
components = st.lists(objects({"id": texts}, {"description": language_maps}), max_size=3, unique_by=lambda item: item["id"])
described = objects(
    {}, {"name": language_maps, "description": language_maps, "type": iris, "moreInfo": iris, "extensions": extensions}
)
interactions = st.sampled_from(sorted(COMPONENT_LISTS)).flatmap(
    lambda kind: objects(
        {"interactionType": st.just(kind)},
        {"correctResponsesPattern": st.lists(texts, max_size=2)} | dict.fromkeys(COMPONENT_LISTS[kind], components),
    )
)
definitions = described | merged(described, interactions)
activities = objects({"id": iris}, {"objectType": st.just("Activity"), "definition": definitions})
statement_refs = objects({"objectType": st.just("StatementRef"), "id": uuids}, {})


@st.composite
def scores(draw: DrawFn) -> Json:
    score: Json = draw(objects({}, {"scaled": st.floats(-1, 1) | st.sampled_from([-1, 0, 1])}))
    low, raw, high = sorted(draw(st.lists(numbers, min_size=3, max_size=3)))
    for name, value in (("min", low), ("raw", raw), ("max", high)):
        if draw(st.booleans()) and not (name == "max" and score.get("min") == value):
            score[name] = value
    return score


results = objects(
    {},
    {
        "score": scores(),
        "success": st.booleans(),
        "completion": st.booleans(),
        "response": texts,
        "duration": durations,
        "extensions": extensions,
    },
)
one_or_many = activities | st.lists(activities, max_size=2)
context_activities = objects({}, dict.fromkeys(("parent", "grouping", "category", "other"), one_or_many)).filter(bool)
plain_contexts: dict[str, SearchStrategy[Any]] = {
    "registration": uuids,
    "instructor": actors,
    "team": groups,
    "contextActivities": context_activities,
    "language": language_tags,
    "statement": statement_refs,
    "extensions": extensions,
}
relevant_types = st.lists(iris, min_size=1, max_size=2)
newer_contexts = plain_contexts | {
    "contextAgents": st.lists(
        objects({"objectType": st.just("contextAgent"), "agent": agents}, {"relevantTypes": relevant_types}), max_size=2
    ),
    "contextGroups": st.lists(
        objects({"objectType": st.just("contextGroup"), "group": groups}, {"relevantTypes": relevant_types}), max_size=2
    ),
}
attachments = objects(
    {"usageType": iris, "display": language_maps, "contentType": media_types, "length": st.integers(0, 2**70), "sha2": sha2s},
    {"description": language_maps, "fileUrl": iris},
)
verbs = objects({"id": iris}, {"display": language_maps})


@st.composite
def events(draw: DrawFn, *, inside: bool = False, newer: bool = False) -> Json:
    """What a Statement and a SubStatement share; ``inside`` for the latter; ``newer`` by the rules of 2.0."""
    others: list[SearchStrategy[Json]] = [agents.map(lambda agent: {**agent, "objectType": "Agent"}), groups, statement_refs]
    if not inside:
        others.append(events(inside=True, newer=newer).map(lambda event: {**event, "objectType": "SubStatement"}))
    target = draw(activities | st.one_of(others))
    verb = draw(verbs)
    if target.get("objectType") == "StatementRef" and draw(st.booleans()):
        verb = {**verb, "id": VOIDED}
    contexts = dict(newer_contexts if newer else plain_contexts)
    if target.get("objectType", "Activity") == "Activity":
        contexts |= {"revision": texts, "platform": texts}
    return draw(
        objects(
            {"actor": actors, "verb": st.just(verb), "object": st.just(target)},
            {
                "result": results,
                "context": objects({}, contexts),
                "timestamp": newer_timestamps if newer else timestamps,
                "attachments": st.lists(attachments, max_size=2),
            },
        )
    )


def statements() -> SearchStrategy[Json]:
    """Valid statements as a client may send them."""
    managed = objects({}, {"id": uuids, "stored": timestamps, "authority": authorities, "version": versions})
    return merged(managed, events())


def newer_statements() -> SearchStrategy[Json]:
    """The same for xAPI 2.0."""
    managed = objects({}, {"id": uuids, "stored": newer_timestamps, "authority": authorities, "version": newer_versions})
    return merged(managed, events(newer=True))


# --- one thing changed -----------------------------------------------------------------------------------------------

ODDITIES: list[Any] = [
    *(None, True, False, 0, 1, -1, 1.0, 1.5, -2, 10**30, 10**400, 1e308, "", " ", "x", "\x00", "Agent", "Group", "Activity"),
    *("StatementRef", "SubStatement", "choice", "1.0", "2.0.0", "PT1H", "2015-02-29T00:00:00Z", "2016-02-29T00:00:00-00:00"),
    *("mailto:a@b.c", "http://example.com/x", "id-ID", VOIDED, [], [1], [None], {}, {"x": None}, {"id": "http://example.com/x"}),
    *({"mbox": "mailto:a@b.c"}, {"objectType": "Group", "member": []}, {"en": "x"}, {"en": 1}, {"http://example.com/x": None}),
]
KEYS = [
    *("objectType", "id", "name", "mbox", "account", "openid", "member", "definition", "interactionType", "choices", "scale"),
    *("min", "max", "raw", "extensions"),
]


def places(value: Any, path: tuple[Step, ...] = ()) -> Iterator[tuple[Step, ...]]:
    """The path of every node below ``value``."""
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield (*path, key)
            yield from places(inner, (*path, key))


@st.composite
def mutated(draw: DrawFn, originals: SearchStrategy[Json]) -> Json:
    """A statement with one node removed, replaced, renamed, doubled or added."""
    statement = copy.deepcopy(draw(originals))
    *way, last = draw(st.sampled_from(list(places(statement))))
    parent: Any = statement
    for step in way:
        parent = parent[step]
    match draw(st.sampled_from(["remove", "replace", "respell", "add", "rename", "double"])):
        case "remove":
            del parent[last]
        case "replace":
            parent[last] = draw(st.sampled_from(ODDITIES))
        case "respell" if isinstance(parent[last], str):
            parent[last] = draw(st.sampled_from(["{}\n", " {}", "{}\x00", "{}é", "x{}", "%{}"])).format(parent[last])
        case "rename" if isinstance(parent, dict) and isinstance(last, str):
            parent[draw(st.sampled_from([last.upper(), last.title(), last + " ", "", "_schema", "é"]))] = parent.pop(last)
        case "double" if isinstance(parent, list):
            parent.append(copy.deepcopy(parent[last]))  # type: ignore[index]
        case _ if isinstance(parent, dict):
            parent[draw(st.sampled_from(KEYS))] = draw(st.sampled_from(ODDITIES))
        case _:
            parent.append(draw(st.sampled_from(ODDITIES)))
    return statement
