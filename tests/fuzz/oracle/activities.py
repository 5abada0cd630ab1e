"""Activities, their definitions and interactions (Data 2.4.4.1)."""

from __future__ import annotations

from typing import Any

from tests.fuzz.oracle.finding import Check, Finding, array_of, constant, members, string
from tests.fuzz.oracle.formats import extensions, iri, language_map

# Data 2.4.4.1, Interaction Components: the lists that each interaction type supports.
COMPONENT_LISTS: dict[str, tuple[str, ...]] = {
    "true-false": (),
    "choice": ("choices",),
    "fill-in": (),
    "long-fill-in": (),
    "matching": ("source", "target"),
    "performance": ("steps",),
    "sequencing": ("choices",),
    "likert": ("scale",),
    "numeric": (),
    "other": (),
}
_ALL_LISTS = ("choices", "scale", "source", "target", "steps")


def component(value: Any, path: str) -> None:
    members(value, path, {"id": string, "description": language_map}, required=("id",))


def components(value: Any, path: str) -> None:
    """Data 2.4.4.1: "Within an array of interaction components, all id values MUST be distinct"."""
    array_of(component)(value, path)
    ids = [element["id"] for element in value]
    if len(set(ids)) != len(ids):
        raise Finding(path, "must have distinct ids")


def definition(value: Any, path: str) -> None:
    """Data 2.4.4.1, Activity Definition. "Interaction Activities MUST have a valid interactionType" (XAPI-00064).

    That a list which the type does not support is refused is a MAY ("MAY validate the remaining properties") that Rekam takes.
    """
    known: dict[str, Check] = {
        "name": language_map,
        "description": language_map,
        "type": iri,
        "moreInfo": iri,
        "extensions": extensions,
        "interactionType": constant(*COMPONENT_LISTS),
        "correctResponsesPattern": array_of(string),
        **dict.fromkeys(_ALL_LISTS, components),
    }
    members(value, path, known)
    of_interactions = {"correctResponsesPattern", *_ALL_LISTS}.intersection(value)
    if not of_interactions:
        return
    if "interactionType" not in value:
        raise Finding(path, "must have an interactionType")
    supported = {"correctResponsesPattern", *COMPONENT_LISTS[value["interactionType"]]}
    if of_interactions - supported:
        raise Finding(path, "must not have a component list that its interactionType does not support")


def activity(value: Any, path: str) -> None:
    """Data 2.4.4.1: an IRI as its id, everything else is optional."""
    members(value, path, {"objectType": constant("Activity"), "id": iri, "definition": definition}, required=("id",))
