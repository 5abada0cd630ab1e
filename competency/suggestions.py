"""The level that learning suggests: evidence weighed by how much it proves and how long ago that was. Pure.

`suggested-level-weighted/1`: level L is suggested when the live weights of what was finished at level L or above add up to what the
year's scale (`competency.scales.SuggestedScale`) needs for it; the highest such L. The same thing counts once, by its strongest
piece, so neither a second statement nor a repeat adds up; a repeat makes it fresh again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import lru_cache

import msgspec

from competency.days import whole_years, years_after
from competency.evidence import Evidence
from competency.occasions import Thing, thing_of
from competency.scales import SuggestedScale

_LEVELS = range(5, 0, -1)
_NOTHING = Decimal(0)
_MOST_DAYS = 20_000
_FIRST, _NONE = frozenset((0,)), frozenset[int]()


class Aligned(msgspec.Struct, frozen=True, gc=False):
    """A finished item that is evidence for a level of a competency.

    `weight_now` is what is left of `weight`. `fades_on` is the next day on which less is left, `ends_on` the first on which nothing
    is; None where that never comes, or has been."""

    evidence: Evidence
    level: int
    weight: Decimal
    weight_now: Decimal
    fades_on: date | None
    ends_on: date | None
    thing: Thing


class Suggestion(msgspec.Struct, frozen=True, gc=False):
    """What learning suggests for one competency.

    `level` is None where nothing is (any longer) enough; `weight` is what adds up for `level`, or for level 1 where there is none,
    and `needed` what that takes; `next_weight` and `next_needed` are those of the level above, None at level 5.
    `aligned` is by time; `counted` are the places in it of those that add up to `weight`.
    """

    level: int | None
    weight: Decimal
    needed: Decimal
    next_weight: Decimal | None
    next_needed: Decimal | None
    aligned: tuple[Aligned, ...]
    counted: frozenset[int]


def suggestions(evidence: Iterable[Evidence], scale: SuggestedScale | None, on: date) -> dict[str, Suggestion]:
    """Competency id -> what the evidence suggests on a day. `evidence` is by time, and none of it later than the day; without a
    scale nothing is suggested."""
    if scale is None:
        return {}
    lives = _lives(scale, on)
    aligned: defaultdict[str, list[Aligned]] = defaultdict(list)
    for piece in evidence:
        if piece.alignments:
            share, fades_on, ends_on = lives.of(piece)
            thing, whole = thing_of(piece), share == 1
            for one in piece.alignments:
                weight = one.weight
                row = Aligned(piece, one.level, weight, weight if whole else weight * share, fades_on, ends_on, thing)
                aligned[one.competency_id].append(row)
    return {
        competency_id: _of_one(found[0], scale) if len(found) == 1 else _suggestion(found, scale)
        for competency_id, found in aligned.items()
    }


class _Lives:
    """How long evidence lasts, seen from one day: what is left of it, when less will be, and when nothing will be. It remembers
    what it found: of a day on which something was finished there are many pieces of evidence."""

    def __init__(self, scale: SuggestedScale, on: date) -> None:
        self._scale = scale
        self._on = on
        self._last_loss = scale.last_loss()
        self._found: dict[date, tuple[Decimal, date | None, date | None]] = {}

    def of(self, piece: Evidence) -> tuple[Decimal, date | None, date | None]:
        """Two dates of None: nothing is left, or it stays for ever."""
        finished_on, expires_on = piece.finished_on, piece.expires_on
        if expires_on is not None and expires_on <= self._on:
            return _NOTHING, None, None
        found = self._found.get(finished_on)
        if found is None:
            found = self._found[finished_on] = self._by_age(finished_on)
        share, fades_on, ends_on = found
        if expires_on is None or not share:
            return found
        return (
            share,
            expires_on if fades_on is None else min(fades_on, expires_on),
            expires_on if ends_on is None else min(ends_on, expires_on),
        )

    def _by_age(self, finished_on: date) -> tuple[Decimal, date | None, date | None]:
        if len(self._found) >= _MOST_DAYS:
            self._found.clear()
        years = whole_years(finished_on, self._on)
        share, loss = self._scale.share_after(years), self._scale.next_loss(years)
        if not share:
            return _NOTHING, None, None
        fades_on = None if loss is None else years_after(finished_on, loss)
        return share, fades_on, None if self._last_loss is None else years_after(finished_on, self._last_loss)


@lru_cache(maxsize=8)
def _lives(scale: SuggestedScale, on: date) -> _Lives:
    return _Lives(scale, on)


def _of_one(one: Aligned, scale: SuggestedScale) -> Suggestion:
    """What a single piece suggests, which is what most competencies have: the highest level up to its own that its weight is enough
    for."""
    weight, needed = one.weight_now, scale.needed
    if not weight:
        return _suggestion([one], scale)
    next_weight: Decimal | None = None
    next_needed: Decimal | None = None
    for level in _LEVELS:
        there, takes = weight if level <= one.level else _NOTHING, needed[level]
        if there >= takes:
            return Suggestion(level, there, takes, next_weight, next_needed, (one,), _FIRST if level <= one.level else _NONE)
        next_weight, next_needed = there, takes
    return Suggestion(None, weight, needed[1], weight, needed[1], (one,), _FIRST)


def _suggestion(aligned: list[Aligned], scale: SuggestedScale) -> Suggestion:
    """From the highest level down: each level adds the pieces that are evidence for it to those of the levels above."""
    by_level: dict[int, list[int]] = {}
    for place, one in enumerate(aligned):
        if one.weight_now:
            by_level.setdefault(one.level, []).append(place)
    strongest: dict[Thing, int] = {}
    weight = _NOTHING
    next_weight: Decimal | None = None
    next_needed: Decimal | None = None
    for level in _LEVELS:
        for place in by_level.get(level, ()):
            weight = _with(strongest, aligned, place, weight)
        needed = scale.needed[level]
        if weight >= needed:
            return Suggestion(level, weight, needed, next_weight, next_needed, tuple(aligned), frozenset(strongest.values()))
        next_weight, next_needed = weight, needed
    return Suggestion(None, weight, scale.needed[1], weight, scale.needed[1], tuple(aligned), frozenset(strongest.values()))


def _with(strongest: dict[Thing, int], aligned: list[Aligned], place: int, weight: Decimal) -> Decimal:
    """What the weights of the `strongest` add up to when one more piece is looked at. The piece with the most weight left speaks
    for its thing; of equals the latest."""
    one = aligned[place]
    held = strongest.get(one.thing)
    if held is None:
        strongest[one.thing] = place
        return weight + one.weight_now
    if (aligned[held].weight_now, held) < (one.weight_now, place):
        strongest[one.thing] = place
        return sum((aligned[each].weight_now for each in strongest.values()), _NOTHING)
    return weight
