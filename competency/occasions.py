"""Which statements tell of one occasion of learning: the same thing at the same time, whatever their ids. Pure.

Rule `hours-once-per-occasion/1`: partners send one completion twice, under two ids, milliseconds apart.
"""

from __future__ import annotations

from collections.abc import Iterable

from competency.catalogue import CountsPer
from competency.evidence import Evidence

Thing = tuple[str, str]
"""What counts once: the catalogue entry, with the activity where each of its activities is a training of its own."""

_PER_ACTIVITY = CountsPer.ACTIVITY


Occasion = tuple[Evidence, ...]
"""Its pieces by time, then statement id: the first says when and what; never empty."""


def longest_ms(occasion: Occasion) -> int | None:
    """The longest duration that a piece says; None where none does."""
    if len(occasion) == 1:
        return occasion[0].duration_ms
    return max((piece.duration_ms for piece in occasion if piece.duration_ms is not None), default=None)


def in_order(evidence: Iterable[Evidence]) -> list[Evidence]:
    """By time, then statement id; one statement is there once even where its evidence is handed over twice."""
    # A UUID orders and is equal as its number does, which costs a fraction.
    unique = {piece.statement_id.int: piece for piece in evidence}
    return sorted(unique.values(), key=_by_time)


def thing_of(piece: Evidence) -> Thing:
    return (piece.catalogue_id, piece.activity_id if piece.counts_per is _PER_ACTIVITY else "")


def occasions(evidence: Iterable[Evidence], gap_ms: int) -> list[Occasion]:
    """The occasions of one employee's evidence, which is `in_order`; each piece is in exactly one. By time, then statement id.

    A piece lasted from its duration before its end until its end. Pieces of the same thing belong together where these spans
    overlap or at most `gap_ms` lie between, also by way of a third.
    """
    by_thing: dict[Thing, list[Evidence]] = {}
    for piece in evidence:
        by_thing.setdefault(thing_of(piece), []).append(piece)
    found: list[Occasion] = []
    for same in by_thing.values():
        found += [(same[0],)] if len(same) == 1 else _together(same, gap_ms)
    return sorted(found, key=lambda occasion: _by_time(occasion[0]))


def _together(pieces: list[Evidence], gap_ms: int) -> list[Occasion]:
    groups: list[list[Evidence]] = []
    end_ms = 0
    for piece in sorted(pieces, key=_started_at_ms):
        if groups and _started_at_ms(piece) <= end_ms + gap_ms:
            groups[-1].append(piece)
            end_ms = max(end_ms, piece.finished_at_ms)
        else:
            groups.append([piece])
            end_ms = piece.finished_at_ms
    return [(group[0],) if len(group) == 1 else tuple(sorted(group, key=_by_time)) for group in groups]


def _by_time(piece: Evidence) -> tuple[int, int]:
    return piece.finished_at_ms, piece.statement_id.int


def _started_at_ms(piece: Evidence) -> int:
    return piece.finished_at_ms - (piece.duration_ms or 0)
