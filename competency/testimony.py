"""What a statement testifies of learning, read from its text: who, what was done, with which activity, how it ended and when. Pure.

The rest of the text, which is most of it, is passed over unread.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from uuid import UUID

import jiter
import msgspec

from xapi.agents import learner_keys

_LANGUAGES = ("id", "id-ID", "en", "en-US")
"""A name in one of these is preferred, in this order."""
_ACTORS_REMEMBERED = 16_384
_LONGEST_ACTOR = 512
"""Bytes of an actor's text that is remembered: longer ones are groups, which hardly come again."""


class Verb(msgspec.Struct, frozen=True, gc=False):
    id: str


class Outcome(msgspec.Struct, frozen=True, gc=False):
    """A result (Data 2.4.5), whose values are what JSON says, of whatever type."""

    completion: Any = None
    success: Any = None
    score: Any = None
    duration: Any = None
    extensions: Any = None


class Testimony(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """Of a valid statement all but its actor and its object, which is a `Subject`. `timestamp` is None where `stored` stands for
    it."""

    verb: Verb
    id: UUID | None = None
    result: Outcome | None = None
    timestamp: str | None = None


class Subject(msgspec.Struct, frozen=True, gc=False):
    """What a statement is about. `activity_id` is None where that is no activity but a `kind` of something else. `name` is the one
    to show of those in its definition, `type` the definition's; each empty where there is none."""

    kind: str
    activity_id: str | None
    definition: Mapping[str, Any] | None
    name: str
    type: str

    @staticmethod
    def of(target: Mapping[str, Any]) -> Subject:
        """Of a statement's object as parsed JSON."""
        kind = target.get("objectType", "Activity")
        if kind != "Activity":
            return Subject(kind, None, None, "", "")
        definition = target.get("definition") or {}
        return Subject(kind, target["id"], definition or None, _shown(definition.get("name")), definition.get("type") or "")


class _Written(Testimony, frozen=True, gc=False, kw_only=True):
    actor: msgspec.Raw
    object: msgspec.Raw


_decoder = msgspec.json.Decoder(_Written)


def told_of(statement: Mapping[str, Any]) -> Testimony:
    """Of a valid statement as parsed JSON."""
    return msgspec.convert(statement, Testimony)


def read(text: bytes) -> tuple[Testimony, bytes | Mapping[str, Any], bytes | Subject]:
    """Of a valid statement's text, and the texts of its actor and its object: the same thousands of either come again and again,
    and what one says is remembered. The two themselves where numbers of the text are beyond what this decoder takes."""
    try:
        written = _decoder.decode(text)
    except msgspec.MsgspecError:
        statement = jiter.from_json(text)
        return told_of(statement), statement["actor"], Subject.of(statement["object"])
    return written, bytes(written.actor), bytes(written.object)


def learners_of(actor: bytes | Mapping[str, Any]) -> tuple[str, ...]:
    """`xapi.agents.learner_keys` of an actor or of its text."""
    if not isinstance(actor, bytes):
        return learner_keys(actor)
    return _remembered_learners(actor) if len(actor) <= _LONGEST_ACTOR else _read_learners(actor)


def _read_learners(text: bytes) -> tuple[str, ...]:
    return learner_keys(jiter.from_json(text))


_remembered_learners = lru_cache(maxsize=_ACTORS_REMEMBERED)(_read_learners)


def _shown(names: Mapping[str, str] | None) -> str:
    if not names:
        return ""
    return next((names[tag] for tag in _LANGUAGES if tag in names), None) or next(iter(names.values()))
