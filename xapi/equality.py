"""Whether two statements say the same: the comparison that decides if a repeated id is a retry or a conflict.

Source: xAPI 1.0.3, Data, 2.3.1 (Statement Immutability and Statement Comparison Requirements). Both statements are valid;
they are brought to one spelling, with what may differ left out, and then compared as JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from xapi.values import parse_timestamp

Json = Mapping[str, Any]

_FRACTION_OF_SECONDS = re.compile(r"[.,]([0-9]+)S\Z")

# Set or replaced by the record store (2.3.1), or not part of the statement (attachments).
_NOT_COMPARED = frozenset({"id", "stored", "authority", "attachments", "timestamp", "version"})


def same_texts(a: bytes, b: bytes) -> bool:
    """Whether two statements given as JSON are logically equal, as `same` says, with their numbers compared exactly: 1.0 is 1, and
    1.00000000000000000001 is not, though it is the same to a reader whose numbers are doubles."""
    return a == b or same(_exactly(a), _exactly(b))


def same(a: Json, b: Json) -> bool:
    """Whether ``a`` and ``b`` are logically equal.

    Not compared: id, stored, authority, attachments, activity definitions, verb display; ``timestamp`` and ``version``
    where one of the two has none, for the store may have set the other. Times compare as instants, numbers by the values that they
    were parsed to (a boolean is no number), members of a group in any order, one context activity like an array of one. Case
    does not count in UUIDs, SHA-1 sums, language tags and the domain of a mail address. A duration is compared as text, without
    what is finer than a hundredth of a second (1.0.3, Data 4.6; IEEE 9274.1.1, 4.2.7).
    """
    for key, spelling in (("timestamp", parse_timestamp), ("version", _version)):
        if key in a and key in b and spelling(a[key]) != spelling(b[key]):
            return False
    return _equal(_event(a), _event(b))


def _exactly(text: bytes) -> Json:
    parsed: Json = json.loads(text, parse_float=_number, parse_int=_number)
    return parsed


def _number(text: str) -> object:
    """A number beyond what even a Decimal holds, one with an exponent of some twenty digits, is compared as it is written."""
    try:
        return Decimal(text)
    except InvalidOperation:
        return (text,)


def _event(statement: Json) -> dict[str, Any]:
    """A Statement or SubStatement as far as it is compared."""
    plain = {key: value for key, value in statement.items() if key not in _NOT_COMPARED}
    plain["actor"] = _actor(statement["actor"])
    plain["verb"] = statement["verb"]["id"]
    plain["object"] = _object(statement["object"])
    if "result" in statement:
        plain["result"] = _result(statement["result"])
    if "context" in statement:
        plain["context"] = _context(statement["context"])
    return plain


def _result(value: Json) -> dict[str, Any]:
    plain = dict(value)
    if "duration" in plain:
        plain["duration"] = _hundredths(plain["duration"])
    return plain


def _hundredths(duration: str) -> str:
    """The duration with its seconds cut (not rounded) to two digits, so that 1.2, 1.20 and 1.209 are the same."""
    return _FRACTION_OF_SECONDS.sub(lambda found: _fraction(found[1][:2].rstrip("0")) + "S", duration)


def _fraction(digits: str) -> str:
    return f".{digits}" if digits else ""


def _object(value: Json) -> Any:
    match value.get("objectType", "Activity"):
        case "Activity":
            return _activity(value)
        case "Agent" | "Group":
            return _actor(value)
        case "StatementRef":
            return _reference(value)
        case _:
            inner = _event(value)
            if "timestamp" in value:  # nobody sets that of a SubStatement, so one without is another
                inner["timestamp"] = parse_timestamp(value["timestamp"])
            return inner


def _activity(value: Json) -> dict[str, Any]:
    return {"objectType": "Activity", "id": value["id"]}


def _reference(value: Json) -> dict[str, Any]:
    return {"objectType": "StatementRef", "id": value["id"].lower()}


def _actor(value: Json) -> dict[str, Any]:
    plain = {"objectType": "Agent", **value}
    if "mbox" in plain:
        local, _, domain = plain["mbox"].rpartition("@")
        plain["mbox"] = f"{local}@{domain.lower()}"
    if "mbox_sha1sum" in plain:
        plain["mbox_sha1sum"] = plain["mbox_sha1sum"].lower()
    if "member" in plain:
        plain["member"] = sorted((_actor(member) for member in plain["member"]), key=_sort_key)
    return plain


def _context(value: Json) -> dict[str, Any]:
    plain = dict(value)
    for key in ("instructor", "team"):
        if key in plain:
            plain[key] = _actor(plain[key])
    for key, party in (("contextAgents", "agent"), ("contextGroups", "group")):
        if key in plain:
            plain[key] = [{**related, party: _actor(related[party])} for related in plain[key]]
    for key in ("registration", "language"):
        if key in plain:
            plain[key] = plain[key].lower()
    if "statement" in plain:
        plain["statement"] = _reference(plain["statement"])
    if "contextActivities" in plain:
        plain["contextActivities"] = {
            kind: [_activity(activity) for activity in (found if isinstance(found, list) else [found])]
            for kind, found in plain["contextActivities"].items()
        }
    return plain


def _version(text: str) -> str:
    return "1.0.0" if text == "1.0" else text


def _sort_key(value: Json) -> str:
    return json.dumps(value, sort_keys=True)


def _equal(a: object, b: object) -> bool:
    """Equality of JSON values; Python alone would take ``true`` for ``1``."""
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(_equal(value, b[key]) for key, value in a.items())
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(_equal, a, b))
    return a == b
