"""Which entry of a language map suits a reader best. Pure.

Sources: xAPI 1.0.3, Communication 2.1.3 (Language Filtering Requirements); RFC 7231, 5.3.5 (Accept-Language); RFC 4647, 3.4
(lookup).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_RANGE = re.compile(r"(\*|[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)(?:[ \t]*;[ \t]*[qQ]=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?))?")
_MOST_RANGES = 50
"""Readers name a handful of languages; what comes after this many is passed over."""


@dataclass(frozen=True, slots=True)
class Languages:
    """A reader's preferences: language ranges in lower case, the most wanted first, and those that are not wanted at all."""

    wanted: tuple[str, ...] = ()
    unwanted: tuple[str, ...] = ()

    @staticmethod
    def parse(accept_language: str | None) -> Languages:
        """From an Accept-Language header. Elements that are not language ranges are passed over: a header never makes a
        request fail."""
        ranked: list[tuple[float, str]] = []
        for element in (accept_language or "").split(",", _MOST_RANGES)[:_MOST_RANGES]:
            found = _RANGE.fullmatch(element.strip())
            if found is not None:
                ranked.append((float(found[2] or 1), found[1].lower()))
        ranked.sort(key=lambda entry: -entry[0])
        return Languages(
            wanted=tuple(tag for quality, tag in ranked if quality > 0 and tag != "*"),
            unwanted=tuple(tag for quality, tag in ranked if quality == 0 and tag != "*"),
        )

    def choose(self, tags: Iterable[str]) -> str | None:
        """The tag that suits best; the first of those that are not unwanted when none is wanted, None only of no tags.

        A range takes the tag that equals it, else one that is more specific (`id` takes `id-ID`), else, as RFC 4647 looks up, one
        that is less specific (`id-ID` takes `id`); only then the next range has its turn.
        """
        offered = list(tags)
        candidates = [tag for tag in offered if not any(_covers(unwanted, tag.lower()) for unwanted in self.unwanted)] or offered
        by_lower = {tag.lower(): tag for tag in reversed(candidates)}
        for wanted in self.wanted:
            if wanted in by_lower:
                return by_lower[wanted]
            for tag in candidates:
                if _covers(wanted, tag.lower()):
                    return tag
            for shorter in _truncations(wanted):
                if shorter in by_lower:
                    return by_lower[shorter]
        return candidates[0] if candidates else None

    def only(self, language_map: Mapping[str, str]) -> dict[str, str]:
        """The map with its best entry alone."""
        tag = self.choose(language_map)
        return {} if tag is None else {tag: language_map[tag]}


def _covers(wanted: str, tag: str) -> bool:
    return tag == wanted or tag.startswith(wanted + "-")


def _truncations(wanted: str) -> Iterable[str]:
    """The range without its last subtag, and so on; a single letter before the cut goes too (RFC 4647, 3.4)."""
    parts = wanted.split("-")
    while len(parts) > 1:
        parts.pop()
        if len(parts) > 1 and len(parts[-1]) == 1:
            parts.pop()
        yield "-".join(parts)
