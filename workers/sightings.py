"""What statements name, noted for HR: actors that are nobody's yet, and activities with how the catalogue knows them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import jiter
import msgspec

from competency.derivation import Derivation
from competency.testimony import Subject, Testimony
from store.port import Sighting, SightingKind, StoredSighting, StoredStatement
from xapi.agents import agent_key, is_group

_LONGEST_LABEL = 300


class Derived(msgspec.Struct, frozen=True, gc=False):
    """A statement that is not voided, what was read of it, what became of it, and whose learning it tells of
    (`xapi.agents.learner_keys`): of its actor, or of the text of that."""

    held: StoredStatement
    told: Testimony
    actor: bytes | Mapping[str, Any]
    subject: Subject
    derivation: Derivation
    learners: tuple[str, ...]


def sightings_of(derived: Iterable[Derived], *, counting: bool = True) -> list[Sighting]:
    """Each unknown actor and each activity of these statements once, with how many of them name it (0 unless `counting`); ordered
    by kind and key. What says no name does not hide the name that another says, and an activity is matched when it is in each."""
    actors: dict[str, _Tally] = {}
    activities: dict[str, _Tally] = {}
    for one in derived:
        subject, derivation, partner = one.subject, one.derivation, one.held.partner
        for key, label in _actors(one.actor, derivation):
            if (tally := actors.get(key)) is None:
                tally = actors[key] = _Tally(matched=False)
            tally.add(partner, label, "")
        activity_id = subject.activity_id
        if activity_id is not None:
            if (tally := activities.get(activity_id)) is None:
                tally = activities[activity_id] = _Tally(matched=True)
            tally.add(partner, subject.name, subject.type)
            tally.matched = tally.matched and derivation.unmatched is None
    return [
        found[key].sighting(kind, key, counting)
        for kind, found in ((SightingKind.ACTIVITY, activities), (SightingKind.ACTOR, actors))
        for key in sorted(found)
    ]


def says_the_same(sighting: Sighting, noted: Sighting) -> bool:
    """Whether noting this would let what was noted stand. An activity without a name does not take away the one it has."""
    named = sighting.label != "" or sighting.kind is SightingKind.ACTOR
    return (
        sighting.matched == noted.matched
        and sighting.partner == noted.partner
        and (sighting.label == noted.label or not named)
        and (sighting.detail == noted.detail or (not named and sighting.detail == ""))
    )


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


def named_as_before(sightings: Iterable[Sighting], held: Mapping[str, Sighting | StoredSighting]) -> list[Sighting]:
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
        if one.subject.activity_id is not None:
            known.update(one.learners)
            unknown.update(one.derivation.unknown)
    return known - unknown


def now_known(waiting: Iterable[StoredSighting]) -> list[Sighting]:
    """Those of these actors that were nobody's when they were noted, as somebody's."""
    return [
        Sighting(one.kind, one.key, one.partner, one.label, one.detail, matched=True, times=0) for one in waiting if not one.matched
    ]


def _actors(said: bytes | Mapping[str, Any], derivation: Derivation) -> Iterator[tuple[str, str]]:
    """The agent keys of unknown learners, with the name the statement gives each."""
    if not derivation.unknown:
        return
    actor: Mapping[str, Any] = jiter.from_json(said) if isinstance(said, bytes) else said
    people = actor.get("member", ()) if is_group(actor) else (actor,)
    names = {agent_key(person): person.get("name", "") for person in people}
    for key in derivation.unknown:
        yield key, names.get(key, "")
