"""Reading a statement's text. Pure.

`extract_text` gives what `xapi.extraction.extract` gives of the parsed JSON, for a fraction of the price: the compiled paths read
what a plain statement says. Where they are not installed or see something unusual, it is decoded straight into structs. They have
room for what a plain statement says and no more; whatever does not fit (a number where a text should be, `null`, a lone context
activity, broken JSON) is parsed and left to `extract`, which says what it is.
"""

from __future__ import annotations

from uuid import UUID

import jiter
import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from xapi.extraction import VOIDED, ActivityObservation, Extract, StatementKeys, extract
from xapi.native import compiled

_SHORT_BYTES = 4_000
_FEW_BRACKETS = 150
"""A longer text may have a number that Python refuses to read, one of more brackets may be deeper than JSON's readers go, both in a
place that is skipped here: such a text is parsed as well."""
_NO_DEFINITION = Raw(b"")


class _Unusual(Exception):
    """A statement that these structs are not made for."""


class _Account(Struct, gc=False, rename="camel"):
    home_page: str
    name: str


class _Party(Struct, gc=False, rename={"object_type": "objectType"}):
    """An Agent or a Group."""

    object_type: str = "Agent"
    mbox: str | UnsetType = UNSET
    account: _Account | UnsetType = UNSET
    mbox_sha1sum: str | UnsetType = UNSET
    openid: str | UnsetType = UNSET
    member: list[_Party] = []

    def key(self) -> str | None:
        """As `xapi.agents.agent_key`."""
        if self.mbox is not UNSET:
            local, at, domain = self.mbox.rpartition("@")
            return f"mbox|{local}{at}{domain.lower()}"
        if self.account is not UNSET:
            return f"account|{self.account.home_page}|{self.account.name}"
        if self.mbox_sha1sum is not UNSET:
            return f"mbox_sha1sum|{self.mbox_sha1sum.lower()}"
        return None if self.openid is UNSET else f"openid|{self.openid}"


class _Activity(Struct, gc=False):
    id: str
    definition: Raw = _NO_DEFINITION


class _ContextActivities(Struct, gc=False):
    parent: list[_Activity] = []
    grouping: list[_Activity] = []
    category: list[_Activity] = []
    other: list[_Activity] = []


class _ContextAgent(Struct, gc=False):
    agent: _Party


class _ContextGroup(Struct, gc=False):
    group: _Party


class _Context(Struct, gc=False, rename="camel"):
    registration: UUID | UnsetType = UNSET
    instructor: _Party | UnsetType = UNSET
    team: _Party | UnsetType = UNSET
    context_activities: _ContextActivities | UnsetType = UNSET
    context_agents: list[_ContextAgent] = []
    context_groups: list[_ContextGroup] = []


class _Object(_Party, gc=False, rename={"object_type": "objectType"}):
    """Whatever kind it is of, a SubStatement too."""

    object_type: str = "Activity"
    id: str | UnsetType = UNSET
    definition: Raw = _NO_DEFINITION
    actor: _Party | UnsetType = UNSET
    object: _Object | UnsetType = UNSET
    context: _Context | UnsetType = UNSET
    authority: _Party | UnsetType = UNSET


class _Verb(Struct, gc=False):
    id: str


class _Statement(Struct, gc=False):
    id: UUID
    actor: _Party
    verb: _Verb
    object: _Object
    context: _Context | UnsetType = UNSET
    authority: _Party | UnsetType = UNSET
    timestamp: str | UnsetType = UNSET


_statements = msgspec.json.Decoder(_Statement)


def extract_text(text: bytes) -> Extract:
    """`extract` of the statement with this text, which has an id. Raises ValueError, KeyError, TypeError or AttributeError for a
    text that is none."""
    found: Extract | None = None if compiled is None else compiled.extract_text(text)
    return extract_in_python(text) if found is None else found


def extract_in_python(text: bytes) -> Extract:
    """The same without the compiled paths."""
    value = None
    if len(text) > _SHORT_BYTES or text.count(b"{") + text.count(b"[") > _FEW_BRACKETS:
        value = jiter.from_json(text)
    try:
        if not text.isascii():
            text.decode()  # the decoder does not look into what it skips
        return _extract(_statements.decode(text))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, _Unusual):
        return extract(jiter.from_json(text) if value is None else value)


def _extract(said: _Statement) -> Extract:
    actor, target, context = said.actor, said.object, said.context
    kind, verb = target.object_type, said.verb.id
    refers_to = msgspec.convert(target.id, UUID) if kind == "StatementRef" else None
    agents: list[str] = []
    _add_keys(actor, agents)
    learners = tuple(agents) if not actor.member and actor.object_type != "Group" else _learners(actor)
    if kind == "Agent" or kind == "Group":
        _add_keys(target, agents)
    related_agents = agents.copy()
    observed: list[ActivityObservation] = []
    _add_related(target, context, said.authority, related_agents, observed)
    return Extract(
        said.id,
        StatementKeys(
            _each_once(agents),
            _each_once(related_agents),
            verb,
            (observed[0].activity_id,) if kind == "Activity" else (),
            _each_once([seen.activity_id for seen in observed]),
            None if context is UNSET or context.registration is UNSET else context.registration,
        ),
        learners,
        refers_to,
        refers_to if verb == VOIDED else None,
        said.timestamp is not UNSET,
        tuple(observed),
    )


def _add_related(
    target: _Object,
    context: _Context | UnsetType,
    authority: _Party | UnsetType,
    agents: list[str],
    observed: list[ActivityObservation],
) -> None:
    """What only related_agents finds, and every activity: of a statement's parts, then of those of its SubStatement."""
    if authority is not UNSET:
        _add_keys(authority, agents)
    kind = target.object_type
    if kind == "Activity":
        observed.append(_observation(target))
    if context is not UNSET:
        if context.instructor is not UNSET:
            _add_keys(context.instructor, agents)
        if context.team is not UNSET:
            _add_keys(context.team, agents)
        for related_agent in context.context_agents:
            _add_keys(related_agent.agent, agents)
        for related_group in context.context_groups:
            _add_keys(related_group.group, agents)
        named = context.context_activities
        if named is not UNSET:
            for activities in (named.parent, named.grouping, named.category, named.other):
                for activity in activities:
                    observed.append(_observation(activity))
    if kind == "SubStatement":
        if target.actor is UNSET or target.object is UNSET:
            raise _Unusual
        _add_keys(target.actor, agents)
        if target.object.object_type in ("Agent", "Group"):
            _add_keys(target.object, agents)
        _add_related(target.object, target.context, target.authority, agents, observed)


def _observation(activity: _Activity | _Object) -> ActivityObservation:
    if activity.id is UNSET:
        raise _Unusual
    if activity.definition is _NO_DEFINITION:
        return ActivityObservation(activity.id, None)
    definition = bytes(activity.definition)
    if not definition.startswith(b"{"):
        raise _Unusual
    return ActivityObservation(activity.id, None if definition == b"{}" else definition)


def _add_keys(party: _Party, keys: list[str]) -> None:
    """As `xapi.agents.agent_keys`."""
    own = party.key()
    if own is not None:
        keys.append(own)
    if party.member:
        keys += [key for member in party.member if (key := member.key()) is not None]


def _learners(actor: _Party) -> tuple[str, ...]:
    """As `xapi.agents.learner_keys`."""
    if actor.object_type == "Group":
        return tuple(sorted({key for member in actor.member if (key := member.key()) is not None}))
    own = actor.key()
    return () if own is None else (own,)


def _each_once(keys: list[str]) -> tuple[str, ...]:
    return tuple(keys) if len(keys) < 2 else tuple(dict.fromkeys(keys))
