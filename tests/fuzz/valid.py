"""Strategies for whole statements that follow every rule of the data model of their version (xAPI 1.0.3, Data 2.4)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from tests.fuzz import values
from tests.fuzz.breakages import VOIDED
from tests.fuzz.oracle import Version
from tests.fuzz.oracle.activities import COMPONENT_LISTS
from tests.fuzz.places import Json

Parts = dict[str, SearchStrategy[Any]]


@st.composite
def some_of(draw: DrawFn, optional: Parts, always: Parts | None = None) -> Json:
    """An object with `always` and any of `optional`, in any order."""
    chosen = draw(st.lists(st.sampled_from(sorted(optional)), unique=True, max_size=len(optional))) if optional else []
    parts = {name: draw(strategy) for name, strategy in (always or {}).items()}
    parts |= {name: draw(optional[name]) for name in chosen}
    return {name: parts[name] for name in draw(st.permutations(list(parts)))} if draw(st.booleans()) else parts


accounts = some_of({}, {"homePage": values.iris, "name": values.names})
_identifiers: Parts = {"mbox": values.mailtos, "mbox_sha1sum": values.sha1s, "openid": values.iris, "account": accounts}
_identified = st.sampled_from(sorted(_identifiers))
agents = _identified.flatmap(
    lambda name: some_of({"objectType": st.just("Agent"), "name": values.texts}, {name: _identifiers[name]})
)
_group: Parts = {"objectType": st.just("Group")}
groups = some_of({"name": values.texts}, {**_group, "member": st.lists(agents, min_size=1, max_size=2)}) | _identified.flatmap(
    lambda name: some_of({"name": values.texts, "member": st.lists(agents, max_size=2)}, {**_group, name: _identifiers[name]})
)
actors = agents | groups
_applications = some_of({"objectType": st.just("Agent"), "name": values.texts}, {"account": accounts})
authorities = agents | some_of(
    {"name": values.texts}, {**_group, "member": st.tuples(_applications, agents).flatmap(st.permutations).map(list)}
)

_components = st.lists(
    some_of({"description": values.language_maps}, {"id": values.texts}), max_size=2, unique_by=lambda component: component["id"]
)


@st.composite
def definitions(draw: DrawFn) -> Json:
    parts: Parts = {
        **{"name": values.language_maps, "description": values.language_maps, "type": values.iris, "moreInfo": values.iris},
        **{"extensions": values.extensions},
    }
    interaction = draw(st.none() | st.sampled_from(sorted(COMPONENT_LISTS)))
    if interaction is None:
        return draw(some_of(parts))
    parts["correctResponsesPattern"] = st.lists(values.texts, max_size=2)
    parts |= dict.fromkeys(COMPONENT_LISTS[interaction], _components)
    return draw(some_of(parts, {"interactionType": st.just(interaction)}))


activities = some_of({"objectType": st.just("Activity"), "definition": definitions()}, {"id": values.iris})
references = some_of({}, {"objectType": st.just("StatementRef"), "id": values.uuids})


@st.composite
def scores(draw: DrawFn) -> Json:
    low, raw, high = sorted(draw(st.tuples(values.numbers, values.numbers, values.numbers)))
    bounds: Parts = {"min": st.just(low), "raw": st.just(raw), "max": st.just(high)}
    if low == high:
        del bounds["max"]
    return draw(some_of({"scaled": st.floats(-1, 1) | st.sampled_from([-1, 0, 1]), **bounds}))


results = some_of(
    {
        **{"score": scores(), "success": st.booleans(), "completion": st.booleans(), "response": values.texts},
        **{"duration": values.durations(), "extensions": values.extensions},
    }
)
context_activities = some_of(
    dict.fromkeys(("parent", "grouping", "category", "other"), activities | st.lists(activities, max_size=2))
).filter(bool)  # see tests/fuzz/oracle/decisions.py
attachments = some_of(
    {"description": values.language_maps, "fileUrl": values.iris},
    {
        **{"usageType": values.iris, "display": values.language_maps, "contentType": values.media_types},
        **{"length": st.integers(0, 2**64) | st.sampled_from([27.0, 0.0]), "sha2": values.sha2s},
    },
)
verbs = some_of({"display": values.language_maps}, {"id": values.iris})


def _related(kind: str, name: str, party: SearchStrategy[Json]) -> SearchStrategy[list[Json]]:
    types = st.lists(values.iris, min_size=1, max_size=2)
    return st.lists(some_of({"relevantTypes": types}, {"objectType": st.just(kind), name: party}), max_size=2)


@dataclass(frozen=True)
class Edition:
    """What the versions have of their own."""

    timestamps: SearchStrategy[str]
    versions: SearchStrategy[str]
    context: Parts


_OF_BOTH: Parts = {
    **{"registration": values.uuids, "instructor": actors, "team": groups, "contextActivities": context_activities},
    **{"language": values.language_tags, "statement": references, "extensions": values.extensions},
}
_OF_ACTIVITIES: Parts = {"revision": values.texts, "platform": values.texts}
EDITIONS: dict[Version, Edition] = {
    "1.0.3": Edition(values.timestamps, values.versions, _OF_BOTH),
    "2.0": Edition(
        values.newer_timestamps,
        values.newer_versions,
        {
            **_OF_BOTH,
            "contextAgents": _related("contextAgent", "agent", agents),
            "contextGroups": _related("contextGroup", "group", groups),
        },
    ),
}


@st.composite
def events(draw: DrawFn, version: Version, within: bool = False) -> Json:
    """What a Statement and, `within` one, a SubStatement have in common."""
    edition = EDITIONS[version]
    kinds = ["Activity", "Activity", "Agent", "Group", "StatementRef", *([] if within else ["SubStatement"])]
    kind = draw(st.sampled_from(kinds))
    verb = draw(verbs)
    match kind:
        case "Activity":
            target = draw(activities)
        case "Agent":
            target = {**draw(agents), "objectType": "Agent"}
        case "Group":
            target = draw(groups)
        case "StatementRef":
            target = draw(references)
            if draw(st.booleans()):
                verb["id"] = VOIDED
        case _:
            target = {"objectType": "SubStatement", **draw(events(version, within=True))}
    context = edition.context | (_OF_ACTIVITIES if kind == "Activity" else {})
    optional: Parts = {
        **{"result": results, "context": some_of(context), "timestamp": edition.timestamps},
        **{"attachments": st.lists(attachments, max_size=2)},
    }
    return {**draw(some_of(optional, {"actor": actors})), "verb": verb, "object": target}


@cache
def statements(version: Version) -> SearchStrategy[Json]:
    """Valid statements, with the properties that the record store sets present or not."""
    edition = EDITIONS[version]
    own = {"id": values.uuids, "stored": edition.timestamps, "authority": authorities, "version": edition.versions}
    return st.builds(lambda one, other: {**one, **other}, some_of(own), events(version))
