"""The formats in which statements are given out: exact, ids, canonical. Pure.

Exact is the stored text itself. The other two rewrite only agents, verbs and activities and keep every other member as its bytes,
so that numbers and extensions come out as they came in. Source: xAPI 1.0.3, Communication 2.1.3, parameter `format`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

import msgspec

from xapi.languages import Languages

Members = dict[str, msgspec.Raw]

_members = msgspec.json.Decoder(Members)
_items = msgspec.json.Decoder(list[msgspec.Raw])
_IDENTIFIERS = ("mbox", "mbox_sha1sum", "openid", "account")
_LANGUAGE_MAPS = ("name", "description")
_COMPONENTS = ("choices", "scale", "source", "target", "steps")


class _Kind(msgspec.Struct):
    """The one member of an object, or of an activity, that is looked at; the others are passed over unread."""

    objectType: str = "Activity"  # noqa: N815  (the name xAPI gives it)
    id: str = ""


_kind = msgspec.json.Decoder(_Kind)


def ids(text: bytes) -> bytes:
    """The statement with agents, groups, verbs and activities cut down to what identifies them."""
    return _rewrite(text, _OnlyIds())


def activity_ids(texts: Iterable[bytes]) -> frozenset[str]:
    """The ids of all activities that these statements mention, those in SubStatements and contexts included."""
    collect = _CollectActivities()
    for text in texts:
        _rewrite(text, collect)
    return frozenset(collect.found)


class Canonical:
    """The canonical format for one answer: activities with the definitions the LRS has merged, one language per map.

    Definitions are learnt as they are needed; an activity of which none was learnt keeps what its statement said. So do those of a
    statement to which more than `most_bytes` of definitions were added already, for it may name any number of activities, or one
    any number of times. Agents and groups stay as they are.
    """

    def __init__(self, languages: Languages, most_bytes: int) -> None:
        self._rewriter = _Canonical(languages, most_bytes)

    @property
    def learnt_bytes(self) -> int:
        """The size of the definitions learnt."""
        return self._rewriter.learnt_bytes

    def knows(self, activity_id: str) -> bool:
        return activity_id in self._rewriter.rendered

    def learn(self, activity_id: str, definition: Mapping[str, Any]) -> None:
        self._rewriter.learn(activity_id, definition)

    def __call__(self, text: bytes) -> bytes:
        self._rewriter.added_bytes = 0
        return _rewrite(text, self._rewriter)


# ── the walk ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────


class _Rewriter(Protocol):
    """What becomes of the parts of a statement. Takes and gives JSON."""

    def agent(self, raw: bytes, *, as_object: bool) -> bytes: ...

    def verb(self, raw: bytes) -> bytes: ...

    def activity(self, raw: bytes) -> bytes: ...


def _rewrite(text: bytes, rewriter: _Rewriter) -> bytes:
    """A statement or SubStatement, rewritten."""
    members = _members.decode(text)
    members["actor"] = msgspec.Raw(rewriter.agent(bytes(members["actor"]), as_object=False))
    members["verb"] = msgspec.Raw(rewriter.verb(bytes(members["verb"])))
    members["object"] = msgspec.Raw(_object(bytes(members["object"]), rewriter))
    if "authority" in members:
        members["authority"] = msgspec.Raw(rewriter.agent(bytes(members["authority"]), as_object=False))
    if "context" in members:
        members["context"] = msgspec.Raw(_context(bytes(members["context"]), rewriter))
    return _joined(members)


def _object(raw: bytes, rewriter: _Rewriter) -> bytes:
    match _kind.decode(raw).objectType:
        case "Activity":
            return rewriter.activity(raw)
        case "Agent" | "Group":
            return rewriter.agent(raw, as_object=True)
        case "SubStatement":
            return _rewrite(raw, rewriter)
    return raw  # a StatementRef is nothing but an id


def _context(raw: bytes, rewriter: _Rewriter) -> bytes:
    members = _members.decode(raw)
    for role in ("instructor", "team"):
        if role in members:
            members[role] = msgspec.Raw(rewriter.agent(bytes(members[role]), as_object=False))
    for name, party in (("contextAgents", "agent"), ("contextGroups", "group")):
        if name in members:
            related = [_related(bytes(item), party, rewriter) for item in _items.decode(members[name])]
            members[name] = msgspec.Raw(b"[" + b",".join(related) + b"]")
    if "contextActivities" in members:
        kinds = _members.decode(members["contextActivities"])
        for kind, activities in kinds.items():
            rewritten = [rewriter.activity(bytes(activity)) for activity in _items.decode(activities)]
            kinds[kind] = msgspec.Raw(b"[" + b",".join(rewritten) + b"]")
        members["contextActivities"] = msgspec.Raw(_joined(kinds))
    return _joined(members)


def _related(raw: bytes, party: str, rewriter: _Rewriter) -> bytes:
    """One item of contextAgents or contextGroups (IEEE 9274.1.1, 4.2.2.5)."""
    members = _members.decode(raw)
    members[party] = msgspec.Raw(rewriter.agent(bytes(members[party]), as_object=False))
    return _joined(members)


def _joined(members: Mapping[str, msgspec.Raw]) -> bytes:
    return b"{" + b",".join(msgspec.json.encode(name) + b":" + bytes(raw) for name, raw in members.items()) + b"}"


# ── what becomes of the parts ─────────────────────────────────────────────────────────────────────────────────────────────────


class _OnlyIds:
    def agent(self, raw: bytes, *, as_object: bool) -> bytes:
        return msgspec.json.encode(_identity(msgspec.json.decode(raw), typed=as_object))

    def verb(self, raw: bytes) -> bytes:
        return msgspec.json.encode({"id": _kind.decode(raw).id})

    def activity(self, raw: bytes) -> bytes:
        return msgspec.json.encode({"id": _kind.decode(raw).id})


def _identity(actor: Mapping[str, Any], *, typed: bool) -> dict[str, Any]:
    """`typed` keeps the objectType of an Agent, which only as the object of a statement says more than nothing."""
    known: dict[str, Any] = {}
    object_type = actor.get("objectType", "Agent")
    if typed or object_type == "Group":
        known["objectType"] = object_type
    for identifier in _IDENTIFIERS:
        if identifier in actor:
            known[identifier] = actor[identifier]
            return known
    known["member"] = [_identity(member, typed=False) for member in actor.get("member", ())]
    return known


class _CollectActivities:
    def __init__(self) -> None:
        self.found: set[str] = set()

    def agent(self, raw: bytes, *, as_object: bool) -> bytes:
        return raw

    def verb(self, raw: bytes) -> bytes:
        return raw

    def activity(self, raw: bytes) -> bytes:
        self.found.add(_kind.decode(raw).id)
        return raw


class _Canonical:
    def __init__(self, languages: Languages, most_bytes: int) -> None:
        self.rendered: dict[str, bytes] = {}
        self.learnt_bytes = 0
        self.added_bytes = 0
        self._languages = languages
        self._most_bytes = most_bytes

    def learn(self, activity_id: str, definition: Mapping[str, Any]) -> None:
        rendered = self.rendered[activity_id] = self._render(definition)
        self.learnt_bytes += len(rendered)

    def agent(self, raw: bytes, *, as_object: bool) -> bytes:
        return raw

    def verb(self, raw: bytes) -> bytes:
        members = _members.decode(raw)
        if "display" in members:
            display = self._languages.only(msgspec.json.decode(members["display"], type=dict[str, str]))
            members["display"] = msgspec.Raw(msgspec.json.encode(display))
        return _joined(members)

    def activity(self, raw: bytes) -> bytes:
        activity_id = _kind.decode(raw).id
        members = _members.decode(raw)
        definition = self.rendered.get(activity_id)
        if definition is not None and self.added_bytes + len(definition) <= self._most_bytes:
            self.added_bytes += len(definition)
        elif "definition" in members:
            definition = self._render(json.loads(bytes(members["definition"])))
        else:
            return raw
        if definition == b"{}":
            members.pop("definition", None)
        else:
            members["definition"] = msgspec.Raw(definition)
        return _joined(members)

    def _render(self, definition: Mapping[str, Any]) -> bytes:
        chosen = dict(definition)
        for name in _LANGUAGE_MAPS:
            if name in chosen:
                chosen[name] = self._languages.only(chosen[name])
        for name in _COMPONENTS:
            if name in chosen:
                chosen[name] = [self._component(component) for component in chosen[name]]
        return json.dumps(chosen, ensure_ascii=False, separators=(",", ":")).encode()

    def _component(self, component: Mapping[str, Any]) -> dict[str, Any]:
        chosen = dict(component)
        if "description" in chosen:
            chosen["description"] = self._languages.only(chosen["description"])
        return chosen
