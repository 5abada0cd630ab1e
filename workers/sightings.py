"""What statements name, noted for HR: actors that are nobody's yet, and activities with how the catalogue knows them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from competency.derivation import Derivation, activity_id_of
from store.port import Sighting, SightingKind, StoredSighting, StoredStatement
from xapi.agents import agent_key, is_group, learner_keys

_LANGUAGES = ("id", "id-ID", "en", "en-US")
_LONGEST_LABEL = 300


@dataclass(frozen=True, slots=True)
class Derived:
    """A statement, its value as parsed JSON, and what became of it."""

    held: StoredStatement
    value: Mapping[str, Any]
    derivation: Derivation


def sightings_of(derived: Iterable[Derived], *, counting: bool = True) -> list[Sighting]:
    """Each unknown actor and each activity of these statements once, with how many of them name it (0 unless `counting`); ordered
    by kind and key. What says no name does not hide the name that another says, and an activity is matched when it is in each."""
    found: dict[tuple[SightingKind, str], _Tally] = {}
    for one in derived:
        for key, label in _actors(one):
            tally = found.get((SightingKind.ACTOR, key))
            if tally is None:
                tally = found[SightingKind.ACTOR, key] = _Tally(matched=False)
            tally.add(one.held.partner, label, "")
        activity_id = None if one.held.voided else activity_id_of(one.value)
        if activity_id is not None:
            tally = found.get((SightingKind.ACTIVITY, activity_id))
            if tally is None:
                tally = found[SightingKind.ACTIVITY, activity_id] = _Tally(matched=True)
            definition = one.value["object"].get("definition") or {}
            tally.add(one.held.partner, _label(definition.get("name")), definition.get("type", ""))
            tally.matched = tally.matched and one.derivation.unmatched is None
    return [found[kind, key].sighting(kind, key, counting) for kind, key in sorted(found)]


class _Tally:
    """What the statements so far say of one actor or activity."""

    __slots__ = ("detail", "label", "matched", "partner", "times")

    def __init__(self, *, matched: bool) -> None:
        self.partner = self.label = self.detail = ""
        self.matched = matched
        self.times = 0

    def add(self, partner: str, label: str, detail: str) -> None:
        self.partner = partner
        self.label = label or self.label
        self.detail = detail or self.detail
        self.times += 1

    def sighting(self, kind: SightingKind, key: str, counting: bool) -> Sighting:
        times = self.times if counting else 0
        return Sighting(kind, key, self.partner, self.label[:_LONGEST_LABEL], self.detail, self.matched, times)


def named_as_before(sightings: Iterable[Sighting], held: Mapping[str, StoredSighting]) -> list[Sighting]:
    """The activities among them that have no name with the one that was noted before, by key; the others as they are."""
    return [
        _named(one, held[one.key]) if one.kind is SightingKind.ACTIVITY and not one.label and one.key in held else one
        for one in sightings
    ]


def _named(sighting: Sighting, before: Sighting | StoredSighting) -> Sighting:
    return replace(sighting, label=sighting.label or before.label, detail=sighting.detail or before.detail)


def known_actors(derived: Iterable[Derived]) -> set[str]:
    """The agent keys of learners that name somebody in all these statements."""
    known: set[str] = set()
    unknown: set[str] = set()
    for one in derived:
        if not one.held.voided and activity_id_of(one.value) is not None:
            known.update(learner_keys(one.value["actor"]))
            unknown.update(one.derivation.unknown)
    return known - unknown


def now_known(waiting: Iterable[StoredSighting]) -> list[Sighting]:
    """Those of these actors that were nobody's when they were noted, as somebody's."""
    return [
        Sighting(one.kind, one.key, one.partner, one.label, one.detail, matched=True, times=0) for one in waiting if not one.matched
    ]


def _actors(one: Derived) -> Iterator[tuple[str, str]]:
    """The agent keys of unknown learners, with the name the statement gives each."""
    if not one.derivation.unknown:
        return
    actor = one.value["actor"]
    people = actor.get("member", ()) if is_group(actor) else (actor,)
    names = {agent_key(person): person.get("name", "") for person in people}
    for key in one.derivation.unknown:
        yield key, names.get(key, "")


def _label(names: Mapping[str, str] | None) -> str:
    if not names:
        return ""
    return next((names[tag] for tag in _LANGUAGES if tag in names), None) or next(iter(names.values()))
