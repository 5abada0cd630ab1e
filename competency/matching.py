"""Which entry of the catalogue a statement's activity belongs to. Pure.

An exact activity id wins; then, of the patterns that the id meets, the one with the most literal text; then, of the definitions
that the statement's own activity definition meets, the one with the most conditions. Of equals, the entry with the smallest id.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

import jiter
import msgspec

from competency.catalogue import CatalogueEntry, DefinitionMatch
from competency.evidence import Irrelevance, NotRelevant
from competency.globs import Globs, literal_length
from competency.testimony import Subject

_REMEMBERED = 16_384
"""Activity ids whose pattern is remembered: partners send the same few thousand again and again."""
_SUBJECTS_REMEMBERED = 8_192
_LONGEST_REMEMBERED = 2_048
"""Bytes of an object's text: with what is read from it, all that is remembered comes to some 20 MB."""


class Known(msgspec.Struct, frozen=True, gc=False):
    """What a statement is about, and the entry that it belongs to; `not_relevant` is why nothing can come of it."""

    subject: Subject
    entry: CatalogueEntry | None
    not_relevant: NotRelevant | None


class Catalogue:
    """All entries, ready to be asked; it never changes. Safe to be asked by several threads."""

    def __init__(self, entries: Iterable[CatalogueEntry]) -> None:
        ordered = sorted(entries, key=lambda entry: entry.id)
        self.by_id: Mapping[str, CatalogueEntry] = {entry.id: entry for entry in ordered}
        self._by_activity: dict[str, CatalogueEntry] = {}
        for entry in ordered:
            for activity_id in entry.activity_ids:
                self._by_activity.setdefault(activity_id, entry)
        patterns = Globs(
            sorted(
                ((pattern, entry) for entry in ordered for pattern in entry.patterns),
                key=lambda one: (-literal_length(one[0]), one[1].id),
            )
        )
        self._by_pattern = lru_cache(maxsize=_REMEMBERED)(patterns.find)
        self._definitions = _Definitions(ordered)
        self._remembered = lru_cache(maxsize=_SUBJECTS_REMEMBERED)(self._read)

    def about(self, target: bytes | Subject) -> Known:
        """What a statement with this object, or an object of this text, is about."""
        if isinstance(target, Subject):
            return self._know(target)
        return self._remembered(target) if len(target) <= _LONGEST_REMEMBERED else self._read(target)

    def _read(self, text: bytes) -> Known:
        return self._know(Subject.of(jiter.from_json(text)))

    def _know(self, subject: Subject) -> Known:
        activity_id = subject.activity_id
        if activity_id is None:
            return Known(subject, None, NotRelevant(Irrelevance.NOT_AN_ACTIVITY, f"its object is a {subject.kind}"))
        entry = self.find(activity_id, subject.definition)
        if entry is not None:
            return Known(subject, entry, None)
        detail = f"the catalogue has no entry for the activity {activity_id}"
        return Known(subject, None, NotRelevant(Irrelevance.NO_CATALOGUE_ENTRY, detail))

    def find(self, activity_id: str, definition: Mapping[str, Any] | None) -> CatalogueEntry | None:
        """The entry of an activity; `definition` is the one in the statement, as parsed JSON, None where it has none."""
        entry = self._by_activity.get(activity_id) or self._by_pattern(activity_id)
        return self._definitions.find(definition) if entry is None and definition else entry


class _Definitions:
    """What entries say of activity definitions, by the condition that fewest others share: an extension, else type and name."""

    def __init__(self, ordered: Iterable[CatalogueEntry]) -> None:
        self._by_extension: dict[tuple[str, str], list[tuple[DefinitionMatch, Globs[bool] | None, CatalogueEntry]]] = {}
        self._by_type: dict[str, CatalogueEntry] = {}
        names: dict[str | None, list[tuple[str, CatalogueEntry]]] = {}
        for entry in ordered:
            for one in entry.definitions:
                if one.extensions:
                    name = None if one.name is None else Globs([(one.name.casefold(), True)])
                    self._by_extension.setdefault(one.extensions[0], []).append((one, name, entry))
                elif one.name is not None:
                    names.setdefault(one.type, []).append((one.name.casefold(), entry))
                elif one.type is not None:
                    self._by_type.setdefault(one.type, entry)
        self._by_name = {kind: Globs(patterns) for kind, patterns in names.items()}

    def find(self, definition: Mapping[str, Any]) -> CatalogueEntry | None:
        kind: str = definition.get("type", "")
        names = [name.casefold() for name in (definition.get("name") or {}).values()]
        met: list[tuple[int, CatalogueEntry]] = []
        if self._by_extension:
            told = (definition.get("extensions") or {}).items()
            extensions = {(iri, text) for iri, value in told if (text := _written(value)) is not None}
            met.extend(
                (_conditions(one), entry)
                for pair in extensions
                for one, name, entry in self._by_extension.get(pair, ())
                if one.type in (None, kind)
                and extensions.issuperset(one.extensions)
                and (name is None or any(name.find(text) for text in names))
            )
        for wanted in (kind, None):
            if (globs := self._by_name.get(wanted)) is not None:
                met.extend((1 if wanted is None else 2, entry) for text in names if (entry := globs.find(text)) is not None)
        if (entry := self._by_type.get(kind)) is not None:
            met.append((1, entry))
        return min(met, key=lambda one: (-one[0], one[1].id))[1] if met else None


def _conditions(one: DefinitionMatch) -> int:
    return (one.type is not None) + (one.name is not None) + len(one.extensions)


def _written(value: Any) -> str | None:
    """An extension's value as an entry writes it: text as it is, a number or a boolean as JSON writes it, 4.0 as 4; None for any
    other."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value) if isinstance(value, (str, int, float)) else None
