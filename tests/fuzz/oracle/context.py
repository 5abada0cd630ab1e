"""The context of a Statement (Data 2.4.6; IEEE 9274.1.1, 4.2.2.5 for contextAgents and contextGroups)."""

from __future__ import annotations

from typing import Any

from tests.fuzz.oracle.activities import activity
from tests.fuzz.oracle.actors import agent, agent_or_group, group
from tests.fuzz.oracle.finding import Check, array_of, constant, members, string
from tests.fuzz.oracle.formats import extensions, iri, language_tag, uuid


def statement_reference(value: Any, path: str) -> None:
    """Data 2.4.4.3, Statement References."""
    members(value, path, {"objectType": constant("StatementRef"), "id": uuid}, required=("objectType", "id"))


def one_or_more_activities(value: Any, path: str) -> None:
    """Data 2.4.6.2: "either a single Activity Object or an array of Activity Objects"."""
    (array_of(activity) if type(value) is list else activity)(value, path)


def context_activities(value: Any, path: str) -> None:
    """Data 2.4.6.2: the four kinds, "all, any or none"."""
    members(value, path, dict.fromkeys(("parent", "grouping", "category", "other"), one_or_more_activities))


def _related(kind: str, name: str, check: Check) -> Check:
    def check_one(value: Any, path: str) -> None:
        known = {"objectType": constant(kind), name: check, "relevantTypes": array_of(iri, at_least=1)}
        members(value, path, known, required=("objectType", name))

    return check_one


_OF_BOTH: dict[str, Check] = {
    "registration": uuid,
    "instructor": agent_or_group,
    "team": group,
    "contextActivities": context_activities,
    "revision": string,
    "platform": string,
    "language": language_tag,
    "statement": statement_reference,
    "extensions": extensions,
}
_ADDED_BY_2_0: dict[str, Check] = {
    "contextAgents": array_of(_related("contextAgent", "agent", agent)),
    "contextGroups": array_of(_related("contextGroup", "group", group)),
}


def context_1_0_3(value: Any, path: str) -> None:
    members(value, path, _OF_BOTH)


def context_2_0(value: Any, path: str) -> None:
    members(value, path, _OF_BOTH | _ADDED_BY_2_0)
