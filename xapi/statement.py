"""A statement's text: what a record store completes of it. Pure.

The text that was received is kept as it came: what the LRS must set (id, authority, version, stored, timestamp) is spliced into it,
so number precision, key order, escapes and extension keys survive. Source: xAPI 1.0.3, Data 2.4 and Communication 2.1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec

from xapi.extraction import VOIDED, Extract, StatementKeys, extract
from xapi.values import in_utc, timestamp_text, uuid_of

_members = msgspec.json.Decoder(dict[str, msgspec.Raw])


@dataclass(frozen=True, slots=True)
class Completion:
    """What a version of xAPI has its record store set or change in a statement."""

    version: str = "1.0.0"
    """What `version` is when the client left it out (1.0.3, Data 2.4.10; IEEE 9274.1.1, 4.2.4.3)."""
    times_in_utc: bool = False
    """Whether a `timestamp` in another zone is converted (IEEE 9274.1.1, 4.2.7)."""


V1_0_3 = Completion()


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
    nested = _nests(value)
    if "stored" in value or "authority" in value or _has_single_context_activity(value):
        raw = _rewritten(raw, nested=nested)
    if completion.times_in_utc and _has_time_elsewhere(value):
        raw = _with_times_in_utc(raw, nested=nested)
    return statement_id, raw[: raw.rindex(b"}")].rstrip() + tail + b"}"


def finish(text: bytes, stored_ms: int, *, timestamped: bool) -> bytes:
    """An accepted text with `stored`, and with `timestamp` where the client gave none, as it is given out."""
    stored = timestamp_text(stored_ms)
    if timestamped:
        return text[:-1] + b',"stored":"%b"}' % stored
    return text[:-1] + b',"timestamp":"%b","stored":"%b"}' % (stored, stored)


def _nests(value: Mapping[str, Any]) -> bool:
    """Whether its object is a SubStatement; none has another in it."""
    return bool(value["object"].get("objectType") == "SubStatement")


def _has_single_context_activity(value: Mapping[str, Any]) -> bool:
    context = value.get("context")
    if context and "contextActivities" in context:
        for named in context["contextActivities"].values():
            if isinstance(named, dict):
                return True
    return _nests(value) and _has_single_context_activity(value["object"])


def _rewritten(raw: bytes, *, nested: bool) -> bytes:
    """The statement without the client's stored and authority, context activities as arrays (Data 2.4.6.2); the rest untouched."""
    members = _members.decode(raw)
    members.pop("stored", None)
    members.pop("authority", None)
    if "context" in members:
        members["context"] = msgspec.Raw(_with_context_arrays(bytes(members["context"])))
    if nested:
        inner = _members.decode(members["object"])
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
    times = (value.get("timestamp"), value["object"].get("timestamp") if _nests(value) else None)
    return any(time is not None and in_utc(time) != time for time in times)


def _with_times_in_utc(raw: bytes, *, nested: bool) -> bytes:
    """The statement with its own timestamp, and that of a SubStatement, in UTC; the rest untouched."""
    members = _members.decode(raw)
    if "timestamp" in members:
        members["timestamp"] = msgspec.Raw(msgspec.json.encode(in_utc(msgspec.json.decode(members["timestamp"], type=str))))
    if nested:
        members["object"] = msgspec.Raw(_with_times_in_utc(bytes(members["object"]), nested=False))
    return _joined(members)


def _joined(members: Mapping[str, msgspec.Raw]) -> bytes:
    return b"{" + b",".join(msgspec.json.encode(name) + b":" + bytes(raw) for name, raw in members.items()) + b"}"


__all__ = ["V1_0_3", "VOIDED", "Completion", "Extract", "StatementKeys", "complete", "extract", "finish"]
