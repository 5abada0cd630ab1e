"""Agents and Groups (Data 2.4.2)."""

from __future__ import annotations

from typing import Any

from tests.fuzz.oracle.finding import Check, Finding, array_of, constant, members, must_be, string
from tests.fuzz.oracle.formats import iri, mailto, sha1_sum


def account(value: Any, path: str) -> None:
    """Data 2.4.2.4."""
    members(value, path, {"homePage": iri, "name": string}, required=("homePage", "name"))


# Data 2.4.2.3
IDENTIFIERS: dict[str, Check] = {"mbox": mailto, "mbox_sha1sum": sha1_sum, "openid": iri, "account": account}


def identifiers_in(value: dict[str, Any]) -> list[str]:
    return [name for name in IDENTIFIERS if name in value]


def agent(value: Any, path: str) -> None:
    """Data 2.4.2.1: exactly one identifier."""
    members(value, path, {"objectType": constant("Agent"), "name": string, **IDENTIFIERS})
    if len(identifiers_in(value)) != 1:
        raise Finding(path, "must have exactly one of mbox, mbox_sha1sum, openid and account")


def group(value: Any, path: str) -> None:
    """Data 2.4.2.2: an Identified Group has exactly one identifier, an Anonymous Group has none but members."""
    known = {"objectType": constant("Group"), "name": string, "member": array_of(agent), **IDENTIFIERS}
    members(value, path, known, required=("objectType",))
    identifiers = identifiers_in(value)
    if len(identifiers) > 1:
        raise Finding(path, "must not have two identifiers")
    if not identifiers and not value.get("member"):
        raise Finding(path, "must list its members or have an identifier")


def agent_or_group(value: Any, path: str) -> None:
    """Data 2.4.2: a Group says so, an Agent need not."""
    must_be(dict, value, path)
    (group if value.get("objectType") == "Group" else agent)(value, path)


def authority(value: Any, path: str) -> None:
    """Data 2.4.9: an Agent, or in three-legged OAuth an anonymous Group of exactly two Agents, "an application and user together".

    The application "MUST be identified by account" (OAuth Credentials as Authority).
    """
    agent_or_group(value, path)
    if value.get("objectType") != "Group":
        return
    if identifiers_in(value) or len(value["member"]) != 2:
        raise Finding(path, "must be an Agent or an anonymous Group of two")
    if not any("account" in member for member in value["member"]):
        raise Finding(path, "must have an application that is identified by its account")
