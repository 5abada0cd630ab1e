"""Tolerance for statements of xAPI 1.0.0 to 1.0.2, where those took what later versions refuse.

The zone "-00:00", which RFC 3339 has, ISO 8601 has not, so it is refused since ADL clarified 1.0.3, Data 4.5
(https://github.com/adlnet/xAPI-Spec/issues/1073); IEEE 9274.1.1, 4.2.7, refuses every time that is not RFC 3339. Nothing else that
these versions allowed is refused today.
"""

from __future__ import annotations

import re

from schemas.fields import Formatted, is_number
from schemas.tolerances.places import Place, said
from xapi.values import TIMESTAMP, TIMESTAMP_RFC3339, VERSION_1_0, VERSION_2_0

OLD = ("1.0", "1.0.0", "1.0.1", "1.0.2")
_PARTS = re.compile(
    "([0-9]{4})-?([0-9]{2})-?([0-9]{2})T([0-9]{2}):?([0-9]{2})(?::?([0-9]{2})(?:[.,]([0-9]+))?)?"
    "(?:Z|([+-])([0-9]{2}):?([0-9]{2})?)?"
)


def is_old(version: object) -> bool:
    """Whether a statement that says this of its version (None: nothing) may be of 1.0.0 to 1.0.2."""
    return version is None or version in OLD or _is_one(version)


def upgraded(place: Place) -> bytes | None:
    """The version 1.0 as a number becomes "1.0.0" (others stay as they are, Data 2.4.10); a time that is refused, RFC 3339."""
    field = place.field
    if not isinstance(field, Formatted):
        return place.text
    if field.rule in (VERSION_1_0, VERSION_2_0):
        return b'"1.0.0"' if _is_one(place.value) else place.text
    if field.rule in (TIMESTAMP, TIMESTAMP_RFC3339) and isinstance(place.value, str) and not field.rule.matches(place.value):
        meant = in_rfc3339(place.value)
        return place.text if meant is None else said(meant)
    return place.text


def in_rfc3339(text: str) -> str | None:
    """The same time, digit by digit, in RFC 3339; no zone, and the zone "-00:00", mean UTC. None for what is no time."""
    parts = _PARTS.fullmatch(text)
    if parts is None:
        return None
    year, month, day, hour, minute, second, fraction, sign, off_hour, off_minute = parts.groups()
    zone = "Z" if sign is None else f"{sign}{off_hour}:{off_minute or '00'}"
    meant = f"{year}-{month}-{day}T{hour}:{minute}:{second or '00'}{'.' + fraction if fraction else ''}"
    meant += "Z" if zone == "-00:00" else zone
    return meant if TIMESTAMP_RFC3339.matches(meant) else None


def _is_one(version: object) -> bool:
    return is_number(version) and version == 1
