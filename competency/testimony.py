"""What a statement testifies of learning, read from its text: who, what was done, with which activity, how it ended and when. Pure.

The rest of the text, which is most of it, is passed over unread.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import jiter
import msgspec

_LANGUAGES = ("id", "id-ID", "en", "en-US")
"""A name in one of these is preferred, in this order."""


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
    """Of a valid statement all but its object, which is a `Subject`. `timestamp` is None where `stored` stands for it."""

    actor: dict[str, Any]
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
    object: msgspec.Raw


_decoder = msgspec.json.Decoder(_Written)


def told_of(statement: Mapping[str, Any]) -> Testimony:
    """Of a valid statement as parsed JSON."""
    return msgspec.convert(statement, Testimony)


def read(text: bytes) -> tuple[Testimony, bytes | Subject]:
    """Of a valid statement's text, and the text of its object: the same thousands of objects come again and again, so that it is
    for the caller to remember what one says. The object itself where numbers of the text are beyond what this decoder takes."""
    try:
        written = _decoder.decode(text)
    except msgspec.MsgspecError:
        statement = jiter.from_json(text)
        return told_of(statement), Subject.of(statement["object"])
    return written, bytes(written.object)


def _shown(names: Mapping[str, str] | None) -> str:
    if not names:
        return ""
    return next((names[tag] for tag in _LANGUAGES if tag in names), None) or next(iter(names.values()))
