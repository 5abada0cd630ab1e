"""What the store should answer, worked out the slow and obvious way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from store.port import Recordable
from tests.contract.store.builders import (
    PASSED,
    T0,
    activity,
    agent,
    agent_key_of,
    group,
    iri,
    person,
    recordable,
    reference,
    statement,
    uid,
)
from xapi.query import StatementFilter
from xapi.statement import VOIDED


@dataclass(frozen=True)
class Said:
    """A statement of a small universe. `target` is `activity:x`, `person:x`, `sub:x` or `ref:n`."""

    number: int
    actors: tuple[str, ...]
    verb: str
    target: str
    registration: int | None = None
    instructor: str | None = None
    parent: str | None = None
    name: str | None = None
    """What it says the activity of its object is called."""
    partner: str = "univ-a"
    may_void_any: bool = False
    at: int = 0

    @property
    def refers_to(self) -> int | None:
        kind, _, rest = self.target.partition(":")
        return int(rest) if kind == "ref" else None

    @property
    def voids(self) -> int | None:
        return self.refers_to if self.verb == VOIDED else None

    @property
    def content(self) -> object:
        """What has to be equal for a repetition to be a duplicate."""
        return replace(self, actors=tuple(sorted(self.actors)), name=None, may_void_any=False, at=0)

    def agents(self, *, related: bool) -> set[str]:
        kind, _, rest = self.target.partition(":")
        names = {*self.actors, *([rest] if kind == "person" else [])}
        if related:
            names |= {*([self.instructor] if self.instructor else []), *(["inner"] if kind == "sub" else [])}
        return names

    def activities(self, *, related: bool) -> set[str]:
        kind, _, rest = self.target.partition(":")
        names = {rest} if kind == "activity" else set()
        if related:
            names |= {*([self.parent] if self.parent else []), *([rest] if kind == "sub" else [])}
        return names


@dataclass(frozen=True)
class Question:
    """A StatementFilter in the words of the small universe."""

    agent: str | None = None
    related_agents: bool = False
    verb: str | None = None
    activity: str | None = None
    related_activities: bool = False
    registration: int | None = None
    owner: str | None = None
    since: int | None = None
    until: int | None = None
    ascending: bool = False


@dataclass
class World:
    """A model of the store. `base` keeps what several worlds name in one store apart: ids, people, partners and times."""

    base: int
    held: dict[int, tuple[Said, int]] = field(default_factory=dict)
    through: int = -1

    def record(self, batch: list[Said]) -> tuple[list[Said], list[Said], list[Said], set[int]]:
        """New, duplicates, conflicts, and the numbers of what the voiding ones of the first two void."""
        new, duplicates, conflicts = [], [], []
        for said in batch:
            if said.number not in self.held:
                self.held[said.number] = (said, max(said.at, self.through))
                new.append(said)
            elif self.held[said.number][0].content == said.content:
                duplicates.append(said)
            else:
                conflicts.append(said)
        voiders = [self.held[said.number][0] for said in (*new, *duplicates)]
        return new, duplicates, conflicts, {said.voids for said in voiders if said.voids is not None and self._effective(said)}

    def _effective(self, voider: Said) -> bool:
        if voider.voids is None or voider.voids not in self.held:
            return False
        target, _ = self.held[voider.voids]
        return target.voids is None and (voider.may_void_any or voider.partner == target.partner)

    def voided(self) -> set[int]:
        return {said.voids for said, _ in self.held.values() if said.voids is not None and self._effective(said)}

    def _sources(self, number: int) -> Iterator[Said]:
        seen: set[int] = set()
        place: int | None = number
        while place is not None and place in self.held and place not in seen:
            seen.add(place)
            said, _ = self.held[place]
            if said.partner != self.held[number][0].partner:
                return
            yield said
            place = said.refers_to

    def find(self, wanted: Question) -> list[int]:
        hidden = self.voided()
        result = [
            (stored, number)
            for number, (said, stored) in self.held.items()
            if number not in hidden
            and (wanted.owner is None or said.partner == wanted.owner)
            and (wanted.since is None or stored > wanted.since)
            and (wanted.until is None or stored <= wanted.until)
            and any(_matches(source, wanted) for source in self._sources(number))
        ]
        return [number for _, number in sorted(result, reverse=not wanted.ascending)]

    def names(self, owner: str | None) -> dict[str, str]:
        """What each activity is called by this partner, None for all: as the last by (stored, number) said."""
        latest = sorted((stored, number) for number, (_, stored) in self.held.items())
        told = [self.held[number][0] for _, number in latest]
        told = [said for said in told if owner is None or said.partner == owner]
        return {said.target.partition(":")[2]: said.name for said in told if said.name and said.target.startswith("activity:")}

    # ── the same in the store's terms ──

    def row(self, said: Said) -> Recordable:
        kind, _, rest = said.target.partition(":")
        target: dict[str, Any]
        if kind == "ref":
            target = reference(self.base + int(rest))
        elif kind == "person":
            target = person(self._own(rest))
        elif kind == "sub":
            target = {
                "objectType": "SubStatement",
                "actor": agent(self._own("inner")),
                "verb": {"id": PASSED},
                "object": activity(self._own(rest)),
            }
        else:
            target = activity(self._own(rest), {"name": {"id": said.name}} if said.name else None)
        context: dict[str, Any] = {}
        if said.registration is not None:
            context["registration"] = str(uid(self.base + said.registration))
        if said.instructor:
            context["instructor"] = agent(self._own(said.instructor))
        if said.parent:
            context["contextActivities"] = {"parent": [activity(self._own(said.parent))]}
        names = [self._own(name) for name in said.actors]
        value = statement(
            self.base + said.number,
            actor=agent(names[0]) if len(names) == 1 else group(*names),
            verb=said.verb,
            target=target,
            **({"context": context} if context else {}),
        )
        return recordable(
            value, partner=self._own(said.partner), may_void_any=said.may_void_any, at_ms=self.time(said.at), offset=said.at
        )

    def filter(self, wanted: Question) -> StatementFilter:
        return StatementFilter(
            agent=None if wanted.agent is None else agent_key_of(self._own(wanted.agent)),
            related_agents=wanted.related_agents,
            verb=wanted.verb,
            activity=None if wanted.activity is None else iri(self._own(wanted.activity)),
            related_activities=wanted.related_activities,
            registration=None if wanted.registration is None else uid(self.base + wanted.registration),
            # Always within this world's time, where nothing of another one is.
            since_ms=self.time(-1 if wanted.since is None else wanted.since),
            until_ms=self.time(99 if wanted.until is None else wanted.until),
            ascending=wanted.ascending,
            owner=None if wanted.owner is None else self._own(wanted.owner),
        )

    def time(self, at: int) -> int:
        return T0 + self.base + at

    def activity_id(self, name: str) -> str:
        return iri(self._own(name))

    def partner(self, name: str) -> str:
        return self._own(name)

    def _own(self, name: str) -> str:
        return f"{name}-{self.base}"


def _matches(said: Said, wanted: Question) -> bool:
    return (
        (wanted.agent is None or wanted.agent in said.agents(related=wanted.related_agents))
        and (wanted.verb is None or wanted.verb == said.verb)
        and (wanted.activity is None or wanted.activity in said.activities(related=wanted.related_activities))
        and (wanted.registration is None or wanted.registration == said.registration)
    )
