"""What a store and the workers need of a statement: by what it is found, whose learning it tells of, what it says of activities.
Pure.

`extract` takes a statement's parsed JSON and says what the rules are; `xapi.reading` takes its text, and is what is fast.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from uuid import UUID

from msgspec import Struct

from xapi.agents import agent_keys, is_actor, is_group, learner_keys
from xapi.values import uuid_of

VOIDED = "http://adlnet.gov/expapi/verbs/voided"
_CONTEXT_KINDS = ("parent", "grouping", "category", "other")
_NOTHING: Mapping[str, Any] = {}

_REMEMBERED = 2_048
_REMEMBERED_BYTES = 4 * 1024
"""Definitions come again and again: so many of the last ones, if they are no longer than that, are parsed once."""


class StatementKeys(Struct, frozen=True, gc=False):
    """What filters look at. Agent keys are those of `xapi.agents.agent_key`; `related_*` contain the plain ones too."""

    agents: tuple[str, ...]
    related_agents: tuple[str, ...]
    verb: str
    activities: tuple[str, ...]
    related_activities: tuple[str, ...]
    registration: UUID | None


class ActivityObservation(Struct, frozen=True, gc=False):
    """What one statement says of an activity: its id, and the definition as JSON in UTF-8 (None where it gave none)."""

    activity_id: str
    text: bytes | None

    @property
    def definition(self) -> Mapping[str, Any] | None:
        """The definition as parsed JSON, not to be changed."""
        if self.text is None:
            return None
        return _remembered(self.text) if len(self.text) <= _REMEMBERED_BYTES else _parsed(self.text)


class Extract(Struct, frozen=True, gc=False):
    """Everything a store and the workers need of a statement, read once.

    What the compiled paths read from a text (`xapi.reading.extract_text`) is an object of theirs that has the same attributes, each
    made when it is asked for.
    """

    statement_id: UUID
    keys: StatementKeys
    learners: tuple[str, ...]
    refers_to: UUID | None
    """The statement that the object, a StatementRef, targets."""
    voids: UUID | None
    timestamped: bool
    """Whether the text has a `timestamp`; if not, `stored` stands for it."""
    activities: tuple[ActivityObservation, ...]

    @property
    def key(self) -> bytes:
        """The 16 bytes of the statement's id."""
        return self.statement_id.bytes

    @property
    def target_key(self) -> bytes | None:
        """The 16 bytes of `refers_to`."""
        return None if self.refers_to is None else self.refers_to.bytes

    @property
    def is_voiding(self) -> bool:
        return self.voids is not None

    @property
    def most_keys(self) -> int:
        """The statement has no more keys (`xapi.keys.in_order`) than that."""
        return len(self.keys.related_agents) + len(self.keys.related_activities) + 2


def extract(value: Mapping[str, Any]) -> Extract:
    """Read a complete statement (it has an id)."""
    actor, target = value["actor"], value["object"]
    kind = target.get("objectType", "Activity")
    refers_to = uuid_of(target["id"]) if kind == "StatementRef" else None
    verb = value["verb"]["id"]
    agents = list(agent_keys(actor))
    learners = learner_keys(actor) if is_group(actor) or "member" in actor else tuple(agents)
    if kind in ("Agent", "Group"):
        agents += agent_keys(target)
    related_agents = agents + [key for party in _related_parties(value) for key in agent_keys(party)]
    observed = tuple(_activities(value))
    registration = (value.get("context") or _NOTHING).get("registration")
    return Extract(
        statement_id=uuid_of(value["id"]),
        keys=StatementKeys(
            agents=_each_once(agents),
            related_agents=_each_once(related_agents),
            verb=verb,
            activities=(target["id"],) if kind == "Activity" else (),
            related_activities=_each_once([seen.activity_id for seen in observed]),
            registration=None if registration is None else uuid_of(registration),
        ),
        learners=learners,
        refers_to=refers_to,
        voids=refers_to if verb == VOIDED else None,
        timestamped="timestamp" in value,
        activities=observed,
    )


def _each_once(keys: list[str]) -> tuple[str, ...]:
    return tuple(keys) if len(keys) < 2 else tuple(dict.fromkeys(keys))


def _is_activity(target: Mapping[str, Any]) -> bool:
    return bool(target.get("objectType", "Activity") == "Activity")


def _related_parties(value: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Agents and groups that only related_agents finds: authority, instructor, team, context agents and groups, and those of a
    SubStatement (1.0.3, Communication 2.1.3; IEEE 9274.1.1, 4.1.6.1)."""
    context = value.get("context") or _NOTHING
    found: list[Mapping[str, Any]] = [value["authority"]] if "authority" in value else []
    found += [context[role] for role in ("instructor", "team") if role in context]
    found += [related["agent"] for related in context.get("contextAgents", ())]
    found += [related["group"] for related in context.get("contextGroups", ())]
    target = value["object"]
    if target.get("objectType") == "SubStatement":
        found.append(target["actor"])
        if is_actor(target["object"]):
            found.append(target["object"])
        found += _related_parties(target)
    return found


def _activities(value: Mapping[str, Any]) -> list[ActivityObservation]:
    """Every activity the statement names: its object, its context activities, and those of a SubStatement."""
    target = value["object"]
    found: list[ActivityObservation] = []
    if _is_activity(target):
        found.append(_observation(target))
    context_activities = (value.get("context") or _NOTHING).get("contextActivities")
    if context_activities:
        for kind in _CONTEXT_KINDS:
            if named := context_activities.get(kind):
                for activity in named if isinstance(named, list) else (named,):
                    found.append(_observation(activity))
    if target.get("objectType") == "SubStatement":
        found += _activities(target)
    return found


def _observation(activity: Mapping[str, Any]) -> ActivityObservation:
    definition = activity.get("definition")
    return ActivityObservation(activity["id"], json.dumps(definition).encode() if definition else None)


def _parsed(text: bytes) -> Mapping[str, Any]:
    definition: dict[str, Any] = json.loads(text)
    return definition


_remembered = lru_cache(maxsize=_REMEMBERED)(_parsed)
