"""Keeping in the store what statements name, without writing again and again what is there."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass, field, replace
from typing import Final

from store.port import Sighting, SightingKind, StoredSighting, StoredStatement
from store.reference import Reference
from workers.holders import Holders
from workers.sightings import Derived, known_actors, named_as_before, now_known, says_the_same, sightings_of
from workers.stores import Stores
from xapi.query import StatementFilter

_PAGE: Final = 200
_LOOKED_THROUGH: Final = 2_000
_MOST_SIGHTINGS: Final = 20_000
_MOST_KEYS: Final = 50_000
"""Remembered at once: about 10 MB each."""
_SETTLED_S: Final = 2.0
_EXACT: Final = 8
_WRITTEN_EVERY_MS: Final = 10_000
_LOOK_EVERY_MS: Final = 1_000
"""A weight of less than `_EXACT` is written when it has doubled. A greater one is once what is not written comes to an eighth of
it, and not more often than this: what a million statements name is written a hundred times, and the heaviest stay the heaviest.
Another name is not written more often either: statements may say two of one activity by turns, and what was said last waits."""


@dataclass(frozen=True, slots=True)
class Due:
    """What is to be written, by the reference of `versions`, when the statements' time is `now_ms`."""

    sightings: Sequence[Sighting]
    versions: tuple[int, int]
    now_ms: int


@dataclass(slots=True)
class _Noted:
    """A sighting as it was last written, by the reference of `versions`, when the statements' time was `at_ms`: `times` in all, and
    how often it was seen `since`."""

    sighting: Sighting
    versions: tuple[int, int]
    times: int
    at_ms: int
    since: int = 0


@dataclass(frozen=True, slots=True)
class _Settled:
    """Agent keys that by this version of the directory are somebody's on every day, and that no sighting says are nobody's.

    Not for long (until `until_s`, monotonic seconds): another process may yet note one by an older version. It sees that the
    version is another and mends it, or dies before it does; then its statements come again, to one of us, after its lease, which
    is longer.
    """

    version: int
    until_s: float
    keys: set[str] = field(default_factory=set)


class Noting:
    """Remembers what it has written, so that what is named again and again is written now and then. All of that may be forgotten at
    any time: what is not remembered is written, and writing again changes nothing but a weight, which is for ordering only.

    What was written by another catalogue or directory counts as not remembered.
    """

    def __init__(self, stores: Stores, holders: Holders) -> None:
        self._stores = stores
        self._holders = holders
        self._noted: dict[tuple[SightingKind, str], _Noted] = {}
        self._said_since: dict[tuple[SightingKind, str], Sighting] = {}
        """Of some of these what was said last, where it is something else."""
        self._look_ms = 0
        self._settled = _Settled(-1, 0.0)

    def due(
        self,
        derived: Sequence[Derived],
        reference: Reference,
        derive: Callable[[Iterable[StoredStatement]], Iterable[Derived]],
        *,
        counting: bool,
    ) -> Due:
        """What has to be written of what these statements name; `derive` says what others give by the same reference."""
        seen = sightings_of(derived, counting=counting)
        now_ms = max((one.held.stored_ms for one in derived), default=0)
        fresh = [one for one in seen if not self._stands(one, reference.versions, now_ms)]
        known = now_known(self._no_longer_waiting(derived, reference, derive))
        rested = self._rested({(one.kind, one.key) for one in fresh}, reference.versions, now_ms)
        return Due((*self._with_names([*rested, *fresh]), *known), reference.versions, now_ms)

    def written(self, due: Due) -> None:
        """It is in the store now."""
        if len(self._noted) > _MOST_SIGHTINGS:
            self._noted, self._said_since = {}, {}
        for one in due.sightings:
            noted = self._noted.get((one.kind, one.key))
            times = one.times + (0 if noted is None else noted.times)
            self._noted[one.kind, one.key] = _Noted(one, due.versions, times, due.now_ms)
            self._said_since.pop((one.kind, one.key), None)

    def _stands(self, sighting: Sighting, versions: tuple[int, int], now_ms: int) -> bool:
        """Whether this is written already, but for a little of its weight and for a name that may wait."""
        noted = self._noted.get((sighting.kind, sighting.key))
        if noted is None or noted.versions != versions or sighting.matched != noted.sighting.matched:
            return False
        since = noted.since + sighting.times
        same = says_the_same(sighting, noted.sighting)
        rested = now_ms - noted.at_ms >= _WRITTEN_EVERY_MS
        if (rested and not same) or (since and _has_grown(noted.times, since, rested)):
            return False
        noted.since = since
        self._keep_what_is_said(sighting, noted.sighting, same)
        return True

    def _keep_what_is_said(self, sighting: Sighting, noted: Sighting, same: bool) -> None:
        at = sighting.kind, sighting.key
        if not same:
            (self._said_since[at],) = named_as_before([sighting], {sighting.key: self._said_since.get(at, noted)})
        elif sighting.label == noted.label and sighting.detail == noted.detail:
            self._said_since.pop(at, None)

    def _rested(self, beside: Set[tuple[SightingKind, str]], versions: tuple[int, int], now_ms: int) -> list[Sighting]:
        """What was said meanwhile of what may be written again, without those `beside`, which are written now."""
        if not self._said_since or now_ms < self._look_ms:
            return []
        self._look_ms = now_ms + _LOOK_EVERY_MS
        found = []
        for at, said in list(self._said_since.items()):
            noted = self._noted[at]
            if noted.versions != versions:
                del self._said_since[at]
            elif at not in beside and now_ms - noted.at_ms >= _WRITTEN_EVERY_MS:
                found.append(replace(said, times=0))
        return found

    def _with_names(self, sightings: Sequence[Sighting]) -> list[Sighting]:
        """With what has come together since they were written, and the names that others have noted."""
        nameless = [one.key for one in sightings if one.kind is SightingKind.ACTIVITY and not one.label]
        before = self._stores.sightings.by_keys(SightingKind.ACTIVITY, nameless) if nameless else {}
        return [
            replace(one, times=one.times + since) if (since := self._since(one)) else one
            for one in named_as_before(sightings, before)
        ]

    def _since(self, sighting: Sighting) -> int:
        noted = self._noted.get((sighting.kind, sighting.key))
        return 0 if noted is None else noted.since

    def _no_longer_waiting(
        self, derived: Sequence[Derived], reference: Reference, derive: Callable[[Iterable[StoredStatement]], Iterable[Derived]]
    ) -> list[StoredSighting]:
        """Sightings of actors that were nobody's when they were noted, and are somebody's in all their statements."""
        version = reference.versions[0]
        settled = self._settled_by(version)
        known = known_actors(derived) - settled
        if not known:
            return []
        held = self._stores.sightings.by_keys(SightingKind.ACTOR, sorted(known))
        holders = self._holders.of(known, version)
        always = {key for key in known if any(one.always for one in holders[key])}
        waiting = {key: one for key, one in held.items() if not one.matched}
        settled |= always - waiting.keys()
        return [one for key, one in waiting.items() if key in always or self._known_in_all(key, derive)]

    def _settled_by(self, version: int) -> set[str]:
        now_s = time.monotonic()
        if self._settled.version != version or self._settled.until_s < now_s or len(self._settled.keys) > _MOST_KEYS:
            self._settled = _Settled(version, now_s + _SETTLED_S)
        return self._settled.keys

    def _known_in_all(self, key: str, derive: Callable[[Iterable[StoredStatement]], Iterable[Derived]]) -> bool:
        """Whether this agent key, which names somebody in some statements, does so in all: it may be theirs on some days only. Of
        an actor with very many statements that is not found out; it goes on waiting rather than being forgotten."""
        after, looked_at = None, 0
        while looked_at < _LOOKED_THROUGH:
            page = self._stores.statements.find(StatementFilter(agent=key), after=after, limit=_PAGE)
            if any(key in one.derivation.unknown for one in derive(page.statements)):
                return False
            if page.next_after is None:
                return True
            after, looked_at = page.next_after, looked_at + len(page.statements)
        return False


def _has_grown(times: int, since: int, rested: bool) -> bool:
    """Whether a weight is to be written again that was seen `since` beside the `times` that are written."""
    return since >= times if times < _EXACT else rested and since * _EXACT >= times
