"""Where Rekam refuses, knowingly, what the text of the specification allows; each with its reason.

Kept apart from the oracle, which says what the specification says.
"""

from __future__ import annotations

from typing import Any


def refused_by_decision(value: Any) -> str | None:
    """Why Rekam refuses this statement although it is valid, or None when it has no reason to."""
    if not isinstance(value, dict):
        return None
    for event in (value, value.get("object")):
        context = event.get("context", {}) if isinstance(event, dict) else {}
        if isinstance(context, dict) and context.get("contextActivities") == {}:
            # Data 2.4.6.2 has "All, any or none" of the four kinds. Refused as a known fault of senders, with a tolerance for it.
            return "contextActivities is empty"
    return "an account's name has U+0000" if _has_unkeepable_name(value) else None


def _has_unkeepable_name(value: Any) -> bool:
    """Data 2.4.2.4 has any string; as a key, U+0000 is refused by stores."""
    if isinstance(value, list):
        return any(map(_has_unkeepable_name, value))
    if not isinstance(value, dict):
        return False
    account = value.get("account")
    if isinstance(account, dict) and "\x00" in str(account.get("name", "")):
        return True
    return any(_has_unkeepable_name(inner) for name, inner in value.items() if name != "extensions")
