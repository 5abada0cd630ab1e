"""The Statement itself, its result, attachments and what it may hold of other Statements (Data 2.3 and 2.4)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from tests.fuzz.oracle.activities import activity
from tests.fuzz.oracle.actors import agent, agent_or_group, authority, group
from tests.fuzz.oracle.context import statement_reference
from tests.fuzz.oracle.finding import Check, Finding, array_of, boolean, members, must_be, number, string
from tests.fuzz.oracle.formats import duration, extensions, iri, language_map, media_type, sha2_sum, uuid

VOIDED = "http://adlnet.gov/expapi/verbs/voided"


@dataclass(frozen=True)
class Edition:
    """Where the two versions of the data model differ."""

    context: Check
    timestamp: Check
    version: re.Pattern[str]


def score(value: Any, path: str) -> None:
    """Data 2.4.5.1: scaled within -1 and 1, min below max, raw within both."""
    members(value, path, dict.fromkeys(("scaled", "raw", "min", "max"), number))
    if not -1 <= value.get("scaled", 0) <= 1:
        raise Finding(f"{path}/scaled", "must be between -1 and 1")
    if "min" in value and "max" in value and not value["min"] < value["max"]:
        raise Finding(path, "must have a min that is less than its max")
    if "raw" in value and not value.get("min", value["raw"]) <= value["raw"] <= value.get("max", value["raw"]):
        raise Finding(f"{path}/raw", "must be between min and max")


def result(value: Any, path: str) -> None:
    """Data 2.4.5."""
    known: dict[str, Check] = {
        "score": score,
        "success": boolean,
        "completion": boolean,
        "response": string,
        "duration": duration,
        "extensions": extensions,
    }
    members(value, path, known)


def length(value: Any, path: str) -> None:
    """Data 2.4.11: octets, so never below zero. JSON has one kind of number: 27.0 is an integer."""
    number(value, path)
    if value < 0 or value != int(value):
        raise Finding(path, "must be an integer, zero or more")


def attachment(value: Any, path: str) -> None:
    """Data 2.4.11."""
    known: dict[str, Check] = {
        "usageType": iri,
        "display": language_map,
        "description": language_map,
        "contentType": media_type,
        "length": length,
        "sha2": sha2_sum,
        "fileUrl": iri,
    }
    members(value, path, known, required=("usageType", "display", "contentType", "length", "sha2"))


def verb(value: Any, path: str) -> None:
    """Data 2.4.3."""
    members(value, path, {"id": iri, "display": language_map}, required=("id",))


def object_of(value: Any, path: str, edition: Edition, within: bool) -> None:
    """Data 2.4.4: an Activity unless objectType says otherwise; Data 2.4.4.3: a SubStatement "cannot be nested"."""
    must_be(dict, value, path)
    kind = value.get("objectType", "Activity")
    string(kind, f"{path}/objectType")
    checks: dict[str, Check] = {"Activity": activity, "Agent": agent, "Group": group, "StatementRef": statement_reference}
    if not within:
        checks["SubStatement"] = lambda value, path: statement(value, path, edition, within=True)
    if kind not in checks:
        raise Finding(f"{path}/objectType", f"must be one of {', '.join(checks)}")
    checks[kind](value, path)


def statement(value: Any, path: str, edition: Edition, within: bool = False) -> None:
    """Data 2.4; `within` another one it is a SubStatement (Data 2.4.4.3), which lacks what the record store assigns."""

    def check_version(value: Any, path: str) -> None:
        string(value, path)
        if not edition.version.fullmatch(value):
            raise Finding(path, "must be a version of this edition")

    known: dict[str, Check] = {
        "actor": agent_or_group,
        "verb": verb,
        "object": lambda value, path: object_of(value, path, edition, within),
        "result": result,
        "context": edition.context,
        "timestamp": edition.timestamp,
        "attachments": array_of(attachment),
    }
    if within:
        known["objectType"] = string  # object_of has seen that it says SubStatement
    else:
        known |= {"id": uuid, "stored": edition.timestamp, "authority": authority, "version": check_version}
    members(value, path, known, required=("actor", "verb", "object"))

    kind = value["object"].get("objectType", "Activity")
    if value["verb"]["id"] == VOIDED and kind != "StatementRef":  # Data 2.3.2
        raise Finding(f"{path}/object", "must be a StatementRef, for the verb voids")
    for name in ("revision", "platform"):  # Data 2.4.6: "MUST only be used if the Statement's Object is an Activity"
        if name in value.get("context", {}) and kind != "Activity":
            raise Finding(f"{path}/context/{name}", "must not be used, for the object is no Activity")
