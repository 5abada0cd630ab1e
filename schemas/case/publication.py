"""A package as its publisher wrote it, kept beside the framework that was read from it."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable
from typing import Any

import msgspec

from competency.frameworks import Publication

MAX_DEPTH = 100
"""How deep a package may be nested. Those of the standard come to eight levels, plus what stands in extensions."""

Json = dict[str, Any]


def publication_of(package: Json) -> Publication:
    return Publication(digest_of(package), zlib.compress(msgspec.json.encode(package)))


def digest_of(package: Json) -> str:
    """The order of members makes no difference."""
    return hashlib.sha256(msgspec.json.encode(package, order="sorted")).hexdigest()


def text_of(publication: Publication) -> bytes:
    """The package as JSON."""
    return zlib.decompress(publication.packed)


def too_deep(package: Json) -> bool:
    layer: list[Any] = [package]
    for _ in range(MAX_DEPTH):
        layer = [part for one in layer for part in _within(one)]
        if not layer:
            return False
    return True


def _within(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()
