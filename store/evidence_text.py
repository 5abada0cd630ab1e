"""A piece of evidence as JSON text, also as older programs wrote it."""

from __future__ import annotations

from typing import Any

import msgspec

from competency.catalogue import CountsPer, Repeats
from competency.evidence import Evidence

_SINCE_CATALOGUE_VERSIONS: dict[str, Any] = {
    "catalogue_version": 1,
    "duration_ms": None,
    "repeats": Repeats.NEVER.value,
    "counts_per": CountsPer.ENTRY.value,
    "expires_on": None,
    "has_certificate": False,
}
"""What a text of a program before them lacks: what it says was finished stands, until it is derived again."""

_decoder = msgspec.json.Decoder(Evidence)


def dump(piece: Evidence) -> bytes:
    return msgspec.json.encode(piece)


def load(text: bytes | str) -> Evidence:
    try:
        return _decoder.decode(text)
    except msgspec.ValidationError:
        return msgspec.convert(_SINCE_CATALOGUE_VERSIONS | msgspec.json.decode(text), Evidence)
