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
    found: dict[tuple[SightingKind, str], Sighting] = {}
    for one in derived:
        for sighting in (*_actors(one), *_activity(one)):
            before = found.get((sighting.kind, sighting.key))
            if before is not None:
                sighting = _named(replace(sighting, matched=before.matched and sighting.matched), before)
            found[sighting.kind, sighting.key] = replace(sighting, times=(0 if before is None else before.times) + counting)
    return [found[place] for place in sorted(found)]


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


def _actors(one: Derived) -> Iterator[Sighting]:
    if not one.derivation.unknown:
        return
    actor = one.value["actor"]
    people = actor.get("member", ()) if is_group(actor) else (actor,)
    names = {agent_key(person): person.get("name", "") for person in people}
    for key in one.derivation.unknown:
        label = names.get(key, "")[:_LONGEST_LABEL]
        yield Sighting(SightingKind.ACTOR, key, one.held.partner, label, "", matched=False)


def _activity(one: Derived) -> Iterator[Sighting]:
    activity_id = None if one.held.voided else activity_id_of(one.value)
    if activity_id is None:
        return
    definition = one.value["object"].get("definition") or {}
    names = definition.get("name") or {}
    label = next((names[tag] for tag in (*_LANGUAGES, *names) if tag in names), "")[:_LONGEST_LABEL]
    matched = one.derivation.unmatched is None
    yield Sighting(SightingKind.ACTIVITY, activity_id, one.held.partner, label, definition.get("type", ""), matched=matched)
