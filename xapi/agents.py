"""Inverse functional identifiers: who an Agent or Group is, as one string key. Pure.

Source: xAPI 1.0.3, Data 2.4.2.3 (https://github.com/adlnet/xAPI-Spec/blob/master/xAPI-Data.md#inversefunctional).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Json = Mapping[str, Any]


def agent_key(actor: Json) -> str | None:
    """The actor's identifier as `mbox|…`, `mbox_sha1sum|…`, `openid|…` or `account|homePage|name`; None for an anonymous group.

    An IRI has no `|`, so the parts of an account can't run into each other. SHA-1 sums, and the domain of an e-mail address
    (RFC 5321, 2.4), are compared without case.
    """
    mbox = actor.get("mbox")
    if mbox is not None:
        local, at, domain = mbox.rpartition("@")
        return f"mbox|{local}{at}{domain.lower()}"
    account = actor.get("account")
    if account is not None:
        return f"account|{account['homePage']}|{account['name']}"
    sha1 = actor.get("mbox_sha1sum")
    if sha1 is not None:
        return f"mbox_sha1sum|{sha1.lower()}"
    openid = actor.get("openid")
    if openid is not None:
        return f"openid|{openid}"
    return None


def is_group(actor: Json) -> bool:
    return actor.get("objectType") == "Group"


def is_actor(value: Json) -> bool:
    """Whether a statement's object is an Agent or a Group."""
    return value.get("objectType") in ("Agent", "Group")


def agent_keys(actor: Json) -> list[str]:
    """Every key an agent filter may name to find this actor: its own, and those of a group's members (Communication 2.1.3)."""
    own = agent_key(actor)
    keys = [] if own is None else [own]
    if "member" in actor:
        keys += [key for member in actor["member"] if (key := agent_key(member)) is not None]
    return keys


def learner_keys(actor: Json) -> tuple[str, ...]:
    """Whose learning the statement tells of: the agent, or each member of a group; sorted, without repeats."""
    if not is_group(actor):
        key = agent_key(actor)
        return () if key is None else (key,)
    return tuple(sorted({key for member in actor.get("member", ()) if (key := agent_key(member)) is not None}))


def person(agent: Json) -> dict[str, Any]:
    """The Person that an Agent shows: the same properties, each as an array (Communication 2.4)."""
    shown = {name: [agent[name]] for name in ("name", "mbox", "mbox_sha1sum", "openid", "account") if name in agent}
    return {"objectType": "Person", **shown}
