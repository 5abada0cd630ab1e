"""A statement's text and the keys it is found by. Pure.

The text that was received is kept as it came: what the LRS must set (id, authority, version, stored, timestamp) is spliced into it,
so number precision, key order, escapes and extension keys survive. Source: xAPI 1.0.3, Data 2.4 and Communication 2.1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec

from xapi.agents import agent_key, agent_keys, is_actor, is_group, learner_keys
from xapi.values import format_timestamp, in_utc, uuid_of

VOIDED = "http://adlnet.gov/expapi/verbs/voided"
_members = msgspec.json.Decoder(dict[str, msgspec.Raw])
_NOTHING: Mapping[str, Any] = {}
_CONTEXT_KINDS = ("parent", "grouping", "category", "other")


@dataclass(frozen=True, slots=True)
class Completion:
    """What a version of xAPI has its record store set or change in a statement."""

    version: str = "1.0.0"
    """What `version` is when the client left it out (1.0.3, Data 2.4.10; IEEE 9274.1.1, 4.2.4.3)."""
    times_in_utc: bool = False
    """Whether a `timestamp` in another zone is converted (IEEE 9274.1.1, 4.2.7)."""


V1_0_3 = Completion()


class StatementKeys(msgspec.Struct, frozen=True):
    """What filters look at. Agent keys are those of `xapi.agents.agent_key`; `related_*` contain the plain ones too."""

    agents: tuple[str, ...]
    related_agents: tuple[str, ...]
    verb: str
    activities: tuple[str, ...]
    related_activities: tuple[str, ...]
    registration: UUID | None


class ActivityObservation(msgspec.Struct, frozen=True):
    """What one statement says of an activity: its id and the definition (None where it gave none), as parsed JSON."""

    activity_id: str
    definition: Mapping[str, Any] | None


class Extract(msgspec.Struct, frozen=True):
    """Everything a store and the workers need of a statement, read once from its parsed JSON."""

    statement_id: UUID
    keys: StatementKeys
    learners: tuple[str, ...]
    refers_to: UUID | None
    """The statement that the object, a StatementRef, targets."""
    voids: UUID | None
    timestamped: bool
    """Whether the text has a `timestamp`; if not, `stored` stands for it."""
    activities: tuple[ActivityObservation, ...]


def complete(
    raw: bytes, value: Mapping[str, Any], *, new_id: UUID | None, authority: bytes, completion: Completion = V1_0_3
) -> tuple[UUID, bytes]:
    """The id and the text to accept: `raw` with id, authority and version set, contextActivities as arrays, and what else
    `completion` says.

    `new_id` is for a statement that has none; `authority` is JSON. `stored` and `authority` of the client are dropped
    (Data 2.4.8, 2.4.9); the text has no `stored` yet, `finish` adds it.
    """
    tail = b',"authority":' + authority
    if new_id is None or "id" in value:
        statement_id = uuid_of(value["id"])
    else:
        statement_id = new_id
        tail += b',"id":"' + str(new_id).encode() + b'"'
    if "version" not in value:
        tail += b',"version":"' + completion.version.encode() + b'"'
    if "stored" in value or "authority" in value or _has_single_context_activity(value):
        raw = _rewritten(raw)
    if completion.times_in_utc and _has_time_elsewhere(value):
        raw = _with_times_in_utc(raw)
    return statement_id, raw[: raw.rindex(b"}")].rstrip() + tail + b"}"


def finish(text: bytes, stored_ms: int, *, timestamped: bool) -> bytes:
    """An accepted text with `stored`, and with `timestamp` where the client gave none, as it is given out."""
    stored = format_timestamp(stored_ms).encode()
    tail = b',"stored":"' + stored + b'"}'
    if not timestamped:
        tail = b',"timestamp":"' + stored + b'"' + tail
    return text[:-1] + tail


def extract(value: Mapping[str, Any]) -> Extract:
    """Read the keys of a complete statement (it has an id)."""
    actor, target = value["actor"], value["object"]
    kind = target.get("objectType", "Activity")
    refers_to = _uuid(target["id"]) if kind == "StatementRef" else None
    verb = value["verb"]["id"]
    agents = list(agent_keys(actor))
    learners = learner_keys(actor) if is_group(actor) or "member" in actor else tuple(agents)
    if kind in ("Agent", "Group"):
        agents += agent_keys(target)
    related_agents = agents + [key for party in _related_parties(value) for key in agent_keys(party)]
    observed = tuple(_activities(value))
    registration = (value.get("context") or _NOTHING).get("registration")
    return Extract(
        statement_id=_uuid(value["id"]),
        keys=StatementKeys(
            agents=_each_once(agents),
            related_agents=_each_once(related_agents),
            verb=verb,
            activities=(target["id"],) if kind == "Activity" else (),
            related_activities=_each_once([seen.activity_id for seen in observed]),
            registration=None if registration is None else _uuid(registration),
        ),
        learners=learners,
        refers_to=refers_to,
        voids=refers_to if verb == VOIDED else None,
        timestamped="timestamp" in value,
        activities=observed,
    )


def _uuid(text: str) -> UUID:
    """As `UUID` reads it, in a third of the time for the one form that xAPI allows."""
    try:
        return msgspec.convert(text, UUID)
    except msgspec.ValidationError:
        return UUID(text)


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
        found.append(ActivityObservation(target["id"], target.get("definition")))
    context_activities = (value.get("context") or _NOTHING).get("contextActivities")
    if context_activities:
        for kind in _CONTEXT_KINDS:
            if named := context_activities.get(kind):
                for activity in named if isinstance(named, list) else (named,):
                    found.append(ActivityObservation(activity["id"], activity.get("definition")))
    if target.get("objectType") == "SubStatement":
        found += _activities(target)
    return found


def _has_single_context_activity(value: Mapping[str, Any]) -> bool:
    context = value.get("context")
    if context and "contextActivities" in context:
        for named in context["contextActivities"].values():
            if isinstance(named, dict):
                return True
    target = value["object"]
    return target.get("objectType") == "SubStatement" and _has_single_context_activity(target)


def _rewritten(raw: bytes) -> bytes:
    """The statement without the client's stored and authority, context activities as arrays (Data 2.4.6.2); the rest untouched."""
    members = _members.decode(raw)
    members.pop("stored", None)
    members.pop("authority", None)
    if "context" in members:
        members["context"] = msgspec.Raw(_with_context_arrays(bytes(members["context"])))
    target = bytes(members["object"])
    if b'"SubStatement"' in target:
        inner = _members.decode(target)
        if "context" in inner:
            inner["context"] = msgspec.Raw(_with_context_arrays(bytes(inner["context"])))
            members["object"] = msgspec.Raw(_joined(inner))
    return _joined(members)


def _with_context_arrays(context: bytes) -> bytes:
    members = _members.decode(context)
    if "contextActivities" not in members:
        return context
    kinds = _members.decode(members["contextActivities"])
    for kind, named in kinds.items():
        text = bytes(named).strip()
        if text.startswith(b"{"):
            kinds[kind] = msgspec.Raw(b"[" + text + b"]")
    members["contextActivities"] = msgspec.Raw(_joined(kinds))
    return _joined(members)


def _has_time_elsewhere(value: Mapping[str, Any]) -> bool:
    target = value["object"]
    times = (value.get("timestamp"), target.get("timestamp") if target.get("objectType") == "SubStatement" else None)
    return any(time is not None and in_utc(time) != time for time in times)


def _with_times_in_utc(raw: bytes) -> bytes:
    """The statement with its own timestamp, and that of a SubStatement, in UTC; the rest untouched."""
    members = _members.decode(raw)
    if "timestamp" in members:
        members["timestamp"] = msgspec.Raw(msgspec.json.encode(in_utc(msgspec.json.decode(members["timestamp"], type=str))))
    target = bytes(members["object"])
    if b'"SubStatement"' in target:
        members["object"] = msgspec.Raw(_with_times_in_utc(target))
    return _joined(members)


def _joined(members: Mapping[str, msgspec.Raw]) -> bytes:
    return b"{" + b",".join(msgspec.json.encode(name) + b":" + bytes(raw) for name, raw in members.items()) + b"}"


__all__ = [
    "V1_0_3",
    "VOIDED",
    "ActivityObservation",
    "Completion",
    "Extract",
    "StatementKeys",
    "agent_key",
    "complete",
    "extract",
    "finish",
]
