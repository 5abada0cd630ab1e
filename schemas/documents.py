"""The query parameters of the state and profile resources, and of those that look up an agent or an activity.

Which parameters there are depends on whether one document is spoken of or all of a place. Source: xAPI 1.0.3, Communication 2.3 to
2.7; IEEE 9274.1.1, 4.1.6.2 to 4.1.6.6, takes the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from schemas.parameters import AgentParameter, IdParameter, IriParameter, OneAgentParameter, TimestampParameter, UuidParameter
from schemas.query_string import Parameters, given_in, load
from xapi.documents import DocumentKind


@dataclass(frozen=True, slots=True)
class DocumentQuery:
    """What a request names. `agent` is a key of `xapi.agents.agent_key`; no `document_id`: all documents of the place."""

    activity_id: str | None
    agent: str | None
    registration: UUID | None
    document_id: str | None
    since_ms: int | None


def parse_one(kind: DocumentKind, query: bytes) -> DocumentQuery:
    """PUT, POST, DELETE of a profile: one document. Raises InvalidRequest."""
    return _query(load(_FORMS[kind].one, given_in(query)))


def parse_one_or_list(kind: DocumentKind, query: bytes) -> DocumentQuery:
    """GET: one document, or the ids of all. Raises InvalidRequest."""
    form, given = _FORMS[kind], given_in(query)
    return _query(load(form.one if form.id_name in given else form.many, given))


def parse_one_or_all(kind: DocumentKind, query: bytes) -> DocumentQuery:
    """DELETE: one document; of states, all where none is named. Raises InvalidRequest."""
    form, given = _FORMS[kind], given_in(query)
    return _query(load(form.one if form.id_name in given or form.all is None else form.all, given))


def parse_agent(query: bytes) -> Mapping[str, Any]:
    """The Agent of GET /agents, as parsed JSON. Raises InvalidRequest."""
    agent: Mapping[str, Any] = load(_AGENT, given_in(query))["agent"]
    return agent


def parse_activity(query: bytes) -> str:
    """The activity id of GET /activities. Raises InvalidRequest."""
    activity_id: str = load(_ACTIVITY, given_in(query))["activity_id"]
    return activity_id


# ── which parameters there are ────────────────────────────────────────────────────────────────────────────────────────────────


class StatesOfContext(Parameters):
    activity_id = IriParameter(required=True, data_key="activityId")
    agent = AgentParameter(required=True)
    registration = UuidParameter()


class State(StatesOfContext):
    document_id = IdParameter(required=True, data_key="stateId")


class StatesSince(StatesOfContext):
    since = TimestampParameter()


class AgentProfile(Parameters):
    agent = AgentParameter(required=True)
    document_id = IdParameter(required=True, data_key="profileId")


class AgentProfilesSince(Parameters):
    agent = AgentParameter(required=True)
    since = TimestampParameter()


class ActivityProfile(Parameters):
    activity_id = IriParameter(required=True, data_key="activityId")
    document_id = IdParameter(required=True, data_key="profileId")


class ActivityProfilesSince(Parameters):
    activity_id = IriParameter(required=True, data_key="activityId")
    since = TimestampParameter()


class AgentLookup(Parameters):
    agent = OneAgentParameter(required=True)


class ActivityLookup(Parameters):
    activity_id = IriParameter(required=True, data_key="activityId")


@dataclass(frozen=True, slots=True)
class _Forms:
    """The parameters for one document, for the ids of several, and (where that is possible) for deleting all."""

    id_name: str
    one: Parameters
    many: Parameters
    all: Parameters | None = None


_FORMS = {
    DocumentKind.STATE: _Forms("stateId", State(), StatesSince(), StatesOfContext()),
    DocumentKind.AGENT_PROFILE: _Forms("profileId", AgentProfile(), AgentProfilesSince()),
    DocumentKind.ACTIVITY_PROFILE: _Forms("profileId", ActivityProfile(), ActivityProfilesSince()),
}
_AGENT, _ACTIVITY = AgentLookup(), ActivityLookup()


def _query(found: Mapping[str, Any]) -> DocumentQuery:
    names = ("activity_id", "agent", "registration", "document_id", "since")
    return DocumentQuery(*(found.get(name) for name in names))
